using System.Text;
using Nethereum.Signer;
using Tao20.Domain.Units;

namespace Tao20.Chain.Signing;

/// <summary>
/// A text that an account signs as wallets do: no transaction and no statement can have the same digest (source: EIP-191, version 0x45).
/// </summary>
public static class PersonalMessage
{
    /// <summary>What is signed of a text: <c>keccak("\x19Ethereum Signed Message:\n" + its bytes + itself)</c>, in UTF-8.</summary>
    public static Hash256 Digest(string text) => new(new EthereumMessageSigner().HashPrefixedMessage(Encoding.UTF8.GetBytes(text)));
}
