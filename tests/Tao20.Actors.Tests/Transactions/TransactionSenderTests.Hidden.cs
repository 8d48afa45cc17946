using System.Numerics;
using Tao20.Actors.Faults;
using Tao20.Domain.Transactions;

namespace Tao20.Actors.Tests.Transactions;

/// <summary>Nodes that show less than there is: nothing is paid twice.</summary>
public sealed partial class TransactionSenderTests
{
    [Fact]
    public async Task While_receipts_are_late_and_the_nonce_has_moved_nothing_is_paid_again()
    {
        await using var node = await SenderNode.StartAsync(_anvil, Path, _key);
        var intent = Gift(5);
        node.Transport.Bends = call => call is "eth_getTransactionReceipt" ? "null" : null;
        node.Submit(intent);
        await InPoolAsync();
        var passed = await _anvil.Client.BlockNumberAsync(_none) + 100;
        await node.UntilChainAsync(async () => await _anvil.Client.BlockNumberAsync(_none) >= passed);
        Assert.Equal((5, 1UL), (await _anvil.BalanceAsync(intent.To), await _anvil.NonceAsync(_key.Address)));

        // The block says whose transaction it was, so that nobody has to look at it.
        Assert.Null((await node.StatusAsync()).Fault);
        node.Transport.Bends = _ => null;
        await node.DoneAsync(1);
        Assert.Equal((5, 1UL), (await _anvil.BalanceAsync(intent.To), await _anvil.NonceAsync(_key.Address)));
        Assert.Equal(IntentState.Final, (await node.ProgressAsync(intent)).State);
    }

    [Fact]
    public async Task Where_nothing_shows_whose_transaction_it_was_it_waits_and_an_operator_is_told()
    {
        await using var node = await SenderNode.StartAsync(_anvil, Path, _key);
        var intent = Gift(5);
        node.Transport.Bends = call => call is "eth_getTransactionReceipt" or "eth_getBlockByNumber full" ? "null" : null;
        node.Submit(intent);
        await InPoolAsync();
        var told = await node.UntilAsync(status => status.Fault is not null);
        Assert.Equal(FaultKind.TransactionUnexplained, told.Fault!.Kind);
        Assert.Contains($"signed for {intent.Id}", told.Fault.Message, StringComparison.Ordinal);
        var passed = await _anvil.Client.BlockNumberAsync(_none) + 50;
        await node.UntilChainAsync(async () => await _anvil.Client.BlockNumberAsync(_none) >= passed);
        Assert.Equal((5, 1UL), (await _anvil.BalanceAsync(intent.To), await _anvil.NonceAsync(_key.Address)));

        // Other intents are not held up by it.
        var other = Gift(7);
        node.Submit(other);
        await node.UntilChainAsync(async () => await _anvil.BalanceAsync(other.To) == 7);
        node.Transport.Bends = _ => null;
        await node.DoneAsync(2);
        Assert.Null((await node.StatusAsync()).Fault);
        Assert.Equal((5, 2UL), (await _anvil.BalanceAsync(intent.To), await _anvil.NonceAsync(_key.Address)));
    }

    [Fact]
    public async Task Where_blocks_cannot_be_searched_it_is_displaced_only_when_every_endpoint_denies_it_for_ten_final_blocks()
    {
        await using var node = await SenderNode.StartAsync(_anvil, Path, _key);
        node.Transport.Bends = call => call is "eth_getBlockByNumber full" ? "null" : null;
        node.Submit(Gift(1));
        await node.DoneAsync(1);
        var intent = Gift(5);
        node.Submit(intent);
        var ours = await InPoolAsync();
        await DisplaceAsync(ours, transactions: 1);
        await node.UntilAsync(status => status.Fault is not null);
        await node.DoneAsync(2);
        Assert.Equal((5, 3UL), (await _anvil.BalanceAsync(intent.To), await _anvil.NonceAsync(_key.Address)));
        Assert.True((await node.StatusAsync()).Foreign >= 1);
    }

    /// <summary>
    /// Receipts are withheld, nodes lag, connections break and blocks are replaced, drawn by seed: each intent is paid once, and the
    /// account has paid what the books say.
    /// </summary>
    [Fact]
    public async Task Whatever_nodes_show_and_hide_each_of_a_thousand_intents_is_paid_once()
    {
        const int Intents = 1_000;
        var seed = Environment.TickCount;
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        var before = await _anvil.BalanceAsync(_key.Address);
        await _anvil.Client.MineAsync(2, CancellationToken.None);
        await using var node = await SenderNode.StartAsync(_anvil, Path, _key, new FeePolicy { MaxInFlight = 64 });
        node.Transport.Bends = call =>
        {
            lock (random)
            {
                return call switch
                {
                    "eth_getTransactionReceipt" when random.Next(4) == 0 => "null",
                    "eth_getTransactionCount latest" when random.Next(8) == 0 => "lag",
                    "eth_sendRawTransaction" when random.Next(16) == 0 => "cut",
                    "eth_getBlockByNumber full" when random.Next(4) == 0 => "null",
                    _ => null,
                };
            }
        };
        var intents = Enumerable.Range(0, Intents).Select(i => Gift(i % 7 + 1)).ToArray();
        node.Submit(intents);
        await node.DoneAsync(
            Intents,
            TimeSpan.FromMinutes(3),
            async cancel =>
            {
                int draw;
                lock (random)
                    draw = random.Next(20);
                await _anvil.Client.MineAsync(1, cancel);
                if (draw == 0)
                    await _anvil.Client.SendAsync("anvil_reorg", "[2,[]]", cancel);
            }
        );
        foreach (var (intent, i) in intents.Select((intent, i) => (intent, i)))
        {
            var paid = await _anvil.BalanceAsync(intent.To);
            Assert.True(paid == i % 7 + 1, $"intent {i} was paid {paid}: {await node.ProgressAsync(intent)}");
        }

        Assert.Equal((ulong)Intents, await _anvil.NonceAsync(_key.Address));
        var spent = BigInteger.Zero;
        foreach (var intent in intents)
        {
            var receipt = (await node.ProgressAsync(intent)).Receipt!;
            spent += receipt.GasUsed * (BigInteger)receipt.GasPrice + (BigInteger)intent.ValueWei;
        }

        Assert.Equal(before - spent, await _anvil.BalanceAsync(_key.Address));
    }
}
