using System.Numerics;
using Nethereum.ABI.FunctionEncoding.Attributes;
using Nethereum.Contracts;
using Tao20.Chain.Abi;

namespace Tao20.Chain.Contracts.Messages;

// The views of an index that goes by holdings, of its means and of its manager (source: Contracts/Index/*.sol).

[Function("legs")]
internal sealed class LegsFunction : FunctionMessage;

[Function("revision")]
internal sealed class RevisionFunction : FunctionMessage;

[Function("taoHeld")]
internal sealed class TaoHeldFunction : FunctionMessage;

[Function("feeBps")]
internal sealed class FeeBpsFunction : FunctionMessage;

[Function("referenceNav")]
internal sealed class ReferenceNavFunction : FunctionMessage;

[Function("windowUntil")]
internal sealed class WindowUntilFunction : FunctionMessage;

[Function("pausedUntil")]
internal sealed class PausedUntilFunction : FunctionMessage;

[Function("room")]
internal sealed class RoomFunction : FunctionMessage;

[Function("roomAt")]
internal sealed class RoomAtFunction : FunctionMessage;

[Function("gap")]
internal sealed class GapFunction : FunctionMessage;

[Function("day")]
internal sealed class DayFunction : FunctionMessage;

[Function("manager")]
internal sealed class ManagerFunction : FunctionMessage;

[Function("means")]
internal sealed class MeansFunction : FunctionMessage;

[Function("mean")]
internal sealed class MeanFunction(ushort netuid) : FunctionMessage
{
    [Parameter("uint16", "netuid", 1)]
    public ushort Netuid => netuid;
}

[Function("shortest")]
internal sealed class ShortestFunction : FunctionMessage;

[Function("readingsOf")]
internal sealed class ReadingsOfFunction(ushort netuid) : FunctionMessage
{
    // The older reading stands before the newer, and each begins with its block (source: Means.sol, Reading).
    private const int WordsPerReading = 5;

    [Parameter("uint16", "netuid", 1)]
    public ushort Netuid => netuid;

    /// <summary>The block of the newer reading in an answer; 0 for none.</summary>
    public static ulong NewestBlock(AbiData answer) => answer.UInt64(WordsPerReading);
}

[Function("observe")]
internal sealed class ObserveFunction(List<ushort> netuids) : FunctionMessage
{
    [Parameter("uint16[]", "netuids", 1)]
    public List<ushort> Netuids => netuids;
}

[Function("step")]
internal sealed class StepFunction(ushort netuid, BigInteger legGas) : FunctionMessage
{
    [Parameter("uint16", "netuid", 1)]
    public ushort Netuid => netuid;

    [Parameter("uint256", "legGas", 2)]
    public BigInteger LegGas => legGas;
}

[Function("close")]
internal sealed class CloseFunction : FunctionMessage;

[Function("sync")]
internal sealed class SyncFunction : FunctionMessage;

[Function("guardian")]
internal sealed class GuardianFunction : FunctionMessage;

[Function("rules")]
internal sealed class RulesFunction : FunctionMessage;

[Function("proposedSince")]
internal sealed class ProposedSinceFunction(byte kind, ushort netuid) : FunctionMessage
{
    [Parameter("uint8", "kind", 1)]
    public byte Kind => kind;

    [Parameter("uint16", "netuid", 2)]
    public ushort Netuid => netuid;
}
