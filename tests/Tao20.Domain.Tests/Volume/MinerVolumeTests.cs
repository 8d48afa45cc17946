using System.Numerics;
using CsCheck;
using Tao20.Domain.Trades;
using Tao20.Domain.Units;
using Tao20.Domain.Volume;
using static Tao20.Domain.Tests.Given;

namespace Tao20.Domain.Tests.Volume;

/// <summary>The laws of the fold. A failure prints the seed that repeats it.</summary>
[Trait("Category", "Fast")]
public sealed class MinerVolumeTests
{
    [Fact]
    public void Cutting_trades_into_batches_in_any_way_gives_the_same_state() =>
        Gen.Select(History, Gen.Int[1, 40].Array[1, 30])
            .Sample(
                (history, cuts) =>
                {
                    var whole = Dump(Folded(history).Volume);
                    var volume = MinerVolume.Initial(Miner);
                    var rest = history.AsMemory();
                    for (var i = 0; rest.Length > 0; i++)
                    {
                        var count = Math.Min(rest.Length, cuts[i % cuts.Length]);
                        volume = volume.Evolve(((FoldDecision.Fold)volume.Decide(Command(rest[..count]), Hashing)).Event);
                        rest = rest[count..];
                    }

                    Assert.Equal(whole, Dump(volume));
                }
            );

    [Fact]
    public void Folding_again_what_was_folded_changes_nothing() =>
        Gen.Select(History, Gen.Int[0, 119])
            .Sample(
                (history, overlap) =>
                {
                    var (volume, _) = Folded(history);
                    var again = history.AsMemory(Math.Min(overlap, history.Length - 1));
                    Assert.IsType<FoldDecision.AlreadyFolded>(volume.Decide(Command(again), Hashing));
                }
            );

    [Fact]
    public void A_batch_that_repeats_some_trades_folds_only_the_rest() =>
        Gen.Select(History, Gen.Int[0, 119])
            .Sample(
                (history, cut) =>
                {
                    cut = Math.Min(cut, history.Length - 1);
                    var (volume, _) = Folded(history[..cut]);
                    var folded = ((FoldDecision.Fold)volume.Decide(Command(history), Hashing)).Event;
                    Assert.Equal(history.Length - cut, folded.Trades.Length);
                    Assert.Equal(Dump(Folded(history).Volume), Dump(volume.Evolve(folded)));
                }
            );

    [Fact]
    public void Replay_equals_live_and_a_snapshot_equals_replay() =>
        Gen.Select(History, Gen.Int[0, 119])
            .Sample(
                (history, cut) =>
                {
                    cut = Math.Min(cut, history.Length - 1);
                    var (before, _) = Folded(history[..cut]);
                    var restored = MinerVolume.Restore(before.ToSnapshot());
                    Assert.Equal(Dump(before), Dump(restored));
                    var folded = ((FoldDecision.Fold)before.Decide(Command(history), Hashing)).Event;
                    Assert.Equal(Dump(before.Evolve(folded)), Dump(restored.Evolve(folded)));
                }
            );

    [Fact]
    public void Deciding_changes_nothing() =>
        History.Sample(history =>
        {
            var (volume, _) = Folded(history);
            var before = Dump(volume);
            volume.Decide(
                Command(new[] { history[^1] with { Position = new Position(1_000_000, 0), Timestamp = history[^1].Timestamp + 1 } }),
                Hashing
            );
            Assert.Equal(before, Dump(volume));
        });

    [Fact]
    public void What_counts_and_what_does_not_sums_to_all_that_was_traded() =>
        History.Sample(history =>
        {
            var (volume, _) = Folded(history);
            var total = history.Aggregate(UInt128.Zero, (sum, trade) => sum + trade.Value.Value);
            Assert.Equal(total, volume.LifetimeWei);
            var epochs = history.Select(trade => trade.Epoch).Distinct().Select(volume.Of).ToList();
            var judged = epochs.Aggregate(UInt128.Zero, (sum, epoch) => sum + epoch.Eligible.Wei + epoch.Dust.Wei + epoch.Burst.Wei);
            Assert.All(epochs, epoch => Assert.Equal(epoch.Eligible.Wei, epoch.EligibleWei + epoch.Cancelled.Wei));
            Assert.Equal(total, judged);
            Assert.Equal(history.Length, epochs.Sum(epoch => epoch.AllTrades));
            Assert.Equal(volume.LifetimeEligibleWei, epochs.Aggregate(UInt128.Zero, (sum, epoch) => sum + epoch.EligibleWei));
        });

    /// <summary>
    /// The rules said once more, as slowly and plainly as they can be: all trades are looked at again for each trade, and what each has
    /// left is kept beside it. Dust and bursts that follow one another are one, of the time of the last.
    /// </summary>
    [Fact]
    public void What_counts_is_what_the_rules_say_read_word_for_word() =>
        History.Sample(history =>
        {
            var rules = EligibilityRules.Default;
            var eligible = new bool[history.Length];
            var counted = new UInt128[history.Length];
            var lots = new List<(int Trade, UInt128 Left, ulong Time, bool Counts)>();
            for (var i = 0; i < history.Length; i++)
            {
                var (trade, t) = (history[i], history[i].Timestamp);
                var burst = Enumerable.Range(0, i).Count(k => eligible[k] && history[k].Timestamp + (ulong)rules.BurstSeconds > t);
                eligible[i] = trade.Value.Value >= rules.DustWei.Value && burst < rules.BurstTrades;
                lots.RemoveAll(lot => lot.Time + (ulong)rules.RoundTripSeconds <= t);
                var left = trade.Tokens.Value;
                for (var k = 0; k < lots.Count && left > 0; k++)
                {
                    if (history[lots[k].Trade].Side == trade.Side)
                        continue;
                    var (earlier, used) = (lots[k].Trade, UInt128.Min(lots[k].Left, left));
                    left -= used;
                    lots[k] = lots[k] with { Left = lots[k].Left - used };
                    if (lots[k].Counts && history[earlier].Epoch == trade.Epoch)
                        counted[earlier] = Floor(history[earlier], lots[k].Left);
                }

                lots.RemoveAll(lot => lot.Left == 0);
                if (eligible[i])
                    counted[i] = Floor(trade, left);
                if (left > 0 && !eligible[i] && lots is [.., { Counts: false } last])
                    lots[^1] = (i, last.Left + left, t, false);
                else if (left > 0)
                    lots.Add((i, left, t, eligible[i]));
            }

            var (volume, _) = Folded(history);
            foreach (var epoch in history.Select(trade => trade.Epoch).Distinct())
            {
                var of = Enumerable.Range(0, history.Length).Where(i => history[i].Epoch == epoch).ToList();
                var slots = of.Where(i => counted[i] >= rules.DustWei.Value).Select(i => history[i].Timestamp / 300).Distinct().Count();
                var known = volume.Of(epoch);
                Assert.Equal(Sum(of.Where(i => history[i].Side == TradeSide.Mint)), known.MintEligible);
                Assert.Equal(Sum(of.Where(i => history[i].Side == TradeSide.Redeem)), known.RedeemEligible);
                Assert.Equal(slots, known.Slots);
            }

            foreach (var hour in Enumerable.Range(0, history.Length).GroupBy(i => (long)(history[i].Timestamp / 3600)))
            {
                var kept = volume.Of(history[^1].Epoch).Hourly;
                if (hour.Key > kept.LastHour - HourlyVolume.Hours && hour.Key <= kept.LastHour)
                    Assert.Equal(Sum(hour), kept[hour.Key]);
            }

            UInt128 Sum(IEnumerable<int> trades) => trades.Aggregate(UInt128.Zero, (sum, i) => sum + counted[i]);
            static UInt128 Floor(Trade trade, UInt128 left) => (UInt128)((BigInteger)trade.Value.Value * left / trade.Tokens.Value);
        });

    [Fact]
    public void The_running_hash_tells_any_two_histories_apart() =>
        Gen.Select(History, Gen.Int[0, 119], Gen.Int[0, 8])
            .Sample(
                (history, at, field) =>
                {
                    at = Math.Min(at, history.Length - 1);
                    var head = Folded(history).Volume.Head;
                    Assert.Equal(history.Length, head.Trades);
                    var (changed, one) = (history.ToArray(), history[at]);
                    changed[at] = field switch
                    {
                        0 => one with { TxHash = Hashing([1]) },
                        1 => one with { Value = Wei.From(one.Value.Value + 1) },
                        2 => one with { Tokens = Wei.From(one.Tokens.Value + 1) },
                        3 => one with { Nav = TaoPerToken.From(one.Nav.Value + 1) },
                        4 => one with { Side = one.Side == TradeSide.Mint ? TradeSide.Redeem : TradeSide.Mint },
                        _ => one,
                    };
                    if (field > 4)
                        changed = field % 2 == 0 ? [.. history[..at], .. history[(at + 1)..]] : history[..at];
                    Assert.NotEqual(head.Hash, Folded(changed).Volume.Head.Hash);
                }
            );

    [Fact]
    public void An_epoch_has_the_running_hash_of_its_last_trade() =>
        History.Sample(history =>
        {
            var (volume, _) = Folded(history);
            foreach (var epoch in history.GroupBy(trade => trade.Epoch))
            {
                var until = Array.FindLastIndex(history, trade => trade.Epoch == epoch.Key);
                Assert.Equal(Folded(history[..(until + 1)]).Volume.Head.Hash, volume.Of(epoch.Key).Head);
            }
        });

    [Fact]
    public void What_an_earlier_version_folded_has_no_running_hash_and_gets_none()
    {
        var volume = MinerVolume.Initial(Miner);
        var first = ((FoldDecision.Fold)volume.Decide(Command(new[] { Mint(1000, 0) }), Hashing)).Event;
        volume = volume.Evolve(first with { Heads = [] });
        Assert.Equal(new MinerHead(1, null), volume.Head);
        var next = ((FoldDecision.Fold)volume.Decide(Command(new[] { Mint(1000, 9) }), Hashing)).Event;
        Assert.Empty(next.Heads);
        Assert.Null(volume.Evolve(next).Head.Hash);
    }

    [Fact]
    public void The_order_within_a_block_is_respected()
    {
        // The same two trades in one block: cancelled out by the one that comes second.
        var first = Mint(1000, 0, block: 5);
        var second = Redeem(1000, 0, block: 5) with { Position = new Position(5, 1) };
        Assert.Equal(VerdictKind.Cancelled, Folded(first, second).Verdicts[1].Kind);
        Assert.Throws<ArgumentException>(() => Folded(second, first));
    }

    [Fact]
    public void The_state_stays_bounded_however_long_the_history()
    {
        var trades = Enumerable.Range(0, 5_000).Select(i => Mint(100 + i, i * 7200, epoch: (ulong)i)).ToArray();
        var snapshot = Folded(trades).Volume.ToSnapshot();
        Assert.Equal(MinerVolume.ClosedEpochsKept, snapshot.Closed.Count);
        Assert.Equal(10, snapshot.Burst.Count);
        Assert.Single(snapshot.Candidates);
        Assert.True(snapshot.Uniform.Count <= UniformSketch.Capacity);
    }

    [Fact]
    public void An_epoch_keeps_what_it_was_once_the_next_has_begun()
    {
        var (volume, _) = Folded(Mint(1000, 0), Mint(2000, 100), Mint(4000, 3700, epoch: 1));
        Assert.Equal((UInt128)3_000_000_000_000_000_000, volume.Of(new(0)).EligibleWei);
        Assert.Equal((UInt128)4_000_000_000_000_000_000, volume.Of(new(1)).EligibleWei);
        Assert.Equal(0, volume.Of(new(7)).AllTrades);
    }

    [Fact]
    public void A_fold_that_would_not_equal_the_chains_counter_is_refused()
    {
        var volume = MinerVolume.Initial(Miner);
        var tao = Wei.OneTao.Value;
        var trades = new[] { Mint(1000, 0), Mint(2000, 1) };
        var diverged = Assert.IsType<FoldDecision.Diverged>(
            volume.Decide(new FoldTrades(Miner, EligibilityRules.Default, trades, new ChainCounter(0, 4 * tao)), Hashing)
        );
        Assert.Equal((4 * tao, 3 * tao), (diverged.ChainWei, diverged.FoldWei));
        Assert.IsType<FoldDecision.Fold>(
            volume.Decide(new FoldTrades(Miner, EligibilityRules.Default, trades, new ChainCounter(0, 3 * tao)), Hashing)
        );
    }

    [Fact]
    public void A_miner_that_had_traded_before_the_first_block_read_has_a_baseline()
    {
        var tao = Wei.OneTao.Value;
        var first = new FoldTrades(Miner, EligibilityRules.Default, new[] { Mint(1000, 0) }, new ChainCounter(7 * tao, 8 * tao));

        // Whether it had, the chain says, and not the log of its first trade seen.
        Assert.Equal(new FoldDecision.BeginningWanted(7 * tao), MinerVolume.Initial(Miner).Decide(first, Hashing));
        Assert.Equal(
            new FoldDecision.HistoryMissing(7 * tao, 5 * tao),
            MinerVolume.Initial(Miner).Decide(first with { Began = 5 * tao }, Hashing)
        );
        var folded = Assert.IsType<FoldDecision.Fold>(MinerVolume.Initial(Miner).Decide(first with { Began = 7 * tao }, Hashing)).Event;
        var volume = MinerVolume.Initial(Miner).Evolve(folded);
        Assert.Equal(7 * tao, volume.Baseline);
        Assert.Equal(tao, volume.LifetimeWei);
        Assert.IsType<FoldDecision.Diverged>(
            volume.Decide(
                new FoldTrades(Miner, EligibilityRules.Default, new[] { Mint(1000, 9) }, new ChainCounter(8 * tao, 10 * tao)),
                Hashing
            )
        );
    }

    [Fact]
    public void A_gap_before_a_trade_is_named_with_what_was_counted_at_its_ends_and_its_blocks()
    {
        var tao = Wei.OneTao.Value;
        var first = Assert.IsType<FoldDecision.Fold>(Decide(MinerVolume.Initial(Miner), Mint(1000, 0), 0, tao)).Event;
        var volume = MinerVolume.Initial(Miner).Evolve(first);
        var late = Mint(1000, 900);
        var diverged = Assert.IsType<FoldDecision.Diverged>(Decide(volume, late, 4 * tao, 5 * tao));
        var block = first.Trades.Span[0].Position.Block;
        Assert.Equal(new HistoryGap(Miner, tao, 4 * tao, block, late.Position.Block), diverged.Gap);
        Assert.Equal(3 * tao, diverged.Gap!.Missing);

        // A contract that counts less than its logs say has lost none.
        Assert.Null(Assert.IsType<FoldDecision.Diverged>(Decide(volume, late, 0, tao)).Gap);

        static FoldDecision Decide(MinerVolume volume, Trade trade, UInt128 before, UInt128 after) =>
            volume.Decide(new FoldTrades(Miner, EligibilityRules.Default, new[] { trade }, new ChainCounter(before, after)), Hashing);
    }

    [Fact]
    public void A_trade_whose_log_could_not_be_read_does_not_count_and_the_totals_still_agree()
    {
        var tao = Wei.OneTao.Value;
        var unread = Mint(3000, 60) with { Tokens = default, Nav = default };
        var trades = new[] { Mint(1000, 0), unread, Redeem(2000, 420) };
        var folded = Assert
            .IsType<FoldDecision.Fold>(
                MinerVolume
                    .Initial(Miner)
                    .Decide(new FoldTrades(Miner, EligibilityRules.Default, trades, new ChainCounter(0, 6 * tao)), Hashing)
            )
            .Event;
        Assert.Equal(VerdictKind.Unread, folded.Verdicts.Span[1].Kind);
        var volume = MinerVolume.Initial(Miner).Evolve(folded);
        Assert.Equal((6 * tao, 3 * tao), (volume.LifetimeWei, volume.LifetimeEligibleWei));
        Assert.Equal((VerdictKind.Unread, 3 * tao), (volume.RecentExclusions[0].Reason, volume.RecentExclusions[0].Value.Value));
    }

    private static FoldTrades Command(ReadOnlyMemory<Trade> trades) => new(Miner, EligibilityRules.Default, trades, null);
}
