using System.Globalization;
using System.Numerics;
using System.Text.RegularExpressions;

namespace Tao20.Domain.Parameters;

/// <summary>
/// The canonical text of parameters: a line <c>key=integer</c> for each, by key. The same numbers have one text only, so that its hash says
/// which they are (source: the consensus rules, The registry: parameters).
/// </summary>
public static partial class ParameterText
{
    /// <summary>The most bytes of a text.</summary>
    public const int MostBytes = 8 * 1024;

    /// <summary>The text of these numbers.</summary>
    /// <exception cref="ArgumentException">A key is none or comes twice, a number is too long, or it is nothing or too much.</exception>
    public static string Write(IEnumerable<KeyValuePair<string, BigInteger>> numbers)
    {
        var lines = numbers
            .OrderBy(number => number.Key, StringComparer.Ordinal)
            .Select(number => $"{number.Key}={number.Value.ToString(CultureInfo.InvariantCulture)}\n");
        var text = string.Concat(lines);
        return TryRead(text, out _) is { } problem ? throw new ArgumentException(problem, nameof(numbers)) : text;
    }

    /// <summary>Reads a text.</summary>
    /// <param name="text">The text, a character for each byte.</param>
    /// <param name="numbers">What it says; empty where it is not canonical.</param>
    /// <returns>Why it is not canonical, with the line; null if it is.</returns>
    public static string? TryRead(string text, out IReadOnlyDictionary<string, BigInteger> numbers)
    {
        var read = new Dictionary<string, BigInteger>();
        numbers = new Dictionary<string, BigInteger>();
        if (text.Length is 0 or > MostBytes)
            return $"{text.Length} bytes: from 1 to {MostBytes} are possible";
        if (text[^1] != '\n')
            return "the last line does not end";
        var before = "";
        foreach (var (line, number) in text[..^1].Split('\n').Select((line, i) => (line, i + 1)))
        {
            if (Line().Match(line) is not { Success: true } match)
                return $"line {number}, {line}: write key=integer, with a key of a to z, 0 to 9 and points, no zero before a number";
            var key = match.Groups[1].Value;
            if (string.CompareOrdinal(before, key) >= 0)
                return $"line {number}, {line}: {key} comes before {before}";
            read[before = key] = BigInteger.Parse(match.Groups[2].Value, CultureInfo.InvariantCulture);
        }

        numbers = read;
        return null;
    }

    // At the very end, and not before a line feed that ends the text.
    [GeneratedRegex(@"\A([a-z][a-z0-9.]{0,63})=(0|-?[1-9][0-9]{0,38})\z", RegexOptions.CultureInvariant)]
    private static partial Regex Line();
}
