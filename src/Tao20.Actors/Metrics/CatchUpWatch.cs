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
    private readonly TimeProvider _clock;
    private readonly long _from;
    private volatile CatchUp _catchUp = new(Environment.ProcessorCount);
    private TimeSpan _waited;
    private long _waitsSince;
    private long _trades;
    private ulong _block;

    /// <summary>A watch by a clock; null for the system's.</summary>
    public CatchUpWatch(TimeProvider? clock = null)
    {
        _clock = clock ?? TimeProvider.System;
        _from = _clock.GetTimestamp();
        _waitsSince = _from;
    }

    /// <summary>How it gets on; null when it is level, or it is too soon to say.</summary>
    public CatchUpProgress? Progress => _catchUp.Progress;

    /// <summary>Notes whether there is anything to fold.</summary>
    public void Turn(bool isFolding)
    {
        var now = _clock.GetTimestamp();
        if (isFolding && _waitsSince != 0)
            (_waited, _waitsSince) = (_waited + _clock.GetElapsedTime(_waitsSince, now), 0);
        else if (!isFolding && _waitsSince == 0)
            _waitsSince = now;
    }

    /// <summary>Notes a range that has been read: what is read is folded soon, since reading waits for a slow journal.</summary>
    public void Read(ulong block, long trades, BlockHeader? finalized)
    {
        (_block, _trades) = (block, _trades + trades);
        Note(block, finalized);
    }

    /// <summary>Notes how far it is, and says in a sentence how it gets on; null when it is level.</summary>
    public string? Words(ChainConnection chain)
    {
        if (_block > 0)
            Note(_block, chain.Head.Finalized);
        return Progress is { } progress ? Words(progress, chain.Pool.Status) : null;
    }

    private void Note(ulong block, BlockHeader? finalized)
    {
        var now = _clock.GetTimestamp();
        var waits = _waitsSince == 0 ? TimeSpan.Zero : _clock.GetElapsedTime(_waitsSince, now);
        _catchUp = _catchUp.With(
            new CatchUpSample(
                _clock.GetElapsedTime(_from, now),
                block,
                finalized?.Number ?? block,
                _trades,
                _waited + waits,
                Environment.CpuUsage.TotalTime
            )
        );
    }

    /// <summary>The progress in a sentence.</summary>
    /// <param name="progress">The progress.</param>
    /// <param name="endpoints">How the endpoints are doing.</param>
    public static string Words(CatchUpProgress progress, IReadOnlyList<EndpointStatus> endpoints) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"block {progress.Block} of {progress.Finalized}, {progress.BlocksPerSecond:0} blocks/s, "
        )
        + string.Create(CultureInfo.InvariantCulture, $"{progress.TradesPerSecond:0} trades/s, ")
        + (progress.LevelIn is { } left ? $"level in {Words(left)}" : "not getting nearer")
        + $"; {Limit(progress.LimitedBy, endpoints)}";

    private static string Limit(CatchUpLimit limit, IReadOnlyList<EndpointStatus> endpoints) =>
        limit switch
        {
            CatchUpLimit.Processor => "limited by the processors, which are all busy",
            CatchUpLimit.Journal => "limited by folding and the journal",
            _ => $"limited by the endpoints ({string.Join(", ", endpoints.Select(Words))})",
        };

    private static string Words(EndpointStatus endpoint) =>
        endpoint.Endpoint
        + (endpoint.State == EndpointState.Ok ? "" : $" is {EndpointStatus.Word(endpoint.State)}")
        + (
            endpoint.AnswersIn is { } taken
                ? string.Create(CultureInfo.InvariantCulture, $" answers in {taken.TotalMilliseconds:0} ms")
                : ""
        )
        + (endpoint.RateLimited > 0 ? $", has asked for fewer requests {endpoint.RateLimited} times" : "");

    private static string Words(TimeSpan left) =>
        left.TotalSeconds < 100 ? string.Create(CultureInfo.InvariantCulture, $"{left.TotalSeconds:0} s")
        : left.TotalMinutes < 100 ? string.Create(CultureInfo.InvariantCulture, $"{left.TotalMinutes:0} min")
        : string.Create(CultureInfo.InvariantCulture, $"{left.TotalHours:0} h");
}
