using Tao20.Domain.Audit;
using Tao20.Domain.Coordination;
using Tao20.Domain.Epochs;
using Tao20.Domain.Parameters;
using Tao20.Domain.Registry;
using Tao20.Domain.Trades;
using Tao20.Domain.Units;

namespace Tao20.Node.Audit.Bundles;

/// <summary>The history of a bundle, folded line by line.</summary>
internal sealed class BundleHistory
{
    private readonly BundleHead _head;
    private readonly EpochFold _fold;
    private readonly HistoryReplay _replay;
    private readonly ParametersVersion _first;
    private readonly SortedSet<Address> _traded = [];
    private Position? _before;
    private EpochId? _open;
    private bool _hasEnded;

    /// <summary>A history that begins.</summary>
    /// <param name="head">What it is of.</param>
    /// <param name="schedule">The first parameters.</param>
    public BundleHistory(BundleHead head, ParameterSchedule schedule)
    {
        _head = head;
        _first = schedule.Versions[0];
        _fold = new EpochFold(head.Identity(), schedule, new EpochId(head.Epoch));
        _replay = _fold.Begin();
    }

    /// <summary>Trades that were folded.</summary>
    public long Trades { get; private set; }

    /// <summary>The last block of which there is anything.</summary>
    public ulong LastBlock => _before?.Block ?? 0;

    /// <summary>Folds a line.</summary>
    /// <exception cref="OutOfOrderException">It does not follow on those before it.</exception>
    /// <exception cref="FormatException">It cannot be.</exception>
    public void Take(BundleLine line)
    {
        switch (line)
        {
            case { Parameters: { } parameters }:
                Adopt(BundleParameters.Schedule(parameters));
                break;
            case { Trade: { } trade }:
                Fold(trade);
                break;
            case { End: { } end }:
                Pass(end.At, end.Closed(), null);
                break;
            case { Fact: { } fact }:
                Pass(fact.At, null, fact);
                break;
        }
    }

    /// <summary>What it has come to.</summary>
    /// <exception cref="NodeException">The epoch has not ended in it, or its rules are not known here.</exception>
    public FoldedEpoch Result(string name) => _fold.Result(name);

    private void Adopt(ParameterSchedule schedule)
    {
        if (_head.Registry is not null)
            throw new FormatException("where there is a registry, nobody else says the parameters");
        _replay.Adopt(schedule);
    }

    private void Fold(BundleTrade line)
    {
        var trade = line.Trade();
        Advance(trade.Position);
        if (_open is { } open && trade.Epoch != open)
        {
            // What was read begins in the middle of an epoch, whose end is nobody's to settle.
            if (_hasEnded || trade.Epoch.Value < open.Value)
                throw new OutOfOrderException($"epoch {trade.Epoch} is said of the trade, and {open} is open");
            _traded.Clear();
        }

        _open = trade.Epoch;
        _traded.Add(trade.Miner);
        Trades++;
        _replay.Fold(trade.Miner, new[] { trade }, line.Counted);
    }

    private void Pass(Position at, ClosedEpoch? closed, BundleFact? fact)
    {
        Advance(at);
        if (closed is not null && _hasEnded && closed.Epoch != _open)
            throw new OutOfOrderException($"epoch {closed.Epoch} ends, and {_open} is open");
        if (
            fact?.Said is RegistryFact.ParametersScheduled scheduled
            && scheduled.Version == _first.Version
            && scheduled.Text != _first.Parameters.Text()
        )
            throw new FormatException("the registry has begun with other parameters than the bundle");
        List<BookItem.Fact> facts = fact is null ? [] : [new BookItem.Fact(new RegistryLog(fact.At, fact.Said))];
        _replay.Adopt(facts.Select(one => one.Log.Fact));
        _replay.Pass(
            new BlockHeader(at.Block, default, default, 0),
            closed is null ? [] : [new EpochToSettle(closed, [.. _traded])],
            facts
        );
        if (closed is null)
            return;
        (_open, _hasEnded) = (closed.Opened, true);
        _traded.Clear();
    }

    private void Advance(Position at)
    {
        if (_before is { } before && at <= before)
            throw new OutOfOrderException($"{at} comes after {before}");
        _before = at;
    }
}

/// <summary>A line of a bundle does not follow on those before it.</summary>
internal sealed class OutOfOrderException(string message) : Exception(message);
