using System.Numerics;
using Nethereum.Contracts;
using Nethereum.Util;
using Tao20.Chain.Abi;
using Tao20.Chain.Contracts.Messages;
using Tao20.Chain.JsonRpc;
using Tao20.Domain.Index;
using Tao20.Domain.Units;

namespace Tao20.Chain.Contracts;

/// <summary>
/// The addresses of an index's contracts: they follow from who deploys them and how many transactions that account has sent, and so can
/// name each other before they are there.
/// </summary>
/// <param name="Founder">Who deploys, and does the first mint.</param>
/// <param name="FirstNonce">The nonce of the first.</param>
public readonly record struct DeploymentAddresses(Address Founder, ulong FirstNonce)
{
    /// <summary>Where a contract is, or will be.</summary>
    public Address Of(IndexContract contract) =>
        Address.Parse(ContractUtils.CalculateContractAddress(Founder.ToString(), FirstNonce + (ulong)contract));
}

/// <summary>Reads how far a deployment is, by what is on the chain alone.</summary>
/// <param name="pool">The endpoints.</param>
public sealed class DeploymentReader(EndpointPool pool)
{
    /// <summary>How far it is at a block.</summary>
    /// <exception cref="ChainException">No endpoint gives it.</exception>
    public async Task<DeploymentView> ReadAsync(
        DeploymentPlan plan,
        DeploymentAddresses addresses,
        BlockHeader at,
        CancellationToken cancel
    )
    {
        var contracts = Enum.GetValues<IndexContract>();
        var made = new bool?[contracts.Length];
        ulong nonce = 0;
        await pool.SendAtAsync(
                at.Number,
                at.Hash,
                [
                    AccountCalls.Nonce(addresses.Founder, at.Number, found => nonce = found),
                    .. contracts.Select(contract =>
                        EthCalls.CodeAt(addresses.Of(contract), at.Number, code => made[(int)contract] = IsMade(contract, code))
                    ),
                ],
                cancel
            )
            .ConfigureAwait(false);
        var view = new DeploymentView(at.Number, nonce, addresses.FirstNonce, [.. made], false, 0, []);
        return made.All(one => one == true) ? await BegunAsync(plan, addresses, view, at, cancel).ConfigureAwait(false) : view;
    }

    private async Task<DeploymentView> BegunAsync(
        DeploymentPlan plan,
        DeploymentAddresses addresses,
        DeploymentView view,
        BlockHeader at,
        CancellationToken cancel
    )
    {
        var (index, means) = (addresses.Of(IndexContract.Index), addresses.Of(IndexContract.Means));
        var (own, founders) = (Coldkey.Of(index), Coldkey.Of(addresses.Founder));
        var (bound, supply) = (default(Address), BigInteger.Zero);
        var legs = new DeploymentLeg[plan.Targets.Count];
        await pool.SendAtAsync(
                at.Number,
                at.Hash,
                [
                    Call(addresses.Of(IndexContract.Manager), new IndexFunction(), data => bound = data.Address(0)),
                    Call(index, new TotalSupplyFunction(), data => supply = data.Integer(0)),
                    .. plan.Targets.SelectMany(LegCalls),
                ],
                cancel
            )
            .ConfigureAwait(false);
        return view with { IsBound = bound == index, Supply = supply, Legs = [.. legs] };

        IEnumerable<RpcCall> LegCalls(LegTarget target, int i) =>
            [
                Optional(means, new MeanFunction(target.Netuid), data => legs[i] = legs[i] with { MeanWei = data.Integer(0) }),
                Optional(
                    Precompiles.Alpha,
                    new GetAlphaPriceFunction(target.Netuid),
                    data => legs[i] = legs[i] with { SpotWei = data.Integer(0) }
                ),
                Call(
                    means,
                    new ReadingsOfFunction(target.Netuid),
                    data => legs[i] = legs[i] with { ObservedAt = ReadingsOfFunction.NewestBlock(data) }
                ),
                Call(
                    Precompiles.Staking,
                    new GetStakeFunction(target.Hotkey, own, target.Netuid),
                    data => legs[i] = legs[i] with { IndexStake = data.Integer(0) }
                ),
                Call(
                    Precompiles.Staking,
                    new GetStakeFunction(target.Hotkey, founders, target.Netuid),
                    data => legs[i] = legs[i] with { Stake = data.Integer(0) }
                ),
                Call(
                    Precompiles.Staking,
                    new StakeAllowanceFunction(addresses.Founder, index, target.Netuid),
                    data => legs[i] = legs[i] with { Allowance = data.Integer(0) }
                ),
            ];

        RpcCall Call<TFunction>(Address to, TFunction function, Action<AbiData> take)
            where TFunction : FunctionMessage => EthCalls.CallAt(to, function.Encode(), at.Number, bytes => take(new AbiData(bytes)));

        // What is refused is not there yet: a mean without readings, a price without a subnet.
        RpcCall Optional<TFunction>(Address to, TFunction function, Action<AbiData> take)
            where TFunction : FunctionMessage => EthCalls.TryCallAt(to, function.Encode(), at.Number, take);
    }

    private static bool? IsMade(IndexContract contract, byte[] code) =>
        code.Length == 0 ? null : ContractCode.All[contract.ToString()].IsCodeOf(code);
}
