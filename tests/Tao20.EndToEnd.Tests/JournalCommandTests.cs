using System.Text.RegularExpressions;
using Tao20.Actors.Journal;
using Tao20.Devnet.PostgreSql;
using Tao20.Tests;

namespace Tao20.EndToEnd.Tests;

/// <summary><c>tao20 journal status|migrate|copy</c>, and what they refuse.</summary>
public sealed partial class JournalCommandTests : InDirectory
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

    [Fact]
    public async Task A_backup_is_taken_beside_a_node_folded_again_and_restored_into_either_kind_of_journal()
    {
        await using var chain = await ChainFixture.StartAsync(11);
        await chain.TradeAsync(20);
        var (node, backup) = (In("node"), In("backup.db"));
        await using var process = Tao20Process.Start(chain.ValidatorArguments(node));
        var block = await chain.Chain.Client.BlockNumberAsync(CancellationToken.None) - 2;
        await process.UntilAsync(status => status["cursor"]?["block"]?.GetValue<ulong>() >= block, TimeSpan.FromSeconds(60));

        var taken = await SaysAsync("backup", "--data-dir", node, "--to", backup);
        Assert.Matches(
            $@"backup\s+.*backup\.db\s+of\s+.*journal\.db\s+holds\s+\d+ events and \d+ snapshots, folded again: no differences",
            taken
        );
        Assert.Matches($@"up to\s+block {block}: \d+ trades, hash 0x[0-9a-f]{{64}}", taken);
        Assert.False(File.Exists($"{backup}-wal") || File.Exists($"{backup}.unchecked"));
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(backup));
        await SaysAsync("backup", "--data-dir", node, "--to", Directory);
        Assert.Single(System.IO.Directory.GetFiles(Directory, "tao20-*Z.db"));

        // Into a file, into a database, and from there into a file again: it stays the same journal.
        await using var server = await PostgreSqlServer.StartAsync();
        var database = $"postgres:{server.ConnectionString}";
        var (restored, again) = ($"sqlite:{In("restored")}", In("again.db"));
        await SaysAsync("restore", "--from", backup, "--to", restored);
        Assert.Contains(
            "next        start the node",
            await SaysAsync("restore", "--from", backup, "--to", database),
            StringComparison.Ordinal
        );
        await SaysAsync("backup", "--journal", database, "--to", again);
        var reach = Reach(taken);
        foreach (var journal in (string[])[restored, database, $"sqlite:{again}"])
        {
            var (code, output, audit) = await Tao20Process.RunAsync(["audit", "replay", "--journal", journal]);
            Assert.True(code == 0, output + audit.Errors);
            Assert.Contains(reach, output, StringComparison.Ordinal);
        }

        // Nothing is replaced, and nothing left over is taken along.
        await RefusedAsync(5, "is there already", "backup", "--data-dir", node, "--to", backup);
        await RefusedAsync(5, "There is no directory", "backup", "--data-dir", node, "--to", In("no/where.db"));
        await RefusedAsync(5, "There is no journal", "backup", "--data-dir", In("nowhere"), "--to", In("x.db"));
        await RefusedAsync(5, "is in use by another process", "restore", "--from", backup, "--to", $"sqlite:{node}");
        await RefusedAsync(5, "a restore replaces nothing", "restore", "--from", backup, "--to", restored);
        await RefusedAsync(8, "the target is not empty", "restore", "--from", backup, "--to", database);
        await RefusedAsync(5, "There is no backup", "restore", "--from", In("none.db"), "--to", $"sqlite:{In("new")}");
        System.IO.Directory.CreateDirectory(In("left"));
        await File.WriteAllTextAsync(In("left/journal.db-wal"), "");
        await RefusedAsync(5, "journal.db-wal is there", "restore", "--from", backup, "--to", $"sqlite:{In("left")}");
    }

    [Fact]
    public async Task What_is_not_good_is_no_backup_and_is_not_restored()
    {
        await using var chain = await ChainFixture.StartAsync(12);
        await chain.TradeAsync(20);
        var (node, backup) = (In("node"), In("backup.db"));
        await using (var process = Tao20Process.Start(chain.ValidatorArguments(node)))
        {
            var block = await chain.Chain.Client.BlockNumberAsync(CancellationToken.None) - 2;
            await process.UntilAsync(status => status["cursor"]?["block"]?.GetValue<ulong>() >= block, TimeSpan.FromSeconds(60));
        }

        await SaysAsync("backup", "--data-dir", node, "--to", backup);
        var target = $"sqlite:{In("new")}";

        // A row is missing in the journal: the copy is one of that, and no backup.
        JournalFile.Execute(node, "DELETE FROM journal WHERE persistence_id LIKE 'miner-%' AND sequence_number = 1");
        var (code, _, failed) = await Tao20Process.RunAsync(["journal", "backup", "--data-dir", node, "--to", In("bad.db")]);
        Assert.Equal(11, code);
        Assert.Contains("and not a good backup", failed.Errors, StringComparison.Ordinal);
        Assert.True(File.Exists(In("bad.db.unchecked")) && !File.Exists(In("bad.db")));
        await RefusedAsync(2, "was never found to be good", "restore", "--from", In("bad.db.unchecked"), "--to", target);
        File.Copy(In("bad.db.unchecked"), In("renamed.db"));
        await RefusedAsync(11, "has changed since it was taken", "restore", "--from", In("renamed.db"), "--to", target);

        // What is cut off, or no journal at all.
        var bytes = await File.ReadAllBytesAsync(backup);
        await File.WriteAllBytesAsync(In("cut.db"), bytes[..(bytes.Length / 2)]);
        await RefusedAsync(8, "", "restore", "--from", In("cut.db"), "--to", target);
        await File.WriteAllTextAsync(In("text.db"), "not a journal");
        await RefusedAsync(8, "file is not a database", "restore", "--from", In("text.db"), "--to", target);
        Assert.False(File.Exists(In("new/journal.db")));
    }

    private string In(string name) => System.IO.Path.Combine(Directory, name);

    /// <summary>The hash of all trades.</summary>
    private static string Reach(string taken) => HashOfTrades().Match(taken).Value;

    [GeneratedRegex("hash 0x[0-9a-f]{64}")]
    private static partial Regex HashOfTrades();

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
