using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Tao20.Chain.Contracts;
using Tao20.Chain.JsonRpc;
using Tao20.Domain.Units;

namespace Tao20.Benchmarks.Pipeline;

/// <summary>
/// A made-up chain that answers what the follower asks, in the shape and size of a real node's replies: the same trades for the same
/// numbers. It keeps no running totals.
/// </summary>
internal sealed class SyntheticChain(int trades, int miners, int perBlock) : IRpcTransport
{
    public static readonly Address ContractAddress = Address.Parse("0x00000000000000000000000000000000000020c0");

    private const ulong FirstTimestamp = 1_700_000_000;
    private const int SecondsPerBlock = 12;

    public ulong Head { get; } = (ulong)((trades + perBlock - 1) / perBlock);

    public EndpointName Name { get; } = new(1, new Uri("http://synthetic.invalid"));

    public async Task<RpcReply> SendAsync(ReadOnlyMemory<byte> body, CancellationToken cancel)
    {
        // As from a network: who asks goes on, and the reply is read where it arrives.
        await Task.Yield();
        return RpcReply.Of(Answer(body));
    }

    public byte[] Answer(ReadOnlyMemory<byte> body)
    {
        using var request = JsonDocument.Parse(body);
        var output = new ArrayBufferWriter<byte>(64 * 1024);
        Write(output, "[");
        var first = true;
        var root = request.RootElement;
        foreach (var call in root.ValueKind == JsonValueKind.Array ? root.EnumerateArray().ToArray() : [root])
        {
            Write(output, $"{(first ? "" : ",")}{{\"jsonrpc\":\"2.0\",\"id\":{call.GetProperty("id").GetInt32()},\"result\":");
            first = false;
            var parameters = call.GetProperty("params");
            switch (call.GetProperty("method").GetString())
            {
                case "eth_chainId":
                    Write(output, "\"0x3c4\"");
                    break;
                case "eth_blockNumber":
                    Write(output, $"\"0x{Head:x}\"");
                    break;
                case "eth_getCode":
                    Write(output, "\"0x6001\"");
                    break;
                case "eth_getBlockByNumber":
                    WriteHeader(output, parameters[0].GetString()!);
                    break;
                case "eth_getLogs":
                    WriteLogs(output, Quantity(parameters[0].GetProperty("fromBlock")), Quantity(parameters[0].GetProperty("toBlock")));
                    break;
                case "state_getRuntimeVersion":
                    Write(output, "{\"specName\":\"node-subtensor\",\"specVersion\":473}");
                    break;
                default:
                    throw new NotSupportedException(call.GetProperty("method").GetString());
            }

            Write(output, "}");
        }

        Write(output, "]");
        return output.WrittenSpan.ToArray();
    }

    private static ulong Quantity(JsonElement text) =>
        ulong.Parse(text.GetString().AsSpan(2), NumberStyles.HexNumber, CultureInfo.InvariantCulture);

    private static string BlockHash(ulong number) => $"0x{0xb10c:x16}{number:x16}{0:x16}{number:x16}";

    private static ulong Timestamp(ulong block) => FirstTimestamp + block * SecondsPerBlock;

    private static ulong Value(long trade) => 100_000_000_000_000_000UL + (ulong)(trade * 7_919 % 1_000_003) * 1_000_000_000_000UL;

    private static void Write(ArrayBufferWriter<byte> output, string text) =>
        output.Advance(Encoding.UTF8.GetBytes(text, output.GetSpan(text.Length * 3)));

    private void WriteHeader(ArrayBufferWriter<byte> output, string block)
    {
        var number = block is "latest" or "finalized"
            ? Head
            : ulong.Parse(block.AsSpan(2), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        var parent = number == 0 ? Hash256.Zero.ToString() : BlockHash(number - 1);
        Write(
            output,
            number > Head
                ? "null"
                : $"{{\"number\":\"0x{number:x}\",\"hash\":\"{BlockHash(number)}\",\"parentHash\":\"{parent}\","
                    + $"\"timestamp\":\"0x{Timestamp(number):x}\",\"logsBloom\":\"0x{new string('0', 512)}\",\"transactions\":[]}}"
        );
    }

    private void WriteLogs(ArrayBufferWriter<byte> output, ulong from, ulong to)
    {
        Write(output, "[");
        for (var block = Math.Max(1, from); block <= Math.Min(to, Head); block++)
        {
            var begin = (long)(block - 1) * perBlock;
            for (var trade = begin; trade < Math.Min(trades, begin + perBlock); trade++)
                WriteTrade(output, block, trade, (int)(trade - begin), trade > begin || block > Math.Max(1, from));
        }

        Write(output, "]");
    }

    private void WriteTrade(ArrayBufferWriter<byte> output, ulong block, long trade, int index, bool comma)
    {
        var miner = $"{0x2000 + trade % miners:x40}".PadLeft(64, '0');
        var value = Value(trade);
        var isMint = trade % 3 != 2;
        var data = isMint
            ? $"{value:x64}{value:x64}{1_000_000_000_000_000_000UL:x64}{trade:x64}"
            : $"{value:x64}{value:x64}{1_000_000_000_000_000_000UL:x64}";
        var topics = isMint
            ? $"\"{Tao20Events.Minted}\",\"0x{miner}\",\"0x{miner}\",\"0x{0:x64}\""
            : $"\"{Tao20Events.Redeemed}\",\"0x{miner}\",\"0x{miner}\"";
        Write(
            output,
            $"{(comma ? "," : "")}{{\"address\":\"{ContractAddress}\",\"topics\":[{topics}],\"data\":\"0x{data}\","
                + $"\"blockHash\":\"{BlockHash(block)}\",\"blockNumber\":\"0x{block:x}\","
                + $"\"blockTimestamp\":\"0x{Timestamp(block):x}\",\"transactionHash\":\"0x{0x7a:x16}{trade:x48}\","
                + $"\"transactionIndex\":\"0x{index:x}\",\"logIndex\":\"0x{index:x}\",\"removed\":false}}"
        );
    }
}
