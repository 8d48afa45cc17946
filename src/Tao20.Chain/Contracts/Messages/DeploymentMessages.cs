using System.Numerics;
using Nethereum.ABI.FunctionEncoding.Attributes;
using Nethereum.Contracts;
using Tao20.Domain.Index;
using Tao20.Domain.Units;

namespace Tao20.Chain.Contracts.Messages;

// What deploys the contracts of the index, and begins it (source: Contracts/Index).

/// <summary>What takes its time (source: Rules.sol).</summary>
internal sealed class RulesStruct(IndexTimes times)
{
    [Parameter("uint32", "delay", 1)]
    public uint Delay => times.Delay;

    [Parameter("uint32", "expiry", 2)]
    public uint Expiry => times.Expiry;

    [Parameter("uint32", "window", 3)]
    public uint Window => times.Window;

    [Parameter("uint32", "gap", 4)]
    public uint Gap => times.Gap;

    [Parameter("uint32", "day", 5)]
    public uint Day => times.Day;

    [Parameter("uint32", "pause", 6)]
    public uint Pause => times.Pause;

    [Parameter("uint32", "pauseEvery", 7)]
    public uint PauseEvery => times.PauseEvery;

    [Parameter("uint32", "shortest", 8)]
    public uint Shortest => times.Shortest;

    [Parameter("uint32", "longest", 9)]
    public uint Longest => times.Longest;
}

/// <summary>Deploys what means are kept by.</summary>
internal sealed class MeansDeployment(IndexTimes times, bool defaultsHold) : ContractDeploymentMessage(ContractCode.All["Means"].Creation)
{
    [Parameter("tuple", "rules", 1)]
    public RulesStruct Rules => new(times);

    [Parameter("bool", "defaultsHold", 2)]
    public bool DefaultsHold => defaultsHold;
}

/// <summary>Deploys the time lock before the index.</summary>
internal sealed class ManagerDeployment(Address owner, Address guardian, IndexTimes times)
    : ContractDeploymentMessage(ContractCode.All["Manager"].Creation)
{
    [Parameter("address", "owner", 1)]
    public string Owner => owner.ToString();

    [Parameter("address", "guardian", 2)]
    public string Guardian => guardian.ToString();

    [Parameter("tuple", "rules", 3)]
    public RulesStruct Rules => new(times);
}

/// <summary>Deploys the index.</summary>
internal sealed class IndexDeployment(
    Address founder,
    Address manager,
    Address means,
    IndexTimes times,
    List<TargetStruct> targets,
    List<string> routers
) : ContractDeploymentMessage(ContractCode.All["Index"].Creation)
{
    [Parameter("address", "founder", 1)]
    public string Founder => founder.ToString();

    [Parameter("address", "manager", 2)]
    public string Manager => manager.ToString();

    [Parameter("address", "means", 3)]
    public string Means => means.ToString();

    [Parameter("tuple", "rules", 4)]
    public RulesStruct Rules => new(times);

    [Parameter("tuple[]", "targets", 5)]
    public List<TargetStruct> Targets => targets;

    [Parameter("address[]", "routers", 6)]
    public List<string> Routers => routers;
}

/// <summary>Deploys what quotes.</summary>
internal sealed class LensDeployment(Address index) : ContractDeploymentMessage(ContractCode.All["Lens"].Creation)
{
    [Parameter("address", "index", 1)]
    public string Index => index.ToString();
}

/// <summary>Deploys the market pool.</summary>
internal sealed class PoolDeployment(Address index) : ContractDeploymentMessage(ContractCode.All["Pool"].Creation)
{
    [Parameter("address", "index", 1)]
    public string Index => index.ToString();
}

/// <summary>Deploys the router.</summary>
internal sealed class RouterDeployment(Address index, Address pool, Address lens)
    : ContractDeploymentMessage(ContractCode.All["Router"].Creation)
{
    [Parameter("address", "index", 1)]
    public string Index => index.ToString();

    [Parameter("address", "pool", 2)]
    public string Pool => pool.ToString();

    [Parameter("address", "lens", 3)]
    public string Lens => lens.ToString();
}

[Function("bind")]
internal sealed class BindFunction(Address index) : FunctionMessage
{
    [Parameter("address", "index", 1)]
    public string Index => index.ToString();
}

[Function("seed")]
internal sealed class SeedFunction(BigInteger rao, BigInteger legGas) : FunctionMessage
{
    [Parameter("uint256", "rao", 1)]
    public BigInteger Rao => rao;

    [Parameter("uint256", "legGas", 2)]
    public BigInteger LegGas => legGas;
}

[Function("genesis")]
internal sealed class GenesisFunction(List<BigInteger> alpha, BigInteger legGas, BigInteger deadline) : FunctionMessage
{
    [Parameter("uint256[]", "alpha", 1)]
    public List<BigInteger> Alpha => alpha;

    [Parameter("uint256", "legGas", 2)]
    public BigInteger LegGas => legGas;

    [Parameter("uint256", "deadline", 3)]
    public BigInteger Deadline => deadline;
}
