using Tao20.Domain.Slashing;
using static Tao20.Domain.Slashing.StandingLevel;

namespace Tao20.Domain.Tests.Slashing;

[Trait("Category", "Fast")]
public sealed class StandingTests
{
    [Theory]
    [InlineData(Active, Severity.Minor, Warning)]
    [InlineData(Active, Severity.Moderate, Warning)]
    [InlineData(Active, Severity.Severe, Probation)]
    [InlineData(Active, Severity.Critical, Suspended)]
    [InlineData(Warning, Severity.Minor, Warning)]
    [InlineData(Warning, Severity.Severe, Probation)]
    [InlineData(Warning, Severity.Critical, Suspended)]
    [InlineData(Probation, Severity.Minor, Probation)]
    [InlineData(Probation, Severity.Moderate, Probation)]
    [InlineData(Probation, Severity.Severe, Suspended)]
    [InlineData(Probation, Severity.Critical, Suspended)]
    [InlineData(Suspended, Severity.Minor, Suspended)]
    [InlineData(Suspended, Severity.Severe, Suspended)]
    [InlineData(Suspended, Severity.Critical, Suspended)]
    [InlineData(Slashed, Severity.Moderate, Slashed)]
    public void An_executed_slash_lowers_the_standing(StandingLevel before, Severity severity, StandingLevel after) =>
        Assert.Equal(after, new Standing(before, 5).After(new StandingCommand.ExecuteSlash(severity)).Level);

    [Theory]
    [InlineData(Warning, 10, Active)]
    [InlineData(Probation, 30, Warning)]
    [InlineData(Suspended, 100, Probation)]
    public void Clean_rounds_raise_it(StandingLevel before, int rounds, StandingLevel after)
    {
        Assert.Equal(before, Clean(before, rounds - 1).Level);
        Assert.Equal(after, Clean(before, rounds).Level);
        Assert.Equal(0, Clean(before, rounds).CleanRounds);
    }

    [Fact]
    public void A_fault_in_between_makes_the_count_begin_anew()
    {
        var standing = Clean(Warning, 9).After(new StandingCommand.CloseRoundUnclean());
        Assert.Equal(0, standing.CleanRounds);
        Assert.Equal(Warning, Enumerable.Range(0, 9).Aggregate(standing, (s, _) => s.After(new StandingCommand.CloseRoundClean())).Level);
    }

    [Fact]
    public void Too_little_stake_is_slashed_and_enough_again_is_probation()
    {
        var slashed = new Standing(Active, 0).After(new StandingCommand.ChangeStake(false));
        Assert.Equal(Slashed, slashed.Level);
        Assert.False(slashed.TakesPart);
        Assert.Equal(Probation, slashed.After(new StandingCommand.ChangeStake(true)).Level);
    }

    [Fact]
    public void Paying_in_does_not_end_a_suspension()
    {
        var suspended = Clean(Suspended, 40).After(new StandingCommand.ChangeStake(false)).After(new StandingCommand.ChangeStake(true));
        Assert.Equal((Suspended, 40), (suspended.Level, suspended.CleanRounds));
        var worse = new Standing(Active, 0)
            .After(new StandingCommand.ChangeStake(false))
            .After(new StandingCommand.ExecuteSlash(Severity.Critical));
        Assert.Equal(Suspended, worse.After(new StandingCommand.ChangeStake(true)).Level);
    }

    [Fact]
    public void What_changes_nothing_is_no_event()
    {
        Assert.Empty(Standing.Initial.Decide(new StandingCommand.CloseRoundClean()));
        Assert.Empty(Standing.Initial.Decide(new StandingCommand.CloseRoundUnclean()));
        Assert.Empty(Standing.Initial.Decide(new StandingCommand.ChangeStake(true)));
        Assert.Empty(Standing.Initial.Decide(new StandingCommand.ExecuteSlash(Severity.None)));
    }

    private static Standing Clean(StandingLevel level, int rounds) =>
        Enumerable
            .Range(0, rounds)
            .Aggregate(new Standing(level, 0), (standing, _) => standing.After(new StandingCommand.CloseRoundClean()));
}
