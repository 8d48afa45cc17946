using Tao20.Chain.Contracts;
using Tao20.Domain.Epochs;
using Tao20.Domain.Trades;
using Tao20.Domain.Units;

namespace Tao20.Chain.Following;

/// <summary>What the contract logged in a range of blocks, checked; to be folded as a whole or not at all.</summary>
/// <param name="First">The header of the first block.</param>
/// <param name="Last">The header of the last block.</param>
/// <param name="Trades">The trades in chain order, with the epoch still to be set.</param>
/// <param name="Advances">The epoch changes in chain order.</param>
/// <param name="Totals">The contract's running totals by miner; empty when it keeps none.</param>
/// <param name="Quarantined">The logs that could not be decoded.</param>
/// <param name="Logs">How many logs there were.</param>
/// <param name="Bytes">The size of the node's reply.</param>
/// <param name="By">The endpoint that gave it.</param>
public sealed record TradeRange(
    BlockHeader First,
    BlockHeader Last,
    IReadOnlyList<Trade> Trades,
    IReadOnlyList<ClosedEpoch> Advances,
    IReadOnlyDictionary<Address, RunningTotal> Totals,
    IReadOnlyList<QuarantinedLog> Quarantined,
    int Logs,
    int Bytes,
    Uri By);
