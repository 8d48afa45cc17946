namespace Tao20.Domain.Registry;

/// <summary>How a validator stands, from best to worst (source: the consensus rules, Standing, reputation, pay).</summary>
public enum StandingLevel : byte
{
    /// <summary>Nothing is held against it.</summary>
    Active = 0,

    /// <summary>It was slashed for something small, or has missed rounds.</summary>
    Warning = 1,

    /// <summary>It was slashed for something severe, or has missed most rounds: after the next severe slash it is suspended.</summary>
    Probation = 2,

    /// <summary>It was slashed for something severe on probation: it is not paid.</summary>
    Suspended = 3,

    /// <summary>It was slashed for something critical: it is not paid.</summary>
    Slashed = 4,
}
