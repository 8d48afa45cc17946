using System.Numerics;
using Nethereum.Model;
using Tao20.Chain.Abi;
using Tao20.Domain.Transactions;
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
    ReadOnlyMemory<byte> Data
)
{
    /// <summary>Signs what a sender has decided to.</summary>
    public static Attempt Sign(OutboxStep.Sign step, ulong chainId, PrivateKey key)
    {
        var signed = new Eip1559Transaction(
            chainId,
            step.Nonce,
            step.Fees.Priority,
            step.Fees.MaxFee,
            step.GasLimit,
            step.Intent.MakesContract ? null : step.Intent.To,
            (BigInteger)step.Intent.ValueWei,
            step.Intent.Data
        ).Sign(key);
        return new Attempt(step.Nonce, signed.Hash, signed.Raw, step.Fees.MaxFee, step.Fees.Priority, step.GasLimit, step.Cancels);
    }

    /// <summary>Signs it.</summary>
    public SignedTransaction Sign(PrivateKey key)
    {
        var transaction = new Transaction1559(
            ChainId,
            Nonce,
            MaxPriorityFeePerGas,
            MaxFeePerGas,
            GasLimit,
            To?.ToString() ?? "",
            Value,
            "0x" + Convert.ToHexStringLower(Data.Span),
            null
        );
        var signed = key.Sign(new Hash256(transaction.RawHash));
        var bytes = signed.ToBytes();

        // A parity of 0 is the empty string in RLP.
        transaction.SetSignature(new Nethereum.Model.Signature(bytes[..32], bytes[32..64], signed.YParity == 0 ? [] : [signed.YParity]));
        var raw = transaction.GetRLPEncoded();
        return new SignedTransaction(Keccak.Hash(raw), raw);
    }
}

/// <summary>A signed transaction as it is broadcast.</summary>
/// <param name="Hash">Its hash, by which it is found on chain.</param>
/// <param name="Raw">Its bytes.</param>
public sealed record SignedTransaction(Hash256 Hash, ReadOnlyMemory<byte> Raw);
