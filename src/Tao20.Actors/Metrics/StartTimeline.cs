using System.Diagnostics;
using System.Globalization;

namespace Tao20.Actors.Metrics;

/// <summary>How far a node's start is, in the order in which it usually gets there.</summary>
public enum StartStep
{
    /// <summary>The settings are read and without mistakes.</summary>
    Settings,

    /// <summary>The journal can be written to.</summary>
    Journal,

    /// <summary>An endpoint has said which chain it is on, that the contract is there, and which block is final.</summary>
    Chain,

    /// <summary>HTTP requests are answered, and the actor system runs.</summary>
    Actors,

    /// <summary>The journal is of this chain, and the chain still has the last folded block: reading begins.</summary>
    Reading,

    /// <summary>The first range has been read and holds against all checks.</summary>
    FirstRange,

    /// <summary>The trades of the first range are durable and can be asked for.</summary>
    FirstFolded,

    /// <summary>Everything that is final is folded.</summary>
    Level,
}

/// <summary>
/// The time line of one start: for each step, the time from the start of the process until it was first reached. A node that shares its
/// process with others counts from when it was told to start.
/// </summary>
public sealed class StartTimeline
{
    private static readonly int Count = Enum.GetValues<StartStep>().Length;
    private readonly long _from = Stopwatch.GetTimestamp();
    private readonly TimeSpan _before;
    private readonly long[] _reached = new long[Count];

    /// <summary>The time line of a start that begins now.</summary>
    /// <param name="before">How long the process had been running by then; zero where it does not count.</param>
    public StartTimeline(TimeSpan before = default) => _before = before;

    /// <summary>The steps that have been reached, in their order.</summary>
    public IReadOnlyList<(StartStep Step, TimeSpan After)> Steps =>
        [
            .. Enum.GetValues<StartStep>()
                .Select(step => (step, Volatile.Read(ref _reached[(int)step])))
                .Where(one => one.Item2 > 0)
                .Select(one => (one.step, TimeSpan.FromTicks(one.Item2))),
        ];

    /// <summary>The time line of the process's own start.</summary>
    public static StartTimeline OfProcess()
    {
        using var process = Process.GetCurrentProcess();
        return new StartTimeline(DateTime.Now - process.StartTime);
    }

    /// <summary>Notes a step when it is reached the first time.</summary>
    /// <returns>Whether this was the first time.</returns>
    public bool Reach(StartStep step) =>
        Volatile.Read(ref _reached[(int)step]) == 0
        && Interlocked.CompareExchange(ref _reached[(int)step], (_before + Stopwatch.GetElapsedTime(_from)).Ticks, 0) == 0;

    /// <summary>Notes that a range is durable.</summary>
    /// <param name="isLevel">Whether it was the last of what is final.</param>
    /// <returns>Whether the node is level for the first time.</returns>
    public bool Folded(bool isLevel)
    {
        Reach(StartStep.FirstFolded);
        return isLevel && Reach(StartStep.Level);
    }

    /// <summary>The steps in one line, as a log shows them.</summary>
    public override string ToString() =>
        string.Join(", ", Steps.Select(one => string.Create(CultureInfo.InvariantCulture, $"{one.Step} {one.After.TotalSeconds:0.00} s")));
}
