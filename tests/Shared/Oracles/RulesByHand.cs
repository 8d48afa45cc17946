using System.Numerics;
using Tao20.Domain.Trades;

namespace Tao20.Tests.Oracles;

/// <summary>
/// What miners are paid, computed a second time, straight from docs/scoring.md and with nothing of the domain but the trades themselves:
/// lists, loops, and whole numbers of any size.
/// </summary>
internal static class RulesByHand
{
    private static readonly BigInteger Tao = BigInteger.Pow(10, 18);
    private static readonly BigInteger Dust = Tao / 100;

    /// <summary>What a miner counts in an epoch.</summary>
    public sealed record Counted(
        string Miner,
        BigInteger Mint,
        BigInteger Redeem,
        long Slots,
        Dictionary<long, BigInteger> Hours,
        long FirstHour
    )
    {
        public BigInteger All => Mint + Redeem;

        public BigInteger W => (110 * Mint + 100 * Redeem) / 100;
    }

    /// <summary>What a miner is paid.</summary>
    public sealed record Paid(string Miner, int Rank, BigInteger W, BigInteger S, BigInteger Rao);

    /// <summary>A trade, as far as others can still cancel it out.</summary>
    private sealed class Entry
    {
        public required TradeSide Side { get; init; }

        public required BigInteger Tokens { get; set; }

        public required BigInteger Left { get; set; }

        public required BigInteger Value { get; init; }

        public required long Time { get; set; }

        public required ulong Epoch { get; init; }

        public BigInteger Counts { get; set; }
    }

    /// <summary>What a miner's trades count in each epoch.</summary>
    public static Dictionary<ulong, Counted> Count(string miner, IReadOnlyList<Trade> trades)
    {
        var (all, open, eligibleTimes) = (new List<Entry>(), new List<Entry>(), new List<long>());
        foreach (var trade in trades)
        {
            var (time, tokens, value) = ((long)trade.Timestamp, (BigInteger)trade.Tokens.Value, (BigInteger)trade.Value.Value);
            open.RemoveAll(entry => entry.Time + 300 <= time);
            var opposite = open.Where(entry => entry.Side != trade.Side).ToList();
            var used = BigInteger.Min(tokens, opposite.Aggregate(BigInteger.Zero, (sum, entry) => sum + entry.Left));
            var counts = value >= Dust && tokens > 0 && eligibleTimes.Count(at => at > time - 60) < 10;
            if (counts)
                eligibleTimes.Add(time);
            var toUse = used;
            foreach (var entry in opposite)
            {
                var part = BigInteger.Min(entry.Left, toUse);
                (entry.Left, toUse) = (entry.Left - part, toUse - part);
                if (part > 0 && entry.Epoch == trade.Epoch.Value)
                    entry.Counts = entry.Value * entry.Left / entry.Tokens;
            }

            open.RemoveAll(entry => entry.Left == 0);
            var one = new Entry
            {
                Side = trade.Side,
                Tokens = counts ? tokens : tokens - used,
                Left = tokens - used,
                Value = counts ? value : 0,
                Time = time,
                Epoch = trade.Epoch.Value,
                Counts = counts ? value * (tokens - used) / tokens : 0,
            };
            if (counts)
                all.Add(one);
            if (one.Left == 0)
                continue;
            if (!counts && open is [.., { Value.IsZero: true } before])
                (before.Tokens, before.Left, before.Time) = (before.Left + one.Left, before.Left + one.Left, time);
            else
                open.Add(one);
        }

        var firstHour = trades.Count > 0 ? (long)trades[0].Timestamp / 3600 : 0;
        return trades
            .Select(trade => trade.Epoch.Value)
            .Distinct()
            .ToDictionary(
                epoch => epoch,
                epoch =>
                {
                    var own = all.Where(entry => entry.Epoch == epoch).ToList();
                    return new Counted(
                        miner,
                        Sum(own.Where(entry => entry.Side == TradeSide.Mint)),
                        Sum(own.Where(entry => entry.Side == TradeSide.Redeem)),
                        own.Where(entry => entry.Counts >= Dust).Select(entry => entry.Time / 300).Distinct().Count(),
                        all.Where(entry => entry.Epoch <= epoch)
                            .GroupBy(entry => entry.Time / 3600)
                            .ToDictionary(hour => hour.Key, hour => Sum(hour)),
                        firstHour
                    );
                }
            );

        static BigInteger Sum(IEnumerable<Entry> entries) => entries.Aggregate(BigInteger.Zero, (sum, entry) => sum + entry.Counts);
    }

    /// <summary>What the miners of an epoch are paid, which ends in an hour.</summary>
    public static List<Paid> Pay(IEnumerable<Counted> miners, long lastHour, BigInteger carriedIn)
    {
        var candidates = miners.Where(miner => miner.All >= Tao).ToList();
        if (candidates.Count == 0)
            return [];
        var (mostW, mostSlots) = (candidates.Max(miner => miner.W), candidates.Max(miner => miner.Slots));
        var ranked = candidates
            .Select(miner => (miner, s: (7 * Over(miner.W, mostW) + 2 * Over(miner.Slots, mostSlots) + Consistency(miner, lastHour)) / 10))
            .OrderByDescending(one => one.s)
            .ThenByDescending(one => one.miner.W)
            .ThenBy(one => one.miner.Miner, StringComparer.Ordinal)
            .ToList();
        var scores = ranked.Select(one => one.s).ToList();
        BigInteger emission = 100_000_000_000;
        var (validators, tiers) = (emission * 5 / 100, emission * 25 / 100);
        var everybody = emission - validators - tiers + carriedIn;
        var pay = new BigInteger[ranked.Count];
        var pools = Share(tiers, [40, 25, 20, 10, 5]);
        int[] lastRanks = [1, 2, 5, 10, 20];
        for (var (tier, first) = (0, 0); tier < pools.Length; first = Math.Max(first, Math.Min(lastRanks[tier], ranked.Count)), tier++)
        {
            var count = Math.Min(lastRanks[tier], ranked.Count) - first;
            if (count <= 0)
                everybody += pools[tier];
            else
                Add(Share(pools[tier], scores.GetRange(first, count)), first);
        }

        Add(Share(everybody, scores), 0);
        return [.. ranked.Select((one, i) => new Paid(one.miner.Miner, i + 1, one.miner.W, one.s, pay[i]))];

        void Add(BigInteger[] parts, int from)
        {
            for (var i = 0; i < parts.Length; i++)
                pay[from + i] += parts[i];
        }
    }

    private static BigInteger Over(BigInteger part, BigInteger whole) => whole.IsZero ? 0 : part * Tao / whole;

    private static BigInteger Consistency(Counted miner, long lastHour)
    {
        var hours = new List<BigInteger>();
        for (var hour = Math.Max(miner.FirstHour, lastHour - 23); hour <= lastHour; hour++)
            hours.Add(miner.Hours.GetValueOrDefault(hour));
        var sum = hours.Aggregate(BigInteger.Zero, (total, x) => total + x);
        if (hours.Count < 2 || sum.IsZero)
            return 0;
        var squares = hours.Aggregate(BigInteger.Zero, (total, x) => total + x * x);
        return BigInteger.Max(0, Tao - Root((hours.Count * squares - sum * sum) * Tao * Tao / (sum * sum)));
    }

    /// <summary>The largest whole number whose square is not above a number, by halving.</summary>
    private static BigInteger Root(BigInteger square)
    {
        BigInteger low = 0,
            high = square + 1;
        while (high - low > 1)
        {
            var middle = (low + high) / 2;
            (low, high) = middle * middle <= square ? (middle, high) : (low, middle);
        }

        return low;
    }

    /// <summary>Parts in proportion: each the floor of its share, and one more for the largest remainders, the earlier first.</summary>
    private static BigInteger[] Share(BigInteger total, List<BigInteger> weights)
    {
        var sum = weights.Aggregate(BigInteger.Zero, (all, weight) => all + weight);
        if (sum.IsZero)
            return Share(total, [.. weights.Select(_ => BigInteger.One)]);
        var parts = weights.Select(weight => total * weight / sum).ToArray();
        var left = (int)(total - parts.Aggregate(BigInteger.Zero, (all, part) => all + part));
        foreach (var i in Enumerable.Range(0, parts.Length).OrderByDescending(i => total * weights[i] % sum).ThenBy(i => i).Take(left))
            parts[i]++;
        return parts;
    }
}
