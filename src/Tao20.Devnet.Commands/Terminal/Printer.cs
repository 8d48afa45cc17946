using Spectre.Console;

namespace Tao20.Devnet.Commands.Terminal;

/// <summary>Prints sentences and tables so that no line is longer than the window; into a file, with whole addresses.</summary>
internal static class Printer
{
    private const int ForFiles = 200;

    private static int Width => Console.IsOutputRedirected ? ForFiles : Math.Max(1, Console.WindowWidth);

    /// <summary>Prints a sentence.</summary>
    public static void Say(string text)
    {
        foreach (var line in Words.Lines(text, Width))
            Console.Out.WriteLine(line);
    }

    /// <summary>Tells of progress, beside what is printed.</summary>
    public static void Tell(string text)
    {
        foreach (var line in Console.IsErrorRedirected ? [text] : Words.Lines(text, Width))
            Console.Error.WriteLine(line);
    }

    /// <summary>Prints a table below a sentence.</summary>
    public static void Write(string title, FittedTable table)
    {
        Say(title);
        AnsiConsole.Profile.Width = Width;
        AnsiConsole.Write(table.Draw(Width));
    }
}
