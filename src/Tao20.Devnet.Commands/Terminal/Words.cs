namespace Tao20.Devnet.Commands.Terminal;

/// <summary>Sentences in a window.</summary>
internal static class Words
{
    /// <summary>A sentence in lines that fit: broken between words, and within those that are longer than a line.</summary>
    /// <param name="text">The sentence.</param>
    /// <param name="width">The columns of the window.</param>
    public static IReadOnlyList<string> Lines(string text, int width)
    {
        var (lines, line) = (new List<string>(), "");
        foreach (
            var word in text.Split(' ', StringSplitOptions.RemoveEmptyEntries)
                .SelectMany(word => word.Chunk(width))
                .Select(part => new string(part))
        )
        {
            if (line.Length > 0 && line.Length + 1 + word.Length > width)
            {
                lines.Add(line);
                line = "";
            }

            line = line.Length == 0 ? word : $"{line} {word}";
        }

        return line.Length > 0 || lines.Count == 0 ? [.. lines, line] : lines;
    }

    /// <summary>The beginning of a sentence that fits a line.</summary>
    public static string Cut(string text, int width) => text.Length <= width ? text : $"{text[..Math.Max(0, width - 1)]}…";
}
