using Akka.Actor;
using Tao20.Actors.Consensus;
using Tao20.Actors.Ingestion;
using Tao20.Domain.Coordination;
using Tao20.Domain.Ingestion;
using Tao20.Domain.Units;

namespace Tao20.Actors.Rebuild;

/// <summary>What a journal has come to: how far it is, and what each settled epoch was.</summary>
/// <param name="Cursor">How far it is.</param>
/// <param name="Roots">The ranking root of each settled epoch.</param>
public sealed record StoredFold(CursorState Cursor, IReadOnlyDictionary<EpochId, Hash256> Roots)
{
    /// <summary>Reads it from the journal of a system, and changes nothing.</summary>
    /// <exception cref="Exception">The journal cannot be read.</exception>
    public static async Task<StoredFold> ReadAsync(ActorSystem system, CancellationToken cancel)
    {
        var cursor = CursorState.Initial;
        var roots = new Dictionary<EpochId, Hash256>();
        await ReadAsync(ChainFollowerKey.Stream, fromFirst: false, TakeCursor).ConfigureAwait(false);
        await ReadAsync(ConsensusKey.Name, fromFirst: true, TakeEpoch).ConfigureAwait(false);
        return new StoredFold(cursor, roots);

        void TakeCursor(object one) => cursor = one is CursorState state ? state : cursor.Evolve((CursorEvent)one);

        void TakeEpoch(object one)
        {
            if (one is CoordinatorEvent.EpochSettled(var report))
                roots[report.Closed.Epoch] = report.RankingRoot;
        }

        async Task ReadAsync(string stream, bool fromFirst, Action<object> take)
        {
            var read = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            system.ActorOf(Props.Create(() => new StoredStream(stream, fromFirst, take, read)));
            await read.Task.WaitAsync(cancel).ConfigureAwait(false);
        }
    }

    /// <summary>The epochs that both have settled, and otherwise, oldest first.</summary>
    public IReadOnlyList<EpochId> DifferencesFrom(StoredFold other) =>
        [
            .. Roots
                .Where(root => other.Roots.TryGetValue(root.Key, out var theirs) && theirs != root.Value)
                .Select(root => root.Key)
                .OrderBy(epoch => epoch.Value),
        ];
}
