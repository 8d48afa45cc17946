namespace Tao20.Dashboard.Parts;

/// <summary>What an address stands for.</summary>
public enum AccountKind
{
    /// <summary>A miner.</summary>
    Miner,

    /// <summary>A validator.</summary>
    Validator,
}
