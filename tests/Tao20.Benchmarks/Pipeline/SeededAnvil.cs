using System.Numerics;
using Tao20.Chain.Abi;
using Tao20.Devnet;
using Tao20.Domain.Units;

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
    public static Task<int> EmittedAsync(SeedArguments arguments, CancellationToken cancel) => RunAsync(arguments, 1, cancel, async (anvil, time) =>
    {
        var account = (await anvil.Client.AccountsAsync(cancel))[0];
        var emitter = (await anvil.Client.ExecuteAsync([new DevnetTransaction(account, null, ContractArtifact.Load("TradeEmitter").Bytecode)], time, cancel))[0]!.Value;
        for (var start = 0; start < arguments.Trades; start += arguments.PerBlock)
        {
            var transactions = new List<DevnetTransaction>();
            for (var first = start; first < Math.Min(arguments.Trades, start + arguments.PerBlock); first += arguments.PerTransaction)
            {
                var count = Math.Min(arguments.PerTransaction, arguments.Trades - first);
                transactions.Add(new DevnetTransaction(account, emitter, AbiEncoder.Call("emitTrades(uint256,uint256,uint256)", first, count, arguments.Miners)));
            }

            await anvil.Client.SubmitAsync(transactions, cancel);
            await anvil.Client.MineAsync(time += BlockSeconds, cancel);
        }

        return emitter;
    });

    /// <summary>On the index itself: every trade mints or redeems in kind, with all that the contract logs and counts beside.</summary>
    public static Task<int> TradedAsync(SeedArguments arguments, CancellationToken cancel) => RunAsync(arguments, arguments.Miners + 1, cancel, async (anvil, start) =>
    {
        var (economy, time) = await Economy.DeployAsync(anvil, arguments.Miners, start, cancel);
        var prices = await economy.PricesAsync(cancel);
        for (var first = 0; first < arguments.Trades; first += arguments.PerBlock)
        {
            time += BlockSeconds;
            var count = Math.Min(arguments.PerBlock, arguments.Trades - first);
            await anvil.Client.SubmitAsync([.. Enumerable.Range(first, count).Select(Trade)], cancel);
            await anvil.Client.MineAsync(time, cancel);
            if (first / arguments.PerBlock % 100 == 0)
                Console.Error.WriteLine($"{first:N0} of {arguments.Trades:N0} trades");
        }

        var volumes = await economy.VolumesAsync(cancel);
        if (volumes.Values.Any(volume => volume == 0))
            throw new DevnetException("A miner of this chain has not traded.");
        return economy.Index;

        // Each miner mints twice and then gives back what it got for one of them.
        DevnetTransaction Trade(int i) => i / arguments.Miners % 3 == 2
            ? economy.Redeem(economy.Miners[i % arguments.Miners], TradeValue * 99 / 100, time + 600)
            : economy.Mint(economy.Miners[i % arguments.Miners], TradeValue, prices, time + 600);
    });

    private static async Task<int> RunAsync(SeedArguments arguments, int accounts, CancellationToken cancel, Func<Anvil, ulong, Task<Address>> seed)
    {
        var tools = await DevnetTools.EnsureAsync(Console.Error.WriteLine, cancel);
        var options = new AnvilOptions { Port = arguments.Port, Accounts = accounts };
        await using var anvil = await Anvil.StartAsync(tools, options, cancel);
        var contract = await seed(anvil, options.GenesisTimestamp + BlockSeconds);
        ResultOutput.Writer.WriteLine($"--rpc {anvil.Rpc} --contract {contract} --from 1 --to {await anvil.Client.BlockNumberAsync(cancel)}");
        await Task.Delay(Timeout.Infinite, cancel).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return 0;
    }
}
