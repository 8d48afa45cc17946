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
    private readonly BoundedQueue<Candidate> _candidates;
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
    private Tally _roundTrip;
    private long _firstTradeHour;
    private ulong _lastTimestamp;

    public VolumeState(Address miner)
    {
        Miner = miner;
        _burst = new(16);
        _candidates = new(32);
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
        Mints = snapshot.Mints;
        Redemptions = snapshot.Redemptions;
        LifetimeEligible = snapshot.LifetimeEligible;
        _lastTimestamp = snapshot.LastTimestamp;
        _burst = new(snapshot.Burst);
        _candidates = new(snapshot.Candidates);
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
        _roundTrip = open.RoundTrip;
        _firstTradeHour = open.FirstTradeHour;
    }

    private VolumeState(VolumeState other)
    {
        Miner = other.Miner;
        HasTraded = other.HasTraded;
        Position = other.Position;
        Baseline = other.Baseline;
        Mints = other.Mints;
        Redemptions = other.Redemptions;
        LifetimeEligible = other.LifetimeEligible;
        _lastTimestamp = other._lastTimestamp;
        _burst = other._burst.Clone();
        _candidates = other._candidates.Clone();
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
        _roundTrip = other._roundTrip;
        _firstTradeHour = other._firstTradeHour;
    }

    public Address Miner { get; }

    public bool HasTraded { get; private set; }

    public Position Position { get; private set; }

    public UInt128? Baseline { get; set; }

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

    /// <summary>What the trade counts as: dust, then burst, then round trip, in this order (source: the rules of eligibility).</summary>
    public Verdict Judge(in Trade trade, in EligibilityRules rules)
    {
        if (trade.IsUnread)
            return new Verdict(VerdictKind.Unread, 0);
        if (trade.Value < rules.DustWei)
            return new Verdict(VerdictKind.Dust, 0);
        if (BurstIsFull(trade.Timestamp, rules))
            return new Verdict(VerdictKind.Burst, 0);
        var match = RoundTripMatch(in trade, rules);
        return match >= 0 ? new Verdict(VerdictKind.RoundTrip, (byte)match) : new Verdict(VerdictKind.Eligible, 0);
    }

    /// <summary>Counts a judged trade.</summary>
    public void Apply(in Trade trade, Verdict verdict, in EligibilityRules rules)
    {
        var hour = (long)(trade.Timestamp / 3600);
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
            case VerdictKind.RoundTrip:
                _roundTrip = _roundTrip.Plus(value);
                _candidates.RemoveAt(verdict.Match);
                Count(in trade, verdict.Counted(trade.Value), hour, rules);
                break;
            default:
                _eligible = _eligible.Plus(value);
                _candidates.Push(new Candidate(trade.Tokens.Value, trade.Timestamp, trade.Side), rules.RoundTripCandidates);
                Count(in trade, verdict.Counted(trade.Value), hour, rules);
                break;
        }

        if (verdict.Kind != VerdictKind.Eligible)
            _exclusions.Push(
                new Exclusion(trade.Position, trade.Epoch, verdict.Kind, trade.Value, trade.Timestamp),
                MinerVolume.ExclusionsKept
            );
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
            _candidates.ToArray(),
            OpenVolume(),
            _uniform.Counters,
            _closed.ToArray(),
            _exclusions.ToArray()
        );

    private void Count(in Trade trade, UInt128 counted, long hour, in EligibilityRules rules)
    {
        LifetimeEligible += counted;
        if (trade.Side == TradeSide.Mint)
            _mintEligible += counted;
        else
            _redeemEligible += counted;
        _burst.Push(trade.Timestamp, rules.BurstTrades);
        _hourly.Add(hour, counted);
        _uniform.Add(trade.Tokens.Value);
    }

    private bool BurstIsFull(ulong timestamp, in EligibilityRules rules) =>
        _burst.Count >= rules.BurstTrades && _burst[_burst.Count - rules.BurstTrades] + (ulong)rules.BurstSeconds > timestamp;

    private int RoundTripMatch(in Trade trade, in EligibilityRules rules)
    {
        var tokens = trade.Tokens.Value;
        // |earlier - tokens| * 100 <= tokens * percent, as a range of the earlier amount.
        var slack = tokens * (uint)rules.RoundTripPercent / 100;
        var (least, most) = (tokens - slack, tokens + slack);
        var oldest = trade.Timestamp > (ulong)rules.RoundTripSeconds ? trade.Timestamp - (ulong)rules.RoundTripSeconds : 0;
        for (var i = Math.Max(0, _candidates.Count - rules.RoundTripCandidates); i < _candidates.Count; i++)
        {
            ref readonly var earlier = ref _candidates[i];
            if (earlier.Timestamp >= oldest && earlier.Side != trade.Side && earlier.Tokens >= least && earlier.Tokens <= most)
                return i;
        }

        return -1;
    }

    private void OpenEpoch(EpochId epoch)
    {
        _closed.Push(OpenVolume(), MinerVolume.ClosedEpochsKept);
        _epoch = epoch;
        _mintEligible = _redeemEligible = 0;
        _eligible = _dust = _burstExcluded = _roundTrip = default;
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
            _roundTrip,
            _uniform.MostFrequent,
            _firstTradeHour,
            _hourly.Clone()
        );
}
