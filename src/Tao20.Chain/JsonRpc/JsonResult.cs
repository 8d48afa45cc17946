using System.Text.Json;

namespace Tao20.Chain.JsonRpc;

/// <summary>Results that are few and small, read as a document and not from the reply's bytes.</summary>
internal static class JsonResult
{
    /// <summary>A call whose result is taken as a document, which is gone afterwards.</summary>
    public static RpcCall Of(string method, string parameters, Action<JsonElement> take) =>
        new(
            method,
            parameters,
            (ref Utf8JsonReader reader, ReadOnlySpan<byte> _) =>
            {
                using var document = JsonDocument.ParseValue(ref reader);
                take(document.RootElement);
            }
        );

    /// <summary>The text of a member.</summary>
    /// <exception cref="FormatException">There is none.</exception>
    public static string Text(this JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.GetString() is { } text ? text : throw new FormatException($"no {name}");
}
