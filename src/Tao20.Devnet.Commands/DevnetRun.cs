using System.Text.Json;
using Tao20.Devnet.Commands.Terminal;
using Tao20.Devnet.Subtensor;
using Tao20.Domain.Units;
using Tao20.Node;
using Tao20.Node.Configuration;
using Tao20.Node.Http;

namespace Tao20.Devnet.Commands;

/// <summary>One run of a devnet: chain, contracts, traders and validators, from the first block to the summary.</summary>
internal static class DevnetRun
{
    private const int MostBlocksToSettle = 400;

    // The last two epochs' weights, each committed to in one tempo and revealed in the next.
    private const int TemposToReveal = 4;

    /// <summary>Runs it to its end.</summary>
    /// <param name="settings">What it is asked to do.</param>
    /// <param name="directory">Where its nodes keep their journals.</param>
    /// <param name="cancel">Ends it before.</param>
    /// <returns>The exit code.</returns>
    /// <exception cref="DevnetException">The chain cannot be had.</exception>
    /// <exception cref="NodeException">A node does not do what it should.</exception>
    public static async Task<int> RunAsync(DevnetSettings settings, string directory, CancellationToken cancel)
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
        NodeSettings SettingsOf(int i, bool isTwin) => DevnetNodes.Validator(settings, directory, rpc.Url, economy, validators, i, isTwin);
        await hosts.StartAsync(settings, validators, SettingsOf, cancel);
        var host = hosts.First;
        var followers = validators is null
            ? "Validator follows"
            : $"{settings.Validators} validators with the registry {validators.Registry} follow";
        Say($"{followers} {economy.Index}; dashboard at {host.Http}, status at {new Uri(host.Http, "status")}");

        await using var cluster =
            settings.Nodes == 1
                ? null
                : await DevnetCluster.StartAsync(settings, directory, rpc.Url, economy.Index, validators, Say, cancel);
        Address[] accounts = validators is null ? [] : [validators.Registry, .. validators.Keys.Select(key => key.Address)];
        if (market is not null)
        {
            Say(
                $"Starting {settings.Arbitrageurs} miners that trade in {economy.Pool}; noise moves it by "
                    + $"{settings.MarketNoiseText} a minute ..."
            );
            await market.StartAsync(
                settings,
                i => DevnetNodes.Miner(settings, directory, rpc.Url, economy, validators, i),
                accounts,
                cancel
            );
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
                await KeepUpAsync(withHosts: validators is not null);
                await ticks.WaitForNextTickAsync(cancel);
            }

            if (cluster is not null)
                await cluster.StopKillingAsync();
            if (market is not null)
                await market.FinishAsync(traders, cancel);
            if (validators is not null)
                await AgreeAsync();
            await traders.FinishAsync(cancel);
            await AgreeAsync();
            await hosts.CatchUpAsync(await chain.Client.BlockNumberAsync(cancel), cancel);

            // The chain waits for those that must not fall behind.
            async Task KeepUpAsync(bool withHosts)
            {
                if (!withHosts && cluster is null)
                    return;
                var head = await chain.Client.BlockNumberAsync(cancel);
                if (withHosts)
                    await hosts.KeepUpAsync(head, cancel);
                if (cluster is not null)
                    await cluster.KeepUpAsync(head, cancel);
            }

            async Task AgreeAsync()
            {
                var epochs = await economy.EpochAsync(cancel);
                var most = MostBlocksToSettle + (settings.CommitReveal ? TemposToReveal * settings.RevealTempo : 0);
                for (var block = 0; block < most && !await hosts.AgreedAsync(epochs, chain.Client, cancel); block++)
                {
                    await traders.PassAsync(cancel);
                    await KeepUpAsync(withHosts: true);
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
        var summary = collected with
        {
            Washing = await washing.SummaryAsync(collected.Epochs, cancel),
            Cluster = cluster is null ? null : await cluster.SummaryAsync(host.Http, cancel),
        };
        if (settings.Json)
            await output.WriteLineAsync(JsonSerializer.Serialize(summary, NodeEndpoints.Json));
        else
            SummaryPrint.Of(summary);
        if (settings.Keep)
        {
            Say($"Chain {rpc.Url} and node {host.Http} stay until stopped (Ctrl+C).");
            await host.RunAsync(cancel);
        }

        return summary.Right ? ExitCodes.Ok : ExitCodes.Failed;
    }

    private static void Say(string text) => Printer.Tell($"tao20 devnet: {text}");
}
