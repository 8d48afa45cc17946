using System.Numerics;
using Tao20.Chain.Signing;
using Tao20.Devnet;
using Tao20.Domain.Transactions;
using Tao20.Tests;
using Address = Tao20.Domain.Units.Address;

namespace Tao20.Actors.Tests.Transactions;

/// <summary>The chain these tests run on, and what they do to it.</summary>
public sealed partial class TransactionSenderTests
{
    private static readonly BigInteger Tao = 1_000_000_000_000_000_000;
    private readonly CancellationToken _none = CancellationToken.None;
    private Anvil _anvil = null!;
    private PrivateKey _key = null!;
    private int _recipients;

    public async Task InitializeAsync()
    {
        _anvil = await Anvil.StartAsync(await DevnetTools.EnsureAsync(null, _none), new AnvilOptions { Accounts = 1 }, _none);
        _key = await NewAccountAsync();
    }

    async Task IAsyncLifetime.DisposeAsync() => await _anvil.DisposeAsync();

    /// <summary>Three intents, the connection cut at a request of the first run; a second run ends what the first began.</summary>
    private async Task<int> RunCutAsync(int step, bool afterwards)
    {
        _key = await NewAccountAsync();
        var directory = Directory.CreateDirectory(System.IO.Path.Combine(Path, $"{step}-{afterwards}")).FullName;
        TransactionIntent[] intents = [Gift(1), Gift(2), Gift(3)];
        int steps;
        await using (var node = await SenderNode.StartAsync(_anvil, directory, _key, cutAt: step, afterwards: afterwards))
        {
            node.Submit(intents);
            if (step == 0)
                await node.DoneAsync(3);
            else
                await node.UntilAsync(status => node.Transport.Cut.IsCompleted || status.Ended == 3);
            steps = node.Transport.Sent;
        }

        if (step == 0)
            return steps;
        await using var again = await SenderNode.StartAsync(_anvil, directory, _key);
        again.Submit(intents);
        await again.DoneAsync(3);
        foreach (var (intent, i) in intents.Select((intent, i) => (intent, i)))
            Assert.True(
                await _anvil.BalanceAsync(intent.To) == i + 1,
                $"cut {(afterwards ? "after" : "before")} request {step}: intent {i + 1}"
            );
        Assert.Equal(3UL, await _anvil.NonceAsync(_key.Address));
        return steps;
    }

    private async Task<PrivateKey> NewAccountAsync()
    {
        var key = PrivateKey.Random();
        await _anvil.FundAsync(key.Address, Tao);
        return key;
    }

    /// <summary>So many wei to an account of its own: its balance tells how often the intent was done.</summary>
    private TransactionIntent Gift(int wei)
    {
        var recipient = Address.Parse($"0x{0x7000_0000 + ++_recipients:x40}");
        return new TransactionIntent($"gift-{_recipients}", recipient, (UInt128)wei, ReadOnlyMemory<byte>.Empty);
    }

    /// <summary>Another process with the key sends so many transactions instead of ours, which is dropped.</summary>
    private async Task DisplaceAsync(string ours, int transactions)
    {
        await _anvil.Client.SendAsync("anvil_dropTransaction", $"[\"{ours}\"]", _none);
        await _anvil.Client.SendAsync("anvil_impersonateAccount", $"[\"{_key.Address}\"]", _none);
        var theirs = new DevnetTransaction(_key.Address, Address.Parse("0x00000000000000000000000000000000000000f1"), "0x", 1);
        await _anvil.Client.SubmitAsync([.. Enumerable.Repeat(theirs, transactions)], _none);
        await _anvil.Client.MineAsync(1, _none);
    }

    private static TransactionIntent Intent(string id, Address to, string call) => new(id, to, 0, Convert.FromHexString(call.AsSpan(2)));

    private async Task<bool> BaseFeeAsync(ulong wei)
    {
        await _anvil.Client.SendAsync("anvil_setNextBlockBaseFeePerGas", $"[\"0x{wei:x}\"]", _none);
        return true;
    }

    private async Task<string?> PoolAsync()
    {
        var pool = (await _anvil.Client.SendAsync("txpool_content", "[]", _none)).GetProperty("pending");
        return pool.EnumerateObject()
            .SelectMany(account => account.Value.EnumerateObject())
            .Select(tx => tx.Value.GetProperty("hash").GetString())
            .LastOrDefault();
    }

    /// <summary>The hash of the transaction in the pool, once it is there; no block goes by meanwhile.</summary>
    private Task<string> InPoolAsync() =>
        Eventually.BecomesAsync(_ => PoolAsync(), _ => true, TimeSpan.FromSeconds(20), what: "a transaction");
}
