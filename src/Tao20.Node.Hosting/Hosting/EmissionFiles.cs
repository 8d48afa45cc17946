using System.Globalization;
using System.Text;
using System.Text.Json;
using Tao20.Domain.Index;

namespace Tao20.Node.Hosting;

/// <summary>Daily files <c>emissions_YYYYMMDD.json</c> of the form <c>{"emissions":{"netuid":number,...}}</c>.</summary>
internal static class EmissionFiles
{
    public static string NameOf(DateOnly day) => $"emissions_{day.ToString("yyyyMMdd", CultureInfo.InvariantCulture)}.json";

    /// <summary>The snapshots of these days, and the days that have no file.</summary>
    /// <exception cref="NodeException">A file is malformed (all such are named), or there is none.</exception>
    public static async Task<(IReadOnlyList<EmissionSnapshot> Snapshots, IReadOnlyList<DateOnly> Missing)> ReadAsync(
        DirectoryInfo directory,
        IReadOnlyList<DateOnly> days,
        CancellationToken cancel
    )
    {
        if (!directory.Exists)
            throw new NodeException(ExitCodes.Usage, $"The directory {directory.FullName} is not there: correct --emissions.");
        var snapshots = new List<EmissionSnapshot>();
        var missing = new List<DateOnly>();
        var errors = new List<string>();
        foreach (var day in days)
        {
            var file = Path.Combine(directory.FullName, NameOf(day));
            if (!File.Exists(file))
            {
                missing.Add(day);
                continue;
            }

            try
            {
                snapshots.Add(new EmissionSnapshot(day, Parse(await File.ReadAllBytesAsync(file, cancel))));
            }
            catch (Exception e) when (e is JsonException or FormatException or IOException or UnauthorizedAccessException)
            {
                errors.Add($"{file} cannot be used: {e.Message.TrimEnd('.')}. Correct it or remove it.");
            }
        }

        if (snapshots.Count == 0 && errors.Count == 0)
            errors.Add(
                $"There is no file from {NameOf(days[0])} to {NameOf(days[^1])} in {directory.FullName}: correct --emissions or --as-of."
            );
        return errors.Count == 0 ? (snapshots, missing) : throw new NodeException(ExitCodes.Failed, string.Join('\n', errors));
    }

    private static Dictionary<ushort, UInt128> Parse(byte[] utf8)
    {
        var reader = new Utf8JsonReader(
            utf8.AsSpan().StartsWith(Encoding.UTF8.Preamble) ? utf8.AsSpan(Encoding.UTF8.Preamble.Length) : utf8
        );
        Dictionary<ushort, UInt128>? emissions = null;
        Expect(reader.Read() && reader.TokenType == JsonTokenType.StartObject, "it is not a JSON object");
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isEmissions = reader.ValueTextEquals("emissions"u8);
            reader.Read();
            if (!isEmissions)
            {
                reader.Skip();
                continue;
            }

            Expect(emissions is null, "'emissions' stands twice");
            Expect(reader.TokenType == JsonTokenType.StartObject, "'emissions' is not an object");
            emissions = ReadEmissions(ref reader);
        }

        Expect(!reader.Read(), "something follows the object");
        return emissions ?? throw new FormatException("it has no 'emissions'");
    }

    private static Dictionary<ushort, UInt128> ReadEmissions(ref Utf8JsonReader reader)
    {
        var emissions = new Dictionary<ushort, UInt128>();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString();
            Expect(
                ushort.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var netuid),
                $"'{name}' is not a netuid (0 to 65535)"
            );
            reader.Read();
            var number =
                reader.TokenType == JsonTokenType.Number ? Encoding.ASCII.GetString(reader.ValueSpan) : reader.TokenType.ToString();
            Expect(FixedPoint.TryParse(number, out var emission), $"the emission of netuid {netuid} is {number}, not a number from 0 up");
            Expect(emissions.TryAdd(netuid, emission), $"netuid {netuid} stands twice");
        }

        return emissions;
    }

    private static void Expect(bool holds, string otherwise)
    {
        if (!holds)
            throw new FormatException(otherwise);
    }
}
