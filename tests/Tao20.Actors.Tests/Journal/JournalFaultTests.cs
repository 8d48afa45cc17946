using System.Diagnostics;
using System.Text.RegularExpressions;
using Akka.Actor;
using Microsoft.Data.Sqlite;
using Npgsql;
using Tao20.Actors.Faults;
using Tao20.Actors.Journal;
using Tao20.Actors.Status;
using Tao20.Actors.Tests.Ingestion;
using Tao20.Chain.Tests.Following;
using Tao20.Devnet.PostgreSql;
using Tao20.Tests;
using Xunit.Abstractions;

namespace Tao20.Actors.Tests.Journal;

/// <summary>
/// What databases do to those who use them. Each is told within ten seconds, with its kind and since when; a node is not ready meanwhile,
/// goes on answering within a second, and loses nothing.
/// </summary>
public sealed class JournalFaultTests(ITestOutputHelper output) : InDirectory, IAsyncLifetime
{
    private static readonly TimeSpan ToldWithin = TimeSpan.FromSeconds(10);

    // Longer than the answer may take by a scheduler that is kept busy by other tests.
    private static readonly TimeSpan AnsweredWithin = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan HealsWithin = TimeSpan.FromSeconds(60);
    private ScriptedNode _chain = null!;
    private ulong _final = 20;

    public async Task InitializeAsync() => _chain = (await ScriptedNode.StartAsync()).Grow(21);

    async Task IAsyncLifetime.DisposeAsync() => await _chain.DisposeAsync();

    [Fact]
    public async Task Whatever_a_server_does_is_told_by_its_kind_and_passes()
    {
        await using var server = await PostgreSqlServer.StartAsync();
        await server.ExecuteAsync("CREATE ROLE node LOGIN PASSWORD 'first'; GRANT ALL ON SCHEMA public TO node");
        var connection = new NpgsqlConnectionStringBuilder(server.ConnectionString) { Username = "node", Password = "first" }.ToString();
        await using var node = await Node.FollowingAsync(
            Path,
            _chain.Options(),
            journal => journal with { Kind = JournalKind.PostgreSql, ConnectionString = connection }
        );
        await node.UntilAsync(status => status.State.Last?.Number == _final);
        const string Broken = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'node'";

        await ToldAsync(node, "does not answer in time", server.FreezeAsync, server.ThawAsync);
        await ToldAsync(node, "refuses connections", server.KillAsync, server.StartAgainAsync);
        await ToldAsync(
            node,
            "does not let this node in",
            () => server.ExecuteAsync($"ALTER ROLE node PASSWORD 'second'; {Broken}"),
            () => server.ExecuteAsync("ALTER ROLE node PASSWORD 'first'")
        );
        await ToldAsync(
            node,
            "has reached a limit",
            () => server.ExecuteAsync($"ALTER ROLE node CONNECTION LIMIT 0; {Broken}"),
            () => server.ExecuteAsync("ALTER ROLE node CONNECTION LIMIT -1")
        );
        await ToldAsync(
            node,
            "is read-only",
            () => server.ExecuteAsync($"ALTER ROLE node SET default_transaction_read_only = on; {Broken}"),
            () => server.ExecuteAsync($"ALTER ROLE node RESET default_transaction_read_only; {Broken}")
        );
        await ToldAsync(
            node,
            "does not answer in time",
            () => server.ExecuteAsync($"ALTER ROLE node SET statement_timeout = 1; {SlowWrites}; {Broken}"),
            () => server.ExecuteAsync($"ALTER ROLE node RESET statement_timeout; {QuickWrites}; {Broken}")
        );
    }

    [Fact]
    public async Task A_file_that_another_process_has_locked_is_told_and_passes()
    {
        await using var node = await Node.FollowingAsync(Path, _chain.Options());
        await node.UntilAsync(status => status.State.Last?.Number == _final);
        using var other = new SqliteConnection(SqliteJournal.ConnectionString(Path));
        other.Open();
        await ToldAsync(node, "is locked", () => Execute("BEGIN IMMEDIATE"), () => Execute("ROLLBACK"));

        Task Execute(string sql)
        {
            using var command = other.CreateCommand();
            command.CommandText = sql;
            command.ExecuteNonQuery();
            return Task.CompletedTask;
        }
    }

    [Theory]
    [InlineData("journal.db")]
    [InlineData("journal.db-wal")]
    public async Task A_file_that_is_taken_away_is_told_and_nothing_more_is_written_where_nobody_will_find_it(string file)
    {
        await using var node = await Node.FollowingAsync(Path, _chain.Options());
        await node.UntilAsync(status => status.State.Last?.Number == _final);
        await Eventually.BecomesAsync(
            _ => Task.FromResult<string?>(System.IO.Path.Combine(Path, "journal.db-wal")),
            File.Exists,
            ToldWithin
        );
        File.Move(System.IO.Path.Combine(Path, file), System.IO.Path.Combine(Path, "elsewhere"));
        var fault = await FaultAsync(node, FaultKind.JournalReplaced);
        Assert.Matches($"{Regex.Escape(file)} is (not there any more|another file now)", fault.Message);
        Grow();
        var follower = await node.UntilAsync(status => status.Fault is { Kind: FaultKind.JournalReplaced });
        Assert.True(follower.State.Last!.Number < _final);
    }

    [Theory]
    [InlineData("journal.db")]
    [InlineData("journal.db-wal")]
    public async Task A_file_that_is_taken_away_before_the_first_look_is_told_too(string file)
    {
        var options = new JournalOptions { ConnectionString = SqliteJournal.ConnectionString(Path) };
        SqliteJournal.Prepare(options);
        var health = new JournalHealth(TimeProvider.System);
        await using var probe = JournalProbe.Of(options);
        File.Move(System.IO.Path.Combine(Path, file), System.IO.Path.Combine(Path, "elsewhere"));
        using var other = new SqliteConnection(options.ConnectionString);
        other.Open();

        await probe.TryAsync(health, CancellationToken.None);

        Assert.Equal(JournalProblem.Replaced, health.Replaced?.Problem);
    }

    // Each insertion takes longer than any statement may.
    private const string SlowWrites = """
        CREATE FUNCTION slowly() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep(0.05); RETURN NEW; END';
        CREATE TRIGGER slowly BEFORE INSERT ON journal FOR EACH STATEMENT EXECUTE FUNCTION slowly()
        """;

    private const string QuickWrites = "DROP TRIGGER slowly ON journal; DROP FUNCTION slowly";

    /// <summary>Something happens to the journal, is told, and passes.</summary>
    private async Task ToldAsync(Node node, string kind, Func<Task> happens, Func<Task> passes)
    {
        var began = DateTimeOffset.UtcNow;
        await happens();
        Grow();
        var told = Stopwatch.StartNew();
        var fault = await FaultAsync(node, FaultKind.JournalUnavailable, kind);
        output.WriteLine($"told after {told.Elapsed.TotalSeconds:0.0} s: {fault.Message}");
        Assert.True(fault.At >= began - ToldWithin, $"since {fault.At}, and it began at {began}");

        var (readiness, status) = (node.ReadyAsync(), Stopwatch.StartNew());
        Assert.NotNull((await readiness).NotReady);
        await node.Actor<StatusKey>().Ask<NodeStatus>(new GetNodeStatus(false), AnsweredWithin);
        output.WriteLine($"the status after {status.Elapsed.TotalMilliseconds:0} ms");

        await passes();
        var healed = Stopwatch.StartNew();
        await Eventually.BecomesAsync<Readiness>(
            async _ => await node.ReadyAsync(),
            ready => ready is { NotReady: null, LagBlocks: 0 },
            HealsWithin
        );
        output.WriteLine($"passed after {healed.Elapsed.TotalSeconds:0.0} s");
        await node.UntilAsync(one => one.State.Last?.Number == _final && one.Fault is null);
        Assert.All((await node.StatusAsync()).Miners, miner => Assert.Equal(ScriptedTrades.Total(1, _final), miner.LifetimeWei));
    }

    private static async Task<NodeFault> FaultAsync(Node node, FaultKind kind, string words = "") =>
        (
            await Eventually.BecomesAsync<IReadOnlyList<NodeFault>>(
                _ => Task.FromResult<IReadOnlyList<NodeFault>?>(node.Journal.Faults),
                faults => faults.Any(fault => fault.Kind == kind && fault.Message.Contains(words, StringComparison.Ordinal)),
                ToldWithin,
                show: faults => string.Join(" | ", faults)
            )
        ).First(fault => fault.Kind == kind);

    private void Grow()
    {
        _chain.Grow(10);
        _final += 10;
    }
}
