using System.Text.Json.Nodes;

namespace Tao20.Node.Audit;

/// <summary>Where two JSON documents differ.</summary>
internal static class JsonDifference
{
    /// <summary>So many fields are named.</summary>
    private const int Most = 10;

    /// <summary>The first fields that differ, by their paths; empty where the documents are equal.</summary>
    /// <param name="expected">What it should be.</param>
    /// <param name="found">What it is.</param>
    public static IReadOnlyList<FieldDocument> Between(JsonNode? expected, JsonNode? found)
    {
        var fields = new List<FieldDocument>();
        Compare("", expected, found, fields);
        return fields;
    }

    private static void Compare(string path, JsonNode? expected, JsonNode? found, List<FieldDocument> fields)
    {
        if (fields.Count >= Most || JsonNode.DeepEquals(expected, found))
            return;
        switch (expected, found)
        {
            case (JsonObject one, JsonObject two):
                foreach (var key in one.Select(field => field.Key).Union(two.Select(field => field.Key)))
                    Compare(path.Length == 0 ? key : $"{path}.{key}", one[key], two[key], fields);
                break;
            case (JsonArray one, JsonArray two):
                for (var i = 0; i < Math.Max(one.Count, two.Count); i++)
                    Compare($"{path}[{i}]", i < one.Count ? one[i] : null, i < two.Count ? two[i] : null, fields);
                break;
            default:
                fields.Add(new FieldDocument(path, Text(expected), Text(found)));
                break;
        }
    }

    private static string Text(JsonNode? node) => node?.ToJsonString() ?? "nothing";
}
