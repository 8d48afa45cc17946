using Tao20.Domain.Trades;
using Tao20.Domain.Units;

namespace Tao20.Domain.Volume;

// ---- commands -----------------------------------------------------------------------------------------------------------------

/// <summary>Fold these trades of one miner, in chain order. Delivered at least once; counted once.</summary>
/// <param name="Miner">The miner all trades are of.</param>
/// <param name="Rules">The rules in force in the trades' epochs.</param>
/// <param name="Trades">The trades, ascending by position, with timestamps that never go back.</param>
/// <param name="Counter">The chain's own running total around these trades; null when the contract keeps none.</param>
public sealed record FoldTrades(Address Miner, EligibilityRules Rules, ReadOnlyMemory<Trade> Trades, ChainCounter? Counter)
{
    /// <summary>What the chain had counted before the first block that is read, in TAO wei; null where that was not asked.</summary>
    public UInt128? Began { get; init; }

    /// <summary>How far the cursor knows the miner's trades to be folded before these; null for a miner that it does not know.</summary>
    public MinerHead? Known { get; init; }

    /// <summary>
    /// The same with a trade of which neither the log nor the contract's count of it could be read. What the count has moved by without
    /// one that could be tells what it was worth.
    /// </summary>
    /// <param name="position">Where its log stands.</param>
    /// <param name="wei">What it was worth, in TAO wei; at most 2^96.</param>
    /// <param name="before">Whether it is before the first of the trades.</param>
    public FoldTrades WithUnread(Position position, UInt128 wei, bool before)
    {
        var trades = Trades.Span;
        var at = 0;
        while (at < trades.Length && trades[at].Position < position)
            at++;
        var next = trades[Math.Min(at, trades.Length - 1)];
        var unread = new Trade(position, next.Epoch, Hash256.Zero, Miner, TradeSide.Mint, default, Wei.From(wei), default, next.Timestamp);
        return this with
        {
            Trades = (Trade[])[.. trades[..at], unread, .. trades[at..]],
            Counter = Counter is { } counter && before ? counter with { Before = counter.Before - wei } : Counter,
        };
    }
}

/// <summary>What the contract's <c>MinerActivityTracked</c> says of a miner: its lifetime total of value, in TAO wei.</summary>
/// <param name="Before">Before the first of the trades.</param>
/// <param name="After">After the last of them.</param>
public readonly record struct ChainCounter(UInt128 Before, UInt128 After);

// ---- events -------------------------------------------------------------------------------------------------------------------

/// <summary>A batch of trades has been judged and counted.</summary>
/// <param name="Rules">The rules they were judged by.</param>
/// <param name="Trades">The trades, ascending by position; at least one.</param>
/// <param name="Verdicts">The judgement of each.</param>
/// <param name="Baseline">With a miner's first batch: what the chain had counted before it; null otherwise or when unknown.</param>
/// <param name="Heads">
/// The miner's running hash after the last trade of each epoch that the trades are of, in their order; empty where it is not known.
/// </param>
public sealed record TradesFolded(
    EligibilityRules Rules,
    ReadOnlyMemory<Trade> Trades,
    ReadOnlyMemory<Verdict> Verdicts,
    UInt128? Baseline,
    IReadOnlyList<Hash256> Heads
);

/// <summary>How far a miner's trades are folded.</summary>
/// <param name="Trades">How many there are.</param>
/// <param name="Hash">The running hash of them (see <see cref="TradeHash"/>); null where it is not known.</param>
public readonly record struct MinerHead(long Trades, Hash256? Hash);

// ---- outcomes -----------------------------------------------------------------------------------------------------------------

/// <summary>What follows from a <see cref="FoldTrades"/>.</summary>
public abstract record FoldDecision
{
    private FoldDecision() { }

    /// <summary>This is to be recorded.</summary>
    public sealed record Fold(TradesFolded Event) : FoldDecision;

    /// <summary>All of it had been folded before: a repeat after a crash.</summary>
    /// <param name="Head">How far the miner's trades were folded with it.</param>
    public sealed record AlreadyFolded(MinerHead Head) : FoldDecision;

    /// <summary>What is folded is not what the cursor knows: the journal has lost trades, or has others.</summary>
    /// <param name="Known">What it must be before what is new.</param>
    /// <param name="Found">What it is.</param>
    public sealed record Incomplete(MinerHead Known, MinerHead Found) : FoldDecision;

    /// <summary>
    /// The miner's first trade seen, and the chain has counted some before: nothing is folded before it is known whether these were
    /// before the first block that is read.
    /// </summary>
    /// <param name="ChainWei">What the chain had counted before the trades, in TAO wei.</param>
    public sealed record BeginningWanted(UInt128 ChainWei) : FoldDecision;

    /// <summary>Trades between the first block that is read and these are missing.</summary>
    /// <param name="ChainWei">What the chain had counted before the trades, in TAO wei.</param>
    /// <param name="BeganWei">What it had counted before the first block that is read.</param>
    public sealed record HistoryMissing(UInt128 ChainWei, UInt128 BeganWei) : FoldDecision;

    /// <summary>The fold would not equal the chain's own counter: nothing may be folded.</summary>
    /// <param name="ChainWei">The chain's running total after the trades, in TAO wei.</param>
    /// <param name="FoldWei">What the fold would come to, in TAO wei.</param>
    /// <param name="Gap">Where trades are missing; null when the chain has not counted more than was folded before these.</param>
    public sealed record Diverged(UInt128 ChainWei, UInt128 FoldWei, HistoryGap? Gap) : FoldDecision;
}

/// <summary>One trade that did not count in full, kept for display.</summary>
/// <param name="Position">Where the trade stands.</param>
/// <param name="Epoch">Its epoch.</param>
/// <param name="Reason">Why it was excluded or discounted.</param>
/// <param name="Value">Its value in TAO wei.</param>
/// <param name="Timestamp">Its time, in Unix seconds.</param>
/// <param name="Tokens">How many of its tokens cancelled out with those of earlier trades, in wei.</param>
/// <param name="Uncounted">What of its value does not count, in TAO wei.</param>
/// <param name="UncountedBefore">What those earlier trades, of the same epoch, count less since, in TAO wei.</param>
public readonly record struct Exclusion(
    Position Position,
    EpochId Epoch,
    VerdictKind Reason,
    Wei Value,
    ulong Timestamp,
    UInt128 Tokens,
    UInt128 Uncounted,
    UInt128 UncountedBefore
)
{
    internal static Exclusion Of(in Trade trade, Verdict verdict, UInt128 counted, UInt128 before) =>
        new(trade.Position, trade.Epoch, verdict.Kind, trade.Value, trade.Timestamp, verdict.Tokens, trade.Value.Value - counted, before);
}

// ---- the aggregate --------------------------------------------------------------------------------------------------------------

/// <summary>One miner's volume: what it traded, what of it counts, by epoch and by hour. Immutable; every part is bounded.</summary>
public sealed class MinerVolume
{
    /// <summary>How many closed epochs with trades are kept until their ranking; the follower never runs further ahead.</summary>
    public const int ClosedEpochsKept = 64;

    /// <summary>How many exclusions are kept for display.</summary>
    public const int ExclusionsKept = 16;

    private readonly VolumeState _state;

    private MinerVolume(VolumeState state) => _state = state;

    /// <summary>A miner that has not traded.</summary>
    public static MinerVolume Initial(Address miner) => new(new VolumeState(miner));

    /// <summary>The volume with a recorded state (a snapshot).</summary>
    public static MinerVolume Restore(MinerVolumeSnapshot snapshot) => new(new VolumeState(snapshot));

    /// <summary>The miner.</summary>
    public Address Miner => _state.Miner;

    /// <summary>The last folded position; null before the first trade.</summary>
    public Position? Position => _state.HasTraded ? _state.Position : null;

    /// <summary>
    /// Lifetime value of all folded trades, in TAO wei: what must equal the chain's own counter less <see cref="Baseline"/>.
    /// </summary>
    public UInt128 LifetimeWei => _state.Mints.Wei + _state.Redemptions.Wei;

    /// <summary>What the chain had counted before the first folded trade, in TAO wei; null when the contract keeps no counter.</summary>
    public UInt128? Baseline => _state.Baseline;

    /// <summary>All mints ever.</summary>
    public Tally Mints => _state.Mints;

    /// <summary>All redemptions ever.</summary>
    public Tally Redemptions => _state.Redemptions;

    /// <summary>Counted value of all trades ever, after discounts, in TAO wei.</summary>
    public UInt128 LifetimeEligibleWei => _state.LifetimeEligible;

    /// <summary>The latest trades that did not count in full, oldest first.</summary>
    public IReadOnlyList<Exclusion> RecentExclusions => _state.Exclusions;

    /// <summary>
    /// How many trades are folded, and the running hash of them: equal on every node that has folded the same trades from the first on. It
    /// is not known before the first, and where a journal of an earlier version does not say it.
    /// </summary>
    public MinerHead Head => new(Mints.Trades + Redemptions.Trades, _state.Head);

    /// <summary>What follows from <paramref name="command"/>; the state is not changed.</summary>
    /// <exception cref="ArgumentException">A trade of another miner, out of order, or with a time before its predecessor's.</exception>
    public FoldDecision Decide(FoldTrades command, Keccak256 keccak)
    {
        if (command.Miner != Miner)
            throw new ArgumentException($"These are trades of {command.Miner}, not of {Miner}.", nameof(command));

        var fresh = command.Trades;
        var folded = 0;
        while (folded < fresh.Length && _state.HasTraded && fresh.Span[folded].Position <= _state.Position)
            folded++;
        var known = KnownHead.After(command.Known, fresh.Span[..folded], _state.Baseline, keccak);
        if (!known.IsHeldBy(this))
            return new FoldDecision.Incomplete(known.Head, Head);
        fresh = fresh[folded..];
        if (fresh.IsEmpty)
            return new FoldDecision.AlreadyFolded(known.IsExceededBy(this) ? known.Head : Head);

        var baseline = !_state.HasTraded ? command.Counter?.Before : null;
        if (baseline > 0 && command.Began is null)
            return new FoldDecision.BeginningWanted(baseline.Value);
        if (baseline > 0 && command.Began != baseline)
            return new FoldDecision.HistoryMissing(baseline.Value, command.Began!.Value);
        var scratch = _state.Clone();
        scratch.Baseline ??= baseline;
        var verdicts = new Verdict[fresh.Length];
        var trades = fresh.Span;
        for (var i = 0; i < trades.Length; i++)
        {
            ref readonly var trade = ref trades[i];
            scratch.RequireNext(in trade);
            verdicts[i] = scratch.Judge(in trade, command.Rules);
            scratch.Apply(in trade, verdicts[i], command.Rules);
        }

        var total = scratch.Mints.Wei + scratch.Redemptions.Wei + (scratch.Baseline ?? 0);
        return command.Counter is { } counter && scratch.Baseline is not null && counter.After != total
            ? new FoldDecision.Diverged(counter.After, total, GapIn(trades, counter, scratch.Baseline.Value))
            : new FoldDecision.Fold(new TradesFolded(command.Rules, fresh, verdicts, baseline, HeadsOf(trades, baseline, keccak)));
    }

    private IReadOnlyList<Hash256> HeadsOf(ReadOnlySpan<Trade> trades, UInt128? baseline, Keccak256 keccak)
    {
        if (_state is { HasTraded: true, Head: null })
            return [];
        var heads = new List<Hash256>(1);
        var head = _state.Head ?? TradeHash.First(baseline ?? 0, keccak);
        for (var i = 0; i < trades.Length; i++)
        {
            head = TradeHash.After(head, in trades[i], keccak);
            if (IsLastOfEpoch(trades, i))
                heads.Add(head);
        }

        return heads;
    }

    private static bool IsLastOfEpoch(ReadOnlySpan<Trade> trades, int i) =>
        i == trades.Length - 1 || trades[i + 1].Epoch != trades[i].Epoch;

    /// <summary>
    /// When the chain has counted more than was folded and is to be: between the last folded trade and these where it had by then, and
    /// otherwise among these.
    /// </summary>
    private HistoryGap? GapIn(ReadOnlySpan<Trade> fresh, ChainCounter counter, UInt128 baseline)
    {
        UInt128 value = 0;
        foreach (ref readonly var trade in fresh)
            value += trade.Value.Value;
        var folded = LifetimeWei + baseline;
        if (counter.After <= folded + value)
            return null;
        var first = _state.HasTraded ? _state.Position.Block : fresh[0].Position.Block;
        var last = counter.Before > folded ? fresh[0].Position.Block : fresh[^1].Position.Block;
        return new HistoryGap(Miner, folded, counter.After - value, first, last);
    }

    /// <summary>The volume after <paramref name="folded"/>.</summary>
    public MinerVolume Evolve(TradesFolded folded)
    {
        var next = _state.Clone();
        next.Baseline ??= folded.Baseline;
        var trades = folded.Trades.Span;
        var verdicts = folded.Verdicts.Span;
        var epochs = 0;
        for (var i = 0; i < trades.Length; i++)
        {
            next.Apply(in trades[i], verdicts[i], folded.Rules);
            if (IsLastOfEpoch(trades, i))
                next.Head = epochs < folded.Heads.Count ? folded.Heads[epochs++] : null;
        }

        return new MinerVolume(next);
    }

    /// <summary>The miner's volume in <paramref name="epoch"/>; empty when it did not trade in it or it is no longer kept.</summary>
    public EpochVolume Of(EpochId epoch) => _state.Of(epoch);

    /// <summary>All that is needed to restore this state.</summary>
    public MinerVolumeSnapshot ToSnapshot() => _state.ToSnapshot();
}
