using Tao20.Domain.Trades;
using Tao20.Domain.Units;

namespace Tao20.Domain.Volume;

/// <summary>
/// The working copy behind <see cref="MinerVolume"/>: mutable so that a batch is folded without garbage, never shared, cloned
/// before it is changed. <see cref="Judge"/> holds the eligibility rules; <see cref="Apply"/> only counts what was judged.
/// </summary>
internal sealed class VolumeState
{
    private readonly BoundedQueue<ulong> _burst;
    private readonly RoundTripWindow _window;
    private readonly BoundedQueue<Exclusion> _exclusions;
    private readonly BoundedQueue<EpochVolume> _closed;
    private readonly HourlyVolume _hourly;
    private readonly UniformSketch _uniform;
    private EpochId _epoch;
    private UInt128 _mintEligible;
    private UInt128 _redeemEligible;
    private Tally _eligible;
    private Tally _dust;
    private Tally _burstExcluded;
    private Tally _cancelled;
    private FrequencySlots _slots;
    private long _firstTradeHour;
    private ulong _lastTimestamp;

    public VolumeState(Address miner)
    {
        Miner = miner;
        _burst = new(16);
        _window = new RoundTripWindow();
        _exclusions = new(MinerVolume.ExclusionsKept);
        _closed = new(4);
        _hourly = new HourlyVolume();
        _uniform = new UniformSketch();
    }

    public VolumeState(MinerVolumeSnapshot snapshot)
    {
        Miner = snapshot.Miner;
        HasTraded = snapshot.Position is not null;
        Position = snapshot.Position ?? default;
        Baseline = snapshot.Baseline;
        Head = snapshot.Head;
        Mints = snapshot.Mints;
        Redemptions = snapshot.Redemptions;
        LifetimeEligible = snapshot.LifetimeEligible;
        _lastTimestamp = snapshot.LastTimestamp;
        _burst = new(snapshot.Burst);
        _window = new RoundTripWindow(snapshot.Candidates);
        _exclusions = new(snapshot.Exclusions);
        _closed = new(snapshot.Closed);
        _uniform = UniformSketch.Restore(snapshot.Uniform);
        var open = snapshot.Open;
        _hourly = open.Hourly.Clone();
        _epoch = open.Epoch;
        _mintEligible = open.MintEligible;
        _redeemEligible = open.RedeemEligible;
        _eligible = open.Eligible;
        _dust = open.Dust;
        _burstExcluded = open.Burst;
        _cancelled = open.Cancelled;
        _slots = snapshot.Slots;
        _firstTradeHour = open.FirstTradeHour;
    }

    private VolumeState(VolumeState other)
    {
        Miner = other.Miner;
        HasTraded = other.HasTraded;
        Position = other.Position;
        Baseline = other.Baseline;
        Head = other.Head;
        Mints = other.Mints;
        Redemptions = other.Redemptions;
        LifetimeEligible = other.LifetimeEligible;
        _lastTimestamp = other._lastTimestamp;
        _burst = other._burst.Clone();
        _window = other._window.Clone();
        _exclusions = other._exclusions.Clone();
        _closed = other._closed.Clone();
        _hourly = other._hourly.Clone();
        _uniform = other._uniform.Clone();
        _epoch = other._epoch;
        _mintEligible = other._mintEligible;
        _redeemEligible = other._redeemEligible;
        _eligible = other._eligible;
        _dust = other._dust;
        _burstExcluded = other._burstExcluded;
        _cancelled = other._cancelled;
        _slots = other._slots;
        _firstTradeHour = other._firstTradeHour;
    }

    public Address Miner { get; }

    public bool HasTraded { get; private set; }

    public Position Position { get; private set; }

    public UInt128? Baseline { get; set; }

    /// <summary>The running hash of all trades; null where it is not known, and before the first.</summary>
    public Hash256? Head { get; set; }

    public Tally Mints { get; private set; }

    public Tally Redemptions { get; private set; }

    public UInt128 LifetimeEligible { get; private set; }

    public IReadOnlyList<Exclusion> Exclusions => _exclusions.ToArray();

    public VolumeState Clone() => new(this);

    /// <summary>Refuses a trade that cannot come next.</summary>
    public void RequireNext(in Trade trade)
    {
        if (trade.Miner != Miner)
            throw new ArgumentException($"The trade at {trade.Position} is of {trade.Miner}, not of {Miner}.");
        if (!HasTraded)
            return;
        if (trade.Position <= Position)
            throw new ArgumentException($"The trade at {trade.Position} does not come after {Position}.");
        if (trade.Timestamp < _lastTimestamp)
            throw new ArgumentException(
                $"The trade at {trade.Position} is of {trade.Timestamp}, before its predecessor of {_lastTimestamp}."
            );
        if (trade.Epoch.Value < _epoch.Value)
            throw new ArgumentException($"The trade at {trade.Position} is of epoch {trade.Epoch}, before its predecessor of {_epoch}.");
    }

    /// <summary>What the trade counts as: dust, then burst, then what cancels out (source: the rules of eligibility).</summary>
    public Verdict Judge(in Trade trade, in EligibilityRules rules)
    {
        if (trade.IsUnread)
            return new Verdict(VerdictKind.Unread, 0);
        var tokens = _window.Matching(in trade, rules);
        var kind =
            trade.Value < rules.DustWei || trade.Tokens == Wei.Zero ? VerdictKind.Dust
            : BurstIsFull(trade.Timestamp, rules) ? VerdictKind.Burst
            : tokens > 0 ? VerdictKind.Cancelled
            : VerdictKind.Eligible;
        return new Verdict(kind, tokens);
    }

    /// <summary>Counts a judged trade.</summary>
    /// <exception cref="InvalidDataException">More of it is said to cancel out than there is.</exception>
    public void Apply(in Trade trade, Verdict verdict, in EligibilityRules rules)
    {
        var hour = HourOf(trade.Timestamp);
        if (!HasTraded)
            (HasTraded, _epoch, _firstTradeHour) = (true, trade.Epoch, hour);
        else if (trade.Epoch != _epoch)
            OpenEpoch(trade.Epoch);

        Position = trade.Position;
        _lastTimestamp = trade.Timestamp;
        var value = trade.Value.Value;
        if (trade.Side == TradeSide.Mint)
            Mints = Mints.Plus(value);
        else
            Redemptions = Redemptions.Plus(value);

        ForgetOld(trade.Timestamp, rules);
        var before = UseUp(verdict.Tokens);
        UInt128 counted = 0;
        switch (verdict.Kind)
        {
            case VerdictKind.Dust:
                _dust = _dust.Plus(value);
                break;
            case VerdictKind.Burst:
                _burstExcluded = _burstExcluded.Plus(value);
                break;
            case VerdictKind.Unread:
                break;
            default:
                counted = Count(in trade, verdict, hour, rules);
                break;
        }

        if (verdict.Kind is not (VerdictKind.Unread or VerdictKind.Halved))
            _window.Add(in trade, trade.Tokens.Value - verdict.Tokens, verdict.Kind is VerdictKind.Eligible or VerdictKind.Cancelled);

        if (verdict.Kind != VerdictKind.Eligible)
            _exclusions.Push(Exclusion.Of(in trade, verdict, counted, before), MinerVolume.ExclusionsKept);
    }

    public EpochVolume Of(EpochId epoch)
    {
        if (HasTraded && epoch == _epoch)
            return OpenVolume();
        for (var i = 0; i < _closed.Count; i++)
        {
            if (_closed[i].Epoch == epoch)
                return _closed[i];
        }

        return EpochVolume.None(Miner, epoch);
    }

    public MinerVolumeSnapshot ToSnapshot() =>
        new(
            Miner,
            HasTraded ? Position : null,
            _lastTimestamp,
            Baseline,
            Mints,
            Redemptions,
            LifetimeEligible,
            _burst.ToArray(),
            _window.ToArray(),
            OpenVolume(),
            _slots,
            _uniform.Counters,
            _closed.ToArray(),
            _exclusions.ToArray(),
            Head
        );

    /// <summary>Counts an eligible trade.</summary>
    /// <returns>What it counts, in TAO wei.</returns>
    private UInt128 Count(in Trade trade, Verdict verdict, long hour, in EligibilityRules rules)
    {
        _slots = _slots.Counting(rules);
        var (value, counted) = (trade.Value.Value, verdict.Counted(in trade));
        _eligible = _eligible.Plus(value);
        if (counted != value)
            _cancelled = _cancelled.Plus(value - counted);
        LifetimeEligible += counted;
        if (trade.Side == TradeSide.Mint)
            _mintEligible += counted;
        else
            _redeemEligible += counted;
        _burst.Push(trade.Timestamp, rules.BurstTrades);
        _hourly.Add(hour, counted);
        _uniform.Add(trade.Tokens.Value);
        return counted;
    }

    /// <summary>What can be cancelled out no more has its slot for good.</summary>
    private void ForgetOld(ulong timestamp, in EligibilityRules rules)
    {
        while (_window.TryTakeOld(timestamp, rules, out var old))
        {
            if (old.Epoch == _epoch)
                _slots = _slots.With(in old);
        }
    }

    /// <summary>
    /// Uses up tokens of the oldest trades. While their epoch is open they count so much less; an epoch that is closed keeps what it was.
    /// </summary>
    /// <returns>What they no longer count, in TAO wei.</returns>
    private UInt128 UseUp(UInt128 tokens)
    {
        UInt128 all = 0;
        while (tokens > 0)
        {
            if (_window.Count == 0)
                throw new InvalidDataException($"Of the miner {Miner} {tokens} tokens more are said to cancel out than there are.");
            tokens -= _window.UseOldest(tokens, out var before, out var after);
            if (before.Epoch != _epoch)
                continue;
            var wei = before.Counted - after.Counted;
            all += wei;
            LifetimeEligible -= wei;
            if (before.Side == TradeSide.Mint)
                _mintEligible -= wei;
            else
                _redeemEligible -= wei;
            _hourly.Take(HourOf(before.Timestamp), wei);
            _cancelled = _cancelled.Plus(wei, trades: 0);
        }

        return all;
    }

    private static long HourOf(ulong timestamp) => (long)(timestamp / 3600);

    private bool BurstIsFull(ulong timestamp, in EligibilityRules rules) =>
        _burst.Count >= rules.BurstTrades && _burst[_burst.Count - rules.BurstTrades] + (ulong)rules.BurstSeconds > timestamp;

    private void OpenEpoch(EpochId epoch)
    {
        _closed.Push(OpenVolume(), MinerVolume.ClosedEpochsKept);
        _epoch = epoch;
        _mintEligible = _redeemEligible = 0;
        _eligible = _dust = _burstExcluded = _cancelled = default;
        _slots = default;
        _uniform.Clear();
    }

    private EpochVolume OpenVolume() =>
        new(
            Miner,
            _epoch,
            _mintEligible,
            _redeemEligible,
            _eligible,
            _dust,
            _burstExcluded,
            _cancelled,
            _slots.CountWith(_window, _epoch),
            _uniform.MostFrequent,
            _firstTradeHour,
            _hourly.Clone()
        )
        {
            Head = Head,
        };
}
