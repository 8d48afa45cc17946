using System.Buffers;
using System.Globalization;
using System.Numerics;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Tao20.Chain.Abi;
using Tao20.Chain.Contracts;
using Tao20.Devnet;
using Tao20.Domain.Trades;
using Tao20.Domain.Units;
using Tao20.Tests;
using Tao20.Tests.Oracles;
using Xunit.Abstractions;

namespace Tao20.Chain.Tests.Abi;

/// <summary>Our hashing and encoding against viem's and cast's, on random input. The seed is printed.</summary>
public sealed class DifferentialTests
{
    private const int Cases = 1000;
    private readonly Random _random;

    public DifferentialTests(ITestOutputHelper output)
    {
        _random = new Random(TestSeed.Of(output));
    }

    [Fact]
    public async Task A_thousand_random_messages_hash_as_in_viem()
    {
        var inputs = Enumerable.Range(0, Cases).Select(_ => Bytes(_random.Next(0, 600))).ToList();
        var answers = await Reference.AskAsync([
            .. inputs.Select(input => new JsonObject { ["kind"] = "keccak", ["data"] = "0x" + Convert.ToHexStringLower(input) }),
        ]);
        Assert.Equal(answers.Select(answer => answer!.GetValue<string>()), inputs.Select(input => Keccak.Hash(input).ToString()));
    }

    [Fact]
    public async Task A_thousand_random_signatures_have_the_selectors_and_topics_of_viem()
    {
        string[] types = ["uint256", "address", "bytes32", "bool", "uint16[]", "string", "bytes"];
        var signatures = Enumerable
            .Range(0, Cases)
            .Select(i => $"f{_random.Next():x}({string.Join(',', _random.GetItems(types, _random.Next(0, 8)))})")
            .ToList();
        var answers = await Reference.AskAsync([
            .. signatures.SelectMany(signature => new[] { Case("selector", signature), Case("topic", signature) }),
        ]);
        Assert.Equal(
            answers.Select(answer => answer!.GetValue<string>()),
            signatures.SelectMany(signature => new[] { Keccak.Selector(signature), Keccak.Topic(signature).ToString() })
        );

        static JsonObject Case(string kind, string signature) => new() { ["kind"] = kind, ["signature"] = signature };
    }

    [Fact]
    public async Task A_thousand_random_argument_lists_are_encoded_as_in_viem()
    {
        var lists = Enumerable
            .Range(0, Cases)
            .Select(_ => Enumerable.Range(0, _random.Next(1, 7)).Select(_ => Argument()).ToList())
            .ToList();
        var answers = await Reference.AskAsync([
            .. lists.Select(list => new JsonObject
            {
                ["kind"] = "encode",
                ["types"] = new JsonArray([.. list.Select(argument => JsonValue.Create(argument.Type))]),
                ["values"] = new JsonArray([.. list.Select(argument => argument.Json())]),
            }),
        ]);
        Assert.Equal(
            answers.Select(answer => answer!.GetValue<string>()),
            lists.Select(list => "0x" + AbiEncoder.Encode([.. list.Select(argument => argument.Value)]))
        );
    }

    [Fact]
    public async Task A_thousand_random_trades_encoded_by_viem_are_decoded_to_what_they_were()
    {
        const string Minted =
            "event TAO20Minted(address indexed recipient, address indexed miner, uint256 tao20Amount, uint256 depositAmount, uint16 "
            + "indexed netuid, uint256 nav, bytes32 depositId)";
        const string Redeemed =
            "event TAO20Redeemed(address indexed user, address indexed miner, uint256 tao20Amount, uint256 totalValue, uint256 nav)";
        var expected = Enumerable
            .Range(0, Cases)
            .Select(i => (IsMint: _random.Next(2) == 0, Miner: new Address(Bytes(20)), Tokens: Wei(), Value: Wei(), Nav: Wei()))
            .ToList();
        var answers = await Reference.AskAsync([
            .. expected.Select(trade => new JsonObject
            {
                ["kind"] = "log",
                ["event"] = trade.IsMint ? Minted : Redeemed,
                ["values"] = trade.IsMint
                    ? new JsonArray(
                        Hex(Bytes(20)),
                        trade.Miner.ToString(),
                        trade.Tokens.ToString(),
                        trade.Value.ToString(),
                        _random.Next(65536),
                        trade.Nav.ToString(),
                        Hex(Bytes(32))
                    )
                    : new JsonArray(
                        Hex(Bytes(20)),
                        trade.Miner.ToString(),
                        trade.Tokens.ToString(),
                        trade.Value.ToString(),
                        trade.Nav.ToString()
                    ),
            }),
        ]);

        var contract = new Address(Bytes(20));
        var logs = new JsonArray([
            .. answers.Select(
                (answer, i) =>
                    new JsonObject
                    {
                        ["address"] = contract.ToString(),
                        ["topics"] = answer!["topics"]!.DeepClone(),
                        ["data"] = answer["data"]!.DeepClone(),
                        ["blockNumber"] = $"0x{i + 1:x}",
                        ["blockHash"] = Hex(Bytes(32)),
                        ["blockTimestamp"] = "0x65f00000",
                        ["transactionHash"] = Hex(Bytes(32)),
                        ["logIndex"] = "0x0",
                    }
            ),
        ]);
        var decoder = new LogDecoder(contract, 1, Cases);
        Decode(decoder, Encoding.UTF8.GetBytes(logs.ToJsonString()));
        Assert.Equal(
            expected.Select(trade =>
                (trade.IsMint ? TradeSide.Mint : TradeSide.Redeem, trade.Miner, trade.Tokens.Value, trade.Value.Value, trade.Nav.Value)
            ),
            decoder.Trades.ToArray().Select(trade => (trade.Side, trade.Miner, trade.Tokens.Value, trade.Value.Value, trade.Nav.Value))
        );
    }

    [Fact]
    public async Task The_topics_of_the_contracts_events_are_those_of_cast()
    {
        var tools = await DevnetTools.EnsureAsync(null, CancellationToken.None);
        foreach (
            var signature in new[]
            {
                Tao20Events.MintedSignature,
                Tao20Events.RedeemedSignature,
                Tao20Events.ActivitySignature,
                Tao20Events.EpochAdvancedSignature,
            }
        )
        {
            var (code, output) = await NpmTools.RunAsync(
                tools.Cast,
                ["keccak", signature],
                Path.GetTempPath(),
                TimeSpan.FromSeconds(30),
                CancellationToken.None
            );
            Assert.Equal((0, Keccak.Topic(signature).ToString()), (code, output.Trim()));
        }
    }

    private static void Decode(LogDecoder decoder, byte[] json)
    {
        var reader = new Utf8JsonReader(json);
        reader.Read();
        decoder.Read(ref reader, json);
    }

    private static string Hex(byte[] bytes) => "0x" + Convert.ToHexStringLower(bytes);

    private byte[] Bytes(int length)
    {
        var bytes = new byte[length];
        _random.NextBytes(bytes);
        return bytes;
    }

    private Wei Wei() => Domain.Units.Wei.From((UInt128)new BigInteger(Bytes(_random.Next(1, 12)), isUnsigned: true));

    private (string Type, object Value, Func<JsonNode> Json) Argument()
    {
        switch (_random.Next(8))
        {
            case 0:
                var flag = _random.Next(2) == 0;
                return ("bool", flag, () => flag);
            case 1:
                var address = new Address(Bytes(20));
                return ("address", address, () => address.ToString());
            case 2:
                var hash = new Hash256(Bytes(32));
                return ("bytes32", hash, () => hash.ToString());
            case 3:
                var bytes = Bytes(_random.Next(0, 100));
                return ("bytes", bytes, () => Hex(bytes));
            case 4:
                var text = new string('x', _random.Next(0, 70)) + "τ";
                return ("string", text, () => text);
            case 5:
                var list = Enumerable.Range(0, _random.Next(0, 6)).Select(_ => new BigInteger(Bytes(32), isUnsigned: true)).ToList();
                return (
                    "uint256[]",
                    list.Cast<object>(),
                    () => new JsonArray([.. list.Select(item => JsonValue.Create(item.ToString(CultureInfo.InvariantCulture)))])
                );
            case 6:
                var signed = new BigInteger(Bytes(31)) * (_random.Next(2) == 0 ? 1 : -1);
                return ("int256", signed, () => signed.ToString(CultureInfo.InvariantCulture));
            default:
                var number = new BigInteger(Bytes(32), isUnsigned: true);
                return ("uint256", number, () => number.ToString(CultureInfo.InvariantCulture));
        }
    }
}
