using Tao20.Domain.Units;

namespace Tao20.Domain.Registry;

/// <summary>Which registry on which chain: what is signed for one is nothing on another.</summary>
/// <param name="ChainId">The chain's id.</param>
/// <param name="Registry">The registry's address: the <c>verifyingContract</c>.</param>
public readonly record struct RegistryIdentity(ulong ChainId, Address Registry);
