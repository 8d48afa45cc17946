using System.Collections.Immutable;
using CsCheck;
using Tao20.Domain.Arbitrage;
using Tao20.Domain.Trades;
using Tao20.Domain.Volume;
using static Tao20.Domain.Tests.Arbitrage.Market;

namespace Tao20.Domain.Tests.Arbitrage;

/// <summary>A trade for volume is made only where it counts in full by the rules that miners are ranked by.</summary>
[Trait("Category", "Fast")]
public sealed class NeutralVolumeTests
{
    private static readonly NeutralVolume Volume = new(EligibilityRules.Default);

    [Fact]
    public void Dust_a_burst_and_what_undoes_a_trade_of_a_moment_ago_are_not_made()
    {
        Assert.Null(Why([], TradeKind.MintAndSell, 1_000, 0));
        Assert.Equal("it would be dust", Why([], TradeKind.MintAndSell, 10, 0));
        var burst = Enumerable.Range(0, 10).Select(i => Trade(i, mints: true, 1_000)).ToImmutableList();
        Assert.Equal("it would be one of a burst", Why(burst, TradeKind.MintAndSell, 5_000, 59));
        Assert.Null(Why(burst, TradeKind.MintAndSell, 5_000, 60));
        ImmutableList<CountedTrade> minted = [Trade(0, mints: true, 1_000)];
        Assert.Equal("it would cancel out with a trade of a moment ago", Why(minted, TradeKind.BuyAndRedeem, 1_015, 299));
        Assert.Equal("it would cancel out with a trade of a moment ago", Why(minted, TradeKind.BuyAndRedeem, 5_000, 299));
        Assert.Null(Why(minted, TradeKind.BuyAndRedeem, 1_000, 300));
        Assert.Null(Why(minted, TradeKind.MintAndSell, 1_000, 10));
    }

    /// <summary>Whatever it makes, whenever it may, is judged eligible by the fold that miners are ranked by.</summary>
    [Fact]
    public void What_is_made_is_eligible() =>
        Gen.Select(Gen.Int[1, 90], Gen.Bool, Gen.Long[5, 3_000])
            .Array[1, 120]
            .Sample(wishes =>
            {
                var (recent, trades, at) = (ImmutableList<CountedTrade>.Empty, new List<Trade>(), 0);
                foreach (var (seconds, mints, size) in wishes)
                {
                    at += seconds;
                    var (kind, now) = (mints ? TradeKind.MintAndSell : TradeKind.BuyAndRedeem, Start + (ulong)at);
                    if (Volume.Uncounted(recent, kind, Amount(size), now) is not null)
                        continue;
                    trades.Add(Given.Trade(mints ? TradeSide.Mint : TradeSide.Redeem, size, at, 0, 0));
                    recent = NeutralVolume.After(recent, new CountedTrade(now, mints, Amount(size)));
                }

                Assert.All(Given.Verdicts([.. trades]), verdict => Assert.Equal(VerdictKind.Eligible, verdict));
            });

    private static string? Why(ImmutableList<CountedTrade> recent, TradeKind kind, long size, int seconds) =>
        Volume.Uncounted(recent, kind, Amount(size), Start + (ulong)seconds);

    private static CountedTrade Trade(int seconds, bool mints, long tokens) => new(Start + (ulong)seconds, mints, Amount(tokens));
}
