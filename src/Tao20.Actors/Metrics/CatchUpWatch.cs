using System.Diagnostics;
using System.Globalization;
using Tao20.Chain.Following;
using Tao20.Chain.JsonRpc;
using Tao20.Domain.Units;

namespace Tao20.Actors.Metrics;

/// <summary>
/// Follows how a node catches up: how far it is, how fast, when it will be level, and what it waits for. One follower notes; anybody reads.
/// </summary>
public sealed class CatchUpWatch
{
    private readonly Stopwatch _running = Stopwatch.StartNew();
    private readonly Stopwatch _waiting = Stopwatch.StartNew();
    private volatile CatchUp _catchUp = new(Environment.ProcessorCount);
    private long _trades;
    private ulong _block;

    /// <summary>How it gets on; null when it is level, or it is too soon to say.</summary>
    public CatchUpProgress? Progress => _catchUp.Progress;

    /// <summary>Notes whether there is anything to fold.</summary>
    public void Turn(bool isFolding)
    {
        if (isFolding)
            _waiting.Stop();
        else
            _waiting.Start();
    }

    /// <summary>Notes a range that has been read: what is read is folded soon, since reading waits for a slow journal.</summary>
    public void Read(ulong block, long trades, BlockHeader? finalized)
    {
        (_block, _trades) = (block, _trades + trades);
        Note(finalized);
    }

    /// <summary>Notes how far it is, and says in a sentence how it gets on; null when it is level.</summary>
    public string? Words(ChainConnection chain)
    {
        if (_block > 0)
            Note(chain.Head.Finalized);
        return Progress is { } progress ? Words(progress, chain.Pool.Status) : null;
    }

    private void Note(BlockHeader? finalized) =>
        _catchUp = _catchUp.With(
            new CatchUpSample(
                _running.Elapsed,
                _block,
                finalized?.Number ?? _block,
                _trades,
                _waiting.Elapsed,
                Environment.CpuUsage.TotalTime
            )
        );

    /// <summary>The progress in a sentence.</summary>
    /// <param name="progress">The progress.</param>
    /// <param name="endpoints">How the endpoints are doing.</param>
    public static string Words(CatchUpProgress progress, IReadOnlyList<EndpointStatus> endpoints) =>
        $"block {progress.Block} of {progress.Finalized}, {Rounded(progress.BlocksPerSecond)} blocks/s, "
        + $"{Rounded(progress.TradesPerSecond)} trades/s, "
        + (progress.LevelIn is { } left ? $"level in {Words(left)}" : "not getting nearer")
        + $"; {Limit(progress.LimitedBy, endpoints)}";

    private static string Limit(CatchUpLimit limit, IReadOnlyList<EndpointStatus> endpoints) =>
        limit switch
        {
            CatchUpLimit.Processor => "limited by the processors, which are all busy",
            CatchUpLimit.Journal => "limited by folding and the journal",
            _ => $"limited by the endpoints ({string.Join(", ", endpoints.Select(Words))})",
        };

    private static string Words(EndpointStatus endpoint)
    {
        var words = new List<string>();
        if (endpoint.State != EndpointState.Ok)
            words.Add($"is {EndpointStatus.Word(endpoint.State)}");
        if (endpoint.AnswersIn is { } taken)
            words.Add($"answers in {Rounded(taken.TotalMilliseconds)} ms");
        if (endpoint.RateLimited > 0)
            words.Add($"has asked for fewer requests {endpoint.RateLimited} times");
        return $"{endpoint.Endpoint} {string.Join(", ", words)}".TrimEnd();
    }

    private static string Words(TimeSpan left) =>
        left.TotalSeconds < 100 ? $"{Rounded(left.TotalSeconds)} s"
        : left.TotalMinutes < 100 ? $"{Rounded(left.TotalMinutes)} min"
        : $"{Rounded(left.TotalHours)} h";

    private static string Rounded(double value) => value.ToString("0", CultureInfo.InvariantCulture);
}
