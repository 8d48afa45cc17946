using System.Globalization;
using System.Text.Json.Nodes;
using Tao20.Chain.Signing;
using Tao20.Devnet;
using Tao20.Tests;

namespace Tao20.EndToEnd.Tests;

/// <summary>
/// A validator killed between every two steps of a transaction: each intent is mined exactly once. And one key in two processes.
/// </summary>
public sealed class OutboxKillTests : InDirectory, IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly PrivateKey _key = PrivateKey.FromHex(string.Concat(Enumerable.Repeat("b7", 32)));
    private ChainFixture _chain = null!;
    private ValidatorSet _validators = null!;
    private ulong _time;

    public async Task InitializeAsync()
    {
        _chain = await ChainFixture.StartAsync(3, miners: 2);
        (_validators, _time) = await ValidatorSet.DeployAsync(_chain.Economy, [_key], 20, _chain.Traders.Time, CancellationToken.None);
    }

    async Task IAsyncLifetime.DisposeAsync() => await _chain.DisposeAsync();

    [Fact]
    public async Task Killed_at_any_step_an_attestation_and_the_weights_are_mined_exactly_once()
    {
        await using var proxy = new KillingProxy(_chain.Chain.Rpc);
        (string Method, int Nth)[] steps =
        [
            ("eth_estimateGas", 1),
            ("eth_sendRawTransaction", 1),
            ("eth_estimateGas", 2),
            ("eth_sendRawTransaction", 2),
            ("eth_getTransactionReceipt", 1),
            ("eth_getTransactionReceipt", 3),
        ];
        var epoch = 0UL;
        foreach (var (method, nth) in steps)
        {
            foreach (var afterwards in new[] { false, true })
            {
                var before = await NonceAsync();
                var where = $"{method} {nth}, {(afterwards ? "after" : "before")}";
                await using (var victim = Start("victim", proxy.Url))
                {
                    await FollowedAsync(victim);
                    var reached = proxy.TrapAsync(method, nth, afterwards);
                    await EpochAsync();
                    await PassUntilAsync(reached, where);
                    await victim.KillAsync();
                }

                proxy.Open();
                await using var survivor = Start("victim", proxy.Url);
                await DoneAsync(survivor, epoch, where);
                Assert.True(await NonceAsync() == before + 2, $"{where}: {await NonceAsync() - before} transactions instead of 2");
                epoch++;
            }
        }
    }

    [Fact]
    public async Task A_second_process_with_the_same_key_is_noticed_and_the_epoch_is_attested_once()
    {
        await using var first = Start("first", _chain.Chain.Rpc);

        // With the same fees the two sign the same bytes, which is one transaction, and nobody could tell.
        await using var second = Start("second", _chain.Chain.Rpc, tip: 2_000_000_000);
        for (var epoch = 0UL; epoch < 2; epoch++)
        {
            await FollowedAsync(first);
            await FollowedAsync(second);
            await EpochAsync();
            await DoneAsync(first, epoch, "two processes");
        }

        // At least one has seen the other's transactions, says so in its status and its log, and nobody has equivocated.
        var foreign = new List<long>();
        foreach (var process in new[] { first, second })
        {
            var status = await process.StatusAsync();
            foreign.Add(status["validator"]!["transactions"]!["foreign"]!.GetValue<long>());
            Assert.Equal(
                foreign[^1] > 0,
                process.Errors.Contains("someone else uses its key", StringComparison.Ordinal)
                    || process.Errors.Contains("Stop the other process", StringComparison.Ordinal)
            );
            Assert.Empty(status["consensus"]!["cases"]!.AsArray());
        }

        Assert.Contains(foreign, count => count > 0);
    }

    private Tao20Process Start(string name, Uri rpc, long tip = 1_000_000_000)
    {
        var environment = new Dictionary<string, string>
        {
            ["TAO20_Chain__PollInterval"] = "50ms",
            ["TAO20_Chain__WebSocket"] = "false",
            ["TAO20_Chain__Retries"] = "0",
            ["TAO20_Transactions__PriorityFeePerGas"] = tip.ToString(CultureInfo.InvariantCulture),
        };
        var key = System.IO.Path.Combine(Directory, "key");
        File.WriteAllText(key, string.Concat(Enumerable.Repeat("b7", 32)));
        return Tao20Process.Start(
            [
                "validator",
                "--rpc",
                rpc.ToString(),
                "--contract",
                _chain.Economy.Index.ToString(),
                "--registry",
                _validators.Registry.ToString(),
                "--key-file",
                key,
                "--netuid",
                "20",
                "--data-dir",
                System.IO.Path.Combine(Directory, name),
                "--http-port",
                "0",
            ],
            environment: environment
        );
    }

    private async Task EpochAsync()
    {
        var prices = await _chain.Economy.PricesAsync(CancellationToken.None);
        await _chain.Chain.Client.ExecuteAsync(
            [_chain.Economy.Mint(_chain.Economy.Miners[0], 5 * System.Numerics.BigInteger.Pow(10, 18), prices, _time + 100)],
            ++_time,
            CancellationToken.None
        );
        await _chain.Chain.Client.ExecuteAsync([_chain.Economy.AdvanceEpoch()], _time += 3700, CancellationToken.None);
    }

    private async Task PassUntilAsync(Task reached, string where)
    {
        using var limit = new CancellationTokenSource(Patience);

        // Until the signal comes, a block goes by every 60 ms.
        while (await Task.WhenAny(reached, Task.Delay(60, limit.Token)) != reached)
        {
            Assert.False(limit.IsCancellationRequested, $"{where} did not come by");
            await _chain.Chain.Client.MineAsync(++_time, limit.Token);
        }
    }

    /// <summary>Lets blocks go by until the epoch is attested, its weights are set, and no transaction is on its way.</summary>
    private Task DoneAsync(Tao20Process process, ulong epoch, string where) =>
        Eventually.BecomesAsync<JsonObject>(
            async _ => await process.StatusAsync(),
            status =>
                status["consensus"]
                    ?["rounds"]?.AsArray()
                    .Any(round => round!["epoch"]!.GetValue<ulong>() == epoch && round["attested"]!.AsArray().Count == 1) == true
                && status["validator"]!["transactions"]!["open"]!.AsArray().Count == 0
                && status["validator"]!["weights"]!
                    .AsArray()
                    .Any(set => set!["epoch"]!.GetValue<ulong>() == epoch && set["stage"]!.GetValue<string>() is "Set" or "Refused"),
            Patience,
            cancel => _chain.Chain.Client.MineAsync(++_time, cancel),
            status => $"{status["validator"]}\n{process.Errors}",
            where
        );

    private async Task FollowedAsync(Tao20Process process)
    {
        var final = await _chain.Chain.Client.BlockNumberAsync(CancellationToken.None) - 2;
        await process.UntilAsync(status => status["cursor"]?["block"]?.GetValue<ulong>() >= final, Patience);
    }

    private async Task<ulong> NonceAsync() =>
        ulong.Parse(
            (await _chain.Chain.Client.SendAsync("eth_getTransactionCount", $"[\"{_key.Address}\",\"latest\"]", CancellationToken.None))
                .GetString()!
                .AsSpan(2),
            NumberStyles.HexNumber,
            CultureInfo.InvariantCulture
        );
}
