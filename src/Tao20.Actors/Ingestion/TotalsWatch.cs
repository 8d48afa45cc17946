using Akka.Actor;
using Akka.Event;
using Tao20.Actors.Faults;
using Tao20.Actors.Journal;
using Tao20.Actors.Miners;
using Tao20.Chain;
using Tao20.Chain.Following;
using Tao20.Domain.Ingestion;
using Tao20.Domain.Volume;

namespace Tao20.Actors.Ingestion;

/// <summary>
/// When what was folded is held against what the contract has counted: once all that is final is folded, and then with each epoch that
/// ends. And where logs are that are missing. Mutable, of one follower.
/// </summary>
internal sealed class TotalsWatch(TotalsCheck check, ChainConnection chain, ILoggingAdapter log, CancellationToken stop)
{
    private bool _due = true;
    private bool _checking;

    /// <summary>Begins a check if one is due; null when none is, or one is under way. Its outcome goes to <see cref="Take"/>.</summary>
    /// <param name="state">What is folded.</param>
    /// <param name="epochEnded">Whether an epoch has ended with that.</param>
    public Task<TotalsChecked>? Check(CursorState state, bool epochEnded)
    {
        _due |= epochEnded;
        if (!_due || _checking || state.Last is not { } last || state.LagBehind(chain.Head.Finalized) > 0)
            return null;
        (_due, _checking) = (false, true);
        return CheckAsync(state, last.Number);
    }

    /// <summary>A check has ended. One that came to nothing is made again after the next range.</summary>
    public TotalsChecked Take(TotalsChecked done)
    {
        (_due, _checking) = (_due || done.Failed, false);
        return done;
    }

    /// <summary>Finds out in which blocks logs are missing.</summary>
    /// <param name="kind">The fault by which that has come to light.</param>
    /// <param name="gap">Where they can be.</param>
    public async Task<GapLocated> LocateAsync(FaultKind kind, HistoryGap gap) =>
        new(kind, await chain.Counts.NarrowAsync(gap, stop).ConfigureAwait(false));

    private async Task<TotalsChecked> CheckAsync(CursorState state, ulong block)
    {
        try
        {
            return new TotalsChecked(await check.FindAsync(state, block, stop).ConfigureAwait(false));
        }
        catch (StreamIncompleteException e)
        {
            return new TotalsChecked(null, e.Stream);
        }
        catch (Exception e) when (e is ChainException or AskTimeoutException or OperationCanceledException)
        {
            log.Debug("What the contract has counted by block {Block} could not be compared yet: {Reason}", block, e.Message);
            return new TotalsChecked(null, Failed: true);
        }
    }
}

/// <summary>What was folded has been held against what the contract has counted.</summary>
/// <param name="Gap">What is missing; null when nothing is.</param>
/// <param name="Incomplete">A stream of the journal that is not complete; null when none was found.</param>
/// <param name="Failed">Whether there was no answer.</param>
internal sealed record TotalsChecked(HistoryGap? Gap, StreamIncomplete? Incomplete = null, bool Failed = false);

/// <summary>It is known as well as can be where logs are missing.</summary>
/// <param name="Kind">The fault by which that has come to light.</param>
/// <param name="Gap">Where.</param>
internal sealed record GapLocated(FaultKind Kind, HistoryGap Gap);
