using System.CommandLine;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Spectre.Console;
using Tao20.Domain.Arbitrage;
using Tao20.Domain.Settlement;
using Tao20.Domain.Units;
using Tao20.Node.Audit;
using Tao20.Node.Configuration;
using Tao20.Node.Http;

namespace Tao20.Node.Commands;

/// <summary><c>tao20 miner report</c>: what a miner did in a time, replayed from its journal; it may be running meanwhile.</summary>
internal static class MinerReportCommand
{
    private static readonly string[] TimeFormats = ["yyyy-MM-dd", "yyyy-MM-ddTHH:mm", "yyyy-MM-ddTHH:mm:ss", "yyyy-MM-ddTHH:mm:ssZ"];

    private enum Form
    {
        Text,
        Csv,
        Json,
    }

    public static Command Create()
    {
        var dataDir = NodeOptions.DataDir("Directory of the miner's journal");
        var from = new Option<string>("--from")
        {
            Description = "The first moment, in UTC of the chain (default: the beginning)",
            HelpName = "YYYY-MM-DD[THH:MM:SS]",
        };
        var to = new Option<string>("--to")
        {
            Description = "The moment after the last (default: the end)",
            HelpName = "YYYY-MM-DD[THH:MM:SS]",
        };
        var csv = new Option<bool>("--csv") { Description = "Print a line per trade, with a head" };
        var json = NodeOptions.Json();
        var command = new Command("report", "What a miner traded, earned and owned in a time") { dataDir, from, to, csv, json };
        command.SetAction(
            async (parsed, cancel) =>
            {
                var directory =
                    parsed.GetValue(dataDir)
                    ?? throw new NodeException(ExitCodes.Usage, "DataDir is missing: give --data-dir with the directory of a miner.");
                var (first, after) = (Time("--from", parsed.GetValue(from), 0), Time("--to", parsed.GetValue(to), ulong.MaxValue));
                if (first >= after)
                    throw new NodeException(
                        ExitCodes.Usage,
                        $"--from = {parsed.GetValue(from)} is not before --to = {parsed.GetValue(to)}."
                    );
                if (parsed.GetValue(csv) && parsed.GetValue(json))
                    throw new NodeException(ExitCodes.Usage, "--csv and --json are both given: choose one.");

                var journal = await EndpointOptions.WithoutOutputAsync(() => AccountJournal.ReadAsync(directory, cancel));
                if (journal.Accounts.Count == 0)
                    throw new NodeException(
                        ExitCodes.DataDirectory,
                        $"The journal in {directory} has no books of a miner: give the --data-dir of one."
                    );
                var reports = journal.Accounts.Select(account => (account.Key, MinerReport.Of(account.Value, first, after))).ToList();
                Print(
                    reports,
                    journal.Epochs,
                    parsed.GetValue(json) ? Form.Json
                        : parsed.GetValue(csv) ? Form.Csv
                        : Form.Text
                );
                return ExitCodes.Ok;
            }
        );
        return command;
    }

    private static ulong Time(string option, string? text, ulong standard)
    {
        if (text is null)
            return standard;
        if (
            DateTimeOffset.TryParseExact(
                text,
                TimeFormats,
                CultureInfo.InvariantCulture,
                DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal,
                out var time
            )
            && time >= DateTimeOffset.UnixEpoch
        )
            return (ulong)time.ToUnixTimeSeconds();
        throw new NodeException(ExitCodes.Usage, $"{option} = {text} is not a time: give YYYY-MM-DD or YYYY-MM-DDTHH:MM:SS, in UTC.");
    }

    private static void Print(
        IReadOnlyList<(string Account, MinerReport Report)> reports,
        IReadOnlyDictionary<EpochId, EpochReport> settled,
        Form form
    )
    {
        if (form == Form.Json)
        {
            Console.WriteLine(
                JsonSerializer.Serialize(
                    reports.Select(one => MinerReportDocument.Of(one.Account, one.Report, settled)),
                    NodeEndpoints.Json
                )
            );
            return;
        }

        if (form == Form.Csv)
            Console.WriteLine(
                "account,number,time,block,epoch,kind,purpose,outcome,sizeWei,taoWei,tokensWei,gasWei,volumeWei,profitWei,reason"
            );
        foreach (var (account, report) in reports)
        {
            if (form == Form.Csv)
                PrintLines(account, report);
            else
                PrintTables(account, report, settled);
        }
    }

    private static void PrintLines(string account, MinerReport report)
    {
        foreach (var (trade, result, profit) in report.Trades)
        {
            var proposal = trade.Proposal;
            Console.WriteLine(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{account},{trade.Number},{result.Time},{result.Block},{result.Epoch},{proposal.Kind},{proposal.Purpose},"
                        + $"{result.Outcome},{proposal.Size},{result.Tao},{result.Tokens},{result.Gas},{result.Volume},{profit},"
                        + $"{Quoted(result.Reason)}"
                )
            );
        }
    }

    /// <summary>A field of a CSV line (source: RFC 4180).</summary>
    private static string Quoted(string? text) =>
        text is null ? ""
        : text.AsSpan().IndexOfAny(",\"\r\n") < 0 ? text
        : new StringBuilder("\"").Append(text.Replace("\"", "\"\"", StringComparison.Ordinal)).Append('"').ToString();

    private static void PrintTables(string account, MinerReport report, IReadOnlyDictionary<EpochId, EpochReport> settled)
    {
        var table = new Table()
            .Title(
                $"{account}{(report.From > 0 ? $" from {At(report.From)}" : "")}"
                    + (report.To < ulong.MaxValue ? $" to {At(report.To)}" : "")
            )
            .Border(TableBorder.Rounded)
            .HideHeaders();
        table.AddColumns("", "");
        table.AddRow("realised profit, gas taken off", Tao(report.Profit));
        table.AddRow("gas", Tao(report.Gas.ToString()));
        table.AddRow("minted", Tao(report.Minted.ToString()));
        table.AddRow("redeemed", Tao(report.Redeemed.ToString()));
        table.AddRow(
            "trades",
            string.Join(
                ", ",
                Enum.GetValues<TradeOutcome>().Select(outcome => $"{report.Count(outcome)} {outcome.ToString().ToLowerInvariant()}")
            )
        );
        table.AddRow("success rate", MinerReportDocument.SuccessRateOf(report));
        table.AddRow("TAO", $"{Tao(report.Before.Inventory.Tao.ToString())} before, {Tao(report.After.Inventory.Tao.ToString())} after");
        table.AddRow(
            "TAO20",
            $"{Tao(report.Before.Inventory.Tokens.ToString())} before, {Tao(report.After.Inventory.Tokens.ToString())} after"
        );
        table.AddRow("from outside", Tao(report.After.Totals.DepositedTao - report.Before.Totals.DepositedTao));
        AnsiConsole.Write(table);
        var epochs = new Table()
            .Title("By epoch")
            .Border(TableBorder.Rounded)
            .AddColumns("epoch", "trades", "minted", "redeemed", "profit", "rank", "payout");
        foreach (var epoch in report.Epochs)
        {
            var paid = MinerReportDocument.PayoutOf(account, epoch.Epoch, settled);
            epochs.AddRow(
                epoch.Epoch.ToString(),
                $"{epoch.Trades}",
                Tao(epoch.Minted.ToString()),
                Tao(epoch.Redeemed.ToString()),
                Tao(epoch.Profit),
                $"{paid?.Miner.Rank}",
                paid is null ? "" : FixedPoint.Tao(paid.Payout.ToString(), 9)
            );
        }

        AnsiConsole.Write(epochs);
        foreach (var stop in report.Stops)
            AnsiConsole.WriteLine($"{At(stop.Since)}: {stop.Breaker}: {stop.Reason}");
    }

    private static string At(ulong time) =>
        DateTimeOffset.FromUnixTimeSeconds((long)time).ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);

    private static string Tao(WeiDelta delta) =>
        (delta.Value < 0 ? "-" : "") + Tao(Int128.Abs(delta.Value).ToString(CultureInfo.InvariantCulture));

    private static string Tao(string wei) => FixedPoint.Tao(wei, 18);
}
