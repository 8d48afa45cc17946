using Tao20.Actors.Journal;
using Tao20.Devnet.PostgreSql;
using Tao20.Tests;

namespace Tao20.EndToEnd.Tests;

/// <summary><c>tao20 journal status|migrate|copy</c>, and what they refuse.</summary>
public sealed class JournalCommandTests : InDirectory
{
    [Fact]
    public async Task A_journal_moves_from_a_file_to_a_database_and_says_what_it_holds()
    {
        await using var server = await PostgreSqlServer.StartAsync();
        SqliteJournal.Prepare(new JournalOptions { ConnectionString = SqliteJournal.ConnectionString(Directory) });
        JournalFile.Execute(
            Directory,
            "INSERT INTO journal (created, deleted, persistence_id, sequence_number, message, identifier, writer_uuid) VALUES "
                + "(1, 0, 'b', 1, x'00ff', 20, 'w'), (2, 0, 'a', 1, x'', 20, 'w'), (3, 1, 'a', 2, x'01', 20, 'w')"
        );
        var (file, database) = ($"sqlite:{Directory}", $"postgres:{server.ConnectionString}");

        Assert.Matches(@"tables\s+to be made: 1 tables, 2 writers", await SaysAsync("status", "--journal", database));
        Assert.Contains("all tables are there", await SaysAsync("migrate", "--journal", database), StringComparison.Ordinal);
        var copied = await SaysAsync("copy", "--from", file, "--to", database);
        Assert.Contains("3 events and 0 snapshots, each compared, to database postgres on 127.0.0.1", copied, StringComparison.Ordinal);
        Assert.Matches(
            @"written by\s+tao20 .*, format 1\s+tables\s+up to date\s+holds\s+2 streams, 3 events, 0 snapshots\s*$",
            await SaysAsync("status", "--journal", database)
        );

        // Not twice, not under somebody's hands, and not from nowhere.
        await RefusedAsync(8, "the target is not empty: its table journal has 3 rows", "copy", "--from", file, "--to", database);
        await RefusedAsync(5, "There is no journal", "copy", "--from", $"{file}/elsewhere", "--to", database);
        await RefusedAsync(2, "--to names no journal: give sqlite:DIRECTORY", "copy", "--from", file, "--to", "mysql:db");
        await RefusedAsync(8, "does not let this node in", "status", "--journal", $"{database};Password=wrong");
        var journal = new JournalOptions
        {
            Kind = JournalKind.PostgreSql,
            ConnectionString = PostgreSqlJournal.Named(server.ConnectionString),
        };
        await using var writer = await JournalWriter.BeginAsync(journal, CancellationToken.None);
        await writer.RegisterAsync(new NoPeers("10.0.0.1"), CancellationToken.None);
        Assert.Matches(@"writer\s+10\.0\.0\.1 \(tao20 ", await SaysAsync("status", "--journal", database));
        await RefusedAsync(12, "by 10.0.0.1 (tao20", "copy", "--from", database, "--to", $"{file}/new");
        using var held = new FileStream(System.IO.Path.Combine(Directory, "lock"), FileMode.Open, FileAccess.ReadWrite, FileShare.None);
        await RefusedAsync(5, "is in use by another process", "migrate", "--journal", file);
    }

    private static async Task<string> SaysAsync(params string[] command)
    {
        var (code, output, process) = await Tao20Process.RunAsync(["journal", .. command]);
        Assert.True(code == 0, process.Errors);
        return output;
    }

    private static async Task RefusedAsync(int code, string words, params string[] command)
    {
        var (ended, _, process) = await Tao20Process.RunAsync(["journal", .. command]);
        Assert.True((code, 1) == (ended, process.Lines.Count), $"{ended}: {process.Errors}");
        Assert.Contains(words, process.Lines[0], StringComparison.Ordinal);
    }
}
