namespace Tao20.Domain.Registry;

/// <summary>
/// Where a validator stands, folded from executed slashes and settled rounds (source: the consensus rules, Standing, reputation, pay). The
/// registry does not know it: who is suspended or slashed is not paid, and takes part all the same.
/// </summary>
/// <param name="Level">Its level.</param>
/// <param name="CleanRounds">Clean rounds in a row since it came there.</param>
public sealed record ValidatorStanding(StandingLevel Level, int CleanRounds)
{
    /// <summary>Over how many of the last eligible settled rounds missed ones are counted.</summary>
    public const int Window = 10;

    /// <summary>From how many missed rounds on there is a warning.</summary>
    public const int MissedWarning = 3;

    /// <summary>From how many missed rounds on there is probation.</summary>
    public const int MissedProbation = 6;

    private const int FromWarning = 10;
    private const int FromProbation = 30;
    private const int FromSuspended = 100;

    /// <summary>Where everyone begins.</summary>
    public static readonly ValidatorStanding Initial = new(StandingLevel.Active, 0);

    /// <summary>Whether it is paid.</summary>
    public bool IsPaid => Level is not (StandingLevel.Suspended or StandingLevel.Slashed);

    /// <summary>After a slash has been executed.</summary>
    public ValidatorStanding AfterSlash(Severity grade) =>
        grade switch
        {
            Severity.None => this,
            Severity.Critical => Lowered(StandingLevel.Slashed),
            Severity.Severe => Lowered(Level == StandingLevel.Probation ? StandingLevel.Suspended : StandingLevel.Probation),
            _ => Lowered(StandingLevel.Warning),
        };

    /// <summary>After a settled round it was eligible in.</summary>
    /// <param name="clean">Its statement is the settled one.</param>
    /// <param name="missed">How many of its last rounds it has missed.</param>
    /// <param name="hasStake">Whether its bond is enough.</param>
    public ValidatorStanding AfterRound(bool clean, int missed, bool hasStake)
    {
        if (clean)
            return Raised(CleanRounds + 1, hasStake);
        var level =
            missed >= MissedProbation ? StandingLevel.Probation
            : missed >= MissedWarning ? StandingLevel.Warning
            : StandingLevel.Active;
        return Lowered(level);
    }

    /// <summary>Never better than it was; the clean rounds begin anew.</summary>
    private ValidatorStanding Lowered(StandingLevel level) => new((StandingLevel)Math.Max((byte)Level, (byte)level), 0);

    private ValidatorStanding Raised(int clean, bool hasStake) =>
        Level switch
        {
            StandingLevel.Warning when clean >= FromWarning => Initial,
            StandingLevel.Probation when clean >= FromProbation => new(StandingLevel.Warning, 0),
            StandingLevel.Suspended or StandingLevel.Slashed when clean >= FromSuspended && hasStake => new(StandingLevel.Probation, 0),
            _ => this with { CleanRounds = clean },
        };
}
