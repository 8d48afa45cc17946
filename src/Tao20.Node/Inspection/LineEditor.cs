using System.Text;

namespace Tao20.Node.Inspection;

/// <summary>Reads lines from a terminal, with history and completion; from anywhere else as they come.</summary>
/// <param name="completions">Whole words for the one being typed at the end of a line.</param>
internal sealed class LineEditor(Func<string, IReadOnlyList<string>> completions)
{
    private readonly List<string> _history = [];
    private readonly StringBuilder _line = new();
    private int _at;

    /// <summary>Reads a line.</summary>
    /// <param name="prompt">What stands before it.</param>
    /// <returns>The line; null at the end of the input.</returns>
    public string? Read(string prompt)
    {
        if (Console.IsInputRedirected)
            return Console.In.ReadLine();
        _line.Clear();
        _at = 0;
        var place = _history.Count;
        while (true)
        {
            Show(prompt);
            var key = Console.ReadKey(intercept: true);
            switch (key)
            {
                case { Key: ConsoleKey.Enter }:
                    return Entered();
                case { Key: ConsoleKey.D, Modifiers: ConsoleModifiers.Control } when _line.Length == 0:
                    Console.WriteLine();
                    return null;
                case { Key: ConsoleKey.C, Modifiers: ConsoleModifiers.Control }:
                    Console.WriteLine();
                    Set("");
                    break;
                case { Key: ConsoleKey.Tab }:
                    Complete();
                    break;
                case { Key: ConsoleKey.UpArrow } when place > 0:
                    Set(_history[--place]);
                    break;
                case { Key: ConsoleKey.DownArrow } when place < _history.Count:
                    Set(++place == _history.Count ? "" : _history[place]);
                    break;
                default:
                    Edit(key);
                    break;
            }
        }
    }

    private void Edit(ConsoleKeyInfo key)
    {
        switch (key)
        {
            case { Key: ConsoleKey.Backspace } when _at > 0:
                _line.Remove(--_at, 1);
                break;
            case { Key: ConsoleKey.Delete } when _at < _line.Length:
                _line.Remove(_at, 1);
                break;
            case { Key: ConsoleKey.LeftArrow } when _at > 0:
                _at--;
                break;
            case { Key: ConsoleKey.RightArrow } when _at < _line.Length:
                _at++;
                break;
            case { Key: ConsoleKey.Home } or { Key: ConsoleKey.A, Modifiers: ConsoleModifiers.Control }:
                _at = 0;
                break;
            case { Key: ConsoleKey.End } or { Key: ConsoleKey.E, Modifiers: ConsoleModifiers.Control }:
                _at = _line.Length;
                break;
            case { Key: ConsoleKey.U, Modifiers: ConsoleModifiers.Control }:
                _line.Remove(0, _at);
                _at = 0;
                break;
            case { KeyChar: var c } when !char.IsControl(c):
                _line.Insert(_at++, c);
                break;
        }
    }

    private string Entered()
    {
        var line = _line.ToString();
        if (line.Trim().Length > 0 && (_history.Count == 0 || _history[^1] != line))
            _history.Add(line);
        Console.WriteLine();
        return line;
    }

    /// <summary>Completes as far as there is one way to go on; shows the ways where there are several.</summary>
    private void Complete()
    {
        var typed = _line.ToString(0, _at);
        var start = typed.LastIndexOf(' ') + 1;
        var words = completions(typed);
        if (words.Count == 0)
            return;
        var common = words.Aggregate((one, other) => one[..one.Zip(other).TakeWhile(pair => pair.Item1 == pair.Item2).Count()]);
        if (words.Count > 1 && common.Length <= _at - start)
        {
            Console.WriteLine();
            Console.WriteLine(string.Join("  ", words));
            return;
        }

        var whole = words.Count == 1 ? $"{common} " : common;
        _line.Remove(start, _at - start).Insert(start, whole);
        _at = start + whole.Length;
    }

    private void Set(string line)
    {
        _line.Clear().Append(line);
        _at = line.Length;
    }

    /// <summary>Shows the line, or the part of it around the cursor that fits.</summary>
    private void Show(string prompt)
    {
        var room = Math.Max(10, Console.BufferWidth - prompt.Length - 1);
        var first = Math.Max(0, _at - room);
        var shown = _line.ToString(first, Math.Min(room, _line.Length - first));
        var back = shown.Length - (_at - first);
        Console.Write($"\r{prompt}{shown}\u001b[K{(back > 0 ? $"\u001b[{back}D" : "")}");
    }
}
