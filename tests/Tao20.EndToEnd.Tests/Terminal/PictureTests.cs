using System.Text.RegularExpressions;
using Spectre.Console;
using Tao20.Devnet.Commands.Terminal;
using Tao20.Tests;
using Xunit.Abstractions;

namespace Tao20.EndToEnd.Tests.Terminal;

/// <summary>What is shown fits every window: no line is longer than it, and there are no more lines than it has.</summary>
public sealed partial class PictureTests(ITestOutputHelper output)
{
    private const string Miner = "0x70997970c51812dc3a010c7d01b50e0d17dc79c8";

    [Fact]
    public void Whatever_is_shown_fits_any_window()
    {
        var random = new Random(TestSeed.Of(output));
        for (var i = 0; i < 500; i++)
        {
            var parts = Enumerable.Range(1, random.Next(0, 8)).Select(key => Part(random, (char)('0' + key))).ToList();
            var size = (Width: random.Next(20, 210), Height: random.Next(1, 70));
            char? alone = random.Next(2) == 0 ? null : (char)('0' + random.Next(10));
            var lines = Picture.Fit([Text(random, 300), Text(random, 100)], parts, Text(random, 80), size, alone);
            Assert.InRange(lines.Count, 1, size.Height);
            Assert.All(lines, line => Assert.True(Plain(line).Length <= size.Width, $"{size} {Plain(line)}"));
        }
    }

    [Fact]
    public void What_matters_most_is_shown_in_full_and_the_rest_in_a_line_each()
    {
        var parts = Enumerable.Range(1, 3).Select(key => Table((char)('0' + key), rows: 12)).ToList();
        var low = Picture.Fit(["top"], parts, "end", (79, 24), null).Select(Plain).ToList();
        Assert.Contains(low, line => line.StartsWith("table 1", StringComparison.Ordinal));
        Assert.Equal(12, low.Count(line => line.Contains("0x709979", StringComparison.Ordinal)));
        Assert.Contains("summary of 2", low);
        Assert.Contains("summary of 3", low);
        Assert.StartsWith("1 part1 2 part2 3 part3", low[^1], StringComparison.Ordinal);

        // With room for all, nothing is left out.
        var high = Picture.Fit(["top"], parts, "end", (79, 60), null).Select(Plain).ToList();
        Assert.Equal(36, high.Count(line => line.Contains("0x709979", StringComparison.Ordinal)));

        // A key shows one of them alone, with as many rows as there is room for and the rest counted.
        var one = Picture.Fit(["top"], [Table('1', 12), Table('2', 100)], "end", (79, 24), '2').Select(Plain).ToList();
        Assert.StartsWith("table 2", one[1], StringComparison.Ordinal);
        Assert.Equal(24, one.Count);
        Assert.Contains(one, line => Regex.IsMatch(line, @"^│ \+\d+ "));
    }

    [Fact]
    public void Addresses_are_whole_where_there_is_room_and_shortened_where_there_is_none()
    {
        var table = new FittedTable(
            ("miner", ColumnKind.Address),
            ("score", ColumnKind.Kept),
            ("spare", ColumnKind.Spare),
            ("why", ColumnKind.Words)
        );
        table.AddRow(Miner, "0.123456789012345678", "spare", "the market is not far enough from NAV for a trade to pay");
        Assert.Contains(Miner, Drawn(table, 160), StringComparison.Ordinal);
        var narrow = Drawn(table, 79);
        Assert.DoesNotContain(Miner, narrow, StringComparison.Ordinal);
        Assert.Contains("0x709979..79c8", narrow, StringComparison.Ordinal);
        Assert.Contains("the market", narrow, StringComparison.Ordinal);
        Assert.Contains("…", narrow, StringComparison.Ordinal);
        var narrower = Drawn(table, 56);
        Assert.DoesNotContain("spare", narrower, StringComparison.Ordinal);
        Assert.Contains("0.123456789012345678", narrower, StringComparison.Ordinal);
        Assert.All(narrower.Split('\n'), line => Assert.True(line.Length <= 56, line));
    }

    [Theory]
    [InlineData("one two three", 7, "one two|three")]
    [InlineData("onetwothree", 4, "onet|woth|ree")]
    [InlineData("", 10, "")]
    public void Sentences_are_broken_between_words(string text, int width, string lines) =>
        Assert.Equal(lines.Split('|'), Words.Lines(text, width));

    private static PicturePart Part(Random random, char key) =>
        random.Next(3) == 0
            ? new PicturePart(Text(random, 20), Text(random, 300), 1, (width, _) => new Text(Words.Cut(Text(random, 300), width)))
            : Table(key, random.Next(0, 120));

    private static PicturePart Table(char key, int rows)
    {
        var table = new FittedTable(
            ("n", ColumnKind.Kept),
            ("miner", ColumnKind.Address),
            ("spare", ColumnKind.Spare),
            ("words", ColumnKind.Words)
        );
        for (var i = 0; i < rows; i++)
            table.AddRow("1", Miner, "1,234,567.890", "words that go on for a while, and then on");
        return new PicturePart(
            $"part{key}",
            $"summary of {key}",
            rows,
            (width, most) => new Rows(new Text(Words.Cut($"table {key}", width)), table.Draw(width, most))
        );
    }

    private static string Drawn(FittedTable table, int width) =>
        string.Join(
            '\n',
            Picture
                .Fit([], [new PicturePart("table", "", table.Count, (columns, rows) => table.Draw(columns, rows))], "", (width, 20), '1')
                .SkipLast(1)
                .Select(Plain)
        );

    private static string Text(Random random, int most) =>
        string.Concat(Enumerable.Range(0, random.Next(most)).Select(i => i % 7 == 6 ? ' ' : 'a'));

    private static string Plain(string line) => Escape().Replace(line, "");

    [GeneratedRegex(@"\u001b\[[0-9;?]*[A-Za-z]")]
    private static partial Regex Escape();
}
