using Tao20.Domain.Units;

namespace Tao20.Domain.Registry;

/// <summary>Something that a node has to send to the registry.</summary>
/// <param name="Validator">The validator it does it for.</param>
/// <param name="Until">The last second at which it is of use.</param>
public abstract record RegistryDuty(Address Validator, ulong Until)
{
    /// <summary>To commit to the own statement about an epoch.</summary>
    public sealed record Commit(Address Validator, ulong Until, EpochId Epoch) : RegistryDuty(Validator, Until);

    /// <summary>To state what was committed to.</summary>
    public sealed record Attest(Address Validator, ulong Until, long Round) : RegistryDuty(Validator, Until);

    /// <summary>To punish a deviation.</summary>
    public sealed record Punish(Address Validator, ulong Until, long Round, Address Accused) : RegistryDuty(Validator, Until);

    /// <summary>To have a validator count no more that stays away.</summary>
    public sealed record MarkDormant(Address Validator, ulong Until, Address Sleeper) : RegistryDuty(Validator, Until);

    /// <summary>To count again.</summary>
    public sealed record Wake(Address Validator, ulong Until) : RegistryDuty(Validator, Until);
}

/// <summary>Why a node takes no part in an epoch.</summary>
public enum Abstention : byte
{
    /// <summary>It takes part.</summary>
    None = 0,

    /// <summary>The chain holds a commitment of its account to something else: somebody else has the key, or has had it.</summary>
    AnotherCommitment = 1,
}
