using Spectre.Console;
using Spectre.Console.Rendering;

namespace Tao20.Devnet.Commands.Terminal;

/// <summary>A part of what is shown; the key that shows it alone is its place, from 1 on.</summary>
/// <param name="Name">What it is called beside its key.</param>
/// <param name="Summary">It in a line, for a window without room for more.</param>
/// <param name="Rows">How many rows it has.</param>
/// <param name="Draw">Draws so many of its rows in a window of so many columns.</param>
internal sealed record PicturePart(string Name, string Summary, int Rows, Func<int, int, IRenderable> Draw);

/// <summary>
/// What fits a window, whatever its size: those parts that matter most with as many rows as there is room for, the others in a line.
/// </summary>
internal static class Picture
{
    private const char FirstKey = '1';
    private const int LeastRows = 3;

    /// <summary>The lines of the picture: as many as the window has at most, none longer than it.</summary>
    /// <param name="top">The lines that always stand at the top.</param>
    /// <param name="parts">The parts, those that matter most first.</param>
    /// <param name="bottom">What stands in the last line beside the keys.</param>
    /// <param name="size">The columns and lines of the window.</param>
    /// <param name="alone">The key of the part that is shown alone; null for all.</param>
    public static IReadOnlyList<string> Fit(
        IReadOnlyList<string> top,
        IReadOnlyList<PicturePart> parts,
        string bottom,
        (int Width, int Height) size,
        char? alone
    )
    {
        var (width, height) = size;
        var head = top.Select(line => Words.Cut(line, width)).Take(Math.Max(0, height - 1)).ToList();
        var room = Math.Max(0, height - head.Count - 1);
        var body =
            alone is { } key && parts.ElementAtOrDefault(key - FirstKey) is { } chosen
                ? Largest(chosen, width, room, least: 0) ?? [Words.Cut(chosen.Summary, width)]
                : All(parts, width, room);
        return [.. head, .. body.Take(room), Words.Cut(Last(parts, bottom, width, alone), width)];
    }

    /// <summary>The keys with what they show, or only which there are where their names do not fit.</summary>
    private static string Last(IReadOnlyList<PicturePart> parts, string bottom, int width, char? alone)
    {
        if (parts.Count == 0)
            return bottom;
        var all = alone is null ? "" : " 0 all";
        var named = $"{string.Join(' ', parts.Select((part, place) => $"{(char)(FirstKey + place)} {part.Name}"))}{all}  {bottom}";
        return named.Length <= width ? named : $"keys {FirstKey}-{(char)(FirstKey + parts.Count - 1)} show one part{all}  {bottom}";
    }

    private static IReadOnlyList<string> All(IReadOnlyList<PicturePart> parts, int width, int room)
    {
        var bodies = parts.Take(room).Select(part => (IReadOnlyList<string>)[Words.Cut(part.Summary, width)]).ToList();
        for (var i = 0; i < bodies.Count; i++)
        {
            var others = bodies.Sum(body => body.Count) - bodies[i].Count;
            bodies[i] = Largest(parts[i], width, room - others, Math.Min(LeastRows, parts[i].Rows)) ?? bodies[i];
        }

        return [.. bodies.SelectMany(body => body)];
    }

    /// <summary>A part with as many of its rows as there is room for; null where that is fewer than <paramref name="least"/>.</summary>
    private static IReadOnlyList<string>? Largest(PicturePart part, int width, int room, int least)
    {
        var rows = Math.Min(part.Rows, room);
        while (rows >= least)
        {
            var lines = Lines(part.Draw(width, rows), width);
            if (lines.Count <= room)
                return lines;
            rows -= lines.Count - room;
        }

        return null;
    }

    /// <summary>The lines of something drawn, with their colours.</summary>
    private static IReadOnlyList<string> Lines(IRenderable drawn, int width)
    {
        using var text = new StringWriter();
        var console = AnsiConsole.Create(
            new AnsiConsoleSettings
            {
                Ansi = AnsiSupport.Yes,
                ColorSystem = ColorSystemSupport.Standard,
                Interactive = InteractionSupport.No,
                Out = new AnsiConsoleOutput(text),
            }
        );
        console.Profile.Width = width;
        console.Write(drawn);
        return text.ToString().ReplaceLineEndings("\n").TrimEnd('\n').Split('\n');
    }
}
