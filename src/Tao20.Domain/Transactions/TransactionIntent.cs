using Tao20.Domain.Units;

namespace Tao20.Domain.Transactions;

/// <summary>Something to be done on chain, once.</summary>
/// <param name="Id">Its name, chosen by who wants it: the same id twice is the same intent.</param>
/// <param name="To">The contract or precompile; the zero address makes a contract of the data.</param>
/// <param name="ValueWei">TAO sent along, in wei.</param>
/// <param name="Data">Call data.</param>
/// <param name="Deadline">The chain's time, in Unix seconds, after which it is no longer begun; 0 for never.</param>
/// <param name="Gas">The gas it takes, where that is known; 0 has it estimated.</param>
/// <param name="Priority">What goes first when several wait.</param>
/// <param name="LastBlock">The last block in which it is of use: it is begun only while the latest is before it; 0 for none.</param>
/// <param name="OutlastsFullBlocks">
/// Whether it offers so much that full blocks for as long as a window of the registry do not keep it out; it pays no more than the base
/// fee all the same.
/// </param>
/// <param name="NotDoneAt">A block up to which nothing has done it; 0 where that is not known.</param>
public sealed record TransactionIntent(
    string Id,
    Address To,
    UInt128 ValueWei,
    ReadOnlyMemory<byte> Data,
    ulong Deadline = 0,
    ulong Gas = 0,
    IntentPriority Priority = IntentPriority.First,
    ulong LastBlock = 0,
    bool OutlastsFullBlocks = false,
    ulong NotDoneAt = 0
)
{
    /// <summary>Whether it makes a contract: such a transaction has no receiver.</summary>
    public bool MakesContract => To == default;
}

/// <summary>What goes first when several intents wait; among equals, what was wanted first.</summary>
public enum IntentPriority : byte
{
    /// <summary>What cannot wait: trades, and a validator's own statements.</summary>
    First = 0,

    /// <summary>What others may do, too: punishing, closing epochs.</summary>
    Then = 1,

    /// <summary>What has a whole epoch: the weights.</summary>
    Last = 2,
}

/// <summary>How far an intent is.</summary>
public enum IntentState : byte
{
    /// <summary>Written down; nothing has left this machine.</summary>
    Planned = 0,

    /// <summary>Signed, and the bytes are in the journal.</summary>
    Signed = 1,

    /// <summary>A node has taken it.</summary>
    Broadcast = 2,

    /// <summary>It is in a block.</summary>
    Mined = 3,

    /// <summary>The block is final, and it did what it was sent for.</summary>
    Final = 4,

    /// <summary>The block is final, and it was reverted, or has only used up the nonce that nodes refused it with.</summary>
    Reverted = 5,

    /// <summary>It was never sent: it would have been reverted.</summary>
    Failed = 6,

    /// <summary>It was never sent: its deadline had passed.</summary>
    Expired = 7,
}

/// <summary>How far an intent is, and why.</summary>
/// <param name="Id">The intent.</param>
/// <param name="State">How far.</param>
/// <param name="Receipt">What became of its transaction; null before it is mined.</param>
/// <param name="Failure">Why it was never sent; null when it was.</param>
public sealed record IntentProgress(string Id, IntentState State, Receipt? Receipt, IntentFailure? Failure)
{
    /// <summary>Nothing more happens to it.</summary>
    public bool Ended => State is IntentState.Final or IntentState.Reverted or IntentState.Failed or IntentState.Expired;

    /// <summary>Whether it is mined and did what it was sent for.</summary>
    public bool Succeeded => Receipt is { Success: true };

    /// <summary>Whether it has come to nothing, finally.</summary>
    public bool CameToNothing => Ended && State != IntentState.Final;
}
