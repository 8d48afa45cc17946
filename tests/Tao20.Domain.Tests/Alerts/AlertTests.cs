using CsCheck;
using Tao20.Domain.Alerts;
using Tao20.Domain.Units;

namespace Tao20.Domain.Tests.Alerts;

/// <summary>When people are told that something is too far from what it should be.</summary>
public sealed class AlertTests
{
    private const string Miner = "0x00000000000000000000000000000000000000a1";
    private static readonly AlertRules Rules = new() { After = TimeSpan.FromSeconds(60), MaxTokensWei = Wei.From(100) };
    private static readonly Int128 Percent = Ratio.Scale / 100;

    public static TheoryData<AlertKind, string, string> Bounds =>
        new()
        {
            { AlertKind.NavAgainstMarket, $"{5 * Percent}", $"{4 * Percent - 1}" },
            { AlertKind.NavAgainstMarket, $"{-5 * Percent}", $"{-4 * Percent + 1}" },
            { AlertKind.NavAgainstValidators, $"{Percent}", "0" },
            { AlertKind.TaoLow, "99999999999999999", "120000000000000000" },
            { AlertKind.TokensHigh, "100", "79" },
            { AlertKind.LossOfDay, "500000000000000000", "0" },
        };

    [Theory]
    [MemberData(nameof(Bounds))]
    public void It_fires_once_and_is_cleared_once(AlertKind kind, string tooFar, string well)
    {
        var told = new Told();
        Assert.Empty(told.Look(kind, Int128.Parse(well, null), 0));
        var wait = Rules.SecondsBefore(kind);
        if (wait > 0)
            Assert.Empty(told.Look(kind, Int128.Parse(tooFar, null), 100));
        var fired = Assert.IsType<AlertEvent.Fired>(Assert.Single(told.Look(kind, Int128.Parse(tooFar, null), 100 + wait)));
        Assert.Equal((kind, Miner, 100UL, 100 + wait), (fired.Alert.Kind, fired.Alert.Subject, fired.Alert.Since, fired.Alert.FiredAt));
        Assert.Empty(told.Look(kind, Int128.Parse(tooFar, null), 500));
        var cleared = Assert.IsType<AlertEvent.Cleared>(Assert.Single(told.Look(kind, Int128.Parse(well, null), 600)));
        Assert.Equal((fired.Alert.Id, Int128.Parse(well, null), 600UL), (cleared.Id, cleared.Value!.Value, cleared.At));
        Assert.Empty(told.Look(kind, Int128.Parse(well, null), 700));
        Assert.Empty(told.State.Firing);
    }

    [Theory]
    [MemberData(nameof(Bounds))]
    public void Just_within_the_bound_it_does_not_fire(AlertKind kind, string tooFar, string well)
    {
        var bound = Int128.Parse(tooFar, null);
        var within = kind == AlertKind.TaoLow ? bound + 1 : bound - Int128.Sign(bound);
        var told = new Told();
        Assert.NotEqual(tooFar, well);
        for (var time = 0UL; time < 1_000; time += 50)
            Assert.Empty(told.Look(kind, within, time));
    }

    [Fact]
    public void A_gap_that_closes_soon_is_nobody_s_business()
    {
        var told = new Told();
        for (var time = 0UL; time < 10_000; time += 59)
            Assert.Empty(told.Look(AlertKind.NavAgainstMarket, time / 59 % 2 == 0 ? 9 * Percent : Percent, time));
    }

    [Fact]
    public void What_moves_around_the_bound_is_told_once()
    {
        var told = new Told();
        var events = Enumerable
            .Range(0, 100)
            .SelectMany(i =>
                told.Look(AlertKind.NavAgainstMarket, 5 * Percent + (i % 2 == 0 ? Percent / 2 : -Percent / 2), 70UL * (ulong)i)
            )
            .ToList();
        Assert.Empty(events);
        told.Look(AlertKind.NavAgainstMarket, 6 * Percent, 10_000);
        Assert.Single(told.Look(AlertKind.NavAgainstMarket, 6 * Percent, 10_060));
        for (var i = 0; i < 100; i++)
            Assert.Empty(
                told.Look(AlertKind.NavAgainstMarket, 5 * Percent + (i % 2 == 0 ? Percent : -Percent + 1), 10_100 + 70UL * (ulong)i)
            );
    }

    [Fact]
    public void A_bound_of_nothing_is_none_and_clears_what_fires()
    {
        var off = new AlertRules
        {
            MarketBasisPoints = 0,
            ValidatorBasisPoints = 0,
            MinTaoWei = Wei.Zero,
            MaxTokensWei = Wei.Zero,
            LossOfDayWei = Wei.Zero,
        };
        Assert.All(Enum.GetValues<AlertKind>(), kind => Assert.Null(off.BoundOf(kind)));
        var told = new Told();
        told.Look(AlertKind.NavAgainstValidators, Percent, 0);
        var reading = new AlertReading(AlertKind.NavAgainstValidators, Miner, Percent, 1);
        Assert.IsType<AlertEvent.Cleared>(
            Assert.Single(AlertWatch.Initial.Decide(told.State, [reading], off, Notice.None, AlertIds.Next).Events)
        );
    }

    [Fact]
    public void A_validator_that_has_left_is_not_told_of_for_ever()
    {
        var told = new Told();
        told.Look(AlertKind.NavAgainstValidators, Percent, 0);

        // While no round is known nothing follows; in the next round it is not among those that have stated.
        Assert.Empty(told.Look([]));
        var cleared = Assert.IsType<AlertEvent.Cleared>(
            Assert.Single(told.Look([new AlertReading(AlertKind.NavAgainstValidators, "another", 0, 3_600)]))
        );
        Assert.Null(cleared.Value);
        Assert.Contains("measured no more", AlertText.Cleared(told.State.Latest[0]), StringComparison.Ordinal);
    }

    /// <summary>The conservation law: what fires is what was told to fire and not to be cleared, and nobody is told twice.</summary>
    [Fact]
    public void Whatever_is_measured_each_alert_is_told_once_and_cleared_once_at_most()
    {
        var step = Gen.Select(
            Gen.Enum<AlertKind>(),
            Gen.Int[0, 2],
            Gen.OneOf(Gen.Long[-200, 200].Select(i => (Int128)i * Percent / 10), Gen.Long[0, 200].Select(i => (Int128)i)),
            Gen.ULong[0, 90]
        );
        step.List[0, 200]
            .Sample(steps =>
            {
                var (told, time, events) = (new Told(), 0UL, new List<AlertEvent>());
                foreach (var (kind, subject, value, seconds) in steps)
                    events.AddRange(told.Look([new AlertReading(kind, $"{subject}", value, time += seconds)]));
                var fired = events.OfType<AlertEvent.Fired>().Select(one => one.Alert).ToList();
                var cleared = events.OfType<AlertEvent.Cleared>().Select(one => one.Id).ToList();
                Assert.Equal(fired.Count, fired.Select(one => one.Id).Distinct().Count());
                Assert.Equal(cleared.Count, cleared.Distinct().Count());
                Assert.Subset(fired.Select(one => one.Id).ToHashSet(), cleared.ToHashSet());
                Assert.Equal(fired.Select(one => one.Id).Except(cleared).ToHashSet(), told.State.Firing.Select(one => one.Id).ToHashSet());
                Assert.Equal(told.State.Firing.Count(), told.State.Firing.Select(one => (one.Kind, one.Subject)).Distinct().Count());
                Assert.Equal(fired.Count, told.State.Count);
                Assert.All(fired, one => Assert.True(one.FiredAt - one.Since >= Rules.SecondsBefore(one.Kind)));
            });
    }

    [Fact]
    public void Pages_go_through_all_that_are_kept_newest_first()
    {
        var told = new Told();
        for (var i = 0; i < 25; i++)
        {
            told.Look(AlertKind.NavAgainstValidators, Percent, (ulong)i * 2);
            told.Look(AlertKind.NavAgainstValidators, 0, (ulong)i * 2 + 1);
        }

        var (seen, before) = (new List<AlertId>(), (AlertId?)null);
        while (told.State.Page(before, 10) is { Count: > 0 } page)
        {
            seen.AddRange(page.Select(alert => alert.Id));
            before = page[^1].Id;
        }

        Assert.Equal(told.State.Latest.Select(alert => alert.Id).Reverse(), seen);
        Assert.Equal(25, seen.Count);
        Assert.Null(told.State.Page(AlertIds.Next(), 10));
    }

    [Fact]
    public void It_is_bounded_and_forgets_nothing_of_which_something_still_comes()
    {
        var told = new Told();
        told.Look([new AlertReading(AlertKind.NavAgainstValidators, "stays", Percent, 0)]);
        for (var i = 1UL; i <= AlertState.Kept + 50; i++)
        {
            var stays = new AlertReading(AlertKind.NavAgainstValidators, "stays", Percent, i);
            told.Look([stays, new AlertReading(AlertKind.NavAgainstValidators, Miner, Percent, i)]);
            told.Look([stays, new AlertReading(AlertKind.NavAgainstValidators, Miner, 0, i)]);
        }

        Assert.Equal(AlertState.Kept, told.State.Latest.Count);
        Assert.Equal(AlertState.Kept + 51, told.State.Count);
        Assert.Equal("stays", Assert.Single(told.State.Firing).Subject);
    }

    [Fact]
    public void They_are_said_in_percent_and_in_TAO()
    {
        var alert = new Alert(new AlertId(0), AlertKind.NavAgainstMarket, "", -5 * Percent - Percent / 4, 5 * Percent, 0, 60);
        Assert.Equal("The market is -5.25 % from NAV; told from 5 % on", AlertText.Fired(alert));
        var low = new Alert(new AlertId(0), AlertKind.TaoLow, Miner, 50_000_000_000_000_000, 100_000_000_000_000_000, 0, 60);
        Assert.Equal($"{Miner} has 0.05 TAO; told from 0.1 TAO on", AlertText.Fired(low));
    }

    /// <summary>Identifiers one after the other.</summary>
    private static class AlertIds
    {
        private static long _last;

        public static AlertId Next() => new((UInt128)Interlocked.Increment(ref _last));
    }

    /// <summary>A state with its watch.</summary>
    private sealed class Told
    {
        private AlertWatch _watch = AlertWatch.Initial;

        public AlertState State { get; private set; } = AlertState.Initial;

        public IReadOnlyList<AlertEvent> Look(AlertKind kind, Int128 value, ulong time) =>
            Look([new AlertReading(kind, Miner, value, time)]);

        public IReadOnlyList<AlertEvent> Look(IReadOnlyList<AlertReading> readings)
        {
            (var events, _watch) = _watch.Decide(State, readings, Rules, Notice.None, AlertIds.Next);
            State = events.Aggregate(State, (state, e) => state.Evolve(e));
            return events;
        }
    }
}
