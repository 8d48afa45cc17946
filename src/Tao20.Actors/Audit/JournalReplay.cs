using System.Data.Common;
using Akka.Actor;
using Akka.Persistence.Query;
using Tao20.Actors.Consensus;
using Tao20.Actors.Faults;
using Tao20.Actors.Ingestion;
using Tao20.Actors.Journal;
using Tao20.Actors.Miners;
using Tao20.Chain.Abi;
using Tao20.Domain.Audit;
using Tao20.Domain.Coordination;
using Tao20.Domain.Ingestion;

namespace Tao20.Actors.Audit;

/// <summary>
/// Folds a whole journal again, entry by entry in the order in which they were written, and holds each entry and each snapshot against what
/// those before come to. Changes nothing; what it holds in memory grows with the miners and not with the entries.
/// </summary>
public sealed class JournalReplay
{
    private readonly DbConnection _connection;
    private readonly JournalStreams _streams;
    private readonly AuditFindings _findings;
    private readonly FoldReplay _fold;
    private readonly ReplayListener? _listener;
    private readonly Dictionary<string, OpenStream> _open = new(StringComparer.Ordinal);
    private readonly List<SettledEntry> _settled = [];
    private readonly HashSet<Domain.Units.Hash256> _hashes = [];

    private JournalReplay(DbConnection connection, JournalStreams streams, AuditFindings findings, ReplayListener? listener)
    {
        (_connection, _streams, _findings, _listener) = (connection, streams, findings, listener);
        _fold = new FoldReplay(findings, miner => ExtentOf(miner).IsBehindSnapshot, miner => ExtentOf(miner).Gaps.Count > 0);

        StreamExtent ExtentOf(Domain.Units.Address miner) =>
            streams.Extents.GetValueOrDefault(MinerActor.PersistenceIdOf(miner)) ?? StreamExtent.None;
    }

    /// <summary>What follows from the chain.</summary>
    public FoldReplay Fold => _fold;

    /// <summary>The settled epochs, in the order of their entries.</summary>
    public IReadOnlyList<SettledEntry> Settled => _settled;

    /// <summary>The hashes of settled epochs and of rounds that are over, as they follow from the entries.</summary>
    public IReadOnlySet<Domain.Units.Hash256> Hashes => _hashes;

    /// <summary>How many streams there are.</summary>
    public int Streams => _streams.Extents.Count;

    /// <summary>How many entries were read.</summary>
    public long Entries { get; private set; }

    /// <summary>How many snapshots were compared.</summary>
    public long Snapshots { get; private set; }

    /// <summary>How many streams begin with a snapshot: their first entries are no longer there.</summary>
    public int StreamsFromSnapshot => _streams.Extents.Values.Count(extent => extent.IsBehindSnapshot);

    /// <summary>Folds a journal.</summary>
    /// <param name="system">A system with the journal and its queries, that reads by <see cref="AuditSerializer"/>.</param>
    /// <param name="options">The journal.</param>
    /// <param name="findings">What is found.</param>
    /// <param name="progress">Is given how many of how many entries have been read.</param>
    /// <param name="cancel">Cancels the operation.</param>
    /// <param name="listener">Is told of results on the way; null for nobody.</param>
    /// <exception cref="JournalException">The journal cannot be read.</exception>
    public static Task<JournalReplay> RunAsync(
        ActorSystem system,
        JournalOptions options,
        AuditFindings findings,
        IProgress<ReplayProgress>? progress,
        CancellationToken cancel,
        ReplayListener? listener = null
    ) =>
        JournalProblems.GuardedAsync(async () =>
        {
            await using var connection = await JournalLocation.OpenAsync(options, cancel).ConfigureAwait(false);
            await JournalVersion.ReadAsync(options.Kind, connection, cancel).ConfigureAwait(false);
            var streams = await JournalStreams.ReadAsync(connection, cancel).ConfigureAwait(false);
            var replay = new JournalReplay(connection, streams, findings, listener);
            replay.Begin();
            await replay.ReadAsync(system, progress, cancel).ConfigureAwait(false);
            replay.Finish();
            return replay;
        });

    /// <summary>What other streams are held against is there before their first entries.</summary>
    private void Begin()
    {
        foreach (var (name, extent) in _streams.Extents.OrderBy(one => one.Key, StringComparer.Ordinal))
        {
            foreach (var (first, last) in extent.Gaps)
                Report(DifferenceKind.EntriesMissing, new JournalRow(name, last + 1), Missing(first, last));
        }

        foreach (var name in (string[])[ChainFollowerKey.Stream, ConsensusKey.Name])
        {
            if (_streams.Extents.TryGetValue(name, out var extent) && extent.IsBehindSnapshot)
                Open(name);
        }
    }

    private async Task ReadAsync(ActorSystem system, IProgress<ReplayProgress>? progress, CancellationToken cancel)
    {
        const int SayEvery = 1_000;
        await JournalEntries.EachAsync(system, TakeOne, cancel).ConfigureAwait(false);
        progress?.Report(new ReplayProgress(Entries, _streams.Entries));

        bool TakeOne(EventEnvelope entry)
        {
            Take(entry);
            if (++Entries % SayEvery == 0)
                progress?.Report(new ReplayProgress(Entries, _streams.Entries));
            return true;
        }
    }

    private void Take(EventEnvelope entry)
    {
        var row = new JournalRow(entry.PersistenceId, entry.SequenceNr);
        var stream = Open(entry.PersistenceId);
        if (row.SequenceNr <= stream.BehindSnapshot)
            return;
        if (row.SequenceNr < stream.Next)
        {
            Report(DifferenceKind.EntryRepeated, row, $"entry {row.SequenceNr} comes after entry {stream.Next - 1}");
            return;
        }

        if (row.SequenceNr > stream.Next)
        {
            // Those that are nowhere have been reported; these come later.
            if (!stream.HasGap(row.SequenceNr))
                Report(DifferenceKind.EntriesMissing, row, Missing(stream.Next, row.SequenceNr - 1));
            Break(row.Stream, stream);
        }

        stream.Next = row.SequenceNr + 1;
        if (stream.Replay is not { } replay || stream.IsBroken)
            return;
        Take(row, replay, entry.Event, stream);
        if (!stream.IsBroken && stream.Compares(row.SequenceNr))
            CompareSnapshot(row, replay);
    }

    private void Take(JournalRow row, StreamReplay replay, object entry, OpenStream stream)
    {
        if (entry is UnreadableEntry(var manifest, var reason))
        {
            Report(DifferenceKind.EntryUnreadable, row, $"it is said to be '{manifest}', and cannot be read: {reason}");
            Break(row.Stream, stream);
            return;
        }

        try
        {
            if (!replay.Take(row, entry))
                Report(DifferenceKind.EntryForeign, row, $"a {entry.GetType().Name} is none of this stream");
        }
        catch (Exception e) when (!OutOfMemory.IsBehind(e))
        {
            Report(DifferenceKind.EntryUnreadable, row, $"it cannot be folded: {e.Message}");
            Break(row.Stream, stream);
        }

        if (entry is CoordinatorEvent.EpochSettled settled)
        {
            _settled.Add(SettledEntry.Of(row, settled));
            _listener?.Settled(settled.Report);
        }

        if (entry is CoordinatorEvent.EpochSettled { Report.Chain: { } chain })
            _hashes.Add(chain.Hash);
        if (entry is CoordinatorEvent.BookAdvanced(_, var rounds))
            _hashes.UnionWith(rounds.Select(round => round.Chain.Hash));
        if (entry is CoordinatorEvent.BookAdvanced && _fold.Coordinator.Inbox.Book is { } book)
            _listener?.BookAdvanced(book);
        if (entry is CursorEvent.RangeFolded)
            _listener?.RangePassed(_fold.Cursor);
    }

    private OpenStream Open(string name)
    {
        if (_open.TryGetValue(name, out var known))
            return known;
        var extent = _streams.Extents.TryGetValue(name, out var found) ? found : StreamExtent.None;
        var replay = StreamReplay.Of(name, _fold, _findings, () => _fold.Cursor.Identity?.ChainId);
        var stream = new OpenStream(replay, extent);
        _open[name] = stream;
        if (replay is null)
            Report(DifferenceKind.StreamUnknown, new JournalRow(name, 0), $"'{name}' is no name of a stream");
        else if (extent.IsBehindSnapshot)
            BeginBehind(new JournalRow(name, 0), stream, replay, extent);
        return stream;
    }

    private void BeginBehind(JournalRow row, OpenStream stream, StreamReplay replay, StreamExtent extent)
    {
        if (extent.Base is not { } at)
        {
            Report(DifferenceKind.StreamBroken, row, $"its first entry is {extent.First}, and there is no snapshot of what is before it");
            Break(row.Stream, stream);
            return;
        }

        var snapshot = JournalStreams.Snapshot(_connection, row.Stream, at);
        if (snapshot is UnreadableEntry(_, var reason))
            Report(DifferenceKind.SnapshotUnreadable, row with { SequenceNr = at }, $"the snapshot cannot be read: {reason}");
        else if (!replay.Begin(snapshot))
            Report(DifferenceKind.SnapshotUnreadable, row with { SequenceNr = at }, $"a {snapshot.GetType().Name} is none of this stream");
        else
        {
            (stream.Next, stream.BehindSnapshot) = (at + 1, at);
            return;
        }

        Break(row.Stream, stream);
    }

    /// <summary>Nothing more is said of a stream of which something is missing.</summary>
    private void Break(string name, OpenStream stream)
    {
        stream.IsBroken = true;
        if (StreamReplay.AccountOf(name, MinerActor.StreamPrefix) is { } miner)
            _fold.Break(miner);
    }

    private void CompareSnapshot(JournalRow row, StreamReplay replay)
    {
        Snapshots++;
        var snapshot = JournalStreams.Snapshot(_connection, row.Stream, row.SequenceNr);
        if (snapshot is UnreadableEntry(_, var reason))
            Report(DifferenceKind.SnapshotUnreadable, row, $"the snapshot cannot be read: {reason}");
        else if (!_findings.Same(replay.State, snapshot))
            _findings.Report(
                DifferenceKind.SnapshotDiffers,
                row,
                "the snapshot is not what the entries up to it come to",
                replay.State,
                snapshot
            );
    }

    private void Finish()
    {
        foreach (var (name, extent) in _streams.Extents.OrderBy(one => one.Key, StringComparer.Ordinal))
        {
            var stream = Open(name);
            foreach (var at in extent.Snapshots.Where(at => at >= stream.Next))
                Report(
                    DifferenceKind.SnapshotAhead,
                    new JournalRow(name, at),
                    $"there is a snapshot of entry {at}, and the last entry is {stream.Next - 1}"
                );
        }

        _fold.Finish();
    }

    private static string Missing(long first, long last) =>
        first == last ? $"entry {first} is missing" : $"entries {first} to {last} are missing";

    private void Report(DifferenceKind kind, JournalRow row, string text) => _findings.Report(kind, row, text);

    /// <summary>A stream whose first entry has come.</summary>
    private sealed class OpenStream(StreamReplay? replay, StreamExtent extent)
    {
        private readonly HashSet<long> _snapshots = [.. extent.Snapshots];

        public StreamReplay? Replay { get; } = replay;

        /// <summary>The number of the entry that comes next.</summary>
        public long Next { get; set; } = extent.IsBehindSnapshot ? Math.Max(1, extent.First) : 1;

        /// <summary>The last entry that the snapshot covers which it begins with: nothing is said of those.</summary>
        public long BehindSnapshot { get; set; }

        /// <summary>Whether something of it is missing: no more is said of it.</summary>
        public bool IsBroken { get; set; }

        public bool HasGap(long before) => extent.Gaps.Any(gap => gap.Last == before - 1);

        public bool Compares(long entry) => _snapshots.Contains(entry);
    }
}

/// <summary>Is told of results while a journal is folded.</summary>
/// <param name="Settled">Takes each settled epoch, as it is written.</param>
/// <param name="BookAdvanced">Takes the book of validators after each step.</param>
/// <param name="RangePassed">Takes how far the cursor is after each range.</param>
public sealed record ReplayListener(
    Action<Domain.Settlement.EpochReport> Settled,
    Action<Domain.Registry.RegistryBook> BookAdvanced,
    Action<CursorState> RangePassed
);

/// <summary>How much of a journal has been read.</summary>
/// <param name="Read">Entries read.</param>
/// <param name="Of">Entries there are.</param>
public readonly record struct ReplayProgress(long Read, long Of);

/// <summary>A settled epoch of a journal.</summary>
/// <param name="Row">Where it is written.</param>
/// <param name="Epoch">The epoch.</param>
/// <param name="RankingRoot">Its ranking root.</param>
/// <param name="Chain">Its hash; null in journals of earlier versions.</param>
/// <param name="Digest">The hash of all of its report.</param>
public sealed record SettledEntry(
    JournalRow Row,
    Domain.Units.EpochId Epoch,
    Domain.Units.Hash256 RankingRoot,
    Domain.Units.Hash256? Chain,
    Domain.Units.Hash256 Digest
)
{
    /// <summary>The entry of a settled epoch.</summary>
    public static SettledEntry Of(JournalRow row, CoordinatorEvent.EpochSettled settled)
    {
        var report = settled.Report;
        return new SettledEntry(row, report.Closed.Epoch, report.RankingRoot, report.Chain?.Hash, DigestOf(settled));
    }

    /// <summary>The hash of all of a report.</summary>
    public static Domain.Units.Hash256 DigestOf(CoordinatorEvent.EpochSettled settled) =>
        Keccak.Hash(Hosting.Tao20Serializer.FormOf(settled.GetType())!.ToBytes(settled));
}
