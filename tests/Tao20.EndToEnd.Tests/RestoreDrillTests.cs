using System.Globalization;
using System.Text.Json.Nodes;
using Tao20.Chain.Signing;
using Tao20.Domain.Units;
using Tao20.Tests;
using Xunit.Abstractions;
using static Tao20.EndToEnd.Tests.Json;

namespace Tao20.EndToEnd.Tests;

/// <summary>
/// The drill of docs/operations.md: a miner and a validator lose their disks at random moments, while the market goes on, and go on from
/// backups of any age.
/// </summary>
public sealed class RestoreDrillTests(ITestOutputHelper output) : InDirectory
{
    private static readonly int Losses = Environment.GetEnvironmentVariable("TAO20_SOAK") == "1" ? 50 : 5;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    [Fact]
    public async Task They_are_level_again_with_equal_roots_and_books_and_nothing_was_sent_twice()
    {
        var seed = TestSeed.Of(output);
        var random = new Random(seed);
        var secret = string.Concat(Enumerable.Repeat("d8", 32));
        var account = PrivateKey.FromHex(secret).Address;
        await using var chain = await ChainFixture.WithMarketAsync(seed, [account], noisePerMinute: 0.12);
        var environment = new Dictionary<string, string>
        {
            ["TAO20_MINER_PRIVATE_KEY"] = secret,
            ["TAO20_Market__MaxBlockAge"] = "0s",
            ["TAO20_Chain__PollInterval"] = "50ms",
            ["TAO20_Journal__SnapshotEvery"] = "10",
            ["TAO20_Arbitrage__DeadlineSeconds"] = "600",
        };
        await using var miner = new LosingNode(chain.MinerArguments(In("miner")), In("miner"), In("backups-miner"), environment);
        await using var validator = new LosingNode(
            chain.ValidatorArguments(In("validator")),
            In("validator"),
            In("backups-validator"),
            environment
        );
        using var stop = new CancellationTokenSource();
        var playing = chain.PlayUntilAsync(stop.Token);
        var ages = new List<int>();
        for (var loss = 0; loss < Losses; loss++)
        {
            var node = loss % 2 == 0 ? miner : validator;

            // Before the chain is checked nothing is traded.
            await node.Process.UntilAsync(status => status["check"]?["spec"] is not null, Patience);
            await Task.Delay(random.Next(0, 1_500)); // the moment of the backup, and of the loss, is the point of this test
            await node.Backups.TakeAsync();
            await Task.Delay(random.Next(0, 1_500));
            ages.Add(await node.LoseAsync(random));
        }

        var (miners, validators) = (miner.Process, validator.Process);
        await miners.UntilAsync(
            status => Trader(status)?["totals"]?["confirmed"]?.GetValue<int>() > 0 && Trader(status)!["inventory"] is not null,
            Patience
        );
        await Tao20Process.RunAsync(["miner", "pause", "--data-dir", In("miner")]);
        await miners.UntilAsync(
            status => Trader(status)!["state"]!.GetValue<string>() == "Stopped" && Trader(status)!["open"] is null,
            Patience
        );
        // The books are what the account owns; what trades they do not know have brought is booked as having come from outside.
        await BooksAsync(miners, chain, account);
        await stop.CancelAsync();
        await playing;
        await chain.Traders.FinishAsync(CancellationToken.None);

        // Nothing was sent twice: no two transactions of the account do the same.
        var sent = await SentAsync(chain, account);
        Assert.Equal(sent.Count, sent.Distinct(StringComparer.Ordinal).Count());

        var (code, json, process) = await Tao20Process.RunAsync(["miner", "report", "--data-dir", In("miner"), "--json"]);
        Assert.True(code == 0, process.Errors);
        var report = Assert.Single(JsonNode.Parse(json)!.AsArray())!;
        output.WriteLine(
            $"{Losses} losses, ages {string.Join(' ', ages)}; {sent.Count} transactions, {report["trades"]!.AsArray().Count} trades known"
        );

        // Roots are those of a node that has lost nothing.
        var head = await chain.Chain.Client.BlockNumberAsync(CancellationToken.None);
        await using var undisturbed = Tao20Process.Start(chain.ValidatorArguments(In("undisturbed")), environment: environment);
        var (lost, whole) = (await LevelAsync(validators, head), await LevelAsync(undisturbed, head));
        Assert.Equal(whole["settled"]!.ToJsonString(), lost["settled"]!.ToJsonString());
        Assert.Equal(whole["ranking"]!.ToJsonString(), lost["ranking"]!.ToJsonString());
        Assert.Equal(whole["cursor"]!["trades"]!.GetValue<long>(), lost["cursor"]!["trades"]!.GetValue<long>());
        Assert.Empty(lost["faults"]!.AsArray());
        var volumes = await chain.Economy.VolumesAsync(CancellationToken.None);
        foreach (var one in lost["miners"]!.AsArray())
            Assert.Equal(
                volumes[Address.Parse(one!["address"]!.GetValue<string>())].ToString(CultureInfo.InvariantCulture),
                one["foldedWei"]!.GetValue<string>()
            );
    }

    /// <summary>The call data of all that the account has sent.</summary>
    private static async Task<List<string>> SentAsync(ChainFixture chain, Address account)
    {
        var client = chain.Chain.Client;
        var sent = new List<string>();
        for (var block = await client.BlockNumberAsync(CancellationToken.None); block > 0; block--)
        {
            var found = await client.SendAsync("eth_getBlockByNumber", $"[\"0x{block:x}\",true]", CancellationToken.None);
            foreach (var transaction in found.GetProperty("transactions").EnumerateArray())
                if (Address.Parse(transaction.GetProperty("from").GetString()!) == account)
                    sent.Add($"{transaction.GetProperty("to")} {transaction.GetProperty("input")}");
        }

        return sent;
    }

    private static Task BooksAsync(Tao20Process miner, ChainFixture chain, Address account) =>
        Eventually.BecomesAsync<JsonObject>(
            async _ => await miner.StatusAsync(),
            status => Wei(Trader(status)!["inventory"], "taoWei") == chain.ShownBalanceAsync(account).GetAwaiter().GetResult(),
            Patience,
            show: status => Trader(status)
        );

    private static Task<JsonObject> LevelAsync(Tao20Process validator, ulong head) =>
        validator.UntilAsync(
            status =>
                status["cursor"]?["block"]?.GetValue<ulong>() >= head - 2 && status["epoch"]!["awaitingSettlement"]!.AsArray().Count == 0,
            Patience
        );

    private static JsonNode? Trader(JsonObject status) => status["market"]?["trader"];

    private string In(string name) => System.IO.Path.Combine(Directory, name);

    /// <summary>A node that loses its disk now and then.</summary>
    private sealed class LosingNode(IEnumerable<string> arguments, string journal, string backups, IDictionary<string, string> environment)
        : IAsyncDisposable
    {
        private readonly List<string> _arguments = [.. arguments];

        public Backups Backups { get; } = new(journal, backups);

        public Tao20Process Process { get; private set; } = Tao20Process.Start(arguments, environment: environment);

        /// <summary>Ends it as a power cut would, takes its disk, and starts it with a backup of any age.</summary>
        public async Task<int> LoseAsync(Random random)
        {
            await Process.DisposeAsync();
            var age = await Backups.LoseAsync(random);
            Process = Tao20Process.Start(_arguments, environment: environment);
            return age;
        }

        public ValueTask DisposeAsync() => Process.DisposeAsync();
    }
}
