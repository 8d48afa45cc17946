using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using Nethereum.Web3;
using Tao20.Chain.JsonRpc;

namespace Tao20.Chain.Tests.Accounts;

/// <summary>What Nethereum's own client lets through, and what becomes of it when its requests go through the pool.</summary>
[Trait("Category", "Fast")]
public sealed class PoolClientTests
{
    private const string Account = "0x00000000000000000000000000000000000000aa";
    private const string Hash = "0x1111111111111111111111111111111111111111111111111111111111111111";

    [Fact]
    public async Task A_quantity_is_read() => Assert.Equal(31, (await Nonce("""{"id":1,"result":"0x1f"}""")).Value);

    [Theory]
    [InlineData("""{"id":1,"result":"0x"}""")]
    [InlineData("""{"id":1,"result":""}""")]
    [InlineData("""{"id":1,"result":31}""")]
    [InlineData("""{"id":1,"result":"0xzz"}""")]
    [InlineData("""{"id":7,"result":"0x1f"}""")]
    [InlineData("""{"id":1,"error":12}""")]
    public async Task What_is_no_quantity_or_answers_another_question_is_a_violation_and_never_zero(string reply)
    {
        var error = await Assert.ThrowsAsync<NoTrustworthyEndpointException>(() => Nonce(reply));
        Assert.Contains("#1 first.example: ", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"id":1,"result":null}""")]
    [InlineData("""{"result":"0x1f"}""")]
    [InlineData("""{"id":{},"result":"0x1f"}""")]
    [InlineData("""[]""")]
    [InlineData("""[{"id":1,"result":"0x""")]
    [InlineData("<html>502</html>")]
    public async Task What_is_no_answer_yet_is_asked_for_again_and_never_zero(string reply)
    {
        await Assert.ThrowsAsync<IncompleteAnswerException>(() => Nonce(reply));
        var first = new CannedTransport(reply);
        var answered = new EndpointPool(
            [first, new CannedTransport("""[{"id":1,"result":"0x7"}]""", "second")],
            NullLogger.Instance,
            askAgainAfter: TimeSpan.FromMilliseconds(1)
        );
        var nonce = await new Web3(new PoolClient(answered, default)).Eth.Transactions.GetTransactionCount.SendRequestAsync(Account);
        Assert.Equal((7, 2), (nonce.Value, first.Requests));
    }

    [Fact]
    public async Task An_error_of_the_node_keeps_its_text_its_code_and_its_data()
    {
        var refused = await Assert.ThrowsAsync<RpcErrorException>(() =>
            Nonce("""{"id":1,"error":{"code":3,"message":"execution reverted","data":"0x08c379a0"}}""")
        );
        Assert.Equal((3, "execution reverted", "0x08c379a0"), (refused.Code, refused.Text, refused.RevertData));
    }

    [Theory]
    [InlineData("blockNumber")]
    [InlineData("status")]
    [InlineData("gasUsed")]
    [InlineData("blockHash")]
    [InlineData("transactionHash")]
    public async Task A_receipt_without_a_field_is_a_violation_and_no_block_zero(string missing)
    {
        var receipt = new JsonObject
        {
            ["transactionHash"] = Hash,
            ["blockHash"] = Hash,
            ["blockNumber"] = "0x5",
            ["status"] = "0x1",
            ["gasUsed"] = "0x5208",
            ["logs"] = new JsonArray(),
        };
        Assert.Equal(5, (await ReceiptAsync(receipt)).BlockNumber.Value);
        receipt.Remove(missing);
        await Assert.ThrowsAsync<NoTrustworthyEndpointException>(() => ReceiptAsync(receipt));
    }

    [Fact]
    public async Task A_transaction_that_is_in_no_block_has_no_receipt() =>
        Assert.Null(await Client("""[{"id":1,"result":null}]""").Eth.Transactions.GetTransactionReceipt.SendRequestAsync(Hash));

    [Fact]
    public async Task An_endpoint_that_does_not_answer_is_passed_over()
    {
        var pool = new EndpointPool(
            [new CannedTransport(null), new CannedTransport("""[{"id":1,"result":"0x7"}]""", "second")],
            NullLogger.Instance
        );
        Assert.Equal(
            7,
            (await new Web3(new PoolClient(pool, default)).Eth.Transactions.GetTransactionCount.SendRequestAsync(Account)).Value
        );
    }

    [Fact]
    public async Task An_error_that_may_pass_is_asked_of_the_next_endpoint_unless_it_answers_what_a_transaction_would_do()
    {
        const string behind = """[{"id":1,"error":{"code":-32000,"message":"header not found"}}]""";
        Assert.Equal(7, (await Client(behind, "0x7").Eth.Transactions.GetTransactionCount.SendRequestAsync(Account)).Value);
        await Assert.ThrowsAsync<RpcErrorException>(() =>
            Client(behind, "0x7").Eth.Transactions.Call.SendRequestAsync(new Nethereum.RPC.Eth.DTOs.CallInput("0x", Account))
        );
        await Assert.ThrowsAsync<RpcErrorException>(() =>
            Client(behind, "0x7").Eth.Transactions.SendRawTransaction.SendRequestAsync("0x02")
        );
    }

    [Fact]
    public async Task A_latest_block_that_is_none_is_no_answer()
    {
        await Assert.ThrowsAsync<IncompleteAnswerException>(() => LatestAsync("null"));
        await Assert.ThrowsAsync<NoTrustworthyEndpointException>(() => LatestAsync("""{"number":"0x5","baseFeePerGas":"0x"}"""));

        static Task LatestAsync(string block) =>
            Client($$"""{"id":1,"result":{{block}}}""")
                .Eth.Blocks.GetBlockWithTransactionsHashesByNumber.SendRequestAsync(Nethereum.RPC.Eth.DTOs.BlockParameter.CreateLatest());
    }

    private static Task<Nethereum.Hex.HexTypes.HexBigInteger> Nonce(string reply) =>
        Client(reply).Eth.Transactions.GetTransactionCount.SendRequestAsync(Account);

    private static Task<Nethereum.RPC.Eth.DTOs.TransactionReceipt> ReceiptAsync(JsonObject receipt) =>
        Client($$"""{"id":1,"result":{{receipt.ToJsonString()}}}""").Eth.Transactions.GetTransactionReceipt.SendRequestAsync(Hash);

    private static Web3 Client(string reply) =>
        new(
            new PoolClient(
                new EndpointPool([new CannedTransport(reply)], NullLogger.Instance, askAgainAfter: TimeSpan.FromMilliseconds(1)),
                default
            )
        );

    private static Web3 Client(string first, string second) =>
        new(
            new PoolClient(
                new EndpointPool(
                    [new CannedTransport(first), new CannedTransport($$"""[{"id":1,"result":"{{second}}"}]""", "second")],
                    NullLogger.Instance
                ),
                default
            )
        );

    /// <summary>Answers with these bytes, or not at all.</summary>
    private sealed class CannedTransport(string? reply, string name = "first") : IRpcTransport
    {
        public EndpointName Name { get; } = new(1, new Uri($"http://{name}.example"));

        public int Requests { get; private set; }

        public Task<RpcReply> SendAsync(ReadOnlyMemory<byte> body, CancellationToken cancel)
        {
            Requests++;
            return reply is null
                ? throw new EndpointUnreachableException(Name, "it is silent")
                : Task.FromResult(RpcReply.Of(Encoding.UTF8.GetBytes(reply)));
        }
    }
}
