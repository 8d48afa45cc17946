using System.Text.Json;
using Tao20.Chain.Abi;
using Tao20.Chain.Contracts;
using Tao20.Domain.Units;

namespace Tao20.Chain.JsonRpc;

/// <summary>The <c>eth_</c> calls that are made here, each with what takes its result.</summary>
public static class EthCalls
{
    /// <summary><c>eth_chainId</c>.</summary>
    public static RpcCall ChainId(Action<ulong> take) =>
        new("eth_chainId", "[]", (ref Utf8JsonReader reader, ReadOnlySpan<byte> _) => take(HexText.Quantity(ref reader)));

    /// <summary><c>eth_blockNumber</c>.</summary>
    public static RpcCall BlockNumber(Action<ulong> take) =>
        new("eth_blockNumber", "[]", (ref Utf8JsonReader reader, ReadOnlySpan<byte> _) => take(HexText.Quantity(ref reader)));

    /// <summary><c>eth_getCode</c>: how many bytes of code there are.</summary>
    /// <param name="address">The contract.</param>
    /// <param name="take">Takes it.</param>
    /// <param name="block">A quantity, or <c>latest</c>.</param>
    public static RpcCall CodeSize(Address address, Action<int> take, string block = "latest") =>
        new(
            "eth_getCode",
            $"[\"{address}\",\"{block}\"]",
            (ref Utf8JsonReader reader, ReadOnlySpan<byte> _) => take(HexText.Bytes(ref reader).Length)
        );

    /// <summary><c>eth_getCode</c> at a height.</summary>
    public static RpcCall CodeAt(Address address, ulong block, Action<byte[]> take) =>
        new(
            "eth_getCode",
            $"[\"{address}\",\"{HexText.Quantity(block)}\"]",
            (ref Utf8JsonReader reader, ReadOnlySpan<byte> _) => take(HexText.Bytes(ref reader))
        );

    /// <summary><c>eth_getBlockByNumber</c> without transactions; null when there is no such block.</summary>
    /// <param name="block">A quantity, <c>latest</c> or <c>finalized</c>.</param>
    /// <param name="take">Takes the header.</param>
    public static RpcCall Header(string block, Action<BlockHeader?> take) =>
        new(
            "eth_getBlockByNumber",
            $"[\"{block}\",false]",
            (ref Utf8JsonReader reader, ReadOnlySpan<byte> _) => take(ReadHeader(ref reader, null, out var _))
        )
        {
            MayBeNull = true,
        };

    /// <summary><c>eth_getBlockByNumber</c> of a height.</summary>
    public static RpcCall Header(ulong number, Action<BlockHeader?> take) => Header(HexText.Quantity(number), take);

    /// <summary>
    /// <c>eth_getBlockByNumber</c> of a height, and whether by its bloom the block may have a log that is sought; false where the node
    /// gives no bloom.
    /// </summary>
    public static RpcCall Header(ulong number, LogFilter sought, Action<BlockHeader?, bool> take) =>
        new(
            "eth_getBlockByNumber",
            $"[\"{HexText.Quantity(number)}\",false]",
            (ref Utf8JsonReader reader, ReadOnlySpan<byte> _) =>
            {
                var header = ReadHeader(ref reader, sought, out var mayHave);
                take(header, mayHave);
            }
        )
        {
            MayBeNull = true,
        };

    /// <summary><c>eth_getLogs</c> in a range of blocks, both ends included.</summary>
    public static RpcCall Logs(LogFilter filter, ulong from, ulong to, RpcResultReader read) =>
        new("eth_getLogs", $"[{{{filter.Json},\"fromBlock\":\"{HexText.Quantity(from)}\",\"toBlock\":\"{HexText.Quantity(to)}\"}}]", read);

    /// <summary><c>eth_getLogs</c> of the block with this hash.</summary>
    public static RpcCall Logs(LogFilter filter, Hash256 block, Action<JsonElement> take) =>
        JsonResult.Of("eth_getLogs", $"[{{{filter.Json},\"blockHash\":\"{block}\"}}]", take);

    /// <summary>
    /// Who asks, where it does not matter who: from some spec after 425 on Subtensor refuses calls from the zero address, which is what a
    /// call without a sender is from.
    /// </summary>
    public const string Anybody = "0x000000000000000000000000000000000000dead";

    /// <summary><c>eth_call</c>: the bytes returned.</summary>
    /// <param name="to">The contract.</param>
    /// <param name="data">Selector and arguments, as 0x and hex digits.</param>
    /// <param name="block">A quantity, <c>latest</c> or <c>finalized</c>.</param>
    /// <param name="take">Takes the bytes.</param>
    public static RpcCall Call(Address to, string data, string block, Action<byte[]> take) =>
        new(
            "eth_call",
            $"[{{\"from\":\"{Anybody}\",\"to\":\"{to}\",\"data\":\"{data}\"}},\"{block}\"]",
            (ref Utf8JsonReader reader, ReadOnlySpan<byte> _) => take(HexText.Bytes(ref reader))
        );

    /// <summary><c>eth_call</c> at a height.</summary>
    public static RpcCall CallAt(Address to, string data, ulong block, Action<byte[]> take) =>
        Call(to, data, HexText.Quantity(block), take);

    /// <summary><c>eth_call</c> at a height, with so much gas.</summary>
    public static RpcCall CallAt(Address to, string data, ulong block, ulong gas, Action<byte[]> take) =>
        new(
            "eth_call",
            $"[{{\"from\":\"{Anybody}\",\"to\":\"{to}\",\"gas\":\"{HexText.Quantity(gas)}\",\"data\":\"{data}\"}},"
                + $"\"{HexText.Quantity(block)}\"]",
            (ref Utf8JsonReader reader, ReadOnlySpan<byte> _) => take(HexText.Bytes(ref reader))
        );

    /// <summary><c>eth_call</c> at a height of what may not be there: where it is refused, or gives nothing, nothing is taken.</summary>
    public static RpcCall TryCallAt(Address to, string data, ulong block, Action<AbiData> take) =>
        CallAt(
            to,
            data,
            block,
            bytes =>
            {
                if (bytes.Length > 0)
                    take(new AbiData(bytes));
            }
        ) with
        {
            Refused = _ => { },
        };

    /// <summary>
    /// <c>eth_call</c> of an account that sends TAO along, at a height. What it returns is not read; how it is refused says more.
    /// </summary>
    public static RpcCall SimulateAt(Address from, Address to, Wei value, string data, ulong block) =>
        new(
            "eth_call",
            $"[{{\"from\":\"{from}\",\"to\":\"{to}\",\"value\":\"0x{value.Value:x}\",\"data\":\"{data}\"}},"
                + $"\"{HexText.Quantity(block)}\"]",
            (ref Utf8JsonReader reader, ReadOnlySpan<byte> _) => reader.Skip()
        );

    private static BlockHeader? ReadHeader(ref Utf8JsonReader reader, LogFilter? sought, out bool mayHave)
    {
        mayHave = false;
        if (reader.TokenType == JsonTokenType.Null)
            return null;
        ulong? number = null,
            timestamp = null;
        Hash256? hash = null,
            parent = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.ValueSpan;
            if (name.SequenceEqual("number"u8))
            {
                reader.Read();
                number = HexText.Quantity(ref reader);
            }
            else if (name.SequenceEqual("hash"u8))
            {
                reader.Read();
                hash = HexText.Hash(ref reader);
            }
            else if (name.SequenceEqual("parentHash"u8))
            {
                reader.Read();
                parent = HexText.Hash(ref reader);
            }
            else if (name.SequenceEqual("timestamp"u8))
            {
                reader.Read();
                timestamp = HexText.Quantity(ref reader);
            }
            else if (sought is not null && name.SequenceEqual("logsBloom"u8))
            {
                reader.Read();
                mayHave = reader.TokenType != JsonTokenType.Null && sought.MayBeIn(HexText.Digits(ref reader));
            }
            else
            {
                reader.Skip();
            }
        }

        return number is null || hash is null || parent is null || timestamp is null
            ? throw new FormatException("a block without number, hash, parent hash or timestamp")
            : new BlockHeader(number.Value, hash.Value, parent.Value, timestamp.Value);
    }
}
