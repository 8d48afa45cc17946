using Tao20.Actors.Configuration;
using Tao20.Actors.Faults;
using Tao20.Actors.Journal;
using Tao20.Actors.Miners;
using Tao20.Chain;
using Tao20.Chain.Following;
using Tao20.Domain.Ingestion;
using Tao20.Domain.Volume;

namespace Tao20.Actors.Ingestion;

/// <summary>What keeps the follower from going on, as people see it.</summary>
internal sealed class FollowerFaults(FollowerSettings settings)
{
    /// <summary>The chain could not be read.</summary>
    public NodeFault Of(Exception cause) =>
        cause switch
        {
            ReorgBelowFinalityException => Now(FaultKind.ReorgBelowFinality, cause.Message),
            QuorumDisagreementException => Now(FaultKind.QuorumDisagreement, cause.Message),
            _ when OutOfMemory.IsBehind(cause) => OutOfMemory.Fault(settings.Clock),
            ChainException => Now(FaultKind.ChainUnavailable, cause.Message),
            _ => Now(FaultKind.ChainUnavailable, $"Reading the chain failed: {cause.Message}"),
        };

    /// <summary>The journal does not end where the chain goes on.</summary>
    public NodeFault Of(CursorProblem problem) =>
        problem switch
        {
            CursorProblem.ForeignJournal(var journal) => Now(FaultKind.ForeignJournal, settings.ForeignJournal(journal)),
            CursorProblem.UnknownBlock(var folded) => Now(FaultKind.ForeignJournal, settings.UnknownCursor(folded)),
            CursorProblem.Replaced(var folded, var onChain) => Of(new ReorgBelowFinalityException(folded.Number, folded.Hash, onChain)),
            _ => throw new ArgumentException($"A {problem.GetType().Name} is no problem of the cursor.", nameof(problem)),
        };

    /// <summary>A miner has not folded a batch.</summary>
    public NodeFault OfFold(object refusal) =>
        refusal switch
        {
            HistoryMissing missing => Of(missing),
            FoldDiverged diverged => Of(diverged),
            StreamIncomplete incomplete => settings.Journal.Fault(incomplete),
            FoldFailed failed => settings.Journal.Fault(failed.Problem, failed.Reason),
            _ => throw new ArgumentException($"A {refusal.GetType().Name} is no refusal of a batch.", nameof(refusal)),
        };

    /// <summary>What was folded is not what the contract has counted, or not what the journal should hold; null when it is.</summary>
    public NodeFault? Of(TotalsChecked check) =>
        check.Incomplete is { } stream ? settings.Journal.Fault(stream)
        : check.Gap is { } gap ? Missing(FaultKind.HistoryMissing, gap)
        : null;

    private NodeFault Of(FoldDiverged diverged) =>
        diverged.Gap is { } gap
            ? Missing(FaultKind.FoldDivergence, gap, located: false)
            : Now(
                FaultKind.FoldDivergence,
                new FoldDivergenceException(diverged.Miner, diverged.ChainWei, diverged.FoldWei, diverged.After).Message
            );

    private NodeFault Of(HistoryMissing missing) =>
        Missing(
            FaultKind.HistoryMissing,
            new HistoryGap(missing.Miner, missing.BeganWei, missing.ChainWei, settings.Identity.FromBlock, missing.Before.Block),
            located: false
        );

    /// <summary>Logs are missing.</summary>
    public NodeFault Missing(FaultKind kind, HistoryGap gap, bool located = true) =>
        Now(kind, new HistoryMissingException(gap, located).Message) with
        {
            Gap = gap,
        };

    /// <summary>Nobody can be asked for the next final block; null when somebody can.</summary>
    public static NodeFault? Of(ChainHead head) =>
        head.Problem is { } problem ? new NodeFault(FaultKind.ChainUnavailable, problem.Reason, problem.Since) : null;

    private NodeFault Now(FaultKind kind, string message) => new(kind, message, settings.Clock.GetUtcNow());
}
