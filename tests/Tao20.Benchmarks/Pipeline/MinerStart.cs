using Tao20.Chain.Signing;
using Tao20.Devnet;
using Tao20.Devnet.Subtensor;

namespace Tao20.Benchmarks.Pipeline;

/// <summary>Starts a miner on a local chain with the index, a market and a history of trades.</summary>
internal static class MinerStart
{
    private const int Seed = 7;
    private const int Blocks = 300;
    private const string OfOwnTime = "0s";
    private static readonly string Secret = string.Concat(Enumerable.Repeat("c5", 32));

    /// <summary>Measures it; <c>AnsweredSeconds</c> is until it shows the market.</summary>
    public static async Task<IReadOnlyList<StartResult>> RunAsync(
        IReadOnlyList<string> nodes,
        int runs,
        bool isRestart,
        CancellationToken cancel
    )
    {
        var tools = await DevnetTools.EnsureAsync(Console.Error.WriteLine, cancel);
        var options = new AnvilOptions { Accounts = 3 };
        await using var anvil = await Anvil.StartAsync(tools, options, cancel);
        var (economy, time) = await Economy.DeployAsync(anvil, 1, options.GenesisTimestamp + 1, cancel);
        anvil.Client.BaseFee = 1_000_000_000;
        (_, time) = await PegMarket.OpenAsync(
            economy,
            (await anvil.Client.AccountsAsync(cancel))[2],
            [PrivateKey.FromHex(Secret).Address],
            new MarketScript(Seed, 0.02, 12),
            time,
            cancel
        );
        var traders = new ScriptedTraders(economy, new TraderScript(Seed, 12), time);
        for (var block = 0; block < Blocks; block++)
            await traders.StepAsync(cancel);
        await using var rpc = await SubtensorRpc.StartAsync(anvil.Rpc, 0, cancel);

        return await StartRun.ByTurnsAsync(
            "miner",
            nodes,
            runs,
            isRestart,
            async (node, directory) =>
            {
                await using var miner = MeasuredNode.Start(
                    node,
                    [
                        "miner",
                        "--rpc",
                        rpc.Url.ToString(),
                        "--contract",
                        economy.Index.ToString(),
                        "--pool",
                        economy.Pool.ToString(),
                        "--router",
                        economy.Router.ToString(),
                        "--netuid",
                        "20",
                        "--dry-run",
                        "--data-dir",
                        directory,
                    ],
                    new Dictionary<string, string> { ["TAO20_MINER_PRIVATE_KEY"] = Secret, ["TAO20_Market__MaxBlockAge"] = OfOwnTime }
                );
                var measures = await miner.LevelAsync(cancel);
                var status = await miner.UntilAsync("/status?all=true", all => all["market"]?["feed"]?["block"] is not null, cancel);
                var answered = miner.Now;
                await miner.StopAsync(cancel);
                return new OneStart(measures, answered, status);
            }
        );
    }
}
