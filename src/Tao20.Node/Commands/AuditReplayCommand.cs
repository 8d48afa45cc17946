using System.CommandLine;
using Spectre.Console;
using Tao20.Actors.Audit;
using Tao20.Actors.Journal;
using Tao20.Chain.Abi;
using Tao20.Domain.Audit;
using Tao20.Node.Audit;
using Tao20.Node.Configuration;

namespace Tao20.Node.Commands;

/// <summary>
/// <c>tao20 audit replay</c>: folds a journal again, from its entries alone, and holds all that is written in it against that.
/// </summary>
internal static class AuditReplayCommand
{
    private const int DifferencesKept = 1_000;

    public static Command Create()
    {
        var dataDir = NodeOptions.DataDir("Directory of the node's journal");
        var location = NodeOptions.Journal();
        var rpc = EndpointOptions.Rpc("; the chain's logs are then fetched afresh and compared", isRequired: false);
        var contract = EndpointOptions.Index("The contract that the journal must be of (default: whichever it is of)", isRequired: false);
        var expect = new Option<string[]>("--expect")
        {
            Description =
                "A hash of an epoch or a round that was noted earlier, or BLOCK:HASH of all trades up to a block; may come more than once",
            HelpName = "HASH",
        };
        var from = Epoch("--from-epoch", "The first epoch that is listed", 0);
        var to = Epoch("--to-epoch", "The last epoch that is listed", ulong.MaxValue);
        var html = new Option<FileInfo>("--html")
        {
            Description = "Also write a report for people: one HTML file that needs nothing else",
            HelpName = "FILE",
        };
        var json = NodeOptions.Json();
        var command = new Command("replay", "Fold a journal again from its entries alone, and compare; nodes may run meanwhile")
        {
            dataDir,
            location,
            rpc,
            contract,
            expect,
            from,
            to,
            html,
            json,
        };
        command.SetAction(
            async (parsed, cancel) =>
            {
                var options = OpenedJournal.Named(parsed.GetValue(dataDir), parsed.GetValue(location));
                var endpoints = parsed.GetValue(rpc) is { } urls ? EndpointOptions.Read(urls) : null;
                var wanted = EndpointOptions.ReadAddress("--contract", parsed.GetValue(contract));
                var expected = (parsed.GetValue(expect) ?? []).Select(NotedHash.Read).ToList();
                if (parsed.GetValue(from) > parsed.GetValue(to))
                    throw new NodeException(
                        ExitCodes.Usage,
                        $"--from-epoch = {parsed.GetValue(from)} is above --to-epoch = {parsed.GetValue(to)}."
                    );

                var figures = new AuditFigures(parsed.GetValue(from), parsed.GetValue(to));
                var document = await EndpointOptions.WithoutOutputAsync(() =>
                    ReplayAsync(options, endpoints, wanted, expected, (parsed.GetValue(from), parsed.GetValue(to)), figures, cancel)
                );
                if (parsed.GetValue(html) is { } file)
                    await AuditReportFile.WriteAsync(file, document, figures, cancel);
                EndpointOptions.Print(parsed.GetValue(json), document, document.Lines());
                return document.DifferenceCount == 0 ? ExitCodes.Ok : ExitCodes.AuditDifferences;
            }
        );
        return command;
    }

    /// <summary>Folds a journal again, with a bar on a terminal, and says where it differs from itself.</summary>
    public static Task<AuditDocument> ReplayAsync(JournalOptions options, CancellationToken cancel) =>
        ReplayAsync(options, null, null, [], (0, ulong.MaxValue), new AuditFigures(0, ulong.MaxValue), cancel);

    private static async Task<AuditDocument> ReplayAsync(
        JournalOptions options,
        IReadOnlyList<Uri>? endpoints,
        Domain.Units.Address? contract,
        IReadOnlyList<NotedHash> expected,
        (ulong From, ulong To) epochs,
        AuditFigures figures,
        CancellationToken cancel
    )
    {
        var differences = new List<AuditDifference>();
        var findings = new AuditFindings(
            Keccak.Hash,
            WireDifference.Same,
            difference =>
            {
                if (differences.Count < DifferencesKept)
                    differences.Add(difference);
            }
        );
        var noted = new NotedHashes(expected);
        var listener = new ReplayListener(figures.Take, figures.Take, noted.Take);
        await using var journal = await OpenedJournal.OpenAsync(options, cancel);
        var replay = await journal.ToldAsync(() =>
            WithProgressAsync(progress => JournalReplay.RunAsync(journal.System, options, findings, progress, cancel, listener))
        );
        foreach (var unknown in noted.Unknown(replay.Hashes))
            findings.Report(DifferenceKind.HashUnknown, null, unknown);
        var chain = endpoints is null ? null : await new ChainComparison(journal, replay, findings).RunAsync(endpoints, contract, cancel);
        return AuditDocument.Of(journal.Where, replay, epochs.From, epochs.To, chain, findings, differences);
    }

    /// <summary>A bar on a terminal; nothing where errors go elsewhere.</summary>
    private static Task<T> WithProgressAsync<T>(Func<IProgress<ReplayProgress>?, Task<T>> work)
    {
        if (Console.IsErrorRedirected)
            return work(null);
        return AnsiConsole
            .Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) })
            .Progress()
            .AutoClear(true)
            .StartAsync(context =>
            {
                var task = context.AddTask("entries");
                return work(new Bar(task));
            });
    }

    /// <summary>An epoch of a range.</summary>
    public static Option<ulong> Epoch(string name, string description, ulong otherwise) =>
        new(name)
        {
            Description = description,
            HelpName = "EPOCH",
            DefaultValueFactory = _ => otherwise,
        };

    private sealed class Bar(ProgressTask task) : IProgress<ReplayProgress>
    {
        public void Report(ReplayProgress value)
        {
            task.MaxValue = Math.Max(1, value.Of);
            task.Value = value.Read;
        }
    }
}
