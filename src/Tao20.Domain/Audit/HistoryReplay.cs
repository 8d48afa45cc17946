using Tao20.Domain.Coordination;
using Tao20.Domain.Epochs;
using Tao20.Domain.Ingestion;
using Tao20.Domain.Parameters;
using Tao20.Domain.Registry;
using Tao20.Domain.Settlement;
using Tao20.Domain.Trades;
using Tao20.Domain.Units;
using Tao20.Domain.Volume;

namespace Tao20.Domain.Audit;

/// <summary>
/// The whole fold in memory, from what the chain has said alone: no journal, no actors, the rules of a node, or other parameters. What it
/// comes to can be held against what anyone says of it.
/// </summary>
/// <param name="schedule">The parameters of each epoch, without what the registry says of them later.</param>
/// <param name="followsRegistry">Whether there is a book of validators.</param>
/// <param name="keccak">The chain's hash function.</param>
public sealed class HistoryReplay(ParameterSchedule schedule, bool followsRegistry, Keccak256 keccak)
{
    private readonly Dictionary<Address, MinerVolume> _volumes = [];
    private ParameterSchedule _said = schedule;
    private ParameterSchedule? _used;
    private EpochBook _epochs = EpochBook.Initial;

    /// <summary>What the parameters are to be in place of what was in force; as they were by default.</summary>
    public Func<DomainParameters, DomainParameters>? Change { get; init; }

    /// <summary>The last block that is taken; null for all that come.</summary>
    public ulong? Until { get; init; }

    /// <summary>Takes the trades of miners that are new, in the order of each miner's trades.</summary>
    public Action<Address, ReadOnlyMemory<Trade>>? Folded { get; init; }

    /// <summary>Takes each epoch that is settled.</summary>
    public Action<EpochReport>? Settled { get; init; }

    /// <summary>Takes the book of validators after each change.</summary>
    public Action<RegistryBook>? BookChanged { get; init; }

    /// <summary>Takes parameters that hold from now on and that no registry has said.</summary>
    public Action<ParameterSchedule>? Scheduled { get; init; }

    /// <summary>
    /// Takes the ends of epochs and what the registry has said up to a block, in chain order, once all trades up to it are folded.
    /// </summary>
    public Action<BlockHeader, IReadOnlyList<BookItem>>? Passed { get; init; }

    /// <summary>The parameters of each epoch.</summary>
    public ParameterSchedule Schedule =>
        _used ??= Change is { } change
            ? new ParameterSchedule(_said.Versions.Select(version => version with { Parameters = change(version.Parameters) }))
            : _said;

    /// <summary>What validators agree on, as far as the chain has come.</summary>
    public RegistryBook Book { get; private set; } = RegistryBook.Initial;

    /// <summary>What each miner's trades have come to.</summary>
    public IReadOnlyDictionary<Address, MinerVolume> Volumes => _volumes;

    /// <summary>The epoch that is open.</summary>
    public EpochId Open { get; private set; }

    /// <summary>The last settled epoch; null before the first.</summary>
    public EpochReport? Last { get; private set; }

    /// <summary>The last block that was taken; null before the first.</summary>
    public BlockHeader? LastBlock { get; private set; }

    /// <summary>Whether all is taken that is wanted.</summary>
    public bool IsComplete => Until is { } until && LastBlock?.Number >= until;

    /// <summary>Folds a range of the chain; ranges come in order.</summary>
    public void Fold(TradeRange range)
    {
        var progress = _epochs.Read(range.Trades, range.Advances);
        _epochs = _epochs.After(progress.Closed.Count > 0, progress.Open, progress.Joined);
        Adopt(range.Facts.Select(log => log.Fact));
        foreach (var (miner, trades) in progress.ByMiner())
            Fold(miner, trades, range.Totals.TryGetValue(miner, out var total) ? total.Before : null);
        Pass(range.Last, progress.Closed, [.. range.Facts.Select(log => new BookItem.Fact(log))]);
        Open = progress.Open;
    }

    /// <summary>The registry schedules parameters: they hold from an epoch on that is more than a range away.</summary>
    public void Adopt(IEnumerable<RegistryFact> facts)
    {
        var said = _said.After(facts);
        if (said != _said)
            Use(said);
    }

    /// <summary>These parameters hold from now on.</summary>
    public void Adopt(ParameterSchedule said)
    {
        Use(said);
        Scheduled?.Invoke(said);
    }

    /// <summary>Folds trades of a miner, whose epochs are known.</summary>
    /// <param name="miner">The miner.</param>
    /// <param name="trades">Its trades, ascending by position.</param>
    /// <param name="baseline">What the contract had counted before the miner's first trade; null where that is not known.</param>
    public void Fold(Address miner, ReadOnlyMemory<Trade> trades, UInt128? baseline)
    {
        while (trades.Length > 0)
        {
            var rules = Schedule.At(trades.Span[0].Epoch).Parameters.Eligibility;
            var count = 0;
            while (
                count < trades.Length
                && IsTaken(trades.Span[count])
                && Schedule.At(trades.Span[count].Epoch).Parameters.Eligibility == rules
            )
                count++;
            if (count == 0)
                return;
            Fold(miner, rules, trades[..count], baseline);
            trades = trades[count..];
        }

        bool IsTaken(in Trade trade) => Until is not { } until || trade.Position.Block <= until;
    }

    /// <summary>Takes the ends of epochs and what the registry has said, once all trades up to a block are folded.</summary>
    /// <param name="last">The block.</param>
    /// <param name="closed">The epochs that have ended up to it.</param>
    /// <param name="facts">What the registry has said up to it.</param>
    public void Pass(BlockHeader last, IReadOnlyList<EpochToSettle> closed, IReadOnlyList<BookItem.Fact> facts)
    {
        LastBlock = last;
        var items = facts
            .Concat<BookItem>(closed.Select(epoch => new BookItem.EpochEnd(epoch.Closed)))
            .Where(item => Until is not { } until || item.At.Block <= until)
            .OrderBy(item => item.At)
            .ToList();
        Passed?.Invoke(last, items);
        foreach (var item in items)
        {
            if (item is BookItem.EpochEnd(var end))
                Close(closed.Single(epoch => epoch.Closed == end));
            else if (item is BookItem.Fact(var log) && followsRegistry)
                Take(log.Fact);
        }
    }

    private void Use(ParameterSchedule said) => (_said, _used) = (said, null);

    private void Fold(Address miner, EligibilityRules rules, ReadOnlyMemory<Trade> trades, UInt128? baseline)
    {
        var volume = _volumes.GetValueOrDefault(miner) ?? MinerVolume.Initial(miner);

        // What was counted before the first block is part of the running hash. The rest of the count is compared elsewhere: it has what was
        // in logs that cannot be read.
        var before = volume.Position is null ? baseline : null;
        ChainCounter? counter = before is { } wei ? new ChainCounter(wei, wei + MinerReplay.ValueOf(trades.Span)) : null;
        if (volume.Decide(new FoldTrades(miner, rules, trades, counter) { Began = before }, keccak) is FoldDecision.Fold(var folded))
        {
            _volumes[miner] = volume.Evolve(folded);
            Folded?.Invoke(miner, folded.Trades);
        }
    }

    private void Close(EpochToSettle closed)
    {
        var report = EpochReport.Settle(
            closed.Closed,
            closed.Miners.Select(miner =>
                _volumes.GetValueOrDefault(miner)?.Of(closed.Closed.Epoch) ?? EpochVolume.None(miner, closed.Closed.Epoch)
            ),
            Schedule.At(closed.Closed.Epoch),
            Last,
            keccak
        );
        (Last, Open) = (report, closed.Closed.Opened);
        Settled?.Invoke(report);
        if (followsRegistry)
            Take(new RegistryFact.EpochClosed(closed.Closed.Timestamp, closed.Closed.Epoch, report.Rewards.ValidatorPool));
    }

    private void Take(RegistryFact fact)
    {
        Book = Book.After(fact);
        BookChanged?.Invoke(Book);
    }
}
