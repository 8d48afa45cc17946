using Nethereum.Model;
using Tao20.Chain.Abi;
using Tao20.Domain.Transactions;
using Tao20.Domain.Units;

namespace Tao20.Chain.Signing;

/// <summary>What a journal keeps of a signed transaction, held against its bytes and against what it was signed for.</summary>
public static class SignedAttempt
{
    private const byte Type2 = 2;

    /// <summary>What is wrong with it; null for nothing.</summary>
    /// <param name="attempt">What is kept of the transaction.</param>
    /// <param name="intent">What it was signed for.</param>
    /// <param name="account">Whose it is.</param>
    /// <param name="chainId">The chain that it must be for; null where that is not known.</param>
    public static string? Problem(Attempt attempt, TransactionIntent intent, Domain.Units.Address account, ulong? chainId)
    {
        if (Keccak.Hash(attempt.Raw.Span) is var hash && hash != attempt.Hash)
            return $"its hash is {hash} by its bytes, and {attempt.Hash} is written";
        if (attempt.Raw.Span is not [Type2, ..] || Read(attempt.Raw) is not { } signed)
            return "its bytes are no transaction of type 2";
        var to = string.IsNullOrEmpty(signed.ReceiverAddress) ? default : Domain.Units.Address.Parse(signed.ReceiverAddress);
        var data = Convert.FromHexString(
            (signed.Data ?? "").AsSpan((signed.Data ?? "").StartsWith("0x", StringComparison.Ordinal) ? 2 : 0)
        );
        var value = (UInt128)(System.Numerics.BigInteger)(signed.Amount ?? 0);
        if (SignerOf(signed) is var signer && signer != account)
            return $"it is signed by {signer?.ToString() ?? "nobody"}, not by {account}";
        if (chainId is { } chain && signed.ChainId != chain)
            return $"it is for chain {signed.ChainId}, not for {chain}";
        if (signed.Nonce != attempt.Nonce)
            return $"its nonce is {signed.Nonce}, and {attempt.Nonce} is written";
        if (signed.MaxFeePerGas != attempt.MaxFee || signed.MaxPriorityFeePerGas != attempt.Priority || signed.GasLimit != attempt.GasLimit)
            return $"it pays {signed.MaxFeePerGas} and {signed.MaxPriorityFeePerGas} for {signed.GasLimit} of gas, and "
                + $"{attempt.MaxFee} and "
                + $"{attempt.Priority} for {attempt.GasLimit} are written";
        if (attempt.Cancels)
            return to == account && value == 0 && data.Length == 0 ? null : "it is said to do nothing, and does something";
        return to == intent.To && value == intent.ValueWei && data.AsSpan().SequenceEqual(intent.Data.Span)
            ? null
            : $"it sends {value} wei and {data.Length} bytes to {to}; {intent.ValueWei} wei and {intent.Data.Length} bytes to "
                + $"{intent.To} were wanted";
    }

    private static Transaction1559? Read(ReadOnlyMemory<byte> raw)
    {
        try
        {
            return Transaction1559Encoder.Current.Decode(raw.ToArray());
        }
        catch (Exception e)
            when (e is ArgumentException or FormatException or IndexOutOfRangeException or InvalidCastException or OverflowException)
        {
            return null;
        }
    }

    private static Domain.Units.Address? SignerOf(Transaction1559 signed)
    {
        if (signed.Signature is not { R: { Length: <= 32 } r, S: { Length: <= 32 } s } signature)
            return null;
        var bytes = new byte[Signature.Length];
        r.CopyTo(bytes, 32 - r.Length);
        s.CopyTo(bytes, 64 - s.Length);
        bytes[64] = signature.V is [var parity, ..] ? parity : (byte)0;
        return Signature.TryParse(bytes)?.Signer(new Hash256(signed.RawHash));
    }
}
