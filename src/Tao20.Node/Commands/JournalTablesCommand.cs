using System.CommandLine;
using System.Globalization;
using Tao20.Actors.Faults;
using Tao20.Actors.Journal;
using Tao20.Node.Hosting;

namespace Tao20.Node.Commands;

/// <summary><c>tao20 journal status|migrate|copy</c>: what a journal holds, its tables, and how it gets into another database.</summary>
internal static class JournalTablesCommand
{
    // A person sees at once that a node runs.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);
    private const int Column = 11;
    private const string Form = "sqlite:DIRECTORY or postgres:CONNECTION";

    public static Command Status()
    {
        var journal = Named("--journal", "The journal");
        var command = new Command("status", "Say what a journal holds and who writes it; nodes may run meanwhile") { journal };
        command.SetAction(
            async (parsed, cancel) =>
            {
                var options = Parse("--journal", parsed.GetValue(journal)!);
                RequireThere(options);
                var found = await ToldAsync(options, () => JournalInventory.OfAsync(options, cancel));
                Say("journal", JournalLocation.Describe(options));
                Say("written by", found.WrittenBy ?? "nobody");
                Say("tables", found.MissingSteps.Count == 0 ? "up to date" : $"to be made: {string.Join(", ", found.MissingSteps)}");
                Say("holds", $"{found.Streams} streams, {found.Events} events, {found.Snapshots} snapshots");
                foreach (var writer in found.Writers)
                    Say("writer", writer);
                return ExitCodes.Ok;
            }
        );
        return command;
    }

    public static Command Migrate()
    {
        var journal = Named("--journal", "The journal");
        var command = new Command(
            "migrate",
            "Make the tables of a journal that are missing, as a node does when it starts: for databases where nodes may not"
        )
        {
            journal,
        };
        command.SetAction(
            async (parsed, cancel) =>
            {
                var options = Parse("--journal", parsed.GetValue(journal)!);
                using var directory = Take(options);
                await ToldAsync(options, () => PreparedJournal.MakeTablesAsync(options, cancel));
                Say("journal", $"{JournalLocation.Describe(options)}: all tables are there");
                return ExitCodes.Ok;
            }
        );
        return command;
    }

    public static Command Copy()
    {
        var (from, to) = (Named("--from", "The journal that is copied"), Named("--to", "An empty journal"));
        var command = new Command("copy", "Copy a journal into an empty one, and compare each event; no node may use either meanwhile")
        {
            from,
            to,
        };
        command.SetAction(
            async (parsed, cancel) =>
            {
                var source = Parse("--from", parsed.GetValue(from)!);
                var target = Parse("--to", parsed.GetValue(to)!);
                RequireThere(source);
                using var sourceDirectory = Take(source);
                using var targetDirectory = Take(target);

                // Both are this process's alone: it may write the one, and nobody else the other.
                await using var reading = await WriterAsync(source, cancel);
                await using var writing = await WriterAsync(target, cancel);
                var progress = new Progress<long>(events => Console.Error.WriteLine($"tao20 journal copy: {events} events"));
                var (events, snapshots) = await ToldAsync(
                    target,
                    () => JournalCopy.CopyAsync(reading?.Options ?? source, writing?.Options ?? target, progress, cancel)
                );
                Say(
                    "copied",
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"{events} events and {snapshots} snapshots, each compared, to {JournalLocation.Describe(target)}"
                    )
                );
                return ExitCodes.Ok;
            }
        );
        return command;
    }

    internal static Option<string> Named(string name, string what) =>
        new(name)
        {
            Description = $"{what}: {Form}; PGPASSWORD may hold the password",
            HelpName = "JOURNAL",
            Required = true,
        };

    internal static JournalOptions Parse(string option, string text) =>
        JournalLocation.TryParse(text, out var options)
            ? options
            : throw new NodeException(
                ExitCodes.Usage,
                $"{option} names no journal: give {Form}, such as sqlite:./node or 'postgres:Host=db;Database=tao20;Username=tao20'."
            );

    private static void RequireThere(JournalOptions options)
    {
        if (options.Kind == JournalKind.Sqlite && !File.Exists(JournalLocation.Describe(options)))
            throw new NodeException(ExitCodes.DataDirectory, $"There is no journal {JournalLocation.Describe(options)}.");
    }

    internal static DataDirectory? Take(JournalOptions options) =>
        options.Kind == JournalKind.Sqlite ? DataDirectory.Take(JournalLocation.DirectoryOf(options)) : null;

    internal static async Task<JournalWriter?> WriterAsync(JournalOptions options, CancellationToken cancel)
    {
        await ToldAsync(options, () => PreparedJournal.MakeTablesAsync(options, cancel));
        if (options.Kind == JournalKind.Sqlite)
            return null;
        return await ToldAsync(options, () => PreparedJournal.WriteAloneAsync(options, cancel, Patience));
    }

    internal static Task<T> ToldAsync<T>(JournalOptions options, Func<Task<T>> action) => JournalErrors.ToldAsync(Guard(options), action);

    private static JournalFaultReporter Guard(JournalOptions options) =>
        new(options, JournalLocation.Describe(options), new FaultSignal(), TimeProvider.System);

    internal static void Say(string what, string value) => Console.WriteLine($"{what.PadRight(Column)} {value}");
}
