using System.Numerics;
using System.Text.Json.Nodes;
using Tao20.Chain.Signing;
using Tao20.Devnet;
using Tao20.Tests;
using static Tao20.EndToEnd.Tests.Json;

namespace Tao20.EndToEnd.Tests;

/// <summary><c>tao20 contracts deploy</c>: an index from a plan to its first mint, interrupted anywhere.</summary>
public sealed class ContractsDeployTests : InDirectory, IAsyncLifetime
{
    private const string Secret = "c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5c5";
    private static readonly BigInteger GenesisWei = 20 * BigInteger.Pow(10, 18);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);
    private readonly PrivateKey _key = PrivateKey.FromHex(Secret);
    private ChainFixture _chain = null!;

    public async Task InitializeAsync()
    {
        // Subnets that are old: a reading is good for a sixteenth of their age.
        _chain = await ChainFixture.StartAsync(7, miners: 1, height: 8_000);
        await _chain.Chain.Client.SendAsync("anvil_setBalance", $"[\"{_key.Address}\",\"0x56bc75e2d63100000\"]", CancellationToken.None);
        Written("key", Secret);

        // The check looks back a little.
        _chain.PassedTime = await _chain.Chain.Client.MineAsync(20, CancellationToken.None);
    }

    async Task IAsyncLifetime.DisposeAsync() => await _chain.DisposeAsync();

    [Fact]
    public async Task An_index_is_deployed_by_a_plan_goes_on_where_it_was_killed_and_is_done_once()
    {
        var plan = Written("plan.json", DeploymentPlanTests.Plan());
        var state = plan + ".state.json";

        // What would be done, and nothing is.
        var dry = await OutputAsync(0, "--plan", plan, "--dry-run");
        Assert.Contains("to do: make the Means", dry, StringComparison.Ordinal);
        Assert.Contains("to do: mint the first tokens: 20.000000000", dry, StringComparison.Ordinal);
        Assert.Contains("not sent; the next transaction would be given", dry, StringComparison.Ordinal);
        Assert.False(File.Exists(state));
        Assert.Equal(0UL, await _chain.Chain.Client.NonceAsync(_key.Address, CancellationToken.None));

        // Killed again and again, each time a few transactions later.
        using var stop = new CancellationTokenSource();
        var blocks = _chain.PassUntilAsync(stop.Token);
        try
        {
            foreach (var transactions in (ulong[])[1, 5, 9])
            {
                await using var process = Tao20Process.Start(Command("--plan", plan), Directory, Environment);
                await SentAsync(transactions);
                await process.KillAsync();
            }

            var (code, output, ended) = await Tao20Process.RunAsync(Command("--plan", plan, "--json"), Directory, Environment);
            Assert.True(code == 0, ended.Errors);
            var done = JsonNode.Parse(output)!;
            Assert.Empty(done["left"]!.AsArray());
            Assert.InRange(Wei(done, "supplyWei"), GenesisWei, GenesisWei * 1_002 / 1_000);

            // Each contract once, the basket once: nothing was sent twice.
            var transactionsSent = await _chain.Chain.Client.NonceAsync(_key.Address, CancellationToken.None);
            await OutputAsync(0, "--plan", plan);
            Assert.Equal(transactionsSent, await _chain.Chain.Client.NonceAsync(_key.Address, CancellationToken.None));
            var contracts = done["contracts"]!;
            await RequireVerifiedAsync(contracts);
            var index = await _chain.ShowAsync(Text(contracts, "index"));
            Assert.Equal((DeploymentPlanTests.Owner, DeploymentPlanTests.Guardian), (Text(index, "owner"), Text(index, "guardian")));
            Assert.Equal([1, 4, 9, 16], index["legs"]!.AsArray().Select(leg => leg!["netuid"]!.GetValue<int>()));

            // The same account with other words, or another account, goes on with nothing of it.
            Written("plan.json", DeploymentPlanTests.Plan().Replace("\"20\"", "\"21\"", StringComparison.Ordinal));
            await RefusedAsync("of a plan that read otherwise", "--plan", plan);
        }
        finally
        {
            await stop.CancelAsync();
            await blocks;
        }
    }

    [Fact]
    public async Task What_the_account_sends_between_makes_the_addresses_void_and_is_told()
    {
        var plan = Written("plan.json", DeploymentPlanTests.Plan());
        using var stop = new CancellationTokenSource();
        var blocks = _chain.PassUntilAsync(stop.Token);
        try
        {
            await using (var process = Tao20Process.Start(Command("--plan", plan), Directory, Environment))
            {
                await SentAsync(1);
                await process.KillAsync();
            }

            // As somebody would who uses the account for something else meanwhile.
            var nonce = await _chain.Chain.Client.NonceAsync(_key.Address, CancellationToken.None);
            await _chain.Chain.Client.SendAsync("anvil_setNonce", $"[\"{_key.Address}\",\"0x{nonce + 1:x}\"]", CancellationToken.None);
            var (code, _, ended) = await Tao20Process.RunAsync(Command("--plan", plan), Directory, Environment);
            Assert.Equal(1, code);
            Assert.Contains("others were sent meanwhile", ended.Errors, StringComparison.Ordinal);
        }
        finally
        {
            await stop.CancelAsync();
            await blocks;
        }
    }

    /// <summary>The account has sent so many transactions.</summary>
    private Task SentAsync(ulong transactions) =>
        Eventually.BecomesAsync<object>(
            async _ => await _chain.Chain.Client.NonceAsync(_key.Address, CancellationToken.None),
            nonce => (ulong)nonce >= transactions,
            Patience
        );

    private static Dictionary<string, string> Environment =>
        new() { ["TAO20_Check__LookBackBlocks"] = "5", ["TAO20_Transactions__LegGas"] = $"{Economy.LegGas}" };

    private string[] Command(params string[] more) =>
        ["contracts", "deploy", "--rpc", _chain.Node.Url.ToString(), "--key-file", System.IO.Path.Combine(Directory, "key"), .. more];

    private async Task<string> OutputAsync(int expected, params string[] more)
    {
        var (code, output, process) = await Tao20Process.RunAsync(Command(more), Directory, Environment);
        Assert.True(code == expected, $"{code}: {process.Errors}");
        return output;
    }

    private async Task RefusedAsync(string reason, params string[] more)
    {
        var (code, _, process) = await Tao20Process.RunAsync(Command(more), Directory, Environment);
        Assert.True(code == 2 && process.Errors.Contains(reason, StringComparison.Ordinal), $"{code}: {process.Errors}");
    }

    private async Task RequireVerifiedAsync(JsonNode contracts)
    {
        var (code, output, process) = await Tao20Process.RunAsync([
            "contracts",
            "verify",
            "--rpc",
            _chain.Node.Url.ToString(),
            "--contract",
            Text(contracts, "index"),
            "--router",
            Text(contracts, "router"),
            "--pool",
            Text(contracts, "pool"),
        ]);
        Assert.True(code == 0, output + process.Errors);
        Assert.Equal(6, output.Split("as this version builds it").Length - 1);
    }
}
