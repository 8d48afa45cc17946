using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Tao20.Domain.Units;
using Tao20.Node;
using Tao20.Node.Configuration;
using Tao20.Node.Http;

namespace Tao20.Devnet.Commands;

/// <summary>What <c>tao20 devnet</c> is asked to do.</summary>
internal sealed record DevnetSettings(
    string? DataDirectory,
    int Miners,
    TimeSpan Duration,
    TimeSpan Epoch,
    TimeSpan BlockTime,
    int Seed,
    int? HttpPort,
    int RpcPort,
    bool Json,
    bool Keep,
    int Validators,
    IReadOnlyList<string> ByzantineTexts,
    bool CommitReveal,
    int Arbitrageurs,
    string MarketNoiseText,
    bool Stepwise
)
{
    /// <summary>How the chain is started: an account for each scripted miner, one for the keeper, and one for the market's maker.</summary>
    public AnvilOptions Anvil => new() { Port = RpcPort, Accounts = Miners + 2 };

    /// <summary>The standard deviation of the market's move in a minute, as a fraction.</summary>
    public double MarketNoise => Percentage.TryParse(MarketNoiseText) ?? 0;

    /// <summary>Chain time of a block: so much that an hour's epoch passes in <see cref="Epoch"/>.</summary>
    public int SecondsPerBlock => Math.Max(1, (int)Math.Round(3600 * BlockTime / Epoch));

    public int Blocks => (int)Math.Round(Duration / BlockTime);

    /// <summary>The validators that do not keep to the rules.</summary>
    public IReadOnlyList<Byzantine> Byzantines => [.. ByzantineTexts.Select(text => Byzantine.TryParse(text)).OfType<Byzantine>()];
}

/// <summary><c>tao20 devnet</c>: chain, contracts, traders and one validator, all on this machine.</summary>
internal static class DevnetCommand
{
    private const int MaxMiners = 50;
    private const int MaxValidators = 16;
    private const int MaxArbitrageurs = 10;
    private const double MaxNoise = 0.2;
    private const int MostBlocksToSettle = 400;
    private const int Netuid = 20;

    public static Command Create()
    {
        var dataDir = NodeOptions.DataDir();
        var miners = new Option<int>("--miners")
        {
            Description = $"How many miners trade, 1 to {MaxMiners} (default 5)",
            HelpName = "N",
            DefaultValueFactory = _ => 5,
        };
        var duration = NodeOptions.Duration("--duration", "How long they trade", "60s");
        var epoch = NodeOptions.Duration(
            "--epoch",
            "How long an hour's epoch takes: chain time moves that much faster; with --arbitrageurs a block is 12 s of it unless "
                + "this is given",
            "20s"
        );
        var blockTime = NodeOptions.Duration("--block-time", "How long a block takes", "250ms");
        var seed = new Option<int>("--seed")
        {
            Description = "Same seed, same trades (default 7)",
            HelpName = "N",
            DefaultValueFactory = _ => 7,
        };
        var httpPort = NodeOptions.HttpPort();
        var rpcPort = new Option<int>("--rpc-port")
        {
            Description = "Port of the chain on 127.0.0.1 (default: a free one)",
            HelpName = "PORT",
        };
        var json = NodeOptions.Json();
        var keep = new Option<bool>("--keep") { Description = "Afterwards, leave chain and node running until stopped" };
        var validators = new Option<int>("--validators")
        {
            Description =
                $"How many validators, 1 to {MaxValidators}; one alone only counts, from three on they agree on chain (default 1)",
            HelpName = "N",
            DefaultValueFactory = _ => 1,
        };
        var byzantine = new Option<string[]>("--byzantine")
        {
            Description = $"A validator that does not keep to the rules: {Byzantine.Kinds}",
            HelpName = "N:KIND",
        };
        var commitReveal = new Option<bool>("--commit-reveal")
        {
            Description = "The subnet takes weights by commit and reveal, not in the clear",
        };
        var arbitrageurs = new Option<int>("--arbitrageurs")
        {
            Description = $"How many miners keep the peg of the TAO20/TAO market, 0 to {MaxArbitrageurs} (default 0)",
            HelpName = "N",
        };
        var marketNoise = new Option<string>("--market-noise")
        {
            Description =
                "How much noise moves the market: standard deviation of a minute of chain time, 0% to 20% (default 2% with --arbitrageurs)",
            HelpName = "P%",
        };
        var stepwise = new Option<bool>("--stepwise") { Description = "These miners trade step by step and not through the router" };
        var command = new Command("devnet", "A whole TAO20 economy on this machine: watch miners trade and be ranked")
        {
            dataDir,
            miners,
            duration,
            epoch,
            blockTime,
            seed,
            httpPort,
            rpcPort,
            json,
            keep,
            validators,
            byzantine,
            commitReveal,
            arbitrageurs,
            marketNoise,
            stepwise,
        };
        command.SetAction(
            (parsed, cancel) =>
                RunAsync(
                    Checked(
                        new DevnetSettings(
                            parsed.GetValue(dataDir),
                            parsed.GetValue(miners),
                            parsed.GetValue(duration),
                            parsed.GetValue(arbitrageurs) > 0 && parsed.GetResult(epoch) is null or { Implicit: true }
                                ? 3600 * parsed.GetValue(blockTime) / DevnetMarket.SecondsPerBlock
                                : parsed.GetValue(epoch),
                            parsed.GetValue(blockTime),
                            parsed.GetValue(seed),
                            parsed.GetValue(httpPort),
                            parsed.GetValue(rpcPort),
                            parsed.GetValue(json),
                            parsed.GetValue(keep),
                            parsed.GetValue(validators),
                            parsed.GetValue(byzantine) ?? [],
                            parsed.GetValue(commitReveal),
                            parsed.GetValue(arbitrageurs),
                            parsed.GetValue(marketNoise) ?? (parsed.GetValue(arbitrageurs) > 0 ? "2%" : "0%"),
                            parsed.GetValue(stepwise)
                        )
                    ),
                    cancel
                )
        );
        return command;
    }

    private static DevnetSettings Checked(DevnetSettings settings)
    {
        Require(settings.Miners is >= 1 and <= MaxMiners, "--miners", settings.Miners, $"1 to {MaxMiners}");
        Require(
            settings.BlockTime >= TimeSpan.FromMilliseconds(20) && settings.BlockTime <= TimeSpan.FromSeconds(12),
            "--block-time",
            settings.BlockTime,
            "20ms to 12s"
        );
        Require(
            settings.Epoch >= 4 * settings.BlockTime && settings.Epoch <= TimeSpan.FromHours(1),
            "--epoch",
            settings.Epoch,
            "four block times to 1h"
        );
        Require(
            settings.Duration >= settings.BlockTime && settings.Duration <= TimeSpan.FromHours(24),
            "--duration",
            settings.Duration,
            "one block time to 24h"
        );
        Require(settings.RpcPort is >= 0 and <= 65535, "--rpc-port", settings.RpcPort, "0 to 65535");
        Require(settings.Validators is >= 1 and <= MaxValidators, "--validators", settings.Validators, $"1 to {MaxValidators}");
        Require(settings.Arbitrageurs is >= 0 and <= MaxArbitrageurs, "--arbitrageurs", settings.Arbitrageurs, $"0 to {MaxArbitrageurs}");
        Require(
            Percentage.TryParse(settings.MarketNoiseText) is >= 0 and <= MaxNoise,
            "--market-noise",
            settings.MarketNoiseText,
            "0% to 20%, with its sign"
        );
        Require(
            settings.Arbitrageurs > 0 || settings.MarketNoise == 0,
            "--market-noise",
            settings.MarketNoiseText,
            "0% without --arbitrageurs: nobody would bring the market back"
        );
        foreach (var text in settings.ByzantineTexts)
            Require(
                Byzantine.TryParse(text) is { } byzantine && byzantine.Validator <= settings.Validators && settings.Validators > 1,
                "--byzantine",
                text,
                $"{Byzantine.Kinds}, N one of the --validators"
            );
        return settings;

        static void Require(bool holds, string option, object value, string allowed)
        {
            if (!holds)
                throw new NodeException(
                    ExitCodes.Usage,
                    string.Create(CultureInfo.InvariantCulture, $"{option} = {value} is out of range: give {allowed}.")
                );
        }
    }

    private static async Task<int> RunAsync(DevnetSettings settings, CancellationToken cancel)
    {
        var directory = settings.DataDirectory ?? Directory.CreateTempSubdirectory("tao20-devnet-").FullName;
        RequireEmpty(directory);
        try
        {
            return await RunAsync(settings, directory, cancel);
        }
        catch (DevnetException e)
        {
            throw new NodeException(ExitCodes.Failed, e.Message, e);
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            await Console.Error.WriteLineAsync("tao20: stopped before the end.");
            return ExitCodes.Interrupted;
        }
        finally
        {
            if (settings.DataDirectory is null)
                Directory.Delete(directory, recursive: true);
        }
    }

    private static async Task<int> RunAsync(DevnetSettings settings, string directory, CancellationToken cancel)
    {
        // Then standard output is the document's alone, whatever a library may write there.
        var output = Console.Out;
        if (settings.Json)
            Console.SetOut(Console.Error);
        var tools = await DevnetTools.EnsureAsync(Say, cancel);
        Say("Starting a local chain ...");
        await using var chain = await Anvil.StartAsync(tools, settings.Anvil, cancel);
        Say($"Deploying twenty subnets, the index, its market and its router to {chain.Rpc} ...");
        var (economy, time) = await Economy.DeployAsync(chain, settings.Miners, settings.Anvil.GenesisTimestamp + 1, cancel);
        DevnetMarket? market = null;
        if (settings.Arbitrageurs > 0)
            (market, time) = await DevnetMarket.OpenAsync(economy, settings, time, cancel);
        await using var disposing = market;
        (var validators, time) =
            settings.Validators == 1
                ? (null, time)
                : await ValidatorSet.DeployAsync(economy, settings.Validators, Netuid, settings.Seed, time, cancel);
        if (settings.CommitReveal)
            await chain.Client.ExecuteAsync([ValidatorSet.SetWeightRules(economy, Netuid, commitReveal: true)], ++time, cancel);
        await using var hosts = new DevnetHosts();
        await hosts.StartAsync(settings, validators, i => Settings(settings, directory, chain.Rpc, economy.Index, validators, i), cancel);
        var host = hosts.First;
        var followers = validators is null
            ? "Validator follows"
            : $"{settings.Validators} validators with the registry {validators.Registry} follow";
        Say($"{followers} {economy.Index}; status at {new Uri(host.Http, "status")}");

        Address[] others = validators is null ? [] : [validators.Registry, .. validators.Keys.Select(key => key.Address)];
        if (market is not null)
        {
            Say(
                $"Starting {settings.Arbitrageurs} miners that trade in {economy.Pool}; noise moves it by "
                    + $"{settings.MarketNoiseText} a minute ..."
            );
            await market.StartAsync(settings, i => MinerSettings(settings, directory, chain.Rpc, economy, i), others, cancel);
        }

        var traders = new ScriptedTraders(economy, new TraderScript(settings.Seed, settings.SecondsPerBlock), time);
        await using (var view = DevnetView.Start(settings, host, market, cancel))
        {
            using var ticks = new PeriodicTimer(settings.BlockTime);
            for (var block = 0; block < settings.Blocks && !host.Ended.IsCompleted; block++)
            {
                await (market?.StepAsync(traders, cancel) ?? traders.StepAsync(cancel));
                if (validators is not null)
                    await hosts.KeepUpAsync(await chain.Client.BlockNumberAsync(cancel), cancel);
                await ticks.WaitForNextTickAsync(cancel);
            }

            if (market is not null)
                await market.FinishAsync(traders, cancel);
            await traders.FinishAsync(cancel);
            var epochs = await economy.EpochAsync(cancel);
            for (var block = 0; block < MostBlocksToSettle && !await hosts.AgreedAsync(epochs, chain.Client, cancel); block++)
            {
                await traders.PassAsync(cancel);
                await hosts.KeepUpAsync(await chain.Client.BlockNumberAsync(cancel), cancel);
                await ticks.WaitForNextTickAsync(cancel);
            }

            await hosts.CatchUpAsync(await chain.Client.BlockNumberAsync(cancel), cancel);
        }

        if (market is not null)
            Say("Playing the same noise on a second chain, where no miner trades ...");
        var peg = market is null ? null : PegSummary.Of(market.Figures, await DevnetMarket.WithoutArbitrageAsync(tools, settings, cancel));
        var trading = market is null ? null : await TradingSummary.CollectAsync(market, others, cancel);
        var summary = await DevnetSummary.CollectAsync(economy, hosts.All, Netuid, peg, trading, cancel);
        if (settings.Json)
            await output.WriteLineAsync(JsonSerializer.Serialize(summary, NodeEndpoints.Json));
        else
            summary.Print();
        if (settings.Keep)
        {
            Say($"Chain {chain.Rpc} and node {host.Http} stay until stopped (Ctrl+C).");
            await host.RunAsync(cancel);
        }

        return summary.Right ? ExitCodes.Ok : ExitCodes.Failed;
    }

    private static NodeSettings Settings(
        DevnetSettings settings,
        string directory,
        Uri rpc,
        Address contract,
        ValidatorSet? validators,
        int i
    )
    {
        // The first one keeps the directory and the port; each other has its own.
        var port = i > 0 ? 0 : settings.HttpPort ?? (PortIsFree(8081) ? 8081 : 0);
        var overrides = new Dictionary<string, string?>
        {
            ["Chain:Endpoints"] = rpc.ToString(),
            ["Chain:Contract"] = contract.ToString(),
            ["Chain:FromBlock"] = "0",
            ["Chain:PollInterval"] = "100ms",
            ["Chain:Registry"] = validators?.Registry.ToString(),
            ["Weights:TempoBlocks"] = ValidatorSet.TempoBlocks.ToString(CultureInfo.InvariantCulture),
            ["Netuid"] = Netuid.ToString(CultureInfo.InvariantCulture),
            ["DataDir"] = i == 0 ? directory : Path.Combine(directory, $"validator-{i + 1}"),
            ["Http:Port"] = port.ToString(CultureInfo.InvariantCulture),
        };
        if (Environment.GetEnvironmentVariable("TAO20_LOG_LEVEL") is null)
            overrides["LOG_LEVEL"] = i == 0 ? nameof(LogLevel.Warning) : nameof(LogLevel.Error);
        return NodeSettings.Read(NodeConfiguration.Load(overrides, null, Directory.GetCurrentDirectory()));
    }

    private static NodeSettings MinerSettings(DevnetSettings settings, string directory, Uri rpc, Economy economy, int i)
    {
        var overrides = new Dictionary<string, string?>
        {
            ["Chain:Endpoints"] = rpc.ToString(),
            ["Chain:Contract"] = economy.Index.ToString(),
            ["Chain:FromBlock"] = "0",
            ["Chain:PollInterval"] = "100ms",
            ["Market:Pools"] = economy.Pool.ToString(),
            ["Market:Router"] = settings.Stepwise ? null : economy.Router.ToString(),
            ["Market:StakingTakesValue"] = "true",

            // The chain keeps its own time.
            ["Market:MaxBlockAge"] = "0s",
            ["Netuid"] = Netuid.ToString(CultureInfo.InvariantCulture),
            ["DataDir"] = Path.Combine(directory, $"miner-{i + 1}"),
            ["Http:Port"] = "0",
        };
        if (Environment.GetEnvironmentVariable("TAO20_LOG_LEVEL") is null)
            overrides["LOG_LEVEL"] = nameof(LogLevel.Error);
        return NodeSettings.Read(NodeConfiguration.Load(overrides, null, Directory.GetCurrentDirectory()), NodeRole.Miner, keyGiven: true);
    }

    private static bool PortIsFree(int port)
    {
        try
        {
            using var listener = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, port);
            listener.Start();
            return true;
        }
        catch (System.Net.Sockets.SocketException)
        {
            Console.Error.WriteLine($"tao20: port {port} is in use; the node's HTTP takes a free one.");
            return false;
        }
    }

    private static void RequireEmpty(string directory)
    {
        if (File.Exists(Path.Combine(directory, Actors.Journal.SqliteJournal.FileName)))
        {
            throw new NodeException(
                ExitCodes.DataDirectory,
                $"The data directory {directory} holds the journal of another chain, and a devnet is always a new one: give an "
                    + $"empty directory with --data-dir."
            );
        }
    }

    private static void Say(string text) => Console.Error.WriteLine($"tao20 devnet: {text}");
}
