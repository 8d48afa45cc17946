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
internal sealed class ChainReplay(ParameterSchedule schedule)
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

    /// <summary>Folds a range; ranges come in order.</summary>
    /// <param name="range">What was read.</param>
    /// <param name="epoch">The epoch looked for.</param>
    public void Fold(TradeRange range, EpochId epoch)
    {
        var progress = _epochs.Read(range.Trades, range.Advances);
        _epochs = _epochs.After(progress.Closed.Count > 0, progress.Open, progress.Joined);
        var work = InFlightRange.Of(0, range, progress, _schedule, followsRegistry: true);
        _schedule = work.Schedule;
        foreach (var batch in work.Batches.Values.SelectMany(parts => parts))
            Fold(batch);
        foreach (var item in work.Facts!)
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
        if (volume.Decide(batch with { Counter = null }, Keccak.Hash) is FoldDecision.Fold(var folded))
            _volumes[batch.Miner] = volume.Evolve(folded);
    }

    private void Close(EpochToSettle closed, EpochId epoch)
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
        Tell(new RegistryFact.EpochClosed(closed.Closed.Timestamp, closed.Closed.Epoch, report.Rewards.ValidatorPool), epoch);
    }

    private void Tell(RegistryFact fact, EpochId epoch)
    {
        Book = Book.After(fact);
        Round = Book.RoundOf(epoch) ?? Round;
    }
}
