using Tao20.Actors.Miners;
using Tao20.Domain.Trades;
using Tao20.Domain.Units;
using Tao20.Domain.Volume;

namespace Tao20.Benchmarks.Pipeline;

/// <summary>Made-up trades of one miner: now and then dust, a burst, or the undoing of an earlier trade.</summary>
internal static class SyntheticTrades
{
    private const ulong FirstTimestamp = 1_700_000_000;

    public static Address Miner(int index) => Address.Parse($"0x{0x2000 + index:x40}");

    /// <summary>A message with so many trades of a miner, from number <paramref name="first"/> on.</summary>
    public static FoldBatch Batch(Address miner, long first, int count)
    {
        var trades = new Trade[count];
        Fill(trades, miner, first);
        return new FoldBatch(first, 0, new FoldTrades(miner, EligibilityRules.Default, trades, null));
    }

    /// <summary>Fills <paramref name="batch"/> with the trades from number <paramref name="first"/> on.</summary>
    public static void Fill(Span<Trade> batch, Address miner, long first)
    {
        for (var i = 0; i < batch.Length; i++)
        {
            var n = (ulong)first + (ulong)i;
            var noise = n * 2_654_435_761UL % 1_000_003UL;
            var value = Wei.From(n % 50 == 0 ? 1_000_000UL : 100_000_000_000_000_000UL + noise * 1_000_000_000_000UL);
            batch[i] = new Trade(
                new Position(n, 0),
                new EpochId(0),
                Hash256.Zero,
                miner,
                noise % 3 == 0 ? TradeSide.Redeem : TradeSide.Mint,
                value,
                value,
                TaoPerToken.From(1_000_000_000_000_000_000UL),
                FirstTimestamp + n * 12
            );
        }
    }
}
