using Tao20.Actors.Configuration;
using Tao20.Actors.Faults;
using Tao20.Actors.Miners;
using Tao20.Chain;
using Tao20.Chain.Following;
using Tao20.Domain.Ingestion;

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

    /// <summary>A miner's fold would not be what the chain counts.</summary>
    public NodeFault Of(FoldDiverged diverged) =>
        Now(
            FaultKind.FoldDivergence,
            new FoldDivergenceException(diverged.Miner, diverged.ChainWei, diverged.FoldWei, diverged.After).Message
        );

    /// <summary>Trades before a miner's first one seen are missing.</summary>
    public NodeFault Of(HistoryMissing missing) =>
        Now(
            FaultKind.HistoryMissing,
            new HistoryMissingException(
                missing.Miner,
                missing.ChainWei,
                missing.BeganWei,
                settings.Identity.FromBlock,
                missing.Before
            ).Message
        );

    /// <summary>A miner's journal has failed.</summary>
    public NodeFault Of(FoldFailed failed) => settings.Journal.Fault(failed.Problem, failed.Reason);

    /// <summary>Nobody can be asked for the next final block; null when somebody can.</summary>
    public static NodeFault? Of(ChainHead head) =>
        head.Problem is { } problem ? new NodeFault(FaultKind.ChainUnavailable, problem.Reason, problem.Since) : null;

    private NodeFault Now(FaultKind kind, string message) => new(kind, message, settings.Clock.GetUtcNow());
}
