using Tao20.Domain.Trades;
using Tao20.Domain.Units;

namespace Tao20.Domain.Volume;

/// <summary>A trade that later ones of the opposite side can still cancel out.</summary>
/// <param name="Tokens">Its TAO20, in wei; above 0.</param>
/// <param name="Left">What of them no trade has cancelled out, in wei; above 0.</param>
/// <param name="Value">What it was worth, in TAO wei; 0 for dust and what is of a burst, which counts nothing.</param>
/// <param name="Timestamp">Its time, in Unix seconds.</param>
/// <param name="Epoch">Its epoch.</param>
/// <param name="Side">Its side.</param>
public readonly record struct Candidate(UInt128 Tokens, UInt128 Left, Wei Value, ulong Timestamp, EpochId Epoch, TradeSide Side)
{
    /// <summary>What it counts, in TAO wei: <c>floor(value * left / tokens)</c>. Kept, since it is asked for more often.</summary>
    public UInt128 Counted { get; } = Value.Part(Left, Tokens);
}

/// <summary>
/// A miner's trades with timestamps in <c>(t - RoundTripSeconds, t]</c>, as far as no trade of the opposite side has cancelled them out: a
/// trade first uses up what is there of the other side, oldest first, token for token (source: the rules of eligibility, round trips).
/// Hence all that is there is of one side. Dust and bursts, which count nothing, cancel out and are cancelled out like all others: or a
/// full burst window would hide one half of a round trip. Those that follow one another are one, of the time of the last: so there are
/// never more than two for each trade that counts.
/// </summary>
internal sealed class RoundTripWindow
{
    private readonly BoundedQueue<Candidate> _trades;

    public RoundTripWindow() => _trades = new(4);

    public RoundTripWindow(IReadOnlyList<Candidate> trades) => _trades = new(trades);

    private RoundTripWindow(RoundTripWindow other) => _trades = other._trades.Clone();

    public int Count => _trades.Count;

    public ref readonly Candidate this[int index] => ref _trades[index];

    public Candidate[] ToArray() => _trades.ToArray();

    public RoundTripWindow Clone() => new(this);

    /// <summary>How many tokens of a trade cancel out with what is there, in wei.</summary>
    public UInt128 Matching(in Trade trade, in EligibilityRules rules)
    {
        UInt128 found = 0;
        for (var i = 0; i < _trades.Count && found < trade.Tokens.Value; i++)
        {
            ref readonly var earlier = ref _trades[i];
            if (earlier.Side == trade.Side)
                break;
            if (!IsOver(in earlier, trade.Timestamp, rules))
                found += earlier.Left;
        }

        return UInt128.Min(found, trade.Tokens.Value);
    }

    /// <summary>
    /// Takes out the oldest trade if it is too long ago to be cancelled out at a time, or if there are as many as there may be: which
    /// happens where rules change to others within the time of a round trip.
    /// </summary>
    public bool TryTakeOld(ulong timestamp, in EligibilityRules rules, out Candidate old)
    {
        old = _trades.Count > 0 ? _trades[0] : default;
        if (_trades.Count == 0 || (_trades.Count < EligibilityRules.MostInRoundTrip && !IsOver(in old, timestamp, rules)))
            return false;
        _trades.RemoveOldest();
        return true;
    }

    /// <summary>Uses up to so many tokens of the oldest trade, which must be there.</summary>
    /// <returns>How many of them, in wei.</returns>
    public UInt128 UseOldest(UInt128 tokens, out Candidate before, out Candidate after)
    {
        before = _trades[0];
        var used = UInt128.Min(before.Left, tokens);
        after = new Candidate(before.Tokens, before.Left - used, before.Value, before.Timestamp, before.Epoch, before.Side);
        if (after.Left == 0)
            _trades.RemoveOldest();
        else
            _trades.ReplaceOldest(after);
        return used;
    }

    /// <summary>Adds a trade of which so many tokens are not cancelled out.</summary>
    /// <param name="trade">The trade.</param>
    /// <param name="left">How many of its tokens, in wei.</param>
    /// <param name="counts">Whether it counts; otherwise it is dust or of a burst.</param>
    public void Add(in Trade trade, UInt128 left, bool counts)
    {
        if (left == 0)
            return;

        // Only the first rules, which matched sizes, let both sides stand beside each other.
        if (_trades.Count > 0 && _trades[0].Side != trade.Side)
            _trades.Clear();
        if (counts)
            Push(new Candidate(trade.Tokens.Value, left, trade.Value, trade.Timestamp, trade.Epoch, trade.Side));
        else if (_trades.Count > 0 && _trades[_trades.Count - 1] is { Value.Value: var value, Left: var before } && value == 0)
            _trades.ReplaceNewest(new Candidate(before + left, before + left, Wei.Zero, trade.Timestamp, trade.Epoch, trade.Side));
        else
            Push(new Candidate(left, left, Wei.Zero, trade.Timestamp, trade.Epoch, trade.Side));
    }

    private void Push(Candidate trade) => _trades.Push(trade, EligibilityRules.MostInRoundTrip);

    private static bool IsOver(in Candidate trade, ulong timestamp, in EligibilityRules rules) =>
        trade.Timestamp + (ulong)rules.RoundTripSeconds <= timestamp;
}
