using Tao20.Chain.Abi;
using Tao20.Domain.Coordination;
using Tao20.Domain.Epochs;
using Tao20.Domain.Ingestion;
using Tao20.Domain.Parameters;
using Tao20.Domain.Registry;
using Tao20.Domain.Settlement;
using Tao20.Domain.Units;
using Tao20.Domain.Volume;

namespace Tao20.Node.Audit;

/// <summary>
/// The whole fold in memory, from the chain alone: no journal, no actors, the same domain. What it finds of one epoch can be held
/// against what anyone says of it.
/// </summary>
/// <param name="schedule">The parameters of each epoch, without what the registry says of them later.</param>
/// <param name="followsRegistry">Whether there is a book of validators.</param>
/// <param name="settled">Takes each epoch that is settled.</param>
internal sealed class ChainReplay(ParameterSchedule schedule, bool followsRegistry = true, Action<EpochReport>? settled = null)
{
    private readonly Dictionary<Address, MinerVolume> _volumes = [];
    private ParameterSchedule _schedule = schedule;
    private EpochBook _epochs = EpochBook.Initial;
    private ulong _first;
    private EpochReport? _last;

    /// <summary>What validators agree on, as far as the chain has come.</summary>
    public RegistryBook Book { get; private set; } = RegistryBook.Initial;

    /// <summary>The report of the epoch looked for; null when it has not been closed.</summary>
    public EpochReport? Report { get; private set; }

    /// <summary>The first block of the epoch looked for.</summary>
    public ulong FirstBlock { get; private set; }

    /// <summary>Its round, as far as the chain has come; null where nobody has committed to anything.</summary>
    public RegistryRound? Round { get; private set; }

    /// <summary>What each miner's trades have come to.</summary>
    public IReadOnlyDictionary<Address, MinerVolume> Volumes => _volumes;

    /// <summary>Folds a range; ranges come in order.</summary>
    /// <param name="range">What was read.</param>
    /// <param name="epoch">The epoch looked for; null for none.</param>
    public void Fold(TradeRange range, EpochId? epoch)
    {
        var progress = _epochs.Read(range.Trades, range.Advances);
        _epochs = _epochs.After(progress.Closed.Count > 0, progress.Open, progress.Joined);
        var work = InFlightRange.Of(0, range, progress, _schedule, followsRegistry);
        _schedule = work.Schedule;
        foreach (var batch in work.Batches.Values.SelectMany(parts => parts))
            Fold(batch);
        foreach (var closed in followsRegistry ? [] : progress.Closed)
            Close(closed, epoch);
        foreach (var item in work.Facts ?? [])
        {
            if (item is BookItem.Fact(var log))
                Tell(log.Fact, epoch);
            else if (item is BookItem.EpochEnd(var end))
                Close(progress.Closed.Single(closed => closed.Closed == end), epoch);
        }
    }

    private void Fold(FoldTrades batch)
    {
        var volume = _volumes.GetValueOrDefault(batch.Miner) ?? MinerVolume.Initial(batch.Miner);

        // What was counted before the first block is part of the running hash. The rest of the count is compared elsewhere: it has what was
        // in logs that cannot be read.
        var baseline = volume.Position is null ? batch.Counter?.Before : null;
        ChainCounter? counter = baseline is { } before
            ? new ChainCounter(
                before,
                before + batch.Trades.Span.ToArray().Aggregate(UInt128.Zero, (sum, trade) => sum + trade.Value.Value)
            )
            : null;
        if (volume.Decide(batch with { Counter = counter, Began = baseline }, Keccak.Hash) is FoldDecision.Fold(var folded))
            _volumes[batch.Miner] = volume.Evolve(folded);
    }

    private void Close(EpochToSettle closed, EpochId? epoch)
    {
        var report = EpochReport.Settle(
            closed.Closed,
            closed.Miners.Select(miner => _volumes[miner].Of(closed.Closed.Epoch)),
            _schedule.At(closed.Closed.Epoch),
            _last,
            Keccak.Hash
        );
        _last = report;
        if (closed.Closed.Epoch == epoch)
            (Report, FirstBlock) = (report, _first);
        _first = closed.Closed.LastBlock + 1;
        settled?.Invoke(report);
        if (followsRegistry)
            Tell(new RegistryFact.EpochClosed(closed.Closed.Timestamp, closed.Closed.Epoch, report.Rewards.ValidatorPool), epoch);
    }

    private void Tell(RegistryFact fact, EpochId? epoch)
    {
        Book = Book.After(fact);
        Round = epoch is { } wanted ? Book.RoundOf(wanted) ?? Round : Round;
    }
}
