using System.Numerics;
using Nethereum.ABI.FunctionEncoding.Attributes;
using Nethereum.Contracts;
using Tao20.Domain.Units;

namespace Tao20.Chain.Contracts.Messages;

// The functions of Subtensor's precompiles that are called (source: the Subtensor runtime); docs/subtensor.md lists them.

/// <summary>Which precompile a function is of.</summary>
/// <param name="address">Its address.</param>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class PrecompileAttribute(ulong address) : Attribute
{
    /// <summary>Its address.</summary>
    public ulong Address { get; } = address;
}

[Precompile(0x805)]
[Function("addStakeLimit")]
internal sealed class AddStakeLimitFunction(Hash256 hotkey, BigInteger amount, BigInteger limitPrice, bool allowPartial, BigInteger netuid)
    : FunctionMessage
{
    [Parameter("bytes32", "hotkey", 1)]
    public byte[] Hotkey => hotkey.ToBytes();

    [Parameter("uint256", "amount", 2)]
    public BigInteger Amount => amount;

    [Parameter("uint256", "limitPrice", 3)]
    public BigInteger LimitPrice => limitPrice;

    [Parameter("bool", "allowPartial", 4)]
    public bool AllowPartial => allowPartial;

    [Parameter("uint256", "netuid", 5)]
    public BigInteger Netuid => netuid;
}

[Precompile(0x805)]
[Function("removeStakeLimit")]
internal sealed class RemoveStakeLimitFunction(
    Hash256 hotkey,
    BigInteger amount,
    BigInteger limitPrice,
    bool allowPartial,
    BigInteger netuid
) : FunctionMessage
{
    [Parameter("bytes32", "hotkey", 1)]
    public byte[] Hotkey => hotkey.ToBytes();

    [Parameter("uint256", "amount", 2)]
    public BigInteger Amount => amount;

    [Parameter("uint256", "limitPrice", 3)]
    public BigInteger LimitPrice => limitPrice;

    [Parameter("bool", "allowPartial", 4)]
    public bool AllowPartial => allowPartial;

    [Parameter("uint256", "netuid", 5)]
    public BigInteger Netuid => netuid;
}

[Precompile(0x805)]
[Function("approve")]
internal sealed class ApproveStakeFunction(Address spender, BigInteger netuid, BigInteger amount) : FunctionMessage
{
    [Parameter("address", "spender", 1)]
    public string Spender => spender.ToString();

    [Parameter("uint256", "netuid", 2)]
    public BigInteger Netuid => netuid;

    [Parameter("uint256", "amount", 3)]
    public BigInteger Amount => amount;
}

[Precompile(0x805)]
[Function("allowance")]
internal sealed class StakeAllowanceFunction(Address owner, Address spender, BigInteger netuid) : FunctionMessage
{
    [Parameter("address", "owner", 1)]
    public string Owner => owner.ToString();

    [Parameter("address", "spender", 2)]
    public string Spender => spender.ToString();

    [Parameter("uint256", "netuid", 3)]
    public BigInteger Netuid => netuid;
}

[Precompile(0x805)]
[Function("getStake")]
internal sealed class GetStakeFunction(Hash256 hotkey, Hash256 coldkey, BigInteger netuid) : FunctionMessage
{
    [Parameter("bytes32", "hotkey", 1)]
    public byte[] Hotkey => hotkey.ToBytes();

    [Parameter("bytes32", "coldkey", 2)]
    public byte[] Coldkey => coldkey.ToBytes();

    [Parameter("uint256", "netuid", 3)]
    public BigInteger Netuid => netuid;
}

[Precompile(0x808)]
[Function("getAlphaPrice")]
internal sealed class GetAlphaPriceFunction(ushort netuid) : SubnetFunction(netuid);

[Precompile(0x808)]
[Function("getTaoInPool")]
internal sealed class GetTaoInPoolFunction(ushort netuid) : SubnetFunction(netuid);

[Precompile(0x808)]
[Function("getAlphaInPool")]
internal sealed class GetAlphaInPoolFunction(ushort netuid) : SubnetFunction(netuid);

[Precompile(0x808)]
[Function("simSwapTaoForAlpha")]
internal sealed class SimSwapTaoForAlphaFunction(ushort netuid, ulong tao) : FunctionMessage
{
    [Parameter("uint16", "netuid", 1)]
    public ushort Netuid => netuid;

    [Parameter("uint64", "tao", 2)]
    public ulong Tao => tao;
}

[Precompile(0x808)]
[Function("simSwapAlphaForTao")]
internal sealed class SimSwapAlphaForTaoFunction(ushort netuid, ulong alpha) : FunctionMessage
{
    [Parameter("uint16", "netuid", 1)]
    public ushort Netuid => netuid;

    [Parameter("uint64", "alpha", 2)]
    public ulong Alpha => alpha;
}

[Precompile(0x806)]
[Function("uidLookup")]
internal sealed class UidLookupFunction(ushort netuid, Address account, ushort limit) : FunctionMessage
{
    [Parameter("uint16", "netuid", 1)]
    public ushort Netuid => netuid;

    [Parameter("address", "account", 2)]
    public string Account => account.ToString();

    [Parameter("uint16", "limit", 3)]
    public ushort Limit => limit;
}

[Precompile(0x803)]
[Function("getWeightsVersionKey")]
internal sealed class GetWeightsVersionKeyFunction(ushort netuid) : SubnetFunction(netuid);

[Precompile(0x803)]
[Function("getWeightsSetRateLimit")]
internal sealed class GetWeightsSetRateLimitFunction(ushort netuid) : SubnetFunction(netuid);

[Precompile(0x803)]
[Function("getCommitRevealWeightsEnabled")]
internal sealed class GetCommitRevealWeightsEnabledFunction(ushort netuid) : SubnetFunction(netuid);

[Precompile(0x803)]
[Function("getCommitRevealWeightsInterval")]
internal sealed class GetCommitRevealWeightsIntervalFunction(ushort netuid) : SubnetFunction(netuid);

[Precompile(0x803)]
[Function("getMinAllowedWeights")]
internal sealed class GetMinAllowedWeightsFunction(ushort netuid) : SubnetFunction(netuid);

[Precompile(0x802)]
[Function("getUidCount")]
internal sealed class GetUidCountFunction(ushort netuid) : SubnetFunction(netuid);

[Precompile(0x804)]
[Function("setWeights")]
internal sealed class SetWeightsFunction(ushort netuid, List<ushort> uids, List<ushort> weights, ulong versionKey) : FunctionMessage
{
    [Parameter("uint16", "netuid", 1)]
    public ushort Netuid => netuid;

    [Parameter("uint16[]", "uids", 2)]
    public List<ushort> Uids => uids;

    [Parameter("uint16[]", "weights", 3)]
    public List<ushort> Weights => weights;

    [Parameter("uint64", "versionKey", 4)]
    public ulong VersionKey => versionKey;
}

[Precompile(0x804)]
[Function("commitWeights")]
internal sealed class CommitWeightsFunction(ushort netuid, Hash256 commit) : FunctionMessage
{
    [Parameter("uint16", "netuid", 1)]
    public ushort Netuid => netuid;

    [Parameter("bytes32", "commit", 2)]
    public byte[] Commit => commit.ToBytes();
}

[Precompile(0x804)]
[Function("revealWeights")]
internal sealed class RevealWeightsFunction(ushort netuid, List<ushort> uids, List<ushort> weights, List<ushort> salt, ulong versionKey)
    : FunctionMessage
{
    [Parameter("uint16", "netuid", 1)]
    public ushort Netuid => netuid;

    [Parameter("uint16[]", "uids", 2)]
    public List<ushort> Uids => uids;

    [Parameter("uint16[]", "weights", 3)]
    public List<ushort> Weights => weights;

    [Parameter("uint16[]", "salt", 4)]
    public List<ushort> Salt => salt;

    [Parameter("uint64", "versionKey", 5)]
    public ulong VersionKey => versionKey;
}

/// <summary>What is asked about a subnet.</summary>
internal abstract class SubnetFunction(ushort netuid) : FunctionMessage
{
    [Parameter("uint16", "netuid", 1)]
    public ushort Netuid => netuid;
}
