using Nethereum.ABI.FunctionEncoding.Attributes;
using Nethereum.Contracts;
using Tao20.Chain.Contracts.Messages;
using Tao20.Chain.JsonRpc;
using Tao20.Domain.Units;

namespace Tao20.Devnet;

// What deploys the contracts of the index (source: Contracts/Index).

/// <summary>What takes its time: seconds, and blocks of the shortest and the longest span of a mean (source: Rules.sol).</summary>
internal sealed class RulesStruct
{
    /// <summary>The times of the real chain (source: Rules.sol, RuleTable).</summary>
    public static readonly RulesStruct Table = new()
    {
        Delay = 48 * 3_600,
        Expiry = 7 * 86_400,
        Window = 7 * 86_400,
        Gap = 300,
        Day = 86_400,
        Pause = 72 * 3_600,
        PauseEvery = 14 * 86_400,
        Shortest = 1_800,
        Longest = 14_400,
    };

    /// <summary>The times of an index that is lived through in minutes.</summary>
    public static readonly RulesStruct Minutes = new()
    {
        Delay = 600,
        Expiry = 3_600,
        Window = 3_600,
        Gap = 12,
        Day = 3_600,
        Pause = 600,
        PauseEvery = 3_600,
        Shortest = 5,
        Longest = 200,
    };

    private static readonly ulong[] RealChains = [964, 945];

    /// <summary>Those that a chain takes: one with the id of a real chain takes its own alone.</summary>
    public static async Task<RulesStruct> OfAsync(DevnetClient client, CancellationToken cancel)
    {
        ulong id = 0;
        await client.Pool.SendAsync([EthCalls.ChainId(found => id = found)], cancel).ConfigureAwait(false);
        return RealChains.Contains(id) ? Table : Minutes;
    }

    [Parameter("uint32", "delay", 1)]
    public uint Delay { get; init; }

    [Parameter("uint32", "expiry", 2)]
    public uint Expiry { get; init; }

    [Parameter("uint32", "window", 3)]
    public uint Window { get; init; }

    [Parameter("uint32", "gap", 4)]
    public uint Gap { get; init; }

    [Parameter("uint32", "day", 5)]
    public uint Day { get; init; }

    [Parameter("uint32", "pause", 6)]
    public uint Pause { get; init; }

    [Parameter("uint32", "pauseEvery", 7)]
    public uint PauseEvery { get; init; }

    [Parameter("uint32", "shortest", 8)]
    public uint Shortest { get; init; }

    [Parameter("uint32", "longest", 9)]
    public uint Longest { get; init; }
}

/// <summary>Deploys what means are kept by.</summary>
internal sealed class MeansDeployment(RulesStruct rules, bool defaultsHold)
    : ContractDeploymentMessage(ContractArtifact.Load("Means").Bytecode)
{
    [Parameter("tuple", "rules", 1)]
    public RulesStruct Rules => rules;

    [Parameter("bool", "defaultsHold", 2)]
    public bool DefaultsHold => defaultsHold;
}

/// <summary>Deploys the time lock before the index.</summary>
internal sealed class ManagerDeployment(Address owner, Address guardian, RulesStruct rules)
    : ContractDeploymentMessage(ContractArtifact.Load("Manager").Bytecode)
{
    [Parameter("address", "owner", 1)]
    public string Owner => owner.ToString();

    [Parameter("address", "guardian", 2)]
    public string Guardian => guardian.ToString();

    [Parameter("tuple", "rules", 3)]
    public RulesStruct Rules => rules;
}

/// <summary>Deploys the index.</summary>
internal sealed class IndexDeployment(
    Address founder,
    Address manager,
    Address means,
    RulesStruct rules,
    List<TargetStruct> targets,
    List<string> routers
) : ContractDeploymentMessage(ContractArtifact.Load("Index").Bytecode)
{
    [Parameter("address", "founder", 1)]
    public string Founder => founder.ToString();

    [Parameter("address", "manager", 2)]
    public string Manager => manager.ToString();

    [Parameter("address", "means", 3)]
    public string Means => means.ToString();

    [Parameter("tuple", "rules", 4)]
    public RulesStruct Rules => rules;

    [Parameter("tuple[]", "targets", 5)]
    public List<TargetStruct> Targets => targets;

    [Parameter("address[]", "routers", 6)]
    public List<string> Routers => routers;
}

/// <summary>Deploys what quotes.</summary>
internal sealed class LensDeployment(Address index) : ContractDeploymentMessage(ContractArtifact.Load("Lens").Bytecode)
{
    [Parameter("address", "index", 1)]
    public string Index => index.ToString();
}

/// <summary>Deploys the market pool.</summary>
internal sealed class PoolDeployment(Address index) : ContractDeploymentMessage(ContractArtifact.Load("Pool").Bytecode)
{
    [Parameter("address", "index", 1)]
    public string Index => index.ToString();
}

/// <summary>Deploys the router.</summary>
internal sealed class RouterDeployment(Address index, Address pool, Address lens)
    : ContractDeploymentMessage(ContractArtifact.Load("Router").Bytecode)
{
    [Parameter("address", "index", 1)]
    public string Index => index.ToString();

    [Parameter("address", "pool", 2)]
    public string Pool => pool.ToString();

    [Parameter("address", "lens", 3)]
    public string Lens => lens.ToString();
}
