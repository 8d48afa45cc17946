using Tao20.Domain.Volume;

namespace Tao20.Actors.Faults;

/// <summary>What stops a node, or part of it.</summary>
public enum FaultKind
{
    /// <summary>No endpoint gives what is needed; tried again by itself.</summary>
    ChainUnavailable,

    /// <summary>The chain replaced a final block. Nothing is folded past it.</summary>
    ReorgBelowFinality,

    /// <summary>The fold would not equal the chain's own counter. Nothing is folded past it.</summary>
    FoldDivergence,

    /// <summary>Two endpoints disagree on a final block. Nothing is folded past it.</summary>
    QuorumDisagreement,

    /// <summary>The journal is of another chain, contract or first block.</summary>
    ForeignJournal,

    /// <summary>No space is left for the journal.</summary>
    DiskFull,

    /// <summary>The journal's bytes are not what was written.</summary>
    JournalCorrupt,

    /// <summary>The journal cannot be written.</summary>
    JournalUnwritable,

    /// <summary>The journal refuses for a moment; tried again by itself.</summary>
    JournalUnavailable,

    /// <summary>What was signed has no receipt, and who has used its nonce is not known: nothing is sent for it anew.</summary>
    TransactionUnexplained,

    /// <summary>Trades before a miner's first one seen are missing. Nothing is folded past it.</summary>
    HistoryMissing,

    /// <summary>Two endpoints disagree on what is to be attested: nothing is, and it is tried again by itself.</summary>
    EndpointsDisagree,

    /// <summary>What was computed here is not what the validators agree on.</summary>
    DisagreesWithConsensus,

    /// <summary>The chain is not as it is taken to be, or nobody can say whether it is: something is off.</summary>
    ChainNotAsAssumed,

    /// <summary>Weights that were sent have no effect, or none arrive.</summary>
    WeightsNotArriving,

    /// <summary>The chain holds a commitment of this account to something else: somebody else has the key, or has had it.</summary>
    AnotherCommitment,

    /// <summary>The registry has scheduled parameters whose rules this version does not know: nothing is stated.</summary>
    RulesUnknown,

    /// <summary>A stream of the journal lacks events, or has others than were written. Nothing is ranked or attested by it.</summary>
    JournalIncomplete,

    /// <summary>The journal's file was removed or replaced while the node uses it.</summary>
    JournalReplaced,

    /// <summary>The journal was written by a newer version.</summary>
    JournalNewer,

    /// <summary>There is no memory left.</summary>
    OutOfMemory,

    /// <summary>Another node or cluster writes the journal, or has ended this node's right to.</summary>
    AnotherWriter,

    /// <summary>The cluster that it was told to join is another one than its own.</summary>
    WrongCluster,
}

/// <summary>A fault, as people see it: what, where and what to do.</summary>
/// <param name="Kind">What kind of fault.</param>
/// <param name="Message">One line: what, where, and the remedy.</param>
/// <param name="At">When it was noticed.</param>
public sealed record NodeFault(FaultKind Kind, string Message, DateTimeOffset At)
{
    /// <summary>Where trades are missing, which <c>tao20 journal rebuild</c> may find; null when none are.</summary>
    public HistoryGap? Gap { get; init; }

    /// <summary>Whether the node tries again by itself.</summary>
    public bool Passing => FaultType.Of(Kind).Effect == FaultEffect.Passes;

    /// <summary>Whether the node cannot go on at all and ends.</summary>
    public bool EndsNode => FaultType.Of(Kind).Effect == FaultEffect.EndsNode;
}

/// <summary>Where the actors tell of faults that end the node; whoever hosts them listens.</summary>
public sealed class FaultSignal
{
    private readonly TaskCompletionSource<NodeFault> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<NodeFault> _incomplete = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes with the first fault that ends the node.</summary>
    public Task<NodeFault> Ended => _ended.Task;

    /// <summary>
    /// Completes when logs are found to be missing, in which blocks may still be being found out, or events of the journal.
    /// </summary>
    public Task<NodeFault> Incomplete => _incomplete.Task;

    /// <summary>Tells of a fault.</summary>
    public void Raise(NodeFault fault)
    {
        if (fault.EndsNode)
            _ended.TrySetResult(fault);
        if (fault.Gap is not null || fault.Kind == FaultKind.JournalIncomplete)
            _incomplete.TrySetResult(fault);
    }
}
