using Npgsql;
using Tao20.Actors.Journal;
using Tao20.Tests;

namespace Tao20.Actors.Tests.Journal;

/// <summary>Who may write a PostgreSQL journal: one node or cluster, and of its nodes those that it has not taken out.</summary>
public sealed class JournalWriterTests(PostgreSqlFixture postgreSql) : IClassFixture<PostgreSqlFixture>, IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly CancellationToken None = CancellationToken.None;
    private WrittenJournal _journal = null!;

    public async Task InitializeAsync() => _journal = new(await postgreSql.NewDatabaseAsync());

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task Nodes_that_start_at_the_same_moment_make_the_tables_once()
    {
        var versions = await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => PostgreSqlJournal.PrepareAsync(_journal.Options, None)));
        Assert.All(versions, version => Assert.Equal(JournalVersion.Current, version));
        Assert.Equal(2, await _journal.NumberAsync("SELECT count(*) FROM tao20_schema"));
        Assert.Equal(1, await _journal.NumberAsync("SELECT count(*) FROM tao20_version"));
    }

    [Fact]
    public async Task Tables_that_the_persistence_plugin_has_made_are_taken_over_with_what_they_hold()
    {
        await _journal.ExecuteAsync(
            """
            CREATE TABLE journal (ordering bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, created bigint NOT NULL, deleted bool NOT NULL,
              persistence_id text NOT NULL, sequence_number bigint NOT NULL, message bytea NOT NULL, tags text, manifest text,
              identifier integer, writer_uuid text, CONSTRAINT journal_uq UNIQUE (persistence_id, sequence_number));
            INSERT INTO journal (created, deleted, persistence_id, sequence_number, message) VALUES (0, false, 'chain-cursor', 1, '');
            """
        );
        await PostgreSqlJournal.PrepareAsync(_journal.Options, None);
        await using var writer = await _journal.BeginAsync();
        await writer.RegisterAsync(new NoPeers("one"), None);
        await WrittenJournal.WriteAsync(writer, "chain-cursor", 2);
        Assert.Equal([null, writer.Number], await _journal.WritersAsync("chain-cursor"));
    }

    [Fact]
    public async Task A_user_who_may_make_no_tables_writes_in_those_that_another_has_made()
    {
        await _journal.ExecuteAsync("CREATE ROLE writer LOGIN PASSWORD 'writer'; REVOKE CREATE ON SCHEMA public FROM PUBLIC");
        var options = _journal.Options with { ConnectionString = $"{_journal.Database};Username=writer;Password=writer" };
        var refusal = await Assert.ThrowsAsync<JournalException>(() => PostgreSqlJournal.PrepareAsync(options, None));
        Assert.Equal(JournalProblem.Unwritable, refusal.Problem);
        await PostgreSqlJournal.PrepareAsync(_journal.Options, None);
        await _journal.ExecuteAsync(
            "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO writer; "
                + "GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO writer"
        );
        await PostgreSqlJournal.PrepareAsync(options, None);
        await using var writer = await JournalWriter.BeginAsync(options, None);
        await writer.RegisterAsync(new NoPeers("one"), None);
        await WrittenJournal.WriteAsync(writer, "a", 1);
    }

    [Fact]
    public async Task Another_is_refused_as_long_as_one_lives_and_is_told_which()
    {
        await PostgreSqlJournal.PrepareAsync(_journal.Options, None);
        await using var second = await _journal.BeginAsync();
        await using (var first = await _journal.BeginAsync())
        {
            await first.RegisterAsync(new NoPeers("10.0.0.1, process 7"), None);
            var refusal = await Assert.ThrowsAsync<JournalException>(() => second.RegisterAsync(new NoPeers("10.0.0.2"), None));
            Assert.Equal(JournalProblem.AnotherWriter, refusal.Problem);
            Assert.Matches($@"^by 10\.0\.0\.1, process 7 \(tao20 .*, writer {first.Number} since .* UTC\)$", refusal.Message);
            await RefusedAsync(second, "a", 1, "not known");
            await WrittenJournal.WriteAsync(first, "a", 1);
        }

        // It has ended itself.
        await second.RegisterAsync(new NoPeers("10.0.0.2"), None);
        await WrittenJournal.WriteAsync(second, "a", 2);
    }

    [Fact]
    public async Task One_that_died_without_a_word_is_ended_by_the_next()
    {
        await _journal.ExecuteAsync("CREATE ROLE dead SUPERUSER LOGIN PASSWORD 'dead'");
        await PostgreSqlJournal.PrepareAsync(_journal.Options, None);
        var options = _journal.Options with { ConnectionString = $"{_journal.Database};Username=dead;Password=dead" };
        await using var dead = await JournalWriter.BeginAsync(options, None);
        await dead.RegisterAsync(new NoPeers("dead"), None);
        await using var next = await JournalWriter.BeginAsync(_journal.Options, None);
        var waiting = next.RegisterAsync(new NoPeers("next"), None);

        // All its sessions go at once, and it is not there to open others.
        await _journal.ExecuteAsync("ALTER ROLE dead NOLOGIN");
        await _journal.ExecuteAsync("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'dead'");
        await waiting;
        await _journal.ExecuteAsync("ALTER ROLE dead LOGIN");
        Assert.Contains($"writer {dead.Number}", await dead.Ended.WaitAsync(Patience), StringComparison.Ordinal);
        await RefusedAsync(dead, "a", 1, "was ended by next");
    }

    [Fact]
    public async Task What_is_under_way_when_a_writer_is_ended_is_not_written()
    {
        await PostgreSqlJournal.PrepareAsync(_journal.Options, None);
        await using var paused = await _journal.BeginAsync();
        await using var next = await _journal.BeginAsync();
        var peers = new Membership();
        await paused.RegisterAsync(peers.Of("paused"), None);
        await next.RegisterAsync(peers.Of("next"), None);
        Assert.True(await paused.AcquireAsync("shard", null, peers.Of("paused"), None));
        Assert.False(await next.AcquireAsync("shard", null, peers.Of("next"), None));

        // It is stopped between its write and its commit; the cluster takes it out, and another takes over.
        await using var connection = new NpgsqlConnection(paused.Options.ConnectionString);
        await connection.OpenAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await WrittenJournal.InsertAsync(connection, "a", 1);
        peers.Remove("paused");
        Assert.True(await next.AcquireAsync("shard", null, peers.Of("next"), None));
        await WrittenJournal.WriteAsync(next, "a", 1);

        // It wakes.
        await Assert.ThrowsAnyAsync<NpgsqlException>(() => transaction.CommitAsync());
        Assert.Contains("was ended by next", await paused.Ended.WaitAsync(Patience), StringComparison.Ordinal);
        await RefusedAsync(paused, "a", 2, "was ended by next");
        await Assert.ThrowsAsync<JournalException>(() => paused.AcquireAsync("shard", null, peers.Of("paused"), None));
        await Assert.ThrowsAsync<JournalException>(() => paused.EndRemovedAsync(peers.Of("paused"), None));
        Assert.Equal([next.Number], await _journal.WritersAsync("a"));
    }

    [Fact]
    public async Task A_database_that_is_started_again_finds_its_writers_as_they_were()
    {
        await PostgreSqlJournal.PrepareAsync(_journal.Options, None);
        await using var writer = await _journal.BeginAsync();
        await writer.RegisterAsync(new NoPeers("one"), None);
        await postgreSql.Server.KillAsync();
        await postgreSql.Server.StartAgainAsync();

        // Without a second attempt: the last word on a partition is asked for once.
        Assert.True(await writer.AcquireAsync("sbr", TimeSpan.FromSeconds(20), new NoPeers("one"), None));
        await Eventually.HoldsAsync(() => _journal.NumberAsync(Lives(writer)).Result == 1, Patience);
        await WrittenJournal.WriteAsync(writer, "a", 1);
        await using var other = await _journal.BeginAsync();
        await Assert.ThrowsAsync<JournalException>(() => other.RegisterAsync(new NoPeers("other"), None));
    }

    [Theory]
    [InlineData("tao20")]
    [InlineData("psql")]
    [InlineData("tao20/999")]
    [InlineData("tao20/1; DROP")]
    public async Task Whoever_is_no_writer_changes_nothing(string name)
    {
        await PostgreSqlJournal.PrepareAsync(_journal.Options, None);
        await using var writer = await _journal.BeginAsync();
        await writer.RegisterAsync(new NoPeers("one"), None);
        await WrittenJournal.WriteAsync(writer, "a", 1);
        await using var connection = new NpgsqlConnection(
            new NpgsqlConnectionStringBuilder(_journal.Database) { ApplicationName = name, Pooling = false }.ToString()
        );
        await connection.OpenAsync();
        foreach (
            var sql in (string[])["DELETE FROM journal", "UPDATE journal SET message = ''", "TRUNCATE journal", "DELETE FROM snapshot"]
        )
        {
            await using var command = new NpgsqlCommand(sql, connection);
            Assert.Equal(WriterTable.Refused, (await Assert.ThrowsAsync<PostgresException>(command.ExecuteNonQueryAsync)).SqlState);
        }

        Assert.Equal([writer.Number], await _journal.WritersAsync("a"));
    }

    [Fact]
    public async Task The_last_word_on_a_partition_is_of_one_side_and_can_be_had_again_after_its_term()
    {
        await PostgreSqlJournal.PrepareAsync(_journal.Options, None);
        var peers = new Membership();
        await using var one = await _journal.BeginAsync();
        await using var two = await _journal.BeginAsync();
        await one.RegisterAsync(peers.Of("one"), None);
        await two.RegisterAsync(peers.Of("two"), None);
        var term = TimeSpan.FromSeconds(2);
        var asked = await Task.WhenAll(
            one.AcquireAsync("sbr", term, peers.Of("one"), None),
            two.AcquireAsync("sbr", term, peers.Of("two"), None)
        );
        Assert.Single(asked, true);
        var (winner, loser) = asked[0] ? (one, two) : (two, one);
        await Eventually.HoldsAsync(() => loser.AcquireAsync("sbr", term, peers.Of(loser == one ? "one" : "two"), None).Result, Patience);

        // Whoever dies with it has it no longer.
        await loser.DisposeAsync();
        Assert.True(await winner.AcquireAsync("sbr", TimeSpan.FromHours(1), peers.Of(winner == one ? "one" : "two"), None));
    }

    [Fact]
    public async Task What_is_given_back_while_the_database_is_away_can_be_had_by_others_once_it_is_back()
    {
        await _journal.ExecuteAsync("CREATE ROLE away SUPERUSER LOGIN PASSWORD 'away'");
        await PostgreSqlJournal.PrepareAsync(_journal.Options, None);
        var options = _journal.Options with { ConnectionString = $"{_journal.Database};Username=away;Password=away" };
        var peers = new Membership();
        await using var one = await JournalWriter.BeginAsync(options, None);
        await using var two = await JournalWriter.BeginAsync(_journal.Options, None, TimeSpan.FromSeconds(2));
        Assert.True(await one.AcquireAsync("shard", null, peers.Of("one"), None));
        Assert.True(await one.AcquireAsync("kept", null, peers.Of("one"), None));
        await _journal.ExecuteAsync("ALTER ROLE away NOLOGIN");
        await _journal.ExecuteAsync("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'away'");
        var givesBack = one.ReleaseAsync("shard");
        var givesBackToo = one.ReleaseAsync("kept");
        Assert.False(await two.AcquireAsync("shard", null, peers.Of("two"), None));
        Assert.False(givesBack.IsCompleted);

        // What it wants again meanwhile it keeps.
        await Assert.ThrowsAsync<JournalException>(() => one.AcquireAsync("kept", null, peers.Of("one"), None));
        await _journal.ExecuteAsync("ALTER ROLE away LOGIN");
        await Task.WhenAll(givesBack, givesBackToo).WaitAsync(Patience);
        Assert.True(await two.AcquireAsync("shard", null, peers.Of("two"), None));
        Assert.False(await two.AcquireAsync("kept", null, peers.Of("two"), None));
    }

    [Fact]
    public async Task A_node_that_stops_in_the_middle_of_taking_a_lease_keeps_nobody_from_taking_one()
    {
        await PostgreSqlJournal.PrepareAsync(_journal.Options, None);
        var peers = new Membership();
        await using var paused = await _journal.BeginAsync();
        await using var other = await _journal.BeginAsync();
        await paused.RegisterAsync(peers.Of("paused"), None);
        await using var connection = new NpgsqlConnection(paused.Options.ConnectionString);
        await connection.OpenAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await new WriterTable(connection).BeginAsync(None);

        // It says nothing any more, and its connection stays.
        Assert.True(await other.AcquireAsync("sbr", TimeSpan.FromSeconds(20), peers.Of("other"), None).WaitAsync(Patience));
    }

    [Fact]
    public async Task Who_waits_for_what_it_has_no_use_for_any_more_does_not_get_it()
    {
        await PostgreSqlJournal.PrepareAsync(_journal.Options, None);
        var peers = new Membership();
        await using var one = await _journal.BeginAsync();
        await using var two = await _journal.BeginAsync();
        Assert.True(await one.AcquireAsync("shard", null, peers.Of("one"), None));
        var waiting = two.AcquireAsync("shard", null, peers.Of("two"), None);
        await two.ReleaseAsync("shard");
        await one.ReleaseAsync("shard");
        Assert.False(await waiting.WaitAsync(Patience));
        Assert.Equal(0, await _journal.NumberAsync("SELECT count(*) FROM tao20_lease"));
    }

    private static string Lives(JournalWriter writer) =>
        $"SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objid = {writer.Number} AND granted";

    private static async Task RefusedAsync(JournalWriter writer, string stream, long number, string words)
    {
        var refusal = await Assert.ThrowsAsync<PostgresException>(() => WrittenJournal.WriteAsync(writer, stream, number));
        Assert.Equal(JournalProblem.AnotherWriter, JournalProblems.Of(refusal));
        Assert.Contains(words, refusal.Message, StringComparison.Ordinal);
    }
}
