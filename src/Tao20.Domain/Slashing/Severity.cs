namespace Tao20.Domain.Slashing;

/// <summary>How grave a violation is, and so how much of the stake it costs.</summary>
public enum Severity : byte
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>1 % of the stake.</summary>
    Minor = 1,

    /// <summary>5 % of the stake.</summary>
    Moderate = 2,

    /// <summary>15 % of the stake.</summary>
    Severe = 3,

    /// <summary>50 % of the stake.</summary>
    Critical = 4,
}

/// <summary>What a violation consists of; several at once are possible.</summary>
[Flags]
public enum ViolationKinds : byte
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>NAV off the reference.</summary>
    Nav = 1,

    /// <summary>Weights off the reference.</summary>
    Weights = 2,

    /// <summary>Two different signed attestations for one epoch.</summary>
    Equivocation = 4,

    /// <summary>Too many missed rounds.</summary>
    Inactivity = 8,
}
