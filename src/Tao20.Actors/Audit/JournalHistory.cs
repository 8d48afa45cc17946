using Akka.Actor;
using Akka.Persistence.Query;
using Tao20.Actors.Consensus;
using Tao20.Actors.Ingestion;
using Tao20.Actors.Journal;
using Tao20.Actors.Miners;
using Tao20.Domain.Audit;
using Tao20.Domain.Coordination;
using Tao20.Domain.Ingestion;
using Tao20.Domain.Parameters;
using Tao20.Domain.Volume;

namespace Tao20.Actors.Audit;

/// <summary>Entries of a journal that a replay needs are no longer there.</summary>
/// <param name="stream">Whose.</param>
/// <param name="first">The first that is there.</param>
public sealed class EntriesDeletedException(string stream, long first)
    : Exception($"entries of {stream} before {first} are no longer there: they were deleted behind a snapshot");

/// <summary>
/// What the chain has said, as a journal has kept it: trades with their epochs, ends of epochs, what the registry has said. What was
/// decided by it, verdicts, ranks, payouts, is left out: a <see cref="HistoryReplay"/> decides that anew.
/// </summary>
public static class JournalHistory
{
    /// <summary>Which chain a journal is of, and the first parameters.</summary>
    /// <returns>Null where it has nothing yet.</returns>
    /// <exception cref="JournalException">The journal cannot be read.</exception>
    /// <exception cref="EntriesDeletedException">Its first entries are no longer there.</exception>
    public static Task<(ChainIdentity Identity, ParameterSchedule Schedule)?> BeginningAsync(
        ActorSystem system,
        JournalOptions options,
        CancellationToken cancel
    ) =>
        JournalProblems.GuardedAsync(async () =>
        {
            await RequireWholeAsync(options, cancel).ConfigureAwait(false);
            var first = await JournalEntries.OfAsync(system, ChainFollowerKey.Stream, cancel, most: 2).ConfigureAwait(false);
            return
                first.Select(entry => entry.Event).ToList()
                    is [CursorEvent.FollowingBegan(var identity), CursorEvent.ParametersAdopted(var schedule)]
                ? (identity, schedule)
                : default((ChainIdentity, ParameterSchedule)?);
        });

    /// <summary>Feeds replays with all that the chain has said, or up to the block that they want.</summary>
    /// <exception cref="JournalException">The journal cannot be read, or an entry of it.</exception>
    public static Task FeedAsync(ActorSystem system, IReadOnlyList<HistoryReplay> replays, CancellationToken cancel) =>
        JournalProblems.GuardedAsync(async () =>
        {
            var facts = new Queue<BookItem.Fact>();
            var followsRegistry = false;
            await JournalEntries
                .EachAsync(
                    system,
                    entry =>
                    {
                        Take(entry);
                        return !replays.All(replay => replay.IsComplete);
                    },
                    cancel
                )
                .ConfigureAwait(false);
            return true;

            void Take(EventEnvelope entry)
            {
                switch (entry.Event)
                {
                    case UnreadableEntry unreadable:
                        throw unreadable.In(entry.PersistenceId, entry.SequenceNr);
                    case TradesFolded folded when StreamReplay.AccountOf(entry.PersistenceId, MinerActor.StreamPrefix) is { } miner:
                        Each(replay => replay.Fold(miner, folded.Trades, folded.Baseline));
                        break;
                    case CursorEvent.FollowingBegan(var identity):
                        followsRegistry = identity.Registry is not null;
                        break;
                    case CursorEvent.ParametersAdopted(var schedule) when !followsRegistry:
                        Each(replay => replay.Adopt(schedule));
                        break;
                    case CoordinatorEvent.FactsQueued(var items):
                        foreach (var fact in items.OfType<BookItem.Fact>())
                            facts.Enqueue(fact);
                        Each(replay => replay.Adopt(items.OfType<BookItem.Fact>().Select(fact => fact.Log.Fact)));
                        break;
                    case CursorEvent.RangeFolded range:
                        var passed = new List<BookItem.Fact>();
                        while (facts.TryPeek(out var next) && next.At.Block <= range.Last.Number)
                            passed.Add(facts.Dequeue());
                        Each(replay => replay.Pass(range.Last, range.Closed, passed));
                        break;
                }
            }

            void Each(Action<HistoryReplay> feed)
            {
                foreach (var replay in replays)
                    feed(replay);
            }
        });

    private static async Task RequireWholeAsync(JournalOptions options, CancellationToken cancel)
    {
        await using var connection = await JournalLocation.OpenAsync(options, cancel).ConfigureAwait(false);
        await JournalVersion.ReadAsync(options.Kind, connection, cancel).ConfigureAwait(false);
        var streams = await JournalStreams.ReadAsync(connection, cancel).ConfigureAwait(false);
        foreach (var (name, extent) in streams.Extents.OrderBy(one => one.Key, StringComparer.Ordinal))
        {
            var isNeeded =
                name is ChainFollowerKey.Stream or ConsensusKey.Name || StreamReplay.AccountOf(name, MinerActor.StreamPrefix) is not null;
            if (isNeeded && extent.IsBehindSnapshot)
                throw new EntriesDeletedException(name, extent.First);
            if (isNeeded && extent.Gaps is [var (first, last), ..])
                throw new JournalException(JournalProblem.Corrupt, $"entries {first} to {last} of {name} are missing");
        }
    }
}
