namespace Tao20.Node.Hosting;

/// <summary>From which level on a running node logs; it can be changed while it runs.</summary>
/// <param name="level">The level at first.</param>
internal sealed class LogLevels(LogLevel level)
{
    // Libraries say less than the node does, unless everything is wanted.
    private static readonly string[] Libraries = ["Microsoft", "Polly", "System.Net.Http"];
    private volatile LogLevel _level = level;

    /// <summary>The level.</summary>
    public LogLevel Level
    {
        get => _level;
        set => _level = value;
    }

    /// <summary>Whether an entry is written.</summary>
    public bool Allows(string? category, LogLevel level)
    {
        var least = _level;
        return level >= (least == LogLevel.Information && IsOfLibrary(category) ? LogLevel.Warning : least);
    }

    private static bool IsOfLibrary(string? category) =>
        category is not null && Libraries.Any(library => category.StartsWith(library, StringComparison.Ordinal));
}
