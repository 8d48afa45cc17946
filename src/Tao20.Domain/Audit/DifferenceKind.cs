namespace Tao20.Domain.Audit;

/// <summary>What an audit has found to differ. Its name is what reports say; kinds are added and never renamed.</summary>
public enum DifferenceKind
{
    /// <summary>Entries of a stream are not there.</summary>
    EntriesMissing,

    /// <summary>An entry's number has come before in its stream.</summary>
    EntryRepeated,

    /// <summary>An entry cannot be read.</summary>
    EntryUnreadable,

    /// <summary>An entry is of a kind that its stream never has.</summary>
    EntryForeign,

    /// <summary>A stream that no version of the program writes.</summary>
    StreamUnknown,

    /// <summary>A stream has snapshots and not one entry that follows on the oldest of them.</summary>
    StreamBroken,

    /// <summary>A snapshot is not what its entries come to.</summary>
    SnapshotDiffers,

    /// <summary>A snapshot cannot be read, or is none of its stream.</summary>
    SnapshotUnreadable,

    /// <summary>A snapshot is of an entry that its stream does not have.</summary>
    SnapshotAhead,

    /// <summary>Trades of a batch do not come after those before them, or are another miner's.</summary>
    TradesOutOfOrder,

    /// <summary>A batch is judged otherwise than by the rules written in it: verdicts, running hashes or baseline.</summary>
    TradesJudgedOtherwise,

    /// <summary>A batch is judged by other rules than hold in its epoch.</summary>
    TradesByOtherRules,

    /// <summary>A trade is counted for another epoch than was open at its position.</summary>
    TradeInOtherEpoch,

    /// <summary>The cursor says that a miner has come to other trades than its stream has.</summary>
    MinerHeadDiffers,

    /// <summary>A miner's stream has trades of blocks that are read, and the cursor does not count them.</summary>
    TradesNotCounted,

    /// <summary>A range says other numbers of trades than its miners have in it.</summary>
    RangeCountDiffers,

    /// <summary>The miners that are said to have traded in an epoch are others than have.</summary>
    EpochMinersDiffer,

    /// <summary>The cursor's events do not follow on one another.</summary>
    CursorOutOfOrder,

    /// <summary>The parameters are others than the registry and the settings before them come to.</summary>
    ParametersDiffer,

    /// <summary>An epoch is settled that is not the oldest one to be settled, or ended otherwise.</summary>
    EpochOutOfOrder,

    /// <summary>A settled epoch is not what the trades of its miners come to.</summary>
    EpochDiffers,

    /// <summary>The cursor knows an epoch to be settled that is not.</summary>
    EpochNotSettled,

    /// <summary>What happened in the registry is not in the order of the chain, or comes twice.</summary>
    FactsOutOfOrder,

    /// <summary>What the cursor knows to be in the book of validators is not.</summary>
    FactsMissing,

    /// <summary>The book of validators has moved on otherwise than by what waited: entries taken, or hashes of rounds.</summary>
    BookDiffers,

    /// <summary>An event repeats what is so already.</summary>
    EventWithoutEffect,

    /// <summary>An outbox' event does not follow on those before it.</summary>
    OutboxOutOfOrder,

    /// <summary>A signed transaction is not what its intent says, or not signed by the account.</summary>
    TransactionDiffers,

    /// <summary>An event of a miner's account does not follow on those before it.</summary>
    AccountOutOfOrder,

    /// <summary>An event of the weights does not follow on those before it.</summary>
    WeightsOutOfOrder,

    /// <summary>Weights are not what the payouts of their epoch come to.</summary>
    WeightsDiffer,

    /// <summary>A hash that was noted of an epoch or a round is none of this journal: what was written up to there differs.</summary>
    HashUnknown,

    /// <summary>The chain has other trades of a miner than its stream.</summary>
    ChainTradesDiffer,

    /// <summary>An epoch is settled otherwise by the chain's logs.</summary>
    ChainEpochDiffers,

    /// <summary>The book of validators is another one by the chain's logs.</summary>
    ChainBookDiffers,

    /// <summary>The contract has counted another volume of a miner.</summary>
    ContractCountDiffers,

    /// <summary>The last block of the journal is not one of the chain, or the journal is of another contract.</summary>
    ChainDiffers,

    /// <summary>What validators have settled of an epoch is not what follows from the chain.</summary>
    StatementDiffers,

    /// <summary>A line of a bundle cannot be read, is none of its kind, or is longer than any line is.</summary>
    BundleUnreadable,

    /// <summary>A line of a bundle does not follow on those before it in the order of the chain.</summary>
    BundleOutOfOrder,

    /// <summary>A bundle breaks off: a part is missing.</summary>
    BundleIncomplete,

    /// <summary>What a bundle says of its epoch is not what follows from its own history.</summary>
    BundleResultDiffers,

    /// <summary>The lines of a bundle are not those that were signed.</summary>
    BundleChanged,

    /// <summary>A bundle's signature is none, or another account's than it says.</summary>
    SignatureDiffers,

    /// <summary>A bundle is not signed, or by an account that acts for no validator by its history, or is not the one wanted.</summary>
    SignerUnknown,
}

/// <summary>One difference that an audit has found.</summary>
/// <param name="Kind">What differs.</param>
/// <param name="Row">The first entry at which it shows; null where it is in none.</param>
/// <param name="Text">What it is, in a sentence.</param>
public sealed record AuditDifference(DifferenceKind Kind, JournalRow? Row, string Text)
{
    /// <summary>What follows from the events; null where the sentence says it.</summary>
    public object? Expected { get; init; }

    /// <summary>What is written; null where the sentence says it.</summary>
    public object? Found { get; init; }
}
