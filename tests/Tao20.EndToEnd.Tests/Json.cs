using System.Globalization;
using System.Numerics;
using System.Text.Json.Nodes;

namespace Tao20.EndToEnd.Tests;

/// <summary>Reads what the executable prints.</summary>
internal static class Json
{
    /// <summary>A text.</summary>
    public static string Text(JsonNode? node, string key) => node![key]!.GetValue<string>();

    /// <summary>An amount that stands as a string of digits.</summary>
    public static BigInteger Wei(JsonNode? node, string key) =>
        BigInteger.Parse(node![key]!.GetValue<string>(), CultureInfo.InvariantCulture);
}
