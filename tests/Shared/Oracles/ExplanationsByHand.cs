using System.Globalization;
using System.Numerics;
using Tao20.Domain.Audit;
using Tao20.Domain.Parameters;
using Tao20.Domain.Settlement;
using Tao20.Domain.Trades;
using Tao20.Domain.Units;

namespace Tao20.Tests.Oracles;

/// <summary>Explanations of scores, held against what the rules say by hand.</summary>
internal static class ExplanationsByHand
{
    /// <summary>Every miner's explanation of every epoch adds up, to the wei, to <see cref="RulesByHand"/>.</summary>
    /// <param name="histories">All trades of each miner, by position.</param>
    /// <param name="reports">All epochs, from the first.</param>
    /// <param name="schedule">The parameters, which are the default ones.</param>
    /// <param name="keccak">The chain's hash function.</param>
    public static void RequireRight(
        IReadOnlyDictionary<Address, Trade[]> histories,
        IReadOnlyList<EpochReport> reports,
        ParameterSchedule schedule,
        Keccak256 keccak
    )
    {
        var counted = histories.ToDictionary(one => one.Key, one => RulesByHand.Count(one.Key.ToString(), one.Value));
        BigInteger carried = 0;
        foreach (var report in reports)
        {
            var epoch = report.Closed.Epoch;
            var own = counted.Values.Where(one => one.ContainsKey(epoch.Value)).Select(one => one[epoch.Value]).ToList();
            var paid = RulesByHand.Pay(own, report.Closed.LastHour, carried).ToDictionary(one => one.Miner);
            Assert.Equal(paid.Count, report.Rewards.Payouts.Count);
            carried = report.Rewards.CarriedOut.Value;
            foreach (var (miner, trades) in histories)
            {
                var explained = ScoreExplanation.Of(
                    report,
                    miner,
                    trades.Where(trade => trade.Epoch.Value <= epoch.Value),
                    schedule,
                    keccak
                );
                Assert.Equal(trades.Count(trade => trade.Epoch == epoch), explained.Trades.Count);
                var byHand = counted[miner].GetValueOrDefault(epoch.Value);
                var mints = explained.Trades.Aggregate(BigInteger.Zero, (sum, trade) => sum + trade.Mint.Value);
                var redemptions = explained.Trades.Aggregate(BigInteger.Zero, (sum, trade) => sum + trade.Redeem.Value);
                Assert.Equal((byHand?.Mint ?? 0, byHand?.Redeem ?? 0), (mints, redemptions));
                Assert.Equal((mints, redemptions), (explained.Volume.MintEligible, explained.Volume.RedeemEligible));
                var expected = paid.GetValueOrDefault(miner.ToString());
                Assert.Equal(expected?.Rank, explained.Payout?.Miner.Rank);
                if (expected is null)
                    continue;
                Assert.Equal(expected.W, explained.Payout!.Miner.Score.WeightedVolume);
                Assert.Equal(expected.S, (BigInteger)explained.Payout.Miner.Score.Final.Value);
                Assert.Equal(expected.Rao, explained.Payout.Payout.Value);
                Assert.Equal($"{expected.Rao.ToString(CultureInfo.InvariantCulture)} rao", Value(explained, "Payout"));
                Assert.Equal($"{explained.Payout.Miner.Rank}", Value(explained, "Rank"));
            }
        }
    }

    private static string Value(ScoreExplanation explained, string rule) => explained.Steps.Single(step => step.Rule == rule).Value;
}
