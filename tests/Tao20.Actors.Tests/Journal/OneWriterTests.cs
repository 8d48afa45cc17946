using Npgsql;
using Tao20.Actors.Journal;
using Tao20.Tests;
using Xunit.Abstractions;

namespace Tao20.Actors.Tests.Journal;

/// <summary>However nodes are paused, taken out and started again, each stream is written by one after the other.</summary>
public sealed class OneWriterTests(PostgreSqlFixture postgreSql, ITestOutputHelper output)
    : IClassFixture<PostgreSqlFixture>,
        IAsyncLifetime
{
    private static readonly CancellationToken None = CancellationToken.None;
    private WrittenJournal _journal = null!;

    public async Task InitializeAsync() => _journal = new(await postgreSql.NewDatabaseAsync());

    public Task DisposeAsync() => Task.CompletedTask;

    /// <summary>
    /// Nodes that write what they have the lease for, are paused at any moment, are taken out meanwhile and come back: of each stream the
    /// entries stand in the journal as if there had been one writer after the other.
    /// </summary>
    [Fact]
    public async Task A_stream_never_has_two_writers()
    {
        var seed = TestSeed.Of(output);
        var random = new Random(seed);
        await PostgreSqlJournal.PrepareAsync(_journal.Options, None);
        var peers = new Membership();
        var nodes = new List<Paused>();
        var takes = new List<(string Stream, long Writer)>();
        for (var i = 0; i < 3; i++)
            nodes.Add(await JoinAsync($"node-{i}.0"));
        for (var step = 0; step < 150; step++)
        {
            var node = nodes[random.Next(nodes.Count)];
            var stream = $"stream-{random.Next(2)}";
            switch (random.Next(8))
            {
                case 0 when nodes.Count(one => !one.IsOut) > 1 && !node.IsOut:
                    peers.Remove(node.Name);
                    node.IsOut = true;
                    break;
                case 1 when node.IsOut:
                    nodes.Remove(node);
                    await node.Writer.DisposeAsync();
                    nodes.Add(await JoinAsync($"{node.Name.Split('.')[0]}.{step}"));
                    break;
                case 2 when node.Has(stream):
                    await node.ReleaseAsync(stream);
                    break;
                default:
                    await node.WriteAsync(stream, peers, _journal);
                    break;
            }
        }

        foreach (var stream in (string[])["stream-0", "stream-1"])
        {
            var writers = await _journal.WritersAsync(stream);
            output.WriteLine($"{stream}: {string.Join(' ', writers)}");
            var holder = 0;
            foreach (var writer in writers)
            {
                while (holder < takes.Count && takes[holder] != (stream, writer!.Value))
                    holder++;
                Assert.True(holder < takes.Count, $"{stream} has an entry of {writer} after another had taken it");
            }
        }

        foreach (var node in nodes)
            await node.Writer.DisposeAsync();

        async Task<Paused> JoinAsync(string name)
        {
            var joined = new Paused(await _journal.BeginAsync(), name, takes);
            await joined.Writer.RegisterAsync(peers.Of(name), None);
            return joined;
        }
    }

    /// <summary>A node, which may be out without knowing it.</summary>
    private sealed class Paused(JournalWriter writer, string name, List<(string Stream, long Writer)> takes)
    {
        private readonly Dictionary<string, long> _streams = [];

        public JournalWriter Writer => writer;

        public string Name => name;

        public bool IsOut { get; set; }

        public bool Has(string stream) => _streams.ContainsKey(stream);

        public Task ReleaseAsync(string stream) =>
            UnlessOutAsync(
                stream,
                async () =>
                {
                    await writer.ReleaseAsync(stream);
                    _streams.Remove(stream);
                }
            );

        /// <summary>Writes the next entry, after it has taken the lease and read the stream; one that is out is refused.</summary>
        public Task WriteAsync(string stream, Membership peers, WrittenJournal journal) =>
            UnlessOutAsync(
                stream,
                async () =>
                {
                    if (!Has(stream))
                    {
                        if (!await writer.AcquireAsync(stream, null, peers.Of(name), None))
                            return;
                        takes.Add((stream, writer.Number));
                        _streams[stream] = await journal.NumberAsync(
                            $"SELECT coalesce(max(sequence_number), 0) FROM journal WHERE persistence_id = '{stream}'"
                        );
                    }

                    await WrittenJournal.WriteAsync(writer, stream, _streams[stream] + 1);
                    _streams[stream]++;
                }
            );

        private async Task UnlessOutAsync(string stream, Func<Task> work)
        {
            try
            {
                await work();
            }
            catch (Exception e) when (IsOut && e is JournalException or PostgresException { SqlState: WriterTable.Refused })
            {
                _streams.Remove(stream);
            }
        }
    }
}
