using System.CommandLine;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Spectre.Console;
using Tao20.Domain.Index;
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
            Description = "The last of the 14 days",
            HelpName = "YYYY-MM-DD",
            Required = true,
        };
        var json = NodeOptions.Json();
        var compose = new Command("compose", "Print the 20 constituents: average emission of 14 days, largest first")
        {
            emissions,
            asOf,
            json,
        };
        compose.SetAction(
            async (parsed, cancel) =>
            {
                if (
                    !DateOnly.TryParseExact(
                        parsed.GetValue(asOf),
                        "yyyy-MM-dd",
                        CultureInfo.InvariantCulture,
                        DateTimeStyles.None,
                        out var day
                    )
                )
                    throw new NodeException(ExitCodes.Usage, $"--as-of = {parsed.GetValue(asOf)} is not a day: give YYYY-MM-DD.");
                await ComposeAsync(parsed.GetValue(emissions)!, day, parsed.GetValue(json), cancel);
                return ExitCodes.Ok;
            }
        );
        return new Command("index", "The index rule, and an index on the chain")
        {
            compose,
            IndexShowCommand.Create(),
            IndexProposalCommands.Propose(),
            IndexProposalCommands.Apply(),
            IndexProposalCommands.Cancel(),
        };
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
