namespace Tao20.Domain.Slashing;

/// <summary>What a validator may do, from best to worst.</summary>
public enum StandingLevel : byte
{
    /// <summary>Nothing is held against it.</summary>
    Active = 0,

    /// <summary>It was slashed for something small.</summary>
    Warning = 1,

    /// <summary>It was slashed for something severe: the next time it is suspended.</summary>
    Probation = 2,

    /// <summary>It takes no part in rounds.</summary>
    Suspended = 3,

    /// <summary>Its stake is below the least: it takes no part in rounds.</summary>
    Slashed = 4,
}

/// <summary>What happens to a standing.</summary>
public abstract record StandingCommand
{
    private StandingCommand() { }

    /// <summary>A round has closed in which it did nothing wrong; for one that is suspended, any round.</summary>
    public sealed record CloseRoundClean : StandingCommand;

    /// <summary>A round has closed that it missed or in which it violated a rule: its clean rounds begin anew.</summary>
    public sealed record CloseRoundUnclean : StandingCommand;

    /// <summary>A slash of it has been executed on chain.</summary>
    public sealed record ExecuteSlash(Severity Severity) : StandingCommand;

    /// <summary>Its stake is now enough, or not.</summary>
    public sealed record ChangeStake(bool Enough) : StandingCommand;
}

/// <summary>A change of standing.</summary>
public abstract record StandingEvent
{
    private StandingEvent() { }

    /// <summary>One more clean round.</summary>
    public sealed record CleanRoundCounted : StandingEvent;

    /// <summary>The clean rounds begin anew.</summary>
    public sealed record CleanRoundsLost : StandingEvent;

    /// <summary>It stands worse than before.</summary>
    public sealed record StandingLowered(StandingLevel Level) : StandingEvent;

    /// <summary>It stands better than before.</summary>
    public sealed record StandingRaised(StandingLevel Level) : StandingEvent;
}

/// <summary>Where one validator stands: what it may do, and what its next mistake costs.</summary>
/// <param name="Level">Its level.</param>
/// <param name="CleanRounds">Rounds without fault since it came there.</param>
/// <param name="Before">For <see cref="StandingLevel.Slashed"/>, the level it fell from.</param>
public sealed record Standing(StandingLevel Level, int CleanRounds, StandingLevel Before = StandingLevel.Active)
{
    /// <summary>Clean rounds from Warning to Active (source: the domain rules, standing of a validator).</summary>
    public const int WarningRounds = 10;

    /// <summary>Clean rounds from Probation to Warning.</summary>
    public const int ProbationRounds = 30;

    /// <summary>Rounds from Suspended to Probation.</summary>
    public const int SuspendedRounds = 100;

    /// <summary>Where everyone begins.</summary>
    public static readonly Standing Initial = new(StandingLevel.Active, 0);

    /// <summary>Whether it takes part in rounds.</summary>
    public bool TakesPart => Level is not (StandingLevel.Suspended or StandingLevel.Slashed);

    /// <summary>What follows from <paramref name="command"/>; nothing when it changes nothing.</summary>
    public IReadOnlyList<StandingEvent> Decide(StandingCommand command) =>
        command switch
        {
            StandingCommand.CloseRoundClean when Level is StandingLevel.Active or StandingLevel.Slashed => [],
            StandingCommand.CloseRoundClean => [new StandingEvent.CleanRoundCounted(), .. Recovery()],
            StandingCommand.CloseRoundUnclean when CleanRounds > 0 && Level is not (StandingLevel.Suspended or StandingLevel.Slashed) =>
            [
                new StandingEvent.CleanRoundsLost(),
            ],
            StandingCommand.ExecuteSlash(var severity) => Lowered(severity),
            StandingCommand.ChangeStake(false) when Level != StandingLevel.Slashed =>
            [
                new StandingEvent.StandingLowered(StandingLevel.Slashed),
            ],

            // Who was suspended before its stake fell is still: else a liar would end its suspension by paying in.
            StandingCommand.ChangeStake(true) when Level == StandingLevel.Slashed =>
            [
                new StandingEvent.StandingRaised(Before == StandingLevel.Suspended ? StandingLevel.Suspended : StandingLevel.Probation),
            ],
            _ => [],
        };

    /// <summary>The standing after an event.</summary>
    public Standing Evolve(StandingEvent e) =>
        e switch
        {
            StandingEvent.CleanRoundCounted => this with { CleanRounds = CleanRounds + 1 },
            StandingEvent.CleanRoundsLost => this with { CleanRounds = 0 },
            StandingEvent.StandingLowered(StandingLevel.Slashed) => new Standing(StandingLevel.Slashed, CleanRounds, Level),
            StandingEvent.StandingLowered(var level) => new Standing(level, 0),
            StandingEvent.StandingRaised(StandingLevel.Suspended) => new Standing(StandingLevel.Suspended, CleanRounds),
            StandingEvent.StandingRaised(var level) => new Standing(level, 0),
            _ => this,
        };

    /// <summary>The standing after all that follows from a command.</summary>
    public Standing After(StandingCommand command) => Decide(command).Aggregate(this, (standing, e) => standing.Evolve(e));

    private IReadOnlyList<StandingEvent> Lowered(Severity severity) =>
        (severity, Level) switch
        {
            (Severity.None, _) or (_, StandingLevel.Slashed) => WhenAlreadySlashed(severity),
            (Severity.Minor or Severity.Moderate, StandingLevel.Active) => [new StandingEvent.StandingLowered(StandingLevel.Warning)],
            (Severity.Minor or Severity.Moderate, _) => [new StandingEvent.CleanRoundsLost()],
            (Severity.Severe, StandingLevel.Active or StandingLevel.Warning) =>
            [
                new StandingEvent.StandingLowered(StandingLevel.Probation),
            ],
            (_, StandingLevel.Suspended) => [new StandingEvent.CleanRoundsLost()],
            _ => [new StandingEvent.StandingLowered(StandingLevel.Suspended)],
        };

    /// <summary>Below the least stake nothing is lower; what would have suspended it is remembered by beginning there anew.</summary>
    private IReadOnlyList<StandingEvent> WhenAlreadySlashed(Severity severity) =>
        Level == StandingLevel.Slashed && severity == Severity.Critical && Before != StandingLevel.Suspended
            ? [new StandingEvent.StandingLowered(StandingLevel.Suspended), new StandingEvent.StandingLowered(StandingLevel.Slashed)]
            : [];

    private IEnumerable<StandingEvent> Recovery() =>
        (Level, CleanRounds + 1) switch
        {
            (StandingLevel.Warning, >= WarningRounds) => [new StandingEvent.StandingRaised(StandingLevel.Active)],
            (StandingLevel.Probation, >= ProbationRounds) => [new StandingEvent.StandingRaised(StandingLevel.Warning)],
            (StandingLevel.Suspended, >= SuspendedRounds) => [new StandingEvent.StandingRaised(StandingLevel.Probation)],
            _ => [],
        };
}
