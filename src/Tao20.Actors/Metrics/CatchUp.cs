using System.Collections.Immutable;

namespace Tao20.Actors.Metrics;

/// <summary>What a node that catches up waits for most.</summary>
public enum CatchUpLimit
{
    /// <summary>Ranges that have not come yet.</summary>
    Endpoints,

    /// <summary>Events that are not durable yet.</summary>
    Journal,

    /// <summary>The machine's processors, which are all busy.</summary>
    Processor,
}

/// <summary>How far a node is at some time. All but the time are since its start.</summary>
/// <param name="At">The time, by a clock that only goes forward.</param>
/// <param name="Block">The last block read.</param>
/// <param name="Finalized">The chain's last final block.</param>
/// <param name="Trades">Trades read.</param>
/// <param name="Waited">How long nothing was being folded.</param>
/// <param name="Processor">Processor time used by the process.</param>
public sealed record CatchUpSample(TimeSpan At, ulong Block, ulong Finalized, long Trades, TimeSpan Waited, TimeSpan Processor);

/// <summary>How a node that catches up gets on.</summary>
/// <param name="Block">The last block read.</param>
/// <param name="Finalized">The chain's last final block.</param>
/// <param name="BlocksPerSecond">Blocks read a second.</param>
/// <param name="TradesPerSecond">Trades read a second.</param>
/// <param name="LevelIn">When it is level if nothing changes; null when the chain grows as fast.</param>
/// <param name="LimitedBy">What it waits for most.</param>
public sealed record CatchUpProgress(
    ulong Block,
    ulong Finalized,
    double BlocksPerSecond,
    double TradesPerSecond,
    TimeSpan? LevelIn,
    CatchUpLimit LimitedBy
)
{
    /// <summary>Final blocks not read yet.</summary>
    public ulong Lag => Finalized > Block ? Finalized - Block : 0;
}

/// <summary>The last half minute of a node that catches up. Pure: who notes samples has the clock.</summary>
/// <param name="Processors">How many processors the machine has.</param>
public sealed record CatchUp(int Processors)
{
    /// <summary>With so many blocks left or fewer a node is level: those that have just become final.</summary>
    public const ulong LevelWithin = 32;

    /// <summary>What has been before is not looked at.</summary>
    public static readonly TimeSpan Window = TimeSpan.FromSeconds(30);

    /// <summary>Over less time than this nothing is said: two ranges that were read ahead come at the same moment.</summary>
    public static readonly TimeSpan Shortest = TimeSpan.FromSeconds(1);

    private const double BusyShare = 0.85;

    private ImmutableQueue<CatchUpSample> Samples { get; init; } = [];

    private CatchUpSample? Last { get; init; }

    /// <summary>
    /// What the samples of the window show: from the first to the last, as a rate; null while level, or in less than a second. Limited
    /// by the processors when they are 85 % busy, else by the endpoints when at least half of the time nothing was being folded.
    /// </summary>
    public CatchUpProgress? Progress
    {
        get
        {
            if (Last is not { } last || last.Finalized <= last.Block + LevelWithin)
                return null;
            var first = Samples.Peek();
            if (last.At - first.At < Shortest)
                return null;
            var seconds = (last.At - first.At).TotalSeconds;
            var (blocks, grown) = ((double)(last.Block - first.Block) / seconds, (double)(last.Finalized - first.Finalized) / seconds);
            var gain = blocks - grown;
            return new CatchUpProgress(
                last.Block,
                last.Finalized,
                blocks,
                (last.Trades - first.Trades) / seconds,
                gain > 0 && (last.Finalized - last.Block) / gain is var left and < int.MaxValue ? TimeSpan.FromSeconds(left) : null,
                (last.Processor - first.Processor).TotalSeconds >= BusyShare * seconds * Processors ? CatchUpLimit.Processor
                    : (last.Waited - first.Waited).TotalSeconds >= seconds / 2 ? CatchUpLimit.Endpoints
                    : CatchUpLimit.Journal
            );
        }
    }

    /// <summary>
    /// Takes a sample in. A block or a head below the last one's begins anew: what was under way is read again, or another endpoint has
    /// a say.
    /// </summary>
    public CatchUp With(CatchUpSample sample)
    {
        var samples = Last is { } last && (sample.Block < last.Block || sample.Finalized < last.Finalized) ? [] : Samples;
        samples = samples.Enqueue(sample);
        while (sample.At - samples.Peek().At > Window)
            samples = samples.Dequeue();
        return this with { Samples = samples, Last = sample };
    }
}
