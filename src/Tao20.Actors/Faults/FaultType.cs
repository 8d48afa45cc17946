namespace Tao20.Actors.Faults;

/// <summary>What follows from a fault.</summary>
public enum FaultEffect
{
    /// <summary>The node goes on, and tries again by itself.</summary>
    Passes,

    /// <summary>Part of it stops until a person has done something.</summary>
    Stops,

    /// <summary>The node ends.</summary>
    EndsNode,
}

/// <summary>A kind of fault: its meaning, what a person does about it, and what follows.</summary>
/// <param name="Kind">Which.</param>
/// <param name="Meaning">What it means.</param>
/// <param name="Remedy">What happens, and what to do.</param>
/// <param name="Effect">What follows.</param>
/// <param name="LosesReadiness">Whether the node is not ready meanwhile: what it tells is not what the chain says.</param>
public sealed record FaultType(FaultKind Kind, string Meaning, string Remedy, FaultEffect Effect, bool LosesReadiness)
{
    /// <summary>All of them; docs/operations.md has the same table, and a test holds it against this one.</summary>
    public static IReadOnlyList<FaultType> All { get; } =
    [
        new(
            FaultKind.ChainUnavailable,
            "no endpoint gives what is needed, or all were dropped",
            "tried again, waiting 1, 2, 4 ... 30 s",
            FaultEffect.Passes,
            LosesReadiness: true
        ),
        new(
            FaultKind.ReorgBelowFinality,
            "a final block was replaced",
            "nothing is folded until an operator decides",
            FaultEffect.Stops,
            LosesReadiness: true
        ),
        new(
            FaultKind.FoldDivergence,
            "the fold would not equal the contract's count: the line names miner, amount and blocks",
            "nothing is folded; [rebuild the journal](#a-history-with-a-gap)",
            FaultEffect.Stops,
            LosesReadiness: true
        ),
        new(
            FaultKind.QuorumDisagreement,
            "two endpoints disagree on a final block",
            "nothing is folded until an operator decides",
            FaultEffect.Stops,
            LosesReadiness: true
        ),
        new(
            FaultKind.ForeignJournal,
            "the journal is of another chain, contract or first block",
            "the node ends: give the right data directory, or an empty one",
            FaultEffect.EndsNode,
            LosesReadiness: true
        ),
        new(
            FaultKind.DiskFull,
            "no space is left for the journal",
            "the node ends: free space and start it again",
            FaultEffect.EndsNode,
            LosesReadiness: true
        ),
        new(
            FaultKind.JournalCorrupt,
            "the journal's bytes are not what was written",
            "the node ends: move the journal away, it is rebuilt from the chain",
            FaultEffect.EndsNode,
            LosesReadiness: true
        ),
        new(
            FaultKind.JournalUnwritable,
            "the journal cannot be written",
            "the node ends: correct the permissions",
            FaultEffect.EndsNode,
            LosesReadiness: true
        ),
        new(
            FaultKind.JournalUnavailable,
            "the database cannot be used: the line says whether it refuses connections, does not let the node in, has reached a limit, "
                + "does not answer in time, is read-only or is locked",
            "tried again without end; nothing is lost",
            FaultEffect.Passes,
            LosesReadiness: true
        ),
        new(
            FaultKind.TransactionUnexplained,
            "a nonce is used in a final block, and no endpoint shows by which transaction",
            "nothing is signed for that intent; other intents go on; add an endpoint that keeps receipts",
            FaultEffect.Passes,
            LosesReadiness: false
        ),
        new(
            FaultKind.HistoryMissing,
            "trades, or ends of epochs, that the contract has counted are missing: the line names miner, amount and blocks",
            "nothing is folded; [rebuild the journal](#a-history-with-a-gap)",
            FaultEffect.Stops,
            LosesReadiness: true
        ),
        new(
            FaultKind.EndpointsDisagree,
            "two endpoints say different things of what is to be attested",
            "nothing is attested; tried again with the next block",
            FaultEffect.Passes,
            LosesReadiness: false
        ),
        new(
            FaultKind.DisagreesWithConsensus,
            "a validator has computed something else than the others agree on",
            "it goes on stating its own; compare with [`audit chain`](audit.md)",
            FaultEffect.Passes,
            LosesReadiness: false
        ),
        new(
            FaultKind.ChainNotAsAssumed,
            "a row of the [check of the chain](chain-check.md) does not hold, or none can be made: the line names what is off",
            "what is off waits, all else goes on; checked again after `Check:RetryAfter` and with each upgrade",
            FaultEffect.Passes,
            LosesReadiness: false
        ),
        new(
            FaultKind.WeightsNotArriving,
            "no weights have arrived on the subnet for two tempos, or a commit was not revealed in its epoch, or to no effect",
            "weights go on being sent; look at `validator.weights` in `/status`, at the permit and at the stake",
            FaultEffect.Passes,
            LosesReadiness: false
        ),
        new(
            FaultKind.AnotherCommitment,
            "the chain holds a commitment of this account to something else: somebody else has the attester's key, or has had it",
            "nothing is stated about that epoch; name another attester with `tao20 validator set-attester`",
            FaultEffect.Passes,
            LosesReadiness: false
        ),
        new(
            FaultKind.RulesUnknown,
            "the registry has scheduled parameters whose rules this version does not know",
            "nothing is stated from their epoch on; install a version that knows them",
            FaultEffect.Passes,
            LosesReadiness: false
        ),
        new(
            FaultKind.JournalIncomplete,
            "a stream of the journal lacks events that were written, or has others: the line names it and the events",
            "nothing is folded, ranked or attested; [rebuild the journal](#a-history-with-a-gap), or restore it where the line says so",
            FaultEffect.Stops,
            LosesReadiness: true
        ),
        new(
            FaultKind.JournalReplaced,
            "the journal's file was removed or replaced while the node uses it: what is written goes to a file that nobody will find again",
            "stop the node, put the right file back, or an empty directory, and start it again",
            FaultEffect.Stops,
            LosesReadiness: true
        ),
        new(
            FaultKind.JournalNewer,
            "the journal was written by a newer version: the line names it",
            "the node ends: run that version, or a later one",
            FaultEffect.EndsNode,
            LosesReadiness: true
        ),
        new(
            FaultKind.OutOfMemory,
            "there is no memory left",
            "the node ends: give the process more and start it again; nothing was lost",
            FaultEffect.EndsNode,
            LosesReadiness: true
        ),
        new(
            FaultKind.AnotherWriter,
            "another node or cluster writes the journal: the line says who",
            "a node by itself ends: stop the other one, or give it a database of its own; one of a cluster that the others have taken out "
                + "starts again and joins them",
            FaultEffect.EndsNode,
            LosesReadiness: true
        ),
        new(
            FaultKind.WrongCluster,
            "a node was told to join a cluster with another name, journal, chain, contract, registry or format of entries: the line says "
                + "what differs",
            "the node ends before it is given anything; correct `Cluster:SeedNodes`, or what differs",
            FaultEffect.EndsNode,
            LosesReadiness: true
        ),
    ];

    /// <summary>The type of a kind.</summary>
    public static FaultType Of(FaultKind kind) => All[(int)kind];
}
