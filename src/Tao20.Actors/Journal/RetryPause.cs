namespace Tao20.Actors.Journal;

/// <summary>How long to wait after failures in a row: each pause is twice the one before, up to the longest.</summary>
/// <param name="first">The first pause.</param>
/// <param name="longest">The longest pause.</param>
public sealed class RetryPause(TimeSpan first, TimeSpan longest)
{
    private const int MaxDoublings = 6;
    private int _failures;

    /// <summary>The pause after one more failure.</summary>
    public TimeSpan Next() => TimeSpan.FromTicks(Math.Min(longest.Ticks, first.Ticks << Math.Min(_failures++, MaxDoublings)));

    /// <summary>It worked: the next failure is the first again.</summary>
    public void Reset() => _failures = 0;
}
