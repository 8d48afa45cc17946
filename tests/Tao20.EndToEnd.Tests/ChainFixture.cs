using System.Numerics;
using System.Text.Json.Nodes;
using Tao20.Chain.Abi;
using Tao20.Devnet;
using Tao20.Devnet.Subtensor;
using Tao20.Domain.Registry;
using Tao20.Domain.Units;
using static Tao20.EndToEnd.Tests.Json;

namespace Tao20.EndToEnd.Tests;

/// <summary>A real local chain with the devnet's economy and seeded traders, for the tests of this assembly.</summary>
internal sealed class ChainFixture : IAsyncDisposable
{
    private const int SecondsPerBlock = 12;
    private const int BlocksBetweenReadings = 5;

    private ChainFixture(Anvil chain, SubtensorRpc node, Economy economy, ScriptedTraders traders, PegMarket? market)
    {
        Chain = chain;
        Node = node;
        Economy = economy;
        Traders = traders;
        Market = market;
        PassedTime = traders.Time;
    }

    public Anvil Chain { get; }

    /// <summary>The rules of a registry whose windows have room for twenty of the traders' long blocks.</summary>
    public static RegistryRules LongWindows { get; } = ValidatorSet.Rules with { CommitSeconds = 1_800, RevealSeconds = 1_800 };

    /// <summary>The RPC of Subtensor's node in front of the chain: what signs needs its runtime's own methods.</summary>
    public SubtensorRpc Node { get; }

    public Economy Economy { get; }

    public ScriptedTraders Traders { get; }

    /// <summary>The TAO20/TAO market, if there is one.</summary>
    public PegMarket? Market { get; }

    /// <summary>The time of the last block that has passed without trades, in Unix seconds.</summary>
    public ulong PassedTime { get; set; }

    public static async Task<ChainFixture> StartAsync(int seed, int miners = 5, ulong height = 0)
    {
        var tools = await DevnetTools.EnsureAsync(null, CancellationToken.None);
        var chain = await Anvil.StartAsync(
            tools,
            new AnvilOptions { Accounts = miners + 1, GenesisHeight = height },
            CancellationToken.None
        );
        var (economy, time) = await Economy.DeployAsync(chain, miners, new AnvilOptions().GenesisTimestamp + 1, CancellationToken.None);
        var node = await SubtensorRpc.StartAsync(chain.Rpc, 0, CancellationToken.None);
        node.Node.FirstBlock = height;
        return new ChainFixture(chain, node, economy, new ScriptedTraders(economy, new TraderScript(seed, 90), time), null);
    }

    /// <summary>A chain with a market that noise moves, against which these accounts will trade.</summary>
    public static async Task<ChainFixture> WithMarketAsync(
        int seed,
        IReadOnlyList<Address> arbitrageurs,
        double noisePerMinute = 0.02,
        AnvilOptions? options = null
    )
    {
        var tools = await DevnetTools.EnsureAsync(null, CancellationToken.None);
        var chain = await Anvil.StartAsync(tools, (options ?? new AnvilOptions()) with { Accounts = 3 }, CancellationToken.None);
        var (economy, time) = await Economy.DeployAsync(chain, 1, new AnvilOptions().GenesisTimestamp + 1, CancellationToken.None);
        var maker = (await chain.Client.AccountsAsync(CancellationToken.None))[2];

        // As on the chain: a base fee, and no tips.
        chain.Client.BaseFee = 1_000_000_000;
        (var market, time) = await PegMarket.OpenAsync(
            economy,
            maker,
            arbitrageurs,
            new MarketScript(seed, noisePerMinute, SecondsPerBlock),
            time,
            CancellationToken.None
        );
        var node = await SubtensorRpc.StartAsync(chain.Rpc, 0, CancellationToken.None);
        node.Node.FirstBlock = options?.GenesisHeight ?? 0;
        return new ChainFixture(chain, node, economy, new ScriptedTraders(economy, new TraderScript(seed, SecondsPerBlock), time), market);
    }

    /// <summary>Plays a block of the market.</summary>
    public async Task StepAsync()
    {
        await Traders.StepAsync(await Market!.NoiseAsync(Traders.Time + 600, CancellationToken.None), CancellationToken.None);
        await Market.MeasureAsync(CancellationToken.None);
    }

    /// <summary>Plays block after block of the market until it is told to stop.</summary>
    public Task PlayUntilAsync(CancellationToken stop) => UntilAsync(TimeSpan.FromMilliseconds(80), _ => StepAsync(), stop);

    /// <summary>Block after block without trades, with readings of the moving prices, until it is told to stop.</summary>
    /// <param name="stop">Tells it to.</param>
    /// <param name="secondsPerBlock">How much chain time a block takes.</param>
    public Task PassUntilAsync(CancellationToken stop, int secondsPerBlock = SecondsPerBlock) =>
        UntilAsync(
            TimeSpan.FromMilliseconds(150),
            async block =>
            {
                // By another account than the owner's: two that send from one take each other's nonces.
                if (block % BlocksBetweenReadings == 0)
                    await Chain.Client.SubmitAsync([Economy.Observe() with { From = Economy.Miners[0] }], CancellationToken.None);
                await Chain.Client.MineAsync(PassedTime += (ulong)secondsPerBlock, CancellationToken.None);
            },
            stop
        );

    private static async Task UntilAsync(TimeSpan blockTime, Func<int, Task> block, CancellationToken stop)
    {
        using var ticks = new PeriodicTimer(blockTime);
        try
        {
            for (var i = 0; await ticks.WaitForNextTickAsync(stop); i++)
                await block(i);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Told to stop.
        }
    }

    /// <summary>What <c>tao20 index show</c> prints of an index on this chain.</summary>
    public async Task<JsonNode> ShowAsync(string index)
    {
        string[] show = ["index", "show", "--rpc", $"{Chain.Rpc}", "--contract", index, "--json"];
        var (code, output, process) = await Tao20Process.RunAsync(show);
        Assert.True(code == 0, process.Errors);
        return JsonNode.Parse(output)!;
    }

    /// <summary>What an account has as the node shows it: without what no balance shows.</summary>
    public async Task<BigInteger> ShownBalanceAsync(Address account) =>
        HexText.BigQuantity(
            (await Chain.Client.SendAsync("eth_getBalance", $"[\"{account}\",\"latest\"]", CancellationToken.None)).GetString()!
        ) - SubtensorMock.ExistentialDepositWei;

    /// <summary>What an arbitrageur begins with, as the node shows it.</summary>
    public static BigInteger ShownCapital => PegMarket.ArbitrageurTao * BigInteger.Pow(10, 18) - SubtensorMock.ExistentialDepositWei;

    /// <summary>
    /// A miner's report is what the chain says: nothing but the capital has come from outside, and the books are the balance.
    /// </summary>
    public async Task RequireBooksAsync(Address account, JsonNode report)
    {
        var moves = report["moves"]!.AsArray();
        Assert.True(moves.Count == 1, $"from outside only the capital has come: {report.ToJsonString()}");
        var capital = moves[0];
        Assert.Equal(ShownCapital, Wei(capital, "taoWei"));
        Assert.Equal(await ShownBalanceAsync(account), Wei(report["after"], "taoWei"));
        Assert.Equal(
            (UInt128)(Wei(report, "mintedWei") + Wei(report, "redeemedWei")),
            (await Economy.VolumesAsync(CancellationToken.None))[account]
        );
    }

    public IEnumerable<string> MinerArguments(string dataDirectory, params string[] more) =>
        [
            "miner",
            "--rpc",
            Node.Url.ToString(),
            "--contract",
            Economy.Index.ToString(),
            "--pool",
            Economy.Pool.ToString(),
            "--router",
            Economy.Router.ToString(),
            "--netuid",
            "20",
            "--data-dir",
            dataDirectory,
            "--http-port",
            "0",
            .. more,
        ];

    public async Task TradeAsync(int blocks)
    {
        for (var i = 0; i < blocks; i++)
            await Traders.StepAsync(CancellationToken.None);
    }

    public IEnumerable<string> ValidatorArguments(string dataDirectory, params string[] more) =>
        ValidatorArgumentsBehind(Node.Url.ToString(), dataDirectory, more);

    /// <summary>A validator that asks other endpoints than the chain itself.</summary>
    public IEnumerable<string> ValidatorArgumentsBehind(string endpoints, string dataDirectory, params string[] more) =>
        [
            "validator",
            "--rpc",
            endpoints,
            "--contract",
            Economy.Index.ToString(),
            "--netuid",
            "20",
            "--data-dir",
            dataDirectory,
            "--http-port",
            "0",
            .. more,
        ];

    public async ValueTask DisposeAsync()
    {
        await Node.DisposeAsync();
        await Chain.DisposeAsync();
    }
}

/// <summary>A directory that is gone after the test.</summary>
public abstract class InDirectory : IDisposable
{
    protected string Directory { get; } = System.IO.Directory.CreateTempSubdirectory("tao20-e2e-").FullName;

    /// <summary>A file in it.</summary>
    protected string Written(string name, string text)
    {
        var path = System.IO.Path.Combine(Directory, name);
        File.WriteAllText(path, text);
        return path;
    }

    public void Dispose()
    {
        System.IO.Directory.Delete(Directory, recursive: true);
        GC.SuppressFinalize(this);
    }
}
