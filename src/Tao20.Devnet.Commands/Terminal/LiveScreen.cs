using System.Text;

namespace Tao20.Devnet.Commands.Terminal;

/// <summary>
/// A window of its own on the terminal, as editors have: what was there before is there again when it is closed. Keys choose what is shown.
/// </summary>
internal sealed class LiveScreen : IDisposable
{
    private const string Open = "\u001b[?1049h\u001b[?25l";
    private const string Close = "\u001b[?25h\u001b[?1049l";
    private const string Home = "\u001b[H";
    private const string RestOfLine = "\u001b[K";
    private const string RestOfScreen = "\u001b[J";
    private readonly TextWriter _terminal;
    private volatile int _alone;

    /// <summary>Opens it.</summary>
    public LiveScreen(TextWriter terminal)
    {
        _terminal = terminal;
        _terminal.Write(Open);
        _terminal.Flush();
        if (Console.IsInputRedirected)
            return;

        // It ends with the process: nothing ends a wait for a key.
        new Thread(ReadKeys) { IsBackground = true, Name = "keys" }.Start();
    }

    /// <summary>The key that was pressed last; null for none, or for 0.</summary>
    public char? Alone => _alone == 0 ? null : (char)_alone;

    /// <summary>
    /// The columns and lines of the window now, but for the last column: what is written there makes some terminals begin a new line.
    /// </summary>
    public static (int Width, int Height) Size
    {
        get
        {
            var (width, height) = (Console.WindowWidth - 1, Console.WindowHeight);
            return width > 0 && height > 0 ? (width, height) : (79, 24);
        }
    }

    /// <summary>Shows these lines in place of what is there.</summary>
    public void Show(IReadOnlyList<string> lines)
    {
        var text = new StringBuilder(Home);
        for (var i = 0; i < lines.Count; i++)
            text.Append(lines[i]).Append(RestOfLine).Append(i < lines.Count - 1 ? "\r\n" : "");
        _terminal.Write(text.Append(RestOfScreen));
        _terminal.Flush();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _terminal.Write(Close);
        _terminal.Flush();
    }

    private void ReadKeys()
    {
        try
        {
            while (true)
                _alone = Console.ReadKey(intercept: true).KeyChar is var key and >= '1' and <= '9' ? key : 0;
        }
        catch (InvalidOperationException)
        {
            // The terminal is gone: nobody presses keys any more.
        }
    }
}
