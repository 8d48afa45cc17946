using System.Collections.Immutable;
using System.Numerics;
using CsCheck;
using Tao20.Domain.Index;
using Tao20.Domain.Units;

namespace Tao20.Domain.Tests.Index;

/// <summary>What a node does for an index of two legs, of which a token has one alpha each.</summary>
[Trait("Category", "Fast")]
public sealed class IndexDutyTests
{
    private const ulong Start = 1_700_000_000;
    private const ulong Alpha = 1_000_000_000;
    private static readonly BigInteger One = BigInteger.Pow(10, 18);
    private static readonly Address Account = Given.Miner;
    private static readonly ImmutableHashSet<string> None = [];

    [Fact]
    public void Nothing_is_due_where_all_is_observed_and_no_window_is_open() =>
        Assert.Null(IndexDuties.Next(View() with { WindowUntil = 0 }, Account, None));

    [Fact]
    public void Means_come_first_and_are_observed_when_their_reading_is_old_enough_or_missing()
    {
        var old = With(View(), 0, leg => leg with { ObservedAt = 0 });
        Assert.Equal([(ushort)1], Assert.IsType<IndexDuty.Observe>(IndexDuties.Next(old, Account, None)).Netuids);
        Assert.IsType<IndexDuty.Step>(IndexDuties.Next(old, Account, ["observe"]));

        // Each account takes its turn within eight blocks.
        var young = With(View(), 0, leg => leg with { ObservedAt = 1_000 - 99 });
        Assert.IsNotType<IndexDuty.Observe>(IndexDuties.Next(young, Account, None));
        var due = With(View(), 0, leg => leg with { ObservedAt = 1_000 - 107 });
        Assert.IsType<IndexDuty.Observe>(IndexDuties.Next(due, Account, None));
    }

    [Fact]
    public void Of_legs_that_are_off_their_targets_the_one_that_is_furthest_is_traded()
    {
        var step = Assert.IsType<IndexDuty.Step>(IndexDuties.Next(View(), Account, None));
        Assert.Equal(1, step.Netuid);
        Assert.Equal(2, Assert.IsType<IndexDuty.Step>(IndexDuties.Next(View(), Account, ["step-1"])).Netuid);
        Assert.Null(IndexDuties.Next(View(), Account, ["step-1", "step-2"]));
    }

    [Fact]
    public void A_leg_waits_that_was_traded_a_moment_ago_or_whose_price_is_off_or_for_which_there_is_no_tao()
    {
        Assert.Equal(2, Next(leg => leg with { SteppedAt = Start - 299 }));
        Assert.Equal(1, Next(leg => leg with { SteppedAt = Start - 300 - 96 }));
        Assert.Equal(2, Next(leg => leg with { SpotWei = leg.SpotWei * 103 / 100 }));
        Assert.Equal(2, Next(leg => leg with { MeanWei = null }));
        Assert.Equal(2, Next(leg => leg with { Anchor = leg.Anchor * 130 / 100 }));
        Assert.Equal(2, Next(leg => leg with { SpotWei = 0 }));
        Assert.Equal(2, Next(leg => leg with { Held = 100 * Alpha, Book = 100 * Alpha }));

        // A leg that is left may have the price that its proposal has named.
        Assert.Equal(1, Next(leg => leg with { MeanWei = null, Unit = 0 }));

        // The second one is to be bought.
        Assert.Null(IndexDuties.Next(View() with { TaoRao = 19_999_999 }, Account, ["step-1"]));

        static ushort Next(Func<IndexLeg, IndexLeg> change) =>
            Assert.IsType<IndexDuty.Step>(IndexDuties.Next(With(View(), 0, change), Account, None)).Netuid;
    }

    [Fact]
    public void Nothing_is_traded_while_it_is_paused_a_leg_is_missing_or_no_room_is_left_and_a_window_that_is_over_is_closed()
    {
        Assert.Null(IndexDuties.Next(View() with { PausedUntil = Start + 1 }, Account, None));
        Assert.Null(IndexDuties.Next(View() with { Room = (0, Start) }, Account, None));
        Assert.Null(IndexDuties.Next(With(View(), 1, leg => leg with { Book = 1_000 * Alpha }), Account, None));
        Assert.IsType<IndexDuty.Close>(IndexDuties.Next(View() with { WindowUntil = Start }, Account, None));
        Assert.Null(IndexDuties.Next(View() with { WindowUntil = Start }, Account, ["close"]));
    }

    [Fact]
    public void While_nothing_is_due_it_looks_again_when_something_can_be()
    {
        Assert.Equal(1_001UL, IndexDuties.LookAgainAt(View()));
        var shut = View() with { WindowUntil = 0 };
        Assert.Equal(1_025UL, IndexDuties.LookAgainAt(shut));
        Assert.Equal(1_010UL, IndexDuties.LookAgainAt(With(shut, 1, leg => leg with { ObservedAt = 910 })));
        Assert.Equal(1_001UL, IndexDuties.LookAgainAt(With(shut, 1, leg => leg with { ObservedAt = 0 })));
    }

    [Fact]
    public void Of_eight_turns_accounts_have_different_ones()
    {
        var moments = Enumerable
            .Range(1, 20)
            .Select(i => Address.Parse($"0x{i:x40}"))
            .Select(account =>
                Enumerable
                    .Range(0, 9)
                    .First(turn =>
                        IndexDuties.Next(
                            With(View(), 0, leg => leg with { SteppedAt = Start - 300 - 12 * (ulong)turn }),
                            account,
                            ["step-2"]
                        )
                            is not null
                    )
            );
        Assert.InRange(moments.Distinct().Count(), 3, 8);
    }

    [Fact]
    public void What_is_spent_in_any_24_hours_is_never_more_than_is_allowed() =>
        Gen.Select(Gen.ULong[0, 5_000], Gen.ULong[1, 400], Gen.Bool)
            .Array[1, 200]
            .Sample(duties =>
            {
                var (budget, now, spent) = (IndexDutyBudget.Initial, Start, new List<(ulong Time, ulong Wei)>());
                foreach (var (seconds, wei, comesBack) in duties)
                {
                    now += seconds;
                    if (!budget.Allows(Wei.From(wei), now, Wei.From(1_000)))
                        continue;
                    budget = budget.Evolve(new DutyCounted("observe", now, new WeiDelta((Int128)wei)));
                    if (comesBack)
                        budget = budget.Evolve(new DutyCounted("observe", now, new WeiDelta(-(Int128)wei)));
                    else
                        spent.Add((now, wei));
                    Assert.True(spent.Where(one => one.Time + 23 * 3_600 > now).Sum(one => (long)one.Wei) <= 1_000);
                    Assert.InRange(budget.Hours.Count, 1, 24);
                }
            });

    /// <summary>100 tokens and an open window; of the first leg there is too much, of the second too little.</summary>
    private static IndexView View() =>
        new()
        {
            Block = (1_000, Start),
            Supply = 100 * One,
            TaoRao = 5_000_000_000,
            Revision = 1,
            FeeBps = 10,
            Nav = (One, One),
            PausedUntil = 0,
            WindowUntil = Start + 3_600,
            Room = (0, 0),
            Rules = (300, 86_400),
            Means = Given.Miner,
            ShortestSpan = 100,
            Owners = (Given.Miner, Given.Miner, Given.Miner),
            TimeLock = (0, 0),
            Legs = [Leg(1, 120), Leg(2, 90)],
            Pending = [],
        };

    private static IndexLeg Leg(ushort netuid, ulong held) =>
        new(netuid, true, held * Alpha, 0, Hash256.Zero, Alpha, One / 2, One / 2, held * Alpha, One / 2, One / 2, 1_000);

    private static IndexView With(IndexView view, int leg, Func<IndexLeg, IndexLeg> change) =>
        view with
        {
            Legs = view.Legs.SetItem(leg, change(view.Legs[leg])),
        };
}
