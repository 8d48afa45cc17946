using System.CommandLine;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Spectre.Console;
using Tao20.Domain.Index;
using Tao20.Domain.Units;
using Tao20.Node.Configuration;
using Tao20.Node.Hosting;

namespace Tao20.Node.Commands;

/// <summary><c>tao20 index compose</c>: the constituents by the index rule, from daily files of emissions.</summary>
internal static class IndexCommand
{
    public static Command Create()
    {
        var emissions = new Option<DirectoryInfo>("--emissions")
        {
            Description = "Directory of files emissions_YYYYMMDD.json",
            HelpName = "DIR",
            Required = true,
        };
        var asOf = new Option<string>("--as-of")
        {
            Description = "The last of the 14 days (default with --check: the last Sundays of a rebalance, by the chain's time)",
            HelpName = "YYYY-MM-DD",
        };
        var check = new Option<bool>("--check")
        {
            Description = "Hold the composition of an index on the chain against the rule; exit 1 where it differs",
        };
        var (rpc, contract) = (EndpointOptions.Rpc(", for --check"), EndpointOptions.Index());
        (rpc.Required, contract.Required) = (false, false);
        var json = NodeOptions.Json();
        var compose = new Command("compose", "Print the 20 constituents: average emission of 14 days, largest first")
        {
            emissions,
            asOf,
            check,
            rpc,
            contract,
            json,
        };
        compose.SetAction(
            async (parsed, cancel) =>
            {
                var (directory, day) = (parsed.GetValue(emissions)!, DayOf(parsed.GetValue(asOf)));
                if (parsed.GetValue(check))
                    return await CheckAsync(
                        directory,
                        day,
                        parsed.GetValue(rpc) ?? throw Missing("--rpc"),
                        EndpointOptions.ReadAddress("--contract", parsed.GetValue(contract)) ?? throw Missing("--contract"),
                        parsed.GetValue(json),
                        cancel
                    );
                await ComposeAsync(
                    directory,
                    day ?? throw new NodeException(ExitCodes.Usage, "--as-of is missing: give the last of the 14 days as YYYY-MM-DD."),
                    parsed.GetValue(json),
                    cancel
                );
                return ExitCodes.Ok;
            }
        );

        static NodeException Missing(string option) => new(ExitCodes.Usage, $"{option} is missing: --check asks the chain.");
        return new Command("index", "The index rule, and an index on the chain")
        {
            compose,
            IndexShowCommand.Create(),
            IndexProposalCommands.Propose(),
            IndexProposalCommands.Apply(),
            IndexProposalCommands.Cancel(),
        };
    }

    private static DateOnly? DayOf(string? text) =>
        text is null ? null
        : DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) ? day
        : throw new NodeException(ExitCodes.Usage, $"--as-of = {text} is not a day: give YYYY-MM-DD.");

    /// <summary>Holds the composition of an index against the rule.</summary>
    private static async Task<int> CheckAsync(
        DirectoryInfo emissions,
        DateOnly? day,
        string endpoints,
        Address contract,
        bool json,
        CancellationToken cancel
    )
    {
        await using var chain = EndpointOptions.Connect(EndpointOptions.Read(endpoints), contract);
        var view = await IndexShowCommand.ReadAsync(chain, contract, cancel);
        var checkedComposition = await new EmissionsCheck(emissions).CheckAsync(
            [.. view.Legs.Select(leg => (leg.Netuid, new Ratio((ulong)leg.Weight)))],
            day is { } one ? [one] : CompositionCheck.RebalanceDays(view.Block.Time),
            cancel
        );
        EndpointOptions.Print(
            json,
            new
            {
                asOf = checkedComposition.AsOf.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
                block = view.Block.Number,
                checkedComposition.Differences,
            },
            checkedComposition.Differences.Count == 0
                ? [$"The composition of {contract} is the rule's as of {checkedComposition.AsOf:yyyy-MM-dd}."]
                : checkedComposition.Differences
        );
        return checkedComposition.Differences.Count == 0 ? ExitCodes.Ok : ExitCodes.Failed;
    }

    private static async Task ComposeAsync(DirectoryInfo directory, DateOnly asOf, bool json, CancellationToken cancel)
    {
        var (snapshots, missing) = await EmissionFiles.ReadAsync(directory, IndexComposition.Window(asOf), cancel);
        var constituents = IndexComposition.Compose(snapshots);
        foreach (var day in missing)
            await Console.Error.WriteLineAsync(
                $"tao20: {EmissionFiles.NameOf(day)} is missing in {directory.FullName}: the average is over the other days."
            );
        if (constituents.Count < IndexComposition.Size)
            await Console.Error.WriteLineAsync(
                $"tao20: only {constituents.Count} subnets have emission; an index has {IndexComposition.Size}."
            );
        if (json)
            Console.WriteLine(ToJson(asOf, constituents, missing));
        else
            Print(asOf, constituents);
    }

    private static string ToJson(DateOnly asOf, IReadOnlyList<Constituent> constituents, IReadOnlyList<DateOnly> missing)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteString("asOf", asOf.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));
            writer.WriteStartArray("constituents");
            foreach (var constituent in constituents)
            {
                writer.WriteStartObject();
                writer.WriteNumber("rank", constituent.Rank);
                writer.WriteNumber("netuid", constituent.Netuid);
                writer.WritePropertyName("avgEmission");
                writer.WriteRawValue(FixedPoint.Format(constituent.AverageEmission));
                writer.WriteString("weight", constituent.Weight.ToString());
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
            writer.WriteStartArray("missingDays");
            foreach (var day in missing)
                writer.WriteStringValue(day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));
            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.ToArray());
    }

    private static void Print(DateOnly asOf, IReadOnlyList<Constituent> constituents)
    {
        var table = new Table().Title($"TAO20 as of {asOf:yyyy-MM-dd}").AddColumns("rank", "netuid", "average emission", "weight");
        foreach (var column in table.Columns)
            column.RightAligned();
        foreach (var constituent in constituents)
        {
            table.AddRow(
                constituent.Rank.ToString(CultureInfo.InvariantCulture),
                constituent.Netuid.ToString(CultureInfo.InvariantCulture),
                FixedPoint.Format(constituent.AverageEmission),
                FixedPoint.Format((UInt128)constituent.Weight.Value)
            );
        }

        AnsiConsole.Write(table);
    }
}
