namespace Tao20.Domain.Runtime;

/// <summary>Which rules of the chain are known: those of the specs that were read in its source, and of no other.</summary>
public enum RuntimeProfile
{
    /// <summary>Another spec, or a node that does not say: no formula, no table and no default of a known spec holds.</summary>
    Unknown = 0,

    /// <summary>Spec 425, of June 2026.</summary>
    Spec425 = 425,

    /// <summary>Spec 473, which main net ran in October 2026.</summary>
    Spec473 = 473,
}

/// <summary>The chain's own rules, by the name and number it gives them (source: Subtensor, runtime/src/lib.rs, <c>VERSION</c>).</summary>
/// <param name="Name">The runtime's name.</param>
/// <param name="Spec">Its spec version: another one may do anything another way.</param>
public sealed record RuntimeVersion(string Name, uint Spec)
{
    /// <summary>What Subtensor's runtime is called.</summary>
    public const string Subtensor = "node-subtensor";

    /// <summary>Which rules hold.</summary>
    public RuntimeProfile Profile =>
        Name == Subtensor && Enum.IsDefined((RuntimeProfile)Spec) ? (RuntimeProfile)Spec : RuntimeProfile.Unknown;

    /// <inheritdoc/>
    public override string ToString() => $"{Name} {Spec}";
}
