using Tao20.Domain.Units;

namespace Tao20.Domain.Ingestion;

/// <summary>Which chain and contract this is: what a data directory belongs to.</summary>
/// <param name="ChainId">The EVM chain id.</param>
/// <param name="Genesis">The hash of block 0: two local chains share an id but not this.</param>
/// <param name="Contract">The TAO20 contract.</param>
/// <param name="FromBlock">The first block whose logs are read.</param>
/// <param name="Registry">The ValidatorRegistry; null when it is not followed.</param>
public sealed record ChainIdentity(ulong ChainId, Hash256 Genesis, Address Contract, ulong FromBlock, Address? Registry = null);
