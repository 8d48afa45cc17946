using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Tao20.Node.Inspection;

/// <summary>Answers of a node as text, or as JSON.</summary>
internal static class AnswerText
{
    private const string Between = " | ";
    private static readonly JsonSerializerOptions Indented = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    /// <summary>An answer for people.</summary>
    public static IEnumerable<string> Lines(AnswerDocument answer)
    {
        IEnumerable<string> lines =
            answer.Columns is [_] ? answer.Rows.Select(row => row[0])
            : answer.Columns.Count > 0 ? Table(answer)
            : answer.Document is { } document ? Tree(document, 0)
            : [];
        return lines.Concat(answer.Remark is { } remark ? [remark] : []).Select(Safe);
    }

    /// <summary>An answer for programs: its document, a list with an object for each row, or its remark.</summary>
    public static string Json(AnswerDocument answer) =>
        (
            answer.Document
            ?? (
                answer.Columns.Count > 0
                    ? new JsonArray([.. answer.Rows.Select(row => Row(answer.Columns, row))])
                    : (JsonNode)new JsonObject { ["message"] = answer.Remark }
            )
        ).ToJsonString(Indented);

    /// <summary>
    /// Text that does nothing to a terminal: what would move its cursor, change its colours or turn the direction of writing is shown as a
    /// number.
    /// </summary>
    public static string Safe(string text) =>
        text.All(IsPlain) ? text : string.Concat(text.Select(c => IsPlain(c) ? $"{c}" : $"\\u{(int)c:x4}"));

    private static bool IsPlain(char c) =>
        char.GetUnicodeCategory(c)
            is not (
                UnicodeCategory.Control
                or UnicodeCategory.Format
                or UnicodeCategory.LineSeparator
                or UnicodeCategory.ParagraphSeparator
                or UnicodeCategory.PrivateUse
            );

    private static JsonObject Row(IReadOnlyList<string> columns, IReadOnlyList<string> row) =>
        new(
            columns.Select(
                (column, i) =>
                    KeyValuePair.Create<string, JsonNode?>(JsonNamingPolicy.CamelCase.ConvertName(column), JsonValue.Create(row[i]))
            )
        );

    private static IEnumerable<string> Table(AnswerDocument answer)
    {
        IReadOnlyList<string>[] rows =
        [
            [.. answer.Columns.Select(column => column.ToUpperInvariant())],
            .. answer.Rows,
        ];
        var widths = answer.Columns.Select((_, i) => rows.Max(row => Safe(row[i]).Length)).ToList();
        return rows.Select(row => string.Join(Between, row.Select((cell, i) => Safe(cell).PadRight(widths[i]))).TrimEnd());
    }

    private static IEnumerable<string> Tree(JsonNode? node, int level)
    {
        var indent = new string(' ', 2 * level);
        switch (node)
        {
            case JsonObject all:
                foreach (var (name, value) in all)
                {
                    if (Inline(value) is { } text)
                        yield return $"{indent}{name}: {text}";
                    else
                    {
                        yield return $"{indent}{name}:";
                        foreach (var line in Tree(value, level + 1))
                            yield return line;
                    }
                }

                break;
            case JsonArray list:
                foreach (var one in list)
                {
                    var lines = Tree(one, 0).ToList();
                    for (var i = 0; i < lines.Count; i++)
                        yield return $"{indent}{(i == 0 ? "- " : "  ")}{lines[i]}";
                }

                break;
            default:
                yield return $"{indent}{Inline(node)}";
                break;
        }
    }

    /// <summary>A value that fits behind its name; null for one that does not.</summary>
    private static string? Inline(JsonNode? value) =>
        value switch
        {
            null => "none",
            JsonValue one => one.GetValueKind() == JsonValueKind.String ? one.GetValue<string>() : one.ToJsonString(),
            JsonArray { Count: 0 } or JsonObject { Count: 0 } => "none",
            JsonArray list when list.All(one => one is null or JsonValue) => string.Join(", ", list.Select(Inline)),
            _ => null,
        };
}
