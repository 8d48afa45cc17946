using System.Numerics;
using System.Text.Json;
using Nethereum.Model;
using Tao20.Chain.Abi;
using Tao20.Chain.JsonRpc;
using Tao20.Domain.Transactions;
using Tao20.Domain.Units;

namespace Tao20.Chain.Accounts;

/// <summary>Reads a transaction as nodes show it, back to the bytes that were signed.</summary>
internal static class MinedTransaction
{
    private const string Type2 = "0x2";

    /// <summary>A transaction of type 2 without an access list, as every outbox signs them; null for any other.</summary>
    /// <param name="transaction">The transaction, as <c>eth_getBlockByNumber</c> shows it.</param>
    /// <param name="hash">Its hash: the bytes are those that have it.</param>
    /// <param name="block">The block that it is in.</param>
    /// <exception cref="FormatException">A member of it is not what it has to be.</exception>
    public static SentTransaction? Read(JsonElement transaction, Hash256 hash, ulong block)
    {
        if (!transaction.TryGetProperty("type", out var type) || type.GetString() != Type2)
            return null;
        var to = transaction.TryGetProperty("to", out var given) ? given.GetString() : null;
        var data = transaction.Text("input");
        var (nonce, gas) = (Number("nonce"), Number("gas"));
        var (maxFee, priority, value) = (Number("maxFeePerGas"), Number("maxPriorityFeePerGas"), Number("value"));
        var signed = new Transaction1559(Number("chainId"), nonce, priority, maxFee, gas, to ?? "", value, data, null);
        var parity = Number(transaction.TryGetProperty("yParity", out _) ? "yParity" : "v");
        signed.SetSignature(new Nethereum.Model.Signature(Word("r"), Word("s"), parity.IsZero ? [] : [(byte)parity]));
        var raw = signed.GetRLPEncoded();
        if (Keccak.Hash(raw) != hash)
            return null;
        var attempt = new Attempt((ulong)nonce, hash, raw, maxFee, priority, (ulong)gas);
        return new SentTransaction(
            attempt,
            to is null ? default : Domain.Units.Address.Parse(to),
            (UInt128)value,
            Convert.FromHexString(data.AsSpan(2)),
            block
        );

        BigInteger Number(string name) => HexText.BigQuantity(transaction.Text(name));

        byte[] Word(string name)
        {
            var bytes = Number(name).ToByteArray(isUnsigned: true, isBigEndian: true);
            return bytes.Length > Hash256.Length
                ? throw new FormatException($"{name} has {bytes.Length} bytes")
                : [.. new byte[Hash256.Length - bytes.Length], .. bytes];
        }
    }
}
