using Tao20.Actors.Consensus;
using Tao20.Domain.Consensus;
using Tao20.Domain.Index;
using Tao20.Domain.Nav;
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
        var (moved, said) = LocalEpochResult.Judge(Reading(Times(One, thousandths)), One, null);
        Assert.Equal((move, warnings), (moved, said.Count));
        Assert.Equal(NavMove.Calm, LocalEpochResult.Judge(Reading(Times(One, thousandths)), null, null).Move);
    }

    [Fact]
    public void A_nav_that_is_not_there_and_a_composition_off_the_rule_are_said()
    {
        var inputs = new NavInputs(7, Root, 9, Wei.OneTao, []);
        Assert.Contains(
            "why",
            Assert.Single(LocalEpochResult.Judge(new NavReading.Unavailable(inputs, NavProblem.PriceMissing, "why"), One, null).Warnings),
            StringComparison.Ordinal
        );
        var check = new CompositionCheck(new DateOnly(2026, 11, 22), ["subnet 9 is held and not among the largest 20"]);
        Assert.Equal(
            "composition as of 2026-11-22: subnet 9 is held and not among the largest 20",
            Assert.Single(LocalEpochResult.Judge(Reading(One), One, check).Warnings)
        );
    }

    [Fact]
    public void What_differs_from_the_reference_is_named_and_a_nav_within_a_tenth_of_a_percent_does_not()
    {
        var result = new LocalEpochResult(new EpochId(5), 8, One, null, null, NavMove.Calm, Root, Root, [], DateTimeOffset.UnixEpoch, null);
        Assert.Null(result.Against(new ConsensusValues(Times(One, 1_001), Root, Root, [])));
        Assert.Contains("NAV", result.Against(new ConsensusValues(Times(One, 1_002), Root, Root, [])), StringComparison.Ordinal);
        Assert.Contains("ranking root", result.Against(new ConsensusValues(One, Other, Root, [])), StringComparison.Ordinal);
        Assert.Contains("weights", result.Against(new ConsensusValues(One, Root, Other, [])), StringComparison.Ordinal);
        Assert.Null((result with { Nav = null }).Against(new ConsensusValues(Times(One, 2_000), Root, Root, [])));
    }

    private static NavReading.Available Reading(TaoPerToken nav) => new(new NavInputs(7, Root, 9, Wei.OneTao, []), nav, []);

    private static TaoPerToken Times(TaoPerToken price, int thousandths) => TaoPerToken.From(price.Value * (UInt128)thousandths / 1_000);
}
