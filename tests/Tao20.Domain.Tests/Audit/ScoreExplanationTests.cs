using Tao20.Domain.Audit;
using Tao20.Domain.Epochs;
using Tao20.Domain.Parameters;
using Tao20.Domain.Settlement;
using Tao20.Domain.Trades;
using Tao20.Domain.Units;
using Tao20.Tests;
using Tao20.Tests.Oracles;
using Xunit.Abstractions;

namespace Tao20.Domain.Tests.Audit;

/// <summary>An explanation adds up, and to what the rules say by hand.</summary>
[Trait("Category", "Fast")]
public sealed class ScoreExplanationTests(ITestOutputHelper output)
{
    private const int Miners = 25;
    private const int Epochs = 10;
    private const ulong EpochSeconds = 7_200;

    [Fact]
    public void Every_miners_explanation_of_every_epoch_adds_up_to_what_the_rules_say_by_hand()
    {
        var random = new Random(TestSeed.Of(output));
        for (var i = 0; i < 5; i++)
            Check(random);
    }

    private static void Check(Random random)
    {
        var histories = Enumerable.Range(1, Miners).ToDictionary(MinerOf, miner => History(random, MinerOf(miner)));
        var schedule = ParameterSchedule.Of(DomainParameters.Default);
        var reports = new List<EpochReport>();
        var replay = new HistoryReplay(schedule, followsRegistry: false, Given.Hashing) { Settled = reports.Add };
        foreach (var (miner, trades) in histories)
            replay.Fold(miner, trades, baseline: null);
        for (var epoch = 0UL; epoch < Epochs; epoch++)
        {
            var traded = histories.Where(one => one.Value.Any(trade => trade.Epoch.Value == epoch)).Select(one => one.Key).Order();
            var closed = new ClosedEpoch(new EpochId(epoch), new EpochId(epoch + 1), new Position(EndOf(epoch), 0), EndOf(epoch));
            replay.Pass(new BlockHeader(EndOf(epoch), default, default, EndOf(epoch)), [new EpochToSettle(closed, [.. traded])], []);
        }

        ExplanationsByHand.RequireRight(histories, reports, schedule, Given.Hashing);
    }

    private static ulong EndOf(ulong epoch) => Given.Start + (epoch + 1) * EpochSeconds;

    private static Address MinerOf(int number) => Address.Parse($"0x{number:x40}");

    /// <summary>Random trades: long pauses, bursts, dust, and round trips of any size.</summary>
    private static Trade[] History(Random random, Address miner)
    {
        var trades = new List<Trade>();
        var time = Given.Start + (ulong)random.Next(20_000);
        while (time < EndOf(Epochs - 1))
        {
            var milli = random.Next(5) == 0 ? random.Next(12) : random.Next(1, 4_000);
            var value = Wei.From(Wei.OneTao.Value * (ulong)milli / 1000 + (ulong)random.Next(1000));
            trades.Add(
                new Trade(
                    new Position(time, (uint)trades.Count),
                    new EpochId((time - Given.Start) / EpochSeconds),
                    Hash256.Zero,
                    miner,
                    random.Next(2) == 0 ? TradeSide.Mint : TradeSide.Redeem,
                    Wei.From(value.Value * (ulong)random.Next(90, 110) / 100),
                    value,
                    TaoPerToken.From(Wei.OneTao.Value),
                    time
                )
            );
            time += (ulong)(random.Next(3) == 0 ? random.Next(2_000) : random.Next(20));
        }

        return [.. trades];
    }
}
