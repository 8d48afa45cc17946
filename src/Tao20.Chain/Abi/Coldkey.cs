using Tao20.Domain.Units;

namespace Tao20.Chain.Abi;

/// <summary>The Substrate account behind an EVM address.</summary>
public static class Coldkey
{
    /// <summary><c>blake2b-256("evm:" ++ address)</c>: the coldkey that owns what the address stakes.</summary>
    public static Hash256 Of(Address address)
    {
        Span<byte> preimage = stackalloc byte[4 + Address.Length];
        "evm:"u8.CopyTo(preimage);
        address.CopyTo(preimage[4..]);
        return Blake2b.Hash(preimage);
    }
}
