using System.Net.Http.Json;
using System.Numerics;
using System.Text.Json;
using Tao20.Chain.Abi;
using Tao20.Chain.Substrate;
using Tao20.Devnet.Subtensor;
using Tao20.Tests.Oracles;

namespace Tao20.Chain.Tests.Subtensor;

/// <summary>The RPC of Subtensor's node: the runtime's methods, and Frontier's ways.</summary>
public sealed class RpcTests : IAsyncLifetime
{
    private const ulong One = MockChain.One;
    private readonly HttpClient _http = new();
    private MockChain _chain = null!;
    private SubtensorRpc _rpc = null!;

    public async Task InitializeAsync()
    {
        _chain = await MockChain.StartAsync(425);
        _rpc = await SubtensorRpc.StartAsync(_chain.Rpc, 0, default);
    }

    public async Task DisposeAsync()
    {
        await _rpc.DisposeAsync();
        await _chain.DisposeAsync();
        _http.Dispose();
    }

    [Fact]
    [ReferencePoint(21, "runtime/src/lib.rs, VERSION: state_getRuntimeVersion; a runtime upgrade under a running client")]
    public async Task The_version_is_that_of_the_block()
    {
        var before = await ResultAsync("state_getRuntimeVersion", "[]");
        Assert.Equal(("node-subtensor", 425), (before.GetProperty("specName").GetString(), before.GetProperty("specVersion").GetInt32()));
        var block = (await ResultAsync("chain_getBlockHash", "[]")).GetString();
        await _chain.SetAsync("setSpec", 473u);
        Assert.Equal(473, (await ResultAsync("state_getRuntimeVersion", "[]")).GetProperty("specVersion").GetInt32());
        Assert.Equal(425, (await ResultAsync("state_getRuntimeVersion", $"[\"{block}\"]")).GetProperty("specVersion").GetInt32());
        Assert.Equal(-32601, (await ErrorAsync("state_subscribeTeapots", "[]")).Code);
    }

    [Fact]
    [ReferencePoint(21, "frontier d553a115, frame/evm/src/runner/stack.rs:232: the base fee is charged, and no tip")]
    public async Task What_an_author_is_offered_is_not_charged()
    {
        var (payer, other) = (_chain.Accounts[1], _chain.Accounts[2]);
        _chain.Client.BaseFee = 1_000_000_000;
        foreach (var tip in (string[])["0x0", "0x1", "0x3b9aca00"])
        {
            var (before, earned) = (await BalanceAsync("latest"), await EarnedAsync());
            var hash = await _chain.Client.SendAsync(
                "eth_sendTransaction",
                $"[{{\"from\":\"{payer}\",\"to\":\"{other}\",\"gas\":\"0x5208\",\"maxFeePerGas\":\"0x12a05f200\","
                    + $"\"maxPriorityFeePerGas\":\"{tip}\"}}]",
                default
            );
            await _chain.SetAsync("setPool", (ushort)7, 5UL, 7UL);
            var mined = (await _chain.Client.ReceiptsAsync([hash.GetString()!], default))[0].GetProperty("blockNumber").GetString()!;
            Assert.Equal(21_000 * (BigInteger)1_000_000_000, before - await BalanceAsync("latest"));
            await _chain.SetAsync("setPool", (ushort)7, 6UL, 7UL);
            Assert.Equal(21_000 * (BigInteger)1_000_000_000, before - await BalanceAsync(mined));

            // Nor does the author get it: what nobody pays is nobody's.
            Assert.Equal(earned, await EarnedAsync());
        }

        async Task<BigInteger> EarnedAsync()
        {
            var block = await _chain.Client.SendAsync("eth_getBlockByNumber", "[\"latest\",false]", default);
            var author = block.GetProperty("miner").GetString();
            return HexText.BigQuantity(
                (await _chain.Client.SendAsync("eth_getBalance", $"[\"{author}\",\"latest\"]", default)).GetString()!
            );
        }

        async Task<BigInteger> BalanceAsync(string block) =>
            HexText.BigQuantity((await _chain.Client.SendAsync("eth_getBalance", $"[\"{payer}\",\"{block}\"]", default)).GetString()!);
    }

    [Fact]
    [ReferencePoint(21, "substrate rpc, state_getStorage")]
    public async Task Storage_is_read_by_keys_of_any_pallet_at_any_block()
    {
        await _chain.SetAsync("setPool", (ushort)7, 5UL, 7UL);
        await _chain.SendAsync(MockStorage.Subnet(_chain.Account, 7));
        var key = Hex(RuntimeStorage.SubnetTao.Key(7));
        var block = (await ResultAsync("chain_getBlockHash", "[]")).GetString();
        await _chain.SetAsync("setPool", (ushort)7, 6UL, 7UL);
        Assert.Equal("0x0600000000000000", (await ResultAsync("state_getStorage", $"[\"{key}\"]")).GetString());
        Assert.Equal("0x0500000000000000", (await ResultAsync("state_getStorage", $"[\"{key}\",\"{block}\"]")).GetString());
        Assert.Equal(JsonValueKind.Null, (await ResultAsync("state_getStorage", $"[\"{key}00\"]")).ValueKind);
        Assert.Equal(
            "0x697a000000000000",
            (await ResultAsync("state_getStorage", $"[\"{Hex(RuntimeStorage.ChainId.Key())}\"]")).GetString()
        );
        var staking = Hex(RuntimeStorage.PrecompileEnable.Key(KeyPart.Variant(1)));
        Assert.Equal(JsonValueKind.Null, (await ResultAsync("state_getStorage", $"[\"{staking}\"]")).ValueKind);
        await _chain.SetAsync("setDisabled", MockChain.At(0x805), true);
        Assert.Equal("0x00", (await ResultAsync("state_getStorage", $"[\"{staking}\"]")).GetString());
    }

    [Fact]
    [ReferencePoint(21, "frontier client/rpc/src/eth/execute.rs, error_on_execution_failure")]
    public async Task How_a_call_has_failed_is_told_in_frontiers_words()
    {
        await _chain.SetAsync("setPool", (ushort)7, 1_000 * One, 4_000 * One);
        var (code, message, data) = await CallAsync(AbiEncoder.Call("addStake(bytes32,uint256,uint256)", MockChain.Hotkey, 1_000, 7));
        Assert.Equal((-32603, "evm error: Other(\"dispatch execution failed: AmountTooLow\")", "0x"), (code, message, data));
        (code, message, data) = await CallAsync(AbiEncoder.Call("nothing()"));
        Assert.Equal((-32603, "VM Exception while processing transaction: revert Unknown selector"), (code, message));
        Assert.StartsWith(Keccak.Selector("Error(string)"), data, StringComparison.Ordinal);
        var zero = await ErrorAsync("eth_call", $"[{{\"to\":\"{MockChain.At(0x805)}\",\"data\":\"0x\"}},\"latest\"]");
        Assert.Contains("zero address", zero.Message, StringComparison.Ordinal);

        Task<(int Code, string Message, string? Data)> CallAsync(string input) =>
            ErrorAsync("eth_call", $"[{{\"from\":\"{_chain.Account}\",\"to\":\"{MockChain.At(0x805)}\",\"data\":\"{input}\"}},\"latest\"]");
    }

    [Fact]
    [ReferencePoint(21, "frontier client/rpc/src/eth/execute.rs:106, state.rs:46, filter.rs; client/mapping-sync")]
    public async Task A_hash_that_is_not_known_is_another_block_without_a_word()
    {
        var unknown = $"{{\"blockHash\":\"{Keccak.Hash("nowhere"u8)}\"}}";
        Assert.Equal("0x0", (await ResultAsync("eth_getBalance", $"[\"{_chain.Account}\",{unknown}]")).GetString());
        var mapped = AbiEncoder.Call("addressMapping(address)", _chain.Account);
        var call = $"[{{\"from\":\"{_chain.Account}\",\"to\":\"{MockChain.At(0x80C)}\",\"data\":\"{mapped}\"}},{unknown}]";
        Assert.Equal(_chain.Coldkey.ToString(), (await ResultAsync("eth_call", call)).GetString());

        // A receipt is not there the first time it is asked for, and finality is two blocks behind.
        var hash = await _chain.Client.SubmitAsync([SubtensorMock.Set(_chain.Account, "setAddress", _chain.Account)], default);
        await _chain.Client.MineAsync(4, default);
        Assert.Equal(JsonValueKind.Null, (await ResultAsync("eth_getTransactionReceipt", $"[\"{hash[0]}\"]")).ValueKind);
        Assert.Equal(JsonValueKind.Object, (await ResultAsync("eth_getTransactionReceipt", $"[\"{hash[0]}\"]")).ValueKind);
        var (latest, final) = (await HeightAsync("latest"), await HeightAsync("finalized"));
        Assert.True(latest - final >= 2, $"{final} of {latest}");

        // Logs up to a tag are logs up to the best block.
        var range = $"[{{\"fromBlock\":\"{HexText.Quantity(final + 1)}\",\"toBlock\":\"finalized\"}}]";
        Assert.Equal(0, (await ResultAsync("eth_getLogs", range)).GetArrayLength());

        async Task<ulong> HeightAsync(string tag) =>
            (ulong)
                HexText.BigQuantity((await ResultAsync("eth_getBlockByNumber", $"[\"{tag}\",false]")).GetProperty("number").GetString()!);
    }

    [Fact]
    [ReferencePoint(20, "frontier frame/evm/src/lib.rs:1088: the balance without the existential deposit")]
    public async Task A_balance_is_shown_without_the_existential_deposit_and_in_a_batch_each_has_its_own_answer()
    {
        var shown = HexText.BigQuantity((await ResultAsync("eth_getBalance", $"[\"{_chain.Account}\",\"latest\"]")).GetString()!);
        Assert.Equal(await _chain.BalanceAsync(_chain.Account) - 500, shown / (BigInteger)One);
        using var reply = await _http.PostAsJsonAsync(
            _rpc.Url,
            new object[]
            {
                new
                {
                    id = "a",
                    method = "eth_chainId",
                    @params = Array.Empty<string>(),
                },
                new
                {
                    id = 7,
                    method = "state_getRuntimeVersion",
                    @params = Array.Empty<string>(),
                },
            }
        );
        var answers = await reply.Content.ReadFromJsonAsync<JsonElement[]>();
        Assert.Equal("0x7a69", answers!.Single(answer => answer.GetProperty("id").ToString() == "a").GetProperty("result").GetString());
        Assert.Equal(
            425,
            answers!
                .Single(answer => answer.GetProperty("id").ToString() == "7")
                .GetProperty("result")
                .GetProperty("specVersion")
                .GetInt32()
        );
    }

    private async Task<JsonElement> ResultAsync(string method, string parameters) =>
        (await AnswerAsync(method, parameters)).GetProperty("result");

    private async Task<(int Code, string Message, string? Data)> ErrorAsync(string method, string parameters)
    {
        var error = (await AnswerAsync(method, parameters)).GetProperty("error");
        return (
            error.GetProperty("code").GetInt32(),
            error.GetProperty("message").GetString()!,
            error.TryGetProperty("data", out var data) ? data.GetString() : null
        );
    }

    private async Task<JsonElement> AnswerAsync(string method, string parameters)
    {
        using var content = new StringContent(
            $"{{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"{method}\",\"params\":{parameters}}}",
            System.Text.Encoding.UTF8,
            "application/json"
        );
        using var reply = await _http.PostAsync(_rpc.Url, content);
        return await reply.Content.ReadFromJsonAsync<JsonElement>();
    }

    private static string Hex(byte[] key) => "0x" + Convert.ToHexStringLower(key);
}
