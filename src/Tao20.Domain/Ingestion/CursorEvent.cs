using System.Collections.Immutable;
using Tao20.Domain.Epochs;
using Tao20.Domain.Parameters;
using Tao20.Domain.Trades;
using Tao20.Domain.Units;
using Tao20.Domain.Volume;

namespace Tao20.Domain.Ingestion;

/// <summary>Something has happened to the cursor: persisted by <c>chain-cursor</c>.</summary>
public abstract record CursorEvent
{
    private CursorEvent() { }

    /// <summary>Which chain and contract this journal is of; the first event.</summary>
    public sealed record FollowingBegan(ChainIdentity Identity) : CursorEvent;

    /// <summary>The parameters in force from an epoch on have changed.</summary>
    public sealed record ParametersAdopted(ParameterSchedule Schedule) : CursorEvent;

    /// <summary>Every miner of a range has folded its trades: the cursor moves.</summary>
    /// <param name="Last">The last block of the range.</param>
    /// <param name="Closed">Epochs the range closed.</param>
    /// <param name="OpenEpoch">The epoch open at its end.</param>
    /// <param name="Joined">Miners that traded in that epoch for the first time.</param>
    /// <param name="Trades">How many trades the range had.</param>
    /// <param name="Quarantined">Logs of the range that could not be decoded.</param>
    /// <param name="Settled">How many epochs had been settled by then. Journals of version 0.1 tell of settlements only by this.</param>
    public sealed record RangeFolded(
        BlockHeader Last,
        IReadOnlyList<EpochToSettle> Closed,
        EpochId OpenEpoch,
        IReadOnlyList<Address> Joined,
        int Trades,
        IReadOnlyList<QuarantinedLog> Quarantined,
        long Settled
    ) : CursorEvent
    {
        /// <summary>
        /// How far the trades of the range's miners are folded with it: what their own streams must come to. Journals of an earlier version
        /// do not say it.
        /// </summary>
        public IReadOnlyDictionary<Address, MinerHead> Heads { get; init; } = ImmutableDictionary<Address, MinerHead>.Empty;

        /// <summary>
        /// Where the last of the range stands that is for the book of validators: how far the book's own stream must be. Null for a range
        /// that has nothing of it, and where no book is kept.
        /// </summary>
        public Position? LastFact { get; init; }
    }

    /// <summary>The consensus has settled the oldest closed epoch, durably.</summary>
    public sealed record SettlementAcknowledged(EpochId Epoch) : CursorEvent;
}
