using CsCheck;
using Tao20.Domain.Registry;

namespace Tao20.Domain.Tests.Registry;

/// <summary>Where validators stand (source: the consensus rules, Standing, reputation, pay).</summary>
public sealed class ValidatorStandingTests
{
    [Theory]
    [InlineData(StandingLevel.Active, Severity.Minor, StandingLevel.Warning)]
    [InlineData(StandingLevel.Active, Severity.Moderate, StandingLevel.Warning)]
    [InlineData(StandingLevel.Active, Severity.Severe, StandingLevel.Probation)]
    [InlineData(StandingLevel.Active, Severity.Critical, StandingLevel.Slashed)]
    [InlineData(StandingLevel.Warning, Severity.Minor, StandingLevel.Warning)]
    [InlineData(StandingLevel.Warning, Severity.Severe, StandingLevel.Probation)]
    [InlineData(StandingLevel.Probation, Severity.Moderate, StandingLevel.Probation)]
    [InlineData(StandingLevel.Probation, Severity.Severe, StandingLevel.Suspended)]
    [InlineData(StandingLevel.Suspended, Severity.Severe, StandingLevel.Suspended)]
    [InlineData(StandingLevel.Suspended, Severity.Critical, StandingLevel.Slashed)]
    [InlineData(StandingLevel.Slashed, Severity.Minor, StandingLevel.Slashed)]
    public void A_slash_lowers_it_by_its_grade(StandingLevel before, Severity grade, StandingLevel after) =>
        Assert.Equal(new ValidatorStanding(after, 0), new ValidatorStanding(before, 5).AfterSlash(grade));

    [Theory]
    [InlineData(2, StandingLevel.Active)]
    [InlineData(3, StandingLevel.Warning)]
    [InlineData(5, StandingLevel.Warning)]
    [InlineData(6, StandingLevel.Probation)]
    public void Who_stays_away_is_warned_and_then_on_probation_and_loses_no_stake(int missed, StandingLevel after)
    {
        Assert.Equal(new ValidatorStanding(after, 0), ValidatorStanding.Initial.AfterRound(false, missed, true));

        // From probation it does not get better by missing less.
        var probation = new ValidatorStanding(StandingLevel.Probation, 3);
        Assert.Equal(new ValidatorStanding(StandingLevel.Probation, 0), probation.AfterRound(false, missed, true));
    }

    [Theory]
    [InlineData(StandingLevel.Warning, 10, StandingLevel.Active)]
    [InlineData(StandingLevel.Probation, 30, StandingLevel.Warning)]
    [InlineData(StandingLevel.Suspended, 100, StandingLevel.Probation)]
    [InlineData(StandingLevel.Slashed, 100, StandingLevel.Probation)]
    public void Clean_rounds_in_a_row_raise_it_by_a_level(StandingLevel before, int rounds, StandingLevel after)
    {
        Assert.Equal(before, After(rounds - 1).Level);
        Assert.Equal(new ValidatorStanding(after, 0), After(rounds));

        // One that is not clean, and they begin anew.
        Assert.Equal(before, After(rounds - 1).AfterRound(false, 1, true).AfterRound(true, 1, true).Level);

        ValidatorStanding After(int count) =>
            Enumerable.Range(0, count).Aggregate(new ValidatorStanding(before, 0), (one, _) => one.AfterRound(true, 0, true));
    }

    [Fact]
    public void Without_enough_stake_who_was_slashed_stays_there()
    {
        var slashed = new ValidatorStanding(StandingLevel.Slashed, 200);
        Assert.Equal(StandingLevel.Slashed, slashed.AfterRound(true, 0, false).Level);
        Assert.Equal(StandingLevel.Probation, slashed.AfterRound(true, 0, true).Level);
    }

    [Fact]
    public void Only_clean_rounds_make_it_better_whatever_else_happens() =>
        Gen.Int[0, 4]
            .Array[1, 200]
            .Sample(grades =>
            {
                var standing = ValidatorStanding.Initial;
                foreach (var grade in grades)
                {
                    var after = grade == 0 ? standing.AfterRound(false, 1, true) : standing.AfterSlash((Severity)grade);
                    Assert.True(after.Level >= standing.Level);
                    Assert.Equal(after.Level < StandingLevel.Suspended, after.IsPaid);
                    standing = after;
                }
            });
}
