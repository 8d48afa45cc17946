using System.CommandLine;
using System.Text.Json;
using Tao20.Devnet.Subtensor;
using Tao20.Domain.Units;
using Tao20.Node;
using Tao20.Node.Configuration;
using Tao20.Node.Http;

namespace Tao20.Devnet.Commands;

/// <summary><c>tao20 devnet</c>: chain, contracts, traders and one validator, all on this machine.</summary>
internal static class DevnetCommand
{
    private const int MostBlocksToSettle = 400;

    // The last two epochs' weights, each committed to in one tempo and revealed in the next.
    private const int TemposToReveal = 4;

    public static Command Create()
    {
        var dataDir = NodeOptions.DataDir();
        var miners = new Option<int>("--miners")
        {
            Description = $"How many miners trade, 1 to {DevnetSettings.MaxMiners} (default 5)",
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
                $"How many validators, 1 to {DevnetSettings.MaxValidators}; one alone only counts, from three on they agree on chain "
                + "(default 1)",
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
            Description = $"How many miners keep the peg of the TAO20/TAO market, 0 to {DevnetSettings.MaxArbitrageurs} (default 0)",
            HelpName = "N",
        };
        var marketNoise = new Option<string>("--market-noise")
        {
            Description =
                "How much noise moves the market: standard deviation of a minute of chain time, 0% to 20% (default 2% with --arbitrageurs)",
            HelpName = "P%",
        };
        var stepwise = new Option<bool>("--stepwise") { Description = "These miners trade step by step and not through the router" };
        var chainSpec = new Option<uint>("--chain-spec")
        {
            Description =
                $"Which of Subtensor's runtimes the chain follows, {string.Join(" or ", SubtensorMock.Specs)} "
                + $"(default {SubtensorMock.October})",
            HelpName = "SPEC",
            DefaultValueFactory = _ => SubtensorMock.October,
        };
        var upgradeTo = new Option<uint?>("--upgrade-to")
        {
            Description =
                $"Half way through, the chain's runtime becomes this one: {string.Join(" or ", SubtensorMock.Specs)}, or "
                + $"{RuntimeUpgrade.Unseen}, which nobody has seen",
            HelpName = "SPEC",
        };
        var rebalance = new Option<bool>("--rebalance")
        {
            Description = "The index's owner proposes other weights, and a window is traded through",
        };
        var dissolve = new Option<int?>("--dissolve")
        {
            Description = $"After two thirds of the time this subnet of the index is dissolved, 1 to {DevnetNodes.Netuid - 1}",
            HelpName = "NETUID",
        };
        var washers = new Option<int>("--washers")
        {
            Description = $"How many more trade for their volume alone, 0 to {DevnetSettings.MaxWashers} (default 0)",
            HelpName = "N",
        };
        var washTao = new Option<int>("--wash-tao")
        {
            Description = "The volume that each of these makes in an epoch, in TAO (default 100)",
            HelpName = "TAO",
            DefaultValueFactory = _ => 100,
        };
        var washBy = new Option<string>("--wash-by")
        {
            Description = "How they make it: hold for five minutes, or pass the tokens to another account (hold or pass; default hold)",
            HelpName = "KIND",
            DefaultValueFactory = _ => DevnetSettings.Hold,
        };
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
            chainSpec,
            upgradeTo,
            rebalance,
            dissolve,
            washers,
            washTao,
            washBy,
        };
        command.SetAction(
            (parsed, cancel) =>
                RunAsync(
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
                        parsed.GetValue(stepwise),
                        parsed.GetValue(chainSpec),
                        parsed.GetValue(upgradeTo),
                        parsed.GetValue(rebalance),
                        parsed.GetValue(dissolve),
                        parsed.GetValue(washers),
                        parsed.GetValue(washTao),
                        parsed.GetValue(washBy)!
                    ).Checked(),
                    cancel
                )
        );
        return command;
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
        await using var rpc = await SubtensorRpc.StartAsync(chain.Rpc, settings.RpcPort, cancel);
        Say($"Deploying twenty subnets, the index, its market and its router to {rpc.Url}, by spec {settings.ChainSpec} ...");
        var (economy, time) = await settings.DeployAsync(chain, cancel);
        DevnetMarket? market = null;
        if (settings.Arbitrageurs > 0)
            (market, time) = await DevnetMarket.OpenAsync(economy, settings, time, cancel);
        await using var disposing = market;
        (var validators, time) =
            settings.Validators == 1
                ? (null, time)
                : await ValidatorSet.DeployAsync(
                    economy,
                    settings.Validators,
                    DevnetNodes.Netuid,
                    settings.Seed,
                    time,
                    cancel,
                    settings.RegistryRules
                );
        if (settings.CommitReveal)
            await chain.Client.ExecuteAsync(
                await ValidatorSet.CommitRevealAsync(economy, DevnetNodes.Netuid, cancel, tempo: settings.RevealTempo),
                ++time,
                cancel
            );
        await using var hosts = new DevnetHosts();
        NodeSettings SettingsOf(int i, bool isTwin) =>
            DevnetNodes.Validator(settings, directory, rpc.Url, economy.Index, validators, i, isTwin);
        await hosts.StartAsync(settings, validators, SettingsOf, cancel);
        var host = hosts.First;
        var followers = validators is null
            ? "Validator follows"
            : $"{settings.Validators} validators with the registry {validators.Registry} follow";
        Say($"{followers} {economy.Index}; status at {new Uri(host.Http, "status")}");

        Address[] accounts = validators is null ? [] : [validators.Registry, .. validators.Keys.Select(key => key.Address)];
        if (market is not null)
        {
            Say(
                $"Starting {settings.Arbitrageurs} miners that trade in {economy.Pool}; noise moves it by "
                    + $"{settings.MarketNoiseText} a minute ..."
            );
            await market.StartAsync(settings, i => DevnetNodes.Miner(settings, directory, rpc.Url, economy, i), accounts, cancel);
        }

        var traders = new ScriptedTraders(economy, settings.Script, time);
        var rebalancing = new DevnetRebalancing(economy, settings);
        var washing = await DevnetWashing.BeginAsync(economy, settings, cancel);
        var upgrade = new DevnetUpgrade(economy, settings, [.. hosts.All, .. market?.Hosts ?? []]);
        await using (var view = DevnetView.Start(settings, host, market, cancel))
        {
            using var ticks = new PeriodicTimer(settings.BlockTime);
            for (var block = 0; block < settings.Blocks && !host.Ended.IsCompleted; block++)
            {
                if (block == settings.Blocks / 2)
                    await hosts.LoseDirectoriesAsync(settings, validators, SettingsOf, cancel);
                IReadOnlyList<DevnetTransaction> others = [.. upgrade.At(block), .. await rebalancing.AtAsync(block, cancel)];
                await (market?.StepAsync(traders, others, cancel) ?? traders.StepAsync(others, cancel));
                await upgrade.NoteAsync(block, cancel);
                if (validators is not null)
                    await hosts.KeepUpAsync(await chain.Client.BlockNumberAsync(cancel), cancel);
                await ticks.WaitForNextTickAsync(cancel);
            }

            if (market is not null)
                await market.FinishAsync(traders, cancel);
            if (validators is not null)
                await AgreeAsync();
            await traders.FinishAsync(cancel);
            await AgreeAsync();
            await hosts.CatchUpAsync(await chain.Client.BlockNumberAsync(cancel), cancel);

            async Task AgreeAsync()
            {
                var epochs = await economy.EpochAsync(cancel);
                var most = MostBlocksToSettle + (settings.CommitReveal ? TemposToReveal * settings.RevealTempo : 0);
                for (var block = 0; block < most && !await hosts.AgreedAsync(epochs, chain.Client, cancel); block++)
                {
                    await traders.PassAsync(cancel);
                    await hosts.KeepUpAsync(await chain.Client.BlockNumberAsync(cancel), cancel);
                    await ticks.WaitForNextTickAsync(cancel);
                }
            }
        }

        if (market is not null)
            Say("Playing the same noise on a second chain, where no miner trades ...");
        var peg = market is null ? null : PegSummary.Of(market.Figures, await DevnetMarket.WithoutArbitrageAsync(tools, settings, cancel));
        var trading = market is null ? null : await TradingSummary.CollectAsync(market, accounts, cancel);
        var collected = await DevnetSummary.CollectAsync(
            economy,
            hosts.All,
            DevnetNodes.Netuid,
            peg,
            trading,
            await upgrade.SummaryAsync(cancel),
            await rebalancing.SummaryAsync(cancel),
            cancel
        );
        var summary = collected with { Washing = await washing.SummaryAsync(collected.Epochs, cancel) };
        if (settings.Json)
            await output.WriteLineAsync(JsonSerializer.Serialize(summary, NodeEndpoints.Json));
        else
            summary.Print();
        if (settings.Keep)
        {
            Say($"Chain {rpc.Url} and node {host.Http} stay until stopped (Ctrl+C).");
            await host.RunAsync(cancel);
        }

        return summary.Right ? ExitCodes.Ok : ExitCodes.Failed;
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
