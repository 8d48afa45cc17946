using System.Numerics;
using Tao20.Chain.Abi;
using Tao20.Domain.Units;

namespace Tao20.Chain.Signing;

/// <summary>A transaction of type 2 (source: EIP-1559), without an access list.</summary>
/// <param name="ChainId">The chain it is for: on another it is invalid.</param>
/// <param name="Nonce">The account's count of transactions before it.</param>
/// <param name="MaxPriorityFeePerGas">What the block's author gets at most, in wei per gas.</param>
/// <param name="MaxFeePerGas">What is paid at most, in wei per gas.</param>
/// <param name="GasLimit">How much gas it may use.</param>
/// <param name="To">The contract or account; null creates a contract.</param>
/// <param name="Value">TAO sent along, in wei.</param>
/// <param name="Data">Call data, or code.</param>
public sealed record Eip1559Transaction(
    ulong ChainId,
    ulong Nonce,
    BigInteger MaxPriorityFeePerGas,
    BigInteger MaxFeePerGas,
    ulong GasLimit,
    Address? To,
    BigInteger Value,
    ReadOnlyMemory<byte> Data)
{
    private const byte Type = 2;

    /// <summary>What is signed: <c>keccak(0x02 || rlp([...]))</c>.</summary>
    public Hash256 SigningHash() => Keccak.Hash([Type, .. Rlp.List(Fields())]);

    /// <summary>Signs it.</summary>
    public SignedTransaction Sign(PrivateKey key)
    {
        var signature = key.Sign(SigningHash());
        byte[] raw = [Type, .. Rlp.List([.. Fields(), Rlp.Integer(signature.YParity), Rlp.Integer(signature.R), Rlp.Integer(signature.S)])];
        return new SignedTransaction(Keccak.Hash(raw), raw);
    }

    private byte[][] Fields() =>
    [
        Rlp.Integer(ChainId),
        Rlp.Integer(Nonce),
        Rlp.Integer(MaxPriorityFeePerGas),
        Rlp.Integer(MaxFeePerGas),
        Rlp.Integer(GasLimit),
        Rlp.String(To is { } to ? to.ToBytes() : []),
        Rlp.Integer(Value),
        Rlp.String(Data.Span),
        Rlp.List(),
    ];
}

/// <summary>A signed transaction as it is broadcast.</summary>
/// <param name="Hash">Its hash, by which it is found on chain.</param>
/// <param name="Raw">Its bytes.</param>
public sealed record SignedTransaction(Hash256 Hash, ReadOnlyMemory<byte> Raw);
