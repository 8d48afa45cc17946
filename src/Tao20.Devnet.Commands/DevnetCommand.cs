using System.CommandLine;
using Tao20.Devnet.Subtensor;
using Tao20.Node;
using Tao20.Node.Configuration;

namespace Tao20.Devnet.Commands;

/// <summary><c>tao20 devnet</c>: chain, contracts, traders and one validator, all on this machine.</summary>
internal static class DevnetCommand
{
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
        var nodes = new Option<int>("--nodes")
        {
            Description =
                $"A validator on several nodes, 2 to {DevnetSettings.MaxNodes}: processes of their own with one PostgreSQL database; the "
                + "last of the --validators, or another one beside the one that counts",
            HelpName = "N",
            DefaultValueFactory = _ => 1,
        };
        var killEvery = NodeOptions.Duration(
            "--kill-every",
            "One of these nodes is killed and starts again, each time after the others have gone on for so long; 0s for never",
            "0s"
        );
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
            nodes,
            killEvery,
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
                        parsed.GetValue(washBy)!,
                        parsed.GetValue(nodes),
                        parsed.GetValue(killEvery)
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
            return await DevnetRun.RunAsync(settings, directory, cancel);
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
}
