using Tao20.Actors.Journal;
using Tao20.Chain.Signing;
using Tao20.Devnet;
using Tao20.Domain.Transactions;
using Xunit.Abstractions;

namespace Tao20.Actors.Tests.Transactions;

/// <summary>A journal that comes back from a backup does not know what was sent after it was taken, and repeats none of that.</summary>
public sealed class RestoredOutboxTests(ITestOutputHelper output) : InDirectory, IAsyncLifetime
{
    private static readonly CancellationToken None = CancellationToken.None;
    private Anvil _anvil = null!;
    private int _recipients;

    public async Task InitializeAsync() =>
        _anvil = await Anvil.StartAsync(await DevnetTools.EnsureAsync(null, None), new AnvilOptions { Accounts = 1 }, None);

    async Task IAsyncLifetime.DisposeAsync() => await _anvil.DisposeAsync();

    [Fact]
    public async Task Whenever_it_was_taken_each_intent_is_paid_once()
    {
        // First without a backup, to see how many steps there are.
        var steps = await RunAsync(0, isReplaced: false);
        output.WriteLine($"{steps} requests");
        Assert.InRange(steps, 8, 60);
        for (var step = 1; step <= steps; step++)
        {
            await RunAsync(step, isReplaced: false);
            await RunAsync(step, isReplaced: true);
        }
    }

    /// <summary>
    /// Three intents are done, and the disk is lost; what comes back is a backup from the moment before some request. Those who wanted
    /// them want them again, as after any restart.
    /// </summary>
    private async Task<int> RunAsync(int step, bool isReplaced)
    {
        var key = PrivateKey.Random();
        await _anvil.FundAsync(key.Address, 1_000_000_000_000_000_000);
        var directory = Directory.CreateDirectory(System.IO.Path.Combine(Path, $"{step}-{isReplaced}")).FullName;
        var backup = System.IO.Path.Combine(directory, "backup.db");
        var fees = new FeePolicy { MaxFeePerGas = 400_000_000_000 };
        TransactionIntent[] intents = [Gift(1), Gift(2), Gift(3)];
        var steps = 0;
        await using (var node = await SenderNode.StartAsync(_anvil, directory, key, fees))
        {
            node.Transport.Bends = call =>
            {
                if (
                    call is "eth_getTransactionCount latest" or "eth_estimateGas" or "eth_sendRawTransaction"
                    && Interlocked.Increment(ref steps) == step
                )
                    JournalBackup
                        .TakeAsync(new JournalOptions { ConnectionString = SqliteJournal.ConnectionString(directory) }, backup, null, None)
                        .GetAwaiter()
                        .GetResult();
                return null;
            };
            node.Submit(intents);
            if (isReplaced)
                await node.UntilAsync(
                    status =>
                        status.Open.All(open => open.State == IntentState.Broadcast)
                        && status.Open.Count == 3
                        && BaseFeeAsync(20_000_000_000).GetAwaiter().GetResult(),
                    mine: false
                );
            await node.DoneAsync(3);
        }

        // Now and then a run needs a request less.
        if (!File.Exists(backup))
            return steps;
        var restored = Directory.CreateDirectory(System.IO.Path.Combine(directory, "restored")).FullName;
        await JournalBackup.RestoreAsync(
            backup,
            new JournalOptions { ConnectionString = SqliteJournal.ConnectionString(restored) },
            null,
            None
        );
        await using var again = await SenderNode.StartAsync(_anvil, restored, key, fees);
        again.Submit(intents);
        await again.DoneAsync(3);
        foreach (var (intent, i) in intents.Select((intent, i) => (intent, i)))
        {
            Assert.True(
                await _anvil.BalanceAsync(intent.To) == i + 1,
                $"backup before request {step}{(isReplaced ? ", replaced" : "")}: intent {i + 1} is "
                    + $"{await again.ProgressAsync(intent)}, and paid {await _anvil.BalanceAsync(intent.To)}"
            );
            Assert.Equal(IntentState.Final, (await again.ProgressAsync(intent)).State);
        }

        Assert.Equal(3UL, await _anvil.NonceAsync(key.Address));

        // It goes on as ever.
        var next = Gift(4);
        again.Submit(next);
        await again.DoneAsync(4);
        Assert.Equal((4, 4UL), (await _anvil.BalanceAsync(next.To), await _anvil.NonceAsync(key.Address)));
        return steps;
    }

    private async Task<bool> BaseFeeAsync(long wei)
    {
        await _anvil.Client.SendAsync("anvil_setNextBlockBaseFeePerGas", $"[\"0x{wei:x}\"]", None);
        return true;
    }

    /// <summary>So many wei to an account of its own: its balance tells how often the intent was done.</summary>
    private TransactionIntent Gift(int wei)
    {
        var recipient = Domain.Units.Address.Parse($"0x{0x7000_0000 + ++_recipients:x40}");
        return new TransactionIntent($"gift-{_recipients}", recipient, (UInt128)wei, ReadOnlyMemory<byte>.Empty);
    }
}
