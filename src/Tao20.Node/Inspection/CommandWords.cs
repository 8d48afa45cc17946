using System.Text;

namespace Tao20.Node.Inspection;

/// <summary>A line that was typed: its words, and where its output goes.</summary>
/// <param name="Words">The words.</param>
/// <param name="File">The file after <c>></c>; null for the terminal.</param>
internal sealed record CommandWords(IReadOnlyList<string> Words, string? File)
{
    /// <summary>Reads a line. Quotes keep words together.</summary>
    /// <exception cref="NodeException">A quote is not closed, or no file stands after <c>></c>.</exception>
    public static CommandWords Read(string line)
    {
        var words = Split(line);
        var at = words.FindIndex(word => word is { Text: ">", IsQuoted: false });
        if (at < 0)
            return new CommandWords([.. words.Select(word => word.Text)], null);
        return at == words.Count - 2
            ? new CommandWords([.. words[..at].Select(word => word.Text)], words[^1].Text)
            : throw new NodeException(ExitCodes.Usage, "After > has to stand the name of one file, and nothing else.");
    }

    /// <summary>What is being typed at the end of a line: the words before it, and its beginning.</summary>
    public static (IReadOnlyList<string> Before, string Typed) Last(string line)
    {
        var words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return line.Length == 0 || line[^1] == ' ' ? (words, "") : (words[..^1], words[^1]);
    }

    private static List<(string Text, bool IsQuoted)> Split(string line)
    {
        var words = new List<(string, bool)>();
        var word = new StringBuilder();
        var (quote, isQuoted) = ('\0', false);
        foreach (var c in line)
        {
            if (quote != '\0' && c == quote)
                quote = '\0';
            else if (quote == '\0' && c is '"' or '\'')
                (quote, isQuoted) = (c, true);
            else if (quote == '\0' && char.IsWhiteSpace(c))
                End();
            else
                word.Append(c);
        }

        if (quote != '\0')
            throw new NodeException(ExitCodes.Usage, $"A {quote} is not closed.");
        End();
        return words;

        void End()
        {
            if (word.Length > 0 || isQuoted)
                words.Add((word.ToString(), isQuoted));
            word.Clear();
            isQuoted = false;
        }
    }
}
