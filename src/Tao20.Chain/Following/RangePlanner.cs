namespace Tao20.Chain.Following;

/// <summary>
/// How large the next range is: pure, so that its behaviour is a table. Grows on small quick answers, halves on refusals.
/// </summary>
/// <param name="Size">The size of the next range, in blocks.</param>
/// <param name="Ceiling">No range is larger than this: the configured most, or less once a provider has refused more.</param>
/// <param name="Wanted">The size of a reply that a range should have, in bytes.</param>
public sealed record RangePlanner(int Size, int Ceiling, int Wanted)
{
    /// <summary>An answer slower than this does not make the ranges grow.</summary>
    public static readonly TimeSpan Slow = TimeSpan.FromSeconds(5);

    /// <summary>The planner before the first answer.</summary>
    public static RangePlanner Start(int firstBlocks, int maxBlocks, int wantedBytes) =>
        new(Math.Min(firstBlocks, maxBlocks), maxBlocks, wantedBytes);

    /// <summary>
    /// The range that starts at <paramref name="next"/> and does not pass <paramref name="target"/>, both included. What would be left
    /// over as less than half a range goes along with it: a request, and entries in the journal, for a few blocks are as dear as for many.
    /// </summary>
    public (ulong From, ulong To) Next(ulong next, ulong target)
    {
        var left = target - next + 1;
        var most = (ulong)Math.Min(Size + (Size - 1) / 2, Ceiling);
        return (next, left <= most ? target : next + (ulong)Size - 1);
    }

    /// <summary>After an answer of so many bytes for so many blocks: aims at the wanted size, at most doubling.</summary>
    public RangePlanner Answered(int blocks, int bytes, TimeSpan elapsed)
    {
        if (elapsed > Slow)
            return this with { Size = Math.Max(1, Size / 2) };
        var fitting = (long)blocks * Wanted / Math.Max(1, bytes);
        if (fitting < Size)
            return this with { Size = (int)Math.Max(1, fitting) };
        return blocks >= Size ? this with { Size = (int)Math.Min(Math.Min(fitting, 2L * Size), Ceiling) } : this;
    }

    /// <summary>After a refusal or a time-out of a range of so many blocks: half of it, and slowly up again from there.</summary>
    public RangePlanner Refused(int blocks)
    {
        var half = Math.Max(1, blocks / 2);
        return this with { Size = Math.Min(Size, half), Ceiling = Math.Max(half, Math.Min(Ceiling, blocks - 1)) };
    }
}
