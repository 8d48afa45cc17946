namespace Tao20.Domain.Units;

/// <summary>The hash function of the chain, given to the domain from outside since the base class library has no Keccak.</summary>
public delegate Hash256 Keccak256(ReadOnlySpan<byte> data);
