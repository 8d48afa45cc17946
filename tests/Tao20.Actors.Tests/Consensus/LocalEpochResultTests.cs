using Tao20.Actors.Consensus;
using Tao20.Domain.Index;
using Tao20.Domain.Nav;
using Tao20.Domain.Registry;
using Tao20.Domain.Units;

namespace Tao20.Actors.Tests.Consensus;

/// <summary>What a validator says of its own computation, beside its numbers.</summary>
[Trait("Category", "Fast")]
public sealed class LocalEpochResultTests
{
    private static readonly Hash256 Root = Hash256.Parse("0x" + new string('1', 64));
    private static readonly Hash256 Other = Hash256.Parse("0x" + new string('2', 64));
    private static readonly TaoPerToken One = TaoPerToken.From(Wei.OneTao.Value);

    [Theory]
    [InlineData(1_000, NavMove.Calm, 0)]
    [InlineData(1_019, NavMove.Calm, 0)]
    [InlineData(1_020, NavMove.Warning, 1)]
    [InlineData(961, NavMove.Warning, 1)]
    [InlineData(960, NavMove.Alert, 1)]
    public void A_move_of_two_percent_warns_and_one_of_four_alerts(int thousandths, NavMove move, int warnings)
    {
        var moved = Result(Times(One, thousandths)).With(Reading(One), null, null, One, null);
        Assert.Equal((move, warnings), (moved.Move, moved.Warnings.Count));
        Assert.Equal(NavMove.Calm, Result(Times(One, thousandths)).With(Reading(One), null, null, null, null).Move);
    }

    [Fact]
    public void A_nav_that_is_not_told_and_a_composition_off_the_rule_are_said()
    {
        var untold = LocalEpochResult.Of(new EpochComputation(Say(TaoPerToken.From(0)), [], "reverted"), DateTimeOffset.UnixEpoch);
        Assert.Null(untold.Nav);
        Assert.Contains("reverted", Assert.Single(untold.Warnings), StringComparison.Ordinal);
        var inputs = new NavInputs(7, Root, 9, Wei.OneTao, []);
        var unavailable = new NavReading.Unavailable(inputs, NavProblem.PriceMissing, "why");
        Assert.Contains("why", Assert.Single(Result(One).With(unavailable, null, null, One, null).Warnings), StringComparison.Ordinal);
        var check = new CompositionCheck(new DateOnly(2026, 11, 22), ["subnet 9 is held and not among the largest 20"]);
        Assert.Equal(
            "composition as of 2026-11-22: subnet 9 is held and not among the largest 20",
            Assert.Single(Result(One).With(Reading(One), null, null, One, check).Warnings)
        );
    }

    [Fact]
    public void What_differs_from_what_was_settled_is_named_field_by_field()
    {
        var own = Say(One).Statement;
        Assert.Empty(LocalEpochResult.Differences(own, own));
        var other = own with { Nav = Times(One, 1_001), RankingRoot = Other };
        var differences = LocalEpochResult.Differences(own, other);
        Assert.Equal([$"NAV {own.Nav}, theirs {other.Nav}", $"ranking root {Root}, theirs {Other}"], differences);
    }

    private static LocalEpochResult Result(TaoPerToken nav) =>
        LocalEpochResult.Of(new EpochComputation(Say(nav), [], null), DateTimeOffset.UnixEpoch);

    private static Stated Say(TaoPerToken nav) => new(new Statement(new EpochId(5), 8, Root, nav, Wei.OneTao, Root, Root, Root), []);

    private static NavReading.Available Reading(TaoPerToken nav) => new(new NavInputs(7, Root, 9, Wei.OneTao, []), nav, []);

    private static TaoPerToken Times(TaoPerToken price, int thousandths) => TaoPerToken.From(price.Value * (UInt128)thousandths / 1_000);
}
