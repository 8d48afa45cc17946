using System.Text.Json.Nodes;
using CsCheck;
using Tao20.Actors.Inspection;
using Tao20.Node;
using Tao20.Node.Inspection;

namespace Tao20.Actors.Tests.Inspection;

/// <summary>What is typed, what it becomes, and what is shown.</summary>
public sealed class InspectionWordsTests
{
    private static readonly InspectionCommand Peek = new("peek", "The latest lines", (_, _) => Task.FromResult(Answer.Say("none")))
    {
        Parameters =
        [
            new("PLACE", "where") { IsRequired = true },
            new("COUNT", "how many") { Option = "-n" },
            new("LEVEL", "from which level on") { Option = "-l", Choices = ["info", "warn"] },
        ],
    };

    private static readonly CommandCatalog Catalog = new([
        PaletteDocument.Of(
            new Palette("log", "What is logged", [Peek, InspectionCommand.Following("tail", "What comes", (_, _) => null!)])
        ),
        PaletteDocument.Of(
            new Palette("node", "The node", [new("cursor", "How far", (_, _) => Task.FromResult(Answer.Say("here")))]) { IsDirect = true }
        ),
    ]);

    [Fact]
    public void Words_are_read_by_their_place_or_their_option()
    {
        var call = Invocation.Read(Peek, ["-n", "5", "here", "-l", "warn"]);
        Assert.Equal(("here", 5, "warn"), (call.Text("PLACE"), call.Number("COUNT", 1, 1, 9), call.Text("LEVEL")));
        Assert.Equal(7, Invocation.Read(Peek, ["here"]).Number("COUNT", 7, 1, 9));
    }

    [Theory]
    [InlineData("PLACE is missing: give where.")]
    [InlineData("'there' is nothing that peek takes", "here", "there")]
    [InlineData("-n has no value: give COUNT, how many.", "here", "-n")]
    [InlineData("LEVEL = 'loud' is not known: give info, warn.", "here", "-l", "loud")]
    [InlineData("COUNT is given twice: '1' and '2'.", "-n", "1", "-n", "2", "here")]
    public void What_is_wrong_with_them_is_named(string problem, params string[] words)
    {
        var e = Assert.Throws<InspectionException>(() => Invocation.Read(Peek, words));
        Assert.Equal(InspectionProblem.Usage, e.Problem);
        Assert.StartsWith(problem, e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("0")]
    [InlineData("10")]
    [InlineData("-1")]
    [InlineData("many")]
    public void A_number_outside_of_its_range_is_none(string text) =>
        Assert.Contains(
            $"COUNT = '{text}' is no number from 1 to 9",
            Assert.Throws<InspectionException>(() => Invocation.Read(Peek, ["here", "-n", text]).Number("COUNT", 1, 1, 9)).Message,
            StringComparison.Ordinal
        );

    [Theory]
    [InlineData("", "cursor exit help log")]
    [InlineData("l", "log")]
    [InlineData("log ", "peek tail")]
    [InlineData("log p", "peek")]
    [InlineData("log peek -", "--json -l -n")]
    [InlineData("log peek -l ", "info warn")]
    [InlineData("log peek -l w", "warn")]
    [InlineData("log peek -n 5 -", "--json -l")]
    [InlineData("help log ", "peek tail")]
    [InlineData("help c", "cursor")]
    [InlineData("cursor ", "--json")]
    [InlineData("nothing ", "")]
    public void What_is_typed_can_go_on_with_what_the_node_knows(string line, string words) =>
        Assert.Equal(words, string.Join(' ', Catalog.Completions(line)));

    [Fact]
    public void A_command_is_found_by_its_palette_or_alone()
    {
        Assert.Equal("log/peek", Catalog.Find(["log", "peek", "here"]).Path);
        Assert.Equal("node/cursor", Catalog.Find(["cursor"]).Path);
        Assert.Contains(
            "'node' is not known",
            Assert.Throws<NodeException>(() => Catalog.Find(["node", "cursor"])).Message,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "give log with one of peek, tail",
            Assert.Throws<NodeException>(() => Catalog.Find(["log"])).Message,
            StringComparison.Ordinal
        );
        Assert.Contains(Catalog.Help(["log", "peek"]), line => line.Contains("from which level on: info, warn", StringComparison.Ordinal));
    }

    [Fact]
    public void Quotes_keep_words_together_and_a_file_stands_at_the_end()
    {
        var (words, file) = CommandWords.Read("log peek -f 'two words' \"\" > some.txt");
        Assert.Equal(["log", "peek", "-f", "two words", ""], words);
        Assert.Equal("some.txt", file);
        Assert.Null(CommandWords.Read("log peek '>' x").File);
        Assert.Throws<NodeException>(() => CommandWords.Read("log > a b"));
        Assert.Throws<NodeException>(() => CommandWords.Read("log 'peek"));
    }

    [Fact]
    public void Whatever_a_node_answers_does_nothing_to_a_terminal() =>
        Gen
            .Char.Array[0, 40]
            .Select(letters => new string(letters))
            .Sample(text =>
            {
                AnswerDocument[] answers =
                [
                    new(
                        ["Line"],
                        [
                            [text],
                        ],
                        null,
                        text
                    ),
                    new(
                        ["A", text],
                        [
                            [text, "b"],
                        ],
                        null,
                        null
                    ),
                    new([], [], new JsonObject { [$"a{text}"] = text, ["b"] = new JsonArray(text, new JsonObject { ["c"] = text }) }, null),
                ];
                foreach (var line in answers.SelectMany(AnswerText.Lines))
                    Assert.DoesNotContain(line, c => char.IsControl(c) || c is '\u202e' or '\u2066' or '\u2028');
            });

    [Fact]
    public void A_table_is_aligned_and_a_document_is_a_tree()
    {
        Assert.Equal(
            ["NODE | SHARD", "a    | 1", "bcde | 22", "Count: 2"],
            AnswerText.Lines(
                new AnswerDocument(
                    ["Node", "Shard"],
                    [
                        ["a", "1"],
                        ["bcde", "22"],
                    ],
                    null,
                    "Count: 2"
                )
            )
        );
        var document = JsonNode.Parse("""{"a":1,"b":[],"c":{"d":null},"e":["x","y"],"f":[{"g":1,"h":2}]}""");
        Assert.Equal(
            ["a: 1", "b: none", "c:", "  d: none", "e: x, y", "f:", "  - g: 1", "    h: 2"],
            AnswerText.Lines(new AnswerDocument([], [], document, null))
        );
        Assert.Equal(
            """[{"node":"a","shard":"1"}]""",
            JsonNode
                .Parse(
                    AnswerText.Json(
                        new AnswerDocument(
                            ["Node", "Shard"],
                            [
                                ["a", "1"],
                            ],
                            null,
                            null
                        )
                    )
                )!
                .ToJsonString()
        );
    }
}
