using System.Diagnostics.Metrics;

namespace Tao20.Actors.Metrics;

/// <summary>What the pipeline counts, as <c>System.Diagnostics.Metrics</c> instruments of one meter.</summary>
public sealed class PipelineMetrics : IDisposable
{
    /// <summary>The meter's name where nothing else is said.</summary>
    public const string MeterName = "Tao20";

    private readonly Meter _meter;
    private readonly Counter<long> _trades;
    private readonly Counter<long> _logs;
    private readonly Counter<long> _ranges;
    private readonly Counter<long> _epochs;
    private long _tradesTotal;

    /// <summary>Fresh instruments, all zero.</summary>
    /// <param name="meterName">The meter's name: who listens does so by it, so nodes that share a process need different ones.</param>
    public PipelineMetrics(string meterName = MeterName)
    {
        _meter = new Meter(meterName);
        _trades = _meter.CreateCounter<long>("tao20.trades.folded", "{trade}", "Trades folded since the start");
        _logs = _meter.CreateCounter<long>("tao20.logs.read", "{log}", "Contract logs read since the start");
        _ranges = _meter.CreateCounter<long>("tao20.ranges.folded", "{range}", "Block ranges folded since the start");
        _epochs = _meter.CreateCounter<long>("tao20.epochs.settled", "{epoch}", "Epochs settled since the start");
        Observe(
            "tao20.catchup.blocks",
            "{block}/s",
            "Blocks read a second while catching up; 0 when level",
            () => (long)(CatchUp.Progress?.BlocksPerSecond ?? 0)
        );
        Observe(
            "tao20.catchup.left",
            "s",
            "Seconds until level; 0 when level, -1 when the chain grows as fast",
            () => CatchUp.Progress is { } progress ? (long?)progress.LevelIn?.TotalSeconds ?? -1 : 0
        );
        Consensus = new ConsensusMetrics(_meter);
        Arbitrage = new ArbitrageMetrics(_meter);
        Alerts = new AlertMetrics(_meter);
    }

    /// <summary>What validators do; all empty without a registry.</summary>
    public ConsensusMetrics Consensus { get; }

    /// <summary>What a miner earns; nothing is measured of a node that does not trade.</summary>
    public ArbitrageMetrics Arbitrage { get; }

    /// <summary>What people are told of.</summary>
    public AlertMetrics Alerts { get; }

    /// <summary>The time line of the node's start.</summary>
    public StartTimeline Start { get; init; } = new();

    /// <summary>How the node catches up.</summary>
    public CatchUpWatch CatchUp { get; } = new();

    /// <summary>The meter's name.</summary>
    public string Meter => _meter.Name;

    /// <summary>Trades folded since the start.</summary>
    public long Trades => Interlocked.Read(ref _tradesTotal);

    /// <summary>The last folded block; 0 before the first.</summary>
    public ulong CursorBlock { get; private set; }

    /// <summary>Whether the contract keeps running totals that the folds were compared with.</summary>
    public bool CrossChecked { get; private set; }

    /// <summary>Counts a folded range.</summary>
    public void RangeFolded(ulong lastBlock, int trades, int logs, bool crossChecked)
    {
        CrossChecked |= crossChecked;
        Interlocked.Add(ref _tradesTotal, trades);
        _trades.Add(trades);
        _logs.Add(logs);
        _ranges.Add(1);
        CursorBlock = lastBlock;
    }

    /// <summary>Counts a settled epoch.</summary>
    public void EpochSettled() => _epochs.Add(1);

    /// <summary>Adds a value that is read when it is asked for.</summary>
    public void Observe(string name, string unit, string description, Func<long> value) =>
        _meter.CreateObservableGauge(name, value, unit, description);

    /// <summary>Adds values that are read when they are asked for, told apart by a tag.</summary>
    public void ObserveEach(string name, string unit, string description, Func<IEnumerable<Measurement<long>>> values) =>
        _meter.CreateObservableGauge(name, values, unit, description);

    /// <inheritdoc/>
    public void Dispose() => _meter.Dispose();
}
