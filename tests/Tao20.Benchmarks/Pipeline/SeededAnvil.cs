using System.Numerics;
using Tao20.Devnet;
using Tao20.Domain.Units;
using Tao20.Tests.Oracles;

namespace Tao20.Benchmarks.Pipeline;

/// <summary>What is to be on a local chain.</summary>
/// <param name="Trades">How many trades.</param>
/// <param name="Miners">Of how many miners.</param>
/// <param name="PerBlock">How many a block.</param>
/// <param name="PerTransaction">How many a transaction, where one contract emits them all.</param>
/// <param name="Port">The port on 127.0.0.1.</param>
internal sealed record SeedArguments(int Trades, int Miners, int PerBlock, int PerTransaction, int Port);

/// <summary>A local chain on which so many trades have happened.</summary>
internal static class SeededAnvil
{
    private const ulong BlockSeconds = 12;
    private static readonly BigInteger TradeValue = BigInteger.Pow(10, 17);

    /// <summary>By a contract that only emits what TAO20 emits of a trade: nothing is minted, and no running totals are kept.</summary>
    public static Task<int> EmittedAsync(SeedArguments arguments, CancellationToken cancel) =>
        RunAsync(
            arguments,
            1,
            cancel,
            async (anvil, time) =>
            {
                var account = (await anvil.Client.AccountsAsync(cancel))[0];
                var emitter = (
                    await anvil.Client.ExecuteAsync(
                        [new DevnetTransaction(account, null, ContractArtifact.Load("TradeEmitter").Bytecode)],
                        time,
                        cancel
                    )
                )[0]!.Value;
                await MineAsync(
                    anvil,
                    arguments,
                    time,
                    cancel,
                    (_, block) =>
                        block
                            .Chunk(arguments.PerTransaction)
                            .Select(trades => new DevnetTransaction(
                                account,
                                emitter,
                                AbiEncoder.Call("emitTrades(uint256,uint256,uint256)", trades[0], trades.Length, arguments.Miners)
                            ))
                );
                return emitter;
            }
        );

    /// <summary>On the index itself: every trade mints or redeems in kind, with all that the contract logs and counts beside.</summary>
    public static Task<int> TradedAsync(SeedArguments arguments, CancellationToken cancel) =>
        RunAsync(
            arguments,
            arguments.Miners + 1,
            cancel,
            async (anvil, start) =>
            {
                var (economy, time) = await Economy.DeployAsync(anvil, arguments.Miners, start, cancel);
                var nav = await economy.NavAsync(cancel);
                await MineAsync(anvil, arguments, time, cancel, (now, block) => block.Select(i => Trade(i, now + 600)));
                return economy.Index;

                // Each miner mints twice and then gives back what it got for one of them.
                DevnetTransaction Trade(int i, ulong deadline) =>
                    i / arguments.Miners % 3 == 2
                        ? economy.Redeem(economy.Miners[i % arguments.Miners], TradeValue * 99 / 100, nav, deadline)
                        : economy.Mint(economy.Miners[i % arguments.Miners], TradeValue, nav, deadline);
            }
        );

    /// <summary>Mines the trades, so many a block; each has to succeed.</summary>
    private static async Task MineAsync(
        Anvil anvil,
        SeedArguments arguments,
        ulong time,
        CancellationToken cancel,
        Func<ulong, int[], IEnumerable<DevnetTransaction>> transactions
    )
    {
        foreach (var block in Enumerable.Range(0, arguments.Trades).Chunk(arguments.PerBlock))
        {
            time += BlockSeconds;
            await anvil.Client.ExecuteAsync([.. transactions(time, block)], time, cancel);
            if (block[0] / arguments.PerBlock % 100 == 0)
                Console.Error.WriteLine($"{block[0]:N0} of {arguments.Trades:N0} trades");
        }
    }

    private static async Task<int> RunAsync(
        SeedArguments arguments,
        int accounts,
        CancellationToken cancel,
        Func<Anvil, ulong, Task<Address>> seed
    )
    {
        var tools = await DevnetTools.EnsureAsync(Console.Error.WriteLine, cancel);
        var options = new AnvilOptions { Port = arguments.Port, Accounts = accounts };
        await using var anvil = await Anvil.StartAsync(tools, options, cancel);
        var contract = await seed(anvil, options.GenesisTimestamp + BlockSeconds);
        ResultOutput.Writer.WriteLine(
            $"--rpc {anvil.Rpc} --contract {contract} --from 1 --to {await anvil.Client.BlockNumberAsync(cancel)}"
        );
        await Task.Delay(Timeout.Infinite, cancel).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return 0;
    }
}
