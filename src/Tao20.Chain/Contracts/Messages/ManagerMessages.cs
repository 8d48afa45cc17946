using System.Numerics;
using Nethereum.ABI.FunctionEncoding.Attributes;
using Nethereum.Contracts;
using Tao20.Domain.Index;

namespace Tao20.Chain.Contracts.Messages;

// What is asked of an index's manager, and what a proposal contains (source: Contracts/Index/Manager.sol).

[Function("propose")]
internal sealed class ProposeFunction(byte kind, byte[] data) : FunctionMessage
{
    [Parameter("uint8", "kind", 1)]
    public byte Kind => kind;

    [Parameter("bytes", "data", 2)]
    public byte[] Data => data;
}

[Function("execute")]
internal sealed class ExecuteProposalFunction(byte kind, byte[] data, BigInteger legGas) : FunctionMessage
{
    [Parameter("uint8", "kind", 1)]
    public byte Kind => kind;

    [Parameter("bytes", "data", 2)]
    public byte[] Data => data;

    [Parameter("uint256", "legGas", 3)]
    public BigInteger LegGas => legGas;
}

[Function("cancel")]
internal sealed class CancelFunction(byte kind, ushort netuid) : FunctionMessage
{
    [Parameter("uint8", "kind", 1)]
    public byte Kind => kind;

    [Parameter("uint16", "netuid", 2)]
    public ushort Netuid => netuid;
}

/// <summary>What there should be of a leg, as a part of 1e18.</summary>
internal sealed class TargetStruct
{
    [Parameter("uint16", "netuid", 1)]
    public ushort Netuid { get; init; }

    [Parameter("uint64", "weight", 2)]
    public ulong Weight { get; init; }

    [Parameter("bytes32", "hotkey", 3)]
    public byte[] Hotkey { get; init; } = [];

    public static TargetStruct Of(LegTarget target) =>
        new()
        {
            Netuid = target.Netuid,
            Weight = target.Weight,
            Hotkey = target.Hotkey.ToBytes(),
        };
}

/// <summary>The price of a leg that is left and has no mean, in wei per alpha.</summary>
internal sealed class ReferenceStruct
{
    [Parameter("uint16", "netuid", 1)]
    public ushort Netuid { get; init; }

    [Parameter("uint96", "price", 2)]
    public BigInteger Price { get; init; }
}

/// <summary>What a composition's proposal contains.</summary>
internal sealed class CompositionData
{
    [Parameter("tuple[]", "targets", 1)]
    public List<TargetStruct> Targets { get; init; } = [];

    [Parameter("bytes16[]", "hashes", 2)]
    public List<byte[]> Hashes { get; init; } = [];

    [Parameter("tuple[]", "references", 3)]
    public List<ReferenceStruct> References { get; init; } = [];
}

/// <summary>What a hotkey's proposal contains.</summary>
internal sealed class HotkeyData
{
    [Parameter("uint16", "netuid", 1)]
    public ushort Netuid { get; init; }

    [Parameter("bytes32", "hotkey", 2)]
    public byte[] Hotkey { get; init; } = [];

    [Parameter("bytes16", "hash", 3)]
    public byte[] Hash { get; init; } = [];
}

/// <summary>What a write-down's proposal contains.</summary>
internal sealed class WriteDownData
{
    [Parameter("uint16", "netuid", 1)]
    public ushort Netuid { get; init; }

    [Parameter("bytes16", "hash", 2)]
    public byte[] Hash { get; init; } = [];
}

/// <summary>What a router's proposal contains.</summary>
internal sealed class RouterData
{
    [Parameter("address", "router", 1)]
    public string Router { get; init; } = "";

    [Parameter("bool", "allowed", 2)]
    public bool Allowed { get; init; }
}

/// <summary>What a fee's proposal contains.</summary>
internal sealed class FeeData
{
    [Parameter("uint256", "bps", 1)]
    public BigInteger Bps { get; init; }
}

/// <summary>What an owner's or a guardian's proposal contains.</summary>
internal sealed class AccountData
{
    [Parameter("address", "account", 1)]
    public string Account { get; init; } = "";
}
