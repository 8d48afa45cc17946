namespace Tao20.Domain.Registry;

/// <summary>How grave a deviation is, and so how much of the stake it costs.</summary>
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
