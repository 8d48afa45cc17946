using Tao20.Domain.Units;

namespace Tao20.Domain.Registry;

/// <summary>What the registry knows of a validator (source: Contracts/Registry/Bonds.sol, Account).</summary>
/// <param name="Bond">What it has bonded.</param>
/// <param name="Leaving">What is leaving, and can still be slashed.</param>
/// <param name="LeavesAt">When that can be withdrawn, in seconds.</param>
/// <param name="Attester">The account that acts for it; null while that is its own.</param>
/// <param name="IsDormant">Whether it has stayed away for long and does not count.</param>
/// <param name="LastSeen">How many rounds there had been when it last attested or began to count.</param>
public sealed record RegistryAccount(Wei Bond, Wei Leaving, ulong LeavesAt, Address? Attester, bool IsDormant, long LastSeen)
{
    /// <summary>Nothing yet.</summary>
    public static readonly RegistryAccount None = new(Wei.Zero, Wei.Zero, 0, null, false, 0);

    /// <summary>The bond, if it is enough, dormant or not.</summary>
    public UInt128 CountedBond(RegistryRules rules) => Bond.Value >= rules.MinStake.Value ? Bond.Value : 0;

    /// <summary>The bond, if it counts.</summary>
    public UInt128 EffectiveStake(RegistryRules rules) => IsDormant ? 0 : CountedBond(rules);
}

/// <summary>An amount that changed last at some second, and what it was before.</summary>
/// <param name="Before">What it was at the end of the second before.</param>
/// <param name="Since">The second of the last change.</param>
/// <param name="Now">What it is since then.</param>
public readonly record struct StakePoint(UInt128 Before, ulong Since, UInt128 Now)
{
    /// <summary>What it was at the end of a second; right for every second that is not before the last change but one.</summary>
    public UInt128 At(ulong time) => time >= Since ? Now : Before;

    /// <summary>Changed at a second.</summary>
    public StakePoint Set(ulong time, UInt128 value) =>
        value == Now ? this
        : time == Since ? this with { Now = value }
        : new StakePoint(Now, time, value);
}
