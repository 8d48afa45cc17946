using Tao20.Domain.Trades;

namespace Tao20.Domain.Registry;

/// <summary>What a log of a registry says.</summary>
/// <param name="At">Where it stands in the chain.</param>
/// <param name="Fact">What it says.</param>
public sealed record RegistryLog(Position At, RegistryFact Fact);
