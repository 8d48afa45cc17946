using Tao20.Chain.Abi;
using Tao20.Devnet;

namespace Tao20.Benchmarks.Pipeline;

/// <summary>A local chain with a contract that has emitted so many trades.</summary>
internal static class SeededAnvil
{
    public static async Task<int> RunAsync(int trades, int miners, int perBlock, int perTransaction, int port, CancellationToken cancel)
    {
        var tools = await DevnetTools.EnsureAsync(Console.Error.WriteLine, cancel);
        var options = new AnvilOptions { Port = port, Accounts = 1 };
        await using var anvil = await Anvil.StartAsync(tools, options, cancel);
        var account = (await anvil.Client.AccountsAsync(cancel))[0];
        var time = options.GenesisTimestamp + 12;
        var emitter = (await anvil.Client.ExecuteAsync([new DevnetTransaction(account, null, ContractArtifact.Load("TradeEmitter").Bytecode)], time, cancel))[0]!.Value;
        for (var start = 0; start < trades; start += perBlock)
        {
            time += 12;
            var transactions = new List<DevnetTransaction>();
            for (var first = start; first < Math.Min(trades, start + perBlock); first += perTransaction)
            {
                var count = Math.Min(perTransaction, trades - first);
                transactions.Add(new DevnetTransaction(account, emitter, AbiEncoder.Call("emitTrades(uint256,uint256,uint256)", first, count, miners)));
            }

            await anvil.Client.SubmitAsync(transactions, cancel);
            await anvil.Client.MineAsync(time, cancel);
        }

        ResultOutput.Writer.WriteLine($"--rpc {anvil.Rpc} --contract {emitter} --from 1 --to {await anvil.Client.BlockNumberAsync(cancel)}");
        await Task.Delay(Timeout.Infinite, cancel).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return 0;
    }
}
