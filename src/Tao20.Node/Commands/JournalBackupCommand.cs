using System.CommandLine;
using System.Globalization;
using Tao20.Actors.Journal;
using Tao20.Node.Audit;
using Tao20.Node.Configuration;

namespace Tao20.Node.Commands;

/// <summary>
/// <c>tao20 journal backup|restore</c>: a backup is one file, taken while nodes run, and called good only after it was folded again.
/// </summary>
internal static class JournalBackupCommand
{
    /// <summary>A file of this name is not known to be good.</summary>
    public const string Unchecked = ".unchecked";

    // Salts of weights that are not yet revealed are in it.
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    public static Command Backup()
    {
        var dataDir = NodeOptions.DataDir("Directory of the node's journal");
        var journal = NodeOptions.Journal();
        var to = new Option<string>("--to")
        {
            Description = "The file that is made, or a directory, where its name is the time",
            HelpName = "FILE",
            Required = true,
        };
        var command = new Command("backup", "Back a journal up, and fold the backup again before it counts as one; nodes may run meanwhile")
        {
            dataDir,
            journal,
            to,
        };
        command.SetAction(
            (parsed, cancel) =>
                BackupAsync(OpenedJournal.Named(parsed.GetValue(dataDir), parsed.GetValue(journal)), parsed.GetValue(to)!, cancel)
        );
        return command;
    }

    public static Command Restore()
    {
        var from = new Option<string>("--from")
        {
            Description = "The backup",
            HelpName = "FILE",
            Required = true,
        };
        var to = JournalTablesCommand.Named("--to", "Where the journal is to be, and none is");
        var command = new Command("restore", "Put a backup in the place of a journal that is gone; the node must not run") { from, to };
        command.SetAction(
            (parsed, cancel) => RestoreAsync(parsed.GetValue(from)!, JournalTablesCommand.Parse("--to", parsed.GetValue(to)!), cancel)
        );
        return command;
    }

    private static async Task<int> BackupAsync(JournalOptions from, string to, CancellationToken cancel)
    {
        var file = Directory.Exists(to)
            ? Path.Combine(to, string.Create(CultureInfo.InvariantCulture, $"tao20-{DateTime.UtcNow:yyyyMMdd'T'HHmmss'Z'}.db"))
            : to;
        if (File.Exists(file))
            throw new NodeException(ExitCodes.DataDirectory, $"{file} is there already: give --to another name, or a directory.");
        if (Path.GetDirectoryName(Path.GetFullPath(file)) is { } directory && !Directory.Exists(directory))
            throw new NodeException(
                ExitCodes.DataDirectory,
                $"There is no directory {directory} for the backup: make it, or give another."
            );

        // What an interrupted one has left.
        var unfinished = file + Unchecked;
        File.Delete(unfinished);
        await using (new FileStream(unfinished, OwnerOnlyFile())) { }
        var (events, snapshots) = await JournalTablesCommand.ToldAsync(
            from,
            () => JournalBackup.TakeAsync(from, unfinished, Progress("backup"), cancel)
        );
        var found = await EndpointOptions.WithoutOutputAsync(() => AuditReplayCommand.ReplayAsync(ReadOnly(unfinished), cancel));
        if (found.DifferenceCount > 0)
        {
            foreach (var line in found.Lines())
                await Console.Error.WriteLineAsync(line);
            throw new NodeException(
                ExitCodes.AuditDifferences,
                $"{unfinished} is a copy of {JournalLocation.Describe(from)}, and not a good backup: folded again it differs from what is "
                    + "written in it. See docs/audit.md, and keep the backups before it."
            );
        }

        File.Move(unfinished, file);
        Say("backup", file);
        Say("of", JournalLocation.Describe(from));
        Say(
            "holds",
            string.Create(CultureInfo.InvariantCulture, $"{events} events and {snapshots} snapshots, folded again: no differences")
        );
        Say("up to", Reach(found));
        return ExitCodes.Ok;
    }

    private static async Task<int> RestoreAsync(string from, JournalOptions to, CancellationToken cancel)
    {
        if (!File.Exists(from))
            throw new NodeException(ExitCodes.DataDirectory, $"There is no backup {from}.");
        if (from.EndsWith(Unchecked, StringComparison.Ordinal))
            throw new NodeException(ExitCodes.Usage, $"{from} was never found to be good: give a backup without {Unchecked} in its name.");
        var backup = ReadOnly(from);
        var found = await EndpointOptions.WithoutOutputAsync(() => AuditReplayCommand.ReplayAsync(backup, cancel));
        if (found.DifferenceCount > 0)
            throw new NodeException(
                ExitCodes.AuditDifferences,
                $"{from} has changed since it was taken: folded again it differs from what is written in it, as "
                    + $"tao20 audit replay --journal sqlite:{from} says. Nothing was restored; take an earlier one."
            );
        using var directory = JournalTablesCommand.Take(to);
        RequireFree(to);
        await using var writer = to.Kind == JournalKind.PostgreSql ? await JournalTablesCommand.WriterAsync(to, cancel) : null;
        var (events, snapshots) = await JournalTablesCommand.ToldAsync(
            to,
            () => JournalBackup.RestoreAsync(from, writer?.Options ?? to, Progress("restore"), cancel)
        );
        Say("restored", JournalLocation.Describe(to));
        Say("holds", string.Create(CultureInfo.InvariantCulture, $"{events} events and {snapshots} snapshots"));
        Say("up to", Reach(found));
        Say("next", "start the node: it reads on from there, and looks up what its account has sent since before it signs anything new");
        return ExitCodes.Ok;
    }

    /// <summary>A write-ahead log that is left over would be taken for the restored file's.</summary>
    private static void RequireFree(JournalOptions to)
    {
        if (to.Kind != JournalKind.Sqlite)
            return;
        var place = JournalLocation.Describe(to);
        if (((string[])[place, $"{place}-wal", $"{place}-shm", $"{place}-journal"]).FirstOrDefault(File.Exists) is { } there)
            throw new NodeException(
                ExitCodes.DataDirectory,
                $"{there} is there, and a restore replaces nothing: move the journal and what belongs to it away first."
            );
    }

    private static string Reach(AuditDocument found) =>
        found.Block is { } block
            ? string.Create(CultureInfo.InvariantCulture, $"block {block}: {found.Trades} trades, hash {found.TradesHash ?? "not known"}")
            : "no block yet";

    private static JournalOptions ReadOnly(string file) => SqliteJournal.ReadOnly(JournalBackup.Of(file));

    private static FileStreamOptions OwnerOnlyFile()
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = OwnerOnly;
        return options;
    }

    private static Progress<long> Progress(string what) => new(events => Console.Error.WriteLine($"tao20 journal {what}: {events} events"));

    private static void Say(string what, string value) => JournalTablesCommand.Say(what, value);
}
