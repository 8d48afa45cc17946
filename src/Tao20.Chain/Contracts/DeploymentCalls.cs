using Tao20.Chain.Abi;
using Tao20.Chain.Contracts.Messages;
using Tao20.Domain.Index;
using Tao20.Domain.Transactions;
using Tao20.Domain.Units;

namespace Tao20.Chain.Contracts;

/// <summary>The transactions by which an index is deployed.</summary>
public static class DeploymentCalls
{
    private const ulong Rao = 1_000_000_000;

    // What the index is paid when it is made: without it a dissolved subnet's small payout would be lost (source: Index.sol, constructor).
    private const ulong ExistentialDepositRao = 500;

    /// <summary>The transaction of a step.</summary>
    /// <param name="step">The step.</param>
    /// <param name="plan">What is deployed.</param>
    /// <param name="addresses">Where it will be.</param>
    /// <param name="legGas">The gas of each call that moves stake.</param>
    /// <exception cref="ArgumentException">The step is none that sends something.</exception>
    public static TransactionIntent Of(DeploymentStep step, DeploymentPlan plan, DeploymentAddresses addresses, ulong legGas)
    {
        var (index, means) = (addresses.Of(IndexContract.Index), addresses.Of(IndexContract.Means));
        return step switch
        {
            DeploymentStep.Make(var contract) => Intent(
                default,
                Creation(contract, plan, addresses),
                contract == IndexContract.Index ? ExistentialDepositRao : 0
            ),
            DeploymentStep.Bind => Intent(addresses.Of(IndexContract.Manager), new BindFunction(index).Encode()),
            DeploymentStep.Observe(var netuids) => Intent(means, new ObserveFunction([.. netuids]).Encode()),
            DeploymentStep.Seed(var rao, var total) => Intent(index, new SeedFunction(rao, legGas).Encode(), total),
            DeploymentStep.Buy(var netuid, var rao, var limit) => Intent(
                Precompiles.Staking,
                new AddStakeLimitFunction(
                    plan.Targets.First(target => target.Netuid == netuid).Hotkey,
                    rao,
                    limit,
                    allowPartial: false,
                    netuid
                ).Encode()
            ),
            DeploymentStep.Approve(var netuid, var alpha) => Intent(
                Precompiles.Staking,
                new ApproveStakeFunction(index, netuid, alpha).Encode()
            ),
            DeploymentStep.Genesis(var alpha) => Intent(index, new GenesisFunction([.. alpha], legGas, ulong.MaxValue).Encode()),
            _ => throw new ArgumentException($"A {step.GetType().Name} sends nothing.", nameof(step)),
        };

        TransactionIntent Intent(Address to, string data, ulong rao = 0) =>
            new(step.GetType().Name, to, (UInt128)rao * Rao, Convert.FromHexString(data.AsSpan(2)));
    }

    private static string Creation(IndexContract contract, DeploymentPlan plan, DeploymentAddresses addresses)
    {
        var index = addresses.Of(IndexContract.Index);
        return contract switch
        {
            IndexContract.Means => new MeansDeployment(plan.Times, defaultsHold: true).EncodeDeployment(),
            IndexContract.Manager => new ManagerDeployment(plan.Owner, plan.Guardian, plan.Times).EncodeDeployment(),
            IndexContract.Index => new IndexDeployment(
                addresses.Founder,
                addresses.Of(IndexContract.Manager),
                addresses.Of(IndexContract.Means),
                plan.Times,
                [.. plan.Targets.Select(TargetStruct.Of)],
                [addresses.Of(IndexContract.Router).ToString()]
            ).EncodeDeployment(),
            IndexContract.Lens => new LensDeployment(index).EncodeDeployment(),
            IndexContract.Pool => new PoolDeployment(index).EncodeDeployment(),
            IndexContract.Router => new RouterDeployment(
                index,
                addresses.Of(IndexContract.Pool),
                addresses.Of(IndexContract.Lens)
            ).EncodeDeployment(),
            _ => throw new ArgumentOutOfRangeException(nameof(contract), contract, "no contract of an index"),
        };
    }
}
