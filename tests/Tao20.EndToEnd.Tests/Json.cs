using System.Globalization;
using System.Numerics;
using System.Text.Json.Nodes;

namespace Tao20.EndToEnd.Tests;

/// <summary>Reads what the executable prints.</summary>
internal static class Json
{
    /// <summary>An amount that stands as a string of digits.</summary>
    public static BigInteger Wei(JsonNode? node, string key) =>
        BigInteger.Parse(node![key]!.GetValue<string>(), CultureInfo.InvariantCulture);
}
