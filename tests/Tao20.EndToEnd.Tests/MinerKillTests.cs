using System.Numerics;
using System.Text.Json.Nodes;
using Tao20.Chain.Abi;
using Tao20.Chain.Contracts;
using Tao20.Chain.Signing;
using Tao20.Devnet;
using Tao20.Domain.Units;
using Tao20.Tests;
using Tao20.Tests.Oracles;
using Xunit.Abstractions;
using static Tao20.EndToEnd.Tests.Json;

namespace Tao20.EndToEnd.Tests;

/// <summary>
/// A miner killed at random moments of its trading: no trade is sent twice, none is forgotten, and the books equal the account to
/// the wei.
/// </summary>
public sealed class MinerKillTests(ITestOutputHelper output) : InDirectory
{
    private static readonly int Kills = Environment.GetEnvironmentVariable("TAO20_SOAK") == "1" ? 100 : 10;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task After_every_kill_no_trade_is_sent_twice_and_none_is_forgotten() => await KillAsync(stepwise: false);

    [Fact]
    public async Task After_every_kill_a_trade_of_many_steps_is_finished_or_undone() => await KillAsync(stepwise: true);

    private async Task KillAsync(bool stepwise)
    {
        var seed = TestSeed.Of(output);
        var random = new Random(seed);
        var secret = string.Concat(Enumerable.Repeat("d7", 32));
        var account = PrivateKey.FromHex(secret).Address;
        await using var chain = await ChainFixture.WithMarketAsync(seed, [account], noisePerMinute: 0.04);
        var environment = new Dictionary<string, string>
        {
            ["TAO20_MINER_PRIVATE_KEY"] = secret,
            ["TAO20_Market__MaxBlockAge"] = "0s",
            ["TAO20_Chain__PollInterval"] = "50ms",
            ["TAO20_Journal__SnapshotEvery"] = "10",
            ["TAO20_Arbitrage__DeadlineSeconds"] = "600",
        };
        var arguments = chain.MinerArguments(Directory).ToList();
        if (stepwise)
            arguments.RemoveRange(arguments.IndexOf("--router"), 2);
        using var stop = new CancellationTokenSource();
        var playing = chain.PlayUntilAsync(stop.Token);
        for (var kill = 0; kill < Kills; kill++)
        {
            await using var victim = Tao20Process.Start(arguments, environment: environment);
            await victim.StatusUriAsync();
            await Task.Delay(random.Next(0, 2_500)); // the moment of the kill is the point of this test
            await victim.KillAsync();
        }

        await using var last = Tao20Process.Start(arguments, environment: environment);
        await last.UntilAsync(
            status => Totals(status) is { } totals && totals["confirmed"]!.GetValue<int>() > 0 && Trader(status)!["inventory"] is not null,
            Patience
        );
        await Tao20Process.RunAsync(["miner", "pause", "--data-dir", Directory]);
        await last.UntilAsync(
            status => Trader(status)!["state"]!.GetValue<string>() == "Stopped" && Trader(status)!["open"] is null,
            Patience
        );
        await stop.CancelAsync();
        await playing;

        // Every transaction of the account is a trade in the books, and every trade that cost gas is a transaction.
        var (code, json, process) = await Tao20Process.RunAsync(["miner", "report", "--data-dir", Directory, "--json"]);
        Assert.True(code == 0, process.Errors);
        var report = Assert.Single(JsonNode.Parse(json)!.AsArray())!;
        var trades = report["trades"]!.AsArray();
        if (stepwise)
        {
            await RequireNoBasketAsync(chain, account);
            await chain.RequireBooksAsync(account, report);
            output.WriteLine($"{Kills} kills, {trades.Count} trades step by step, profit {Wei(report, "profitWei")} wei");
            return;
        }

        var sent = trades.Count(trade => Wei(trade, "gasWei") > 0);
        Assert.Equal(
            HexText.BigQuantity(
                (
                    await chain.Chain.Client.SendAsync("eth_getTransactionCount", $"[\"{account}\",\"latest\"]", CancellationToken.None)
                ).GetString()!
            ),
            sent
        );
        var filter =
            $"[{{\"fromBlock\":\"0x0\",\"toBlock\":\"latest\",\"address\":\"{chain.Economy.Router}\","
            + $"\"topics\":[\"{RouterCalls.RoundTripTopic}\",\"0x{new string('0', 24)}{account.ToString()[2..]}\"]}}]";
        var done = (await chain.Chain.Client.SendAsync("eth_getLogs", filter, CancellationToken.None)).GetArrayLength();
        Assert.Equal(done, trades.Count(trade => trade!["outcome"]!.GetValue<string>() == "Confirmed"));
        Assert.Equal(Enumerable.Range(1, trades.Count), trades.Select(trade => trade!["number"]!.GetValue<int>()));
        output.WriteLine($"{Kills} kills, {trades.Count} trades, {sent} transactions, {done} done, profit {Wei(report, "profitWei")} wei");

        await chain.RequireBooksAsync(account, report);
    }

    /// <summary>No stake worth a sale is left of any trade.</summary>
    private static async Task RequireNoBasketAsync(ChainFixture chain, Address account)
    {
        var stakes = await chain.Chain.Client.CallAsync(
            [
                .. Economy.Netuids.Select(netuid =>
                    (Economy.Staking, AbiEncoder.Call("getStake(bytes32,bytes32,uint256)", Economy.Hotkey, Coldkey.Of(account), netuid))
                ),
            ],
            CancellationToken.None
        );
        Assert.All(stakes, stake => Assert.InRange(AbiWords.BigInteger(stake, 0), BigInteger.Zero, 100_000_000));
    }

    private static JsonNode? Trader(JsonObject status) => status["market"]?["trader"];

    private static JsonNode? Totals(JsonObject status) => Trader(status)?["totals"];
}
