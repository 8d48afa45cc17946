using Spectre.Console;
using Spectre.Console.Rendering;

namespace Tao20.Devnet.Commands.Terminal;

/// <summary>How much a column matters, and what may be done to it where there is little room.</summary>
internal enum ColumnKind
{
    /// <summary>It stays.</summary>
    Kept,

    /// <summary>An address: shortened where it does not fit.</summary>
    Address,

    /// <summary>It is left out first, the last of them before the others.</summary>
    Spare,

    /// <summary>Words of any length: cut where they do not fit.</summary>
    Words,
}

/// <summary>
/// A table whose lines never wrap: where the window is too narrow, addresses are shortened, then columns left out and words cut; where it
/// is too low, the last rows are counted instead of shown.
/// </summary>
/// <param name="columns">Its columns.</param>
internal sealed class FittedTable(params (string Name, ColumnKind Kind)[] columns)
{
    private const int FrameOfColumn = 3;
    private const int LeastWords = 8;
    private readonly List<string[]> _rows = [];

    /// <summary>How many rows it has.</summary>
    public int Count => _rows.Count;

    /// <summary>Adds a row.</summary>
    /// <exception cref="ArgumentException">It has another number of cells.</exception>
    public void AddRow(params string[] cells)
    {
        if (cells.Length != columns.Length)
            throw new ArgumentException($"A row has {cells.Length} cells instead of {columns.Length}.", nameof(cells));
        _rows.Add(cells);
    }

    /// <summary>An address as it is shown where there is little room.</summary>
    public static string Short(string hex) => hex.Length > 14 ? $"{hex[..8]}..{hex[^4..]}" : hex;

    /// <summary>Draws it.</summary>
    /// <param name="width">The columns of the window.</param>
    /// <param name="rows">How many rows are drawn at most; what is left is counted in one more.</param>
    public IRenderable Draw(int width, int rows = int.MaxValue)
    {
        var shown = _rows.Take(rows).Select(row => (string[])[.. row]).ToList();
        if (_rows.Count > shown.Count)
            shown.Add([$"+{_rows.Count - shown.Count}", .. Enumerable.Repeat("", columns.Length - 1)]);
        var kept = Enumerable.Range(0, columns.Length).ToList();
        if (WidthOf(shown, kept) > width)
            foreach (var row in shown)
                for (var i = 0; i < columns.Length; i++)
                    row[i] = columns[i].Kind == ColumnKind.Address ? Short(row[i]) : row[i];
        while (
            WidthOf(shown, kept, LeastWords) > width && kept.FindLastIndex(i => columns[i].Kind == ColumnKind.Spare) is >= 0 and var spare
        )
            kept.RemoveAt(spare);
        CutWords(shown, kept, width);

        var table = new Table().Border(TableBorder.Rounded);
        foreach (var i in kept)
            table.AddColumn(new TableColumn(Markup.Escape(columns[i].Name)).NoWrap());
        foreach (var row in shown)
            table.AddRow(kept.Select(i => new Text(row[i])));
        return table;
    }

    private void CutWords(List<string[]> shown, List<int> kept, int width)
    {
        var tooMuch = WidthOf(shown, kept) - width;
        if (tooMuch <= 0 || kept.FindIndex(i => columns[i].Kind == ColumnKind.Words) is not (>= 0 and var place))
            return;
        var column = kept[place];
        var most = Math.Max(LeastWords, LongestIn(shown, column) - tooMuch);
        foreach (var row in shown.Where(row => row[column].Length > most))
            row[column] = $"{row[column][..(most - 1)]}…";
    }

    private int WidthOf(List<string[]> shown, List<int> kept, int mostWords = int.MaxValue) =>
        1
        + kept.Sum(i =>
            FrameOfColumn + (columns[i].Kind == ColumnKind.Words ? Math.Min(mostWords, LongestIn(shown, i)) : LongestIn(shown, i))
        );

    private int LongestIn(List<string[]> shown, int column) =>
        shown.Select(row => row[column].Length).Append(columns[column].Name.Length).Max();
}
