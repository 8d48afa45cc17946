using System.Text.Json.Nodes;
using YamlDotNet.Core;
using YamlDotNet.Serialization;

namespace Tao20.Actors.Tests.Packaging;

/// <summary>YAML as what JSON has, anchors and merges resolved.</summary>
internal static class YamlText
{
    /// <summary>Reads one document.</summary>
    public static JsonObject Read(string text)
    {
        var value = new DeserializerBuilder().Build().Deserialize<object>(new MergingParser(new Parser(new StringReader(text))));
        return (JsonObject)Of(value)!;
    }

    private static JsonNode? Of(object? value) =>
        value switch
        {
            null => null,
            IDictionary<object, object> map => new JsonObject(map.Select(pair => KeyValuePair.Create($"{pair.Key}", Of(pair.Value)))),
            IEnumerable<object> list => new JsonArray([.. list.Select(Of)]),
            _ => JsonValue.Create($"{value}"),
        };
}
