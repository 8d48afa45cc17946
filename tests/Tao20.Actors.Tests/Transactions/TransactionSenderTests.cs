using System.Collections.Concurrent;
using Tao20.Chain.Abi;
using Tao20.Chain.Signing;
using Tao20.Devnet;
using Tao20.Domain.Transactions;
using Tao20.Tests.Oracles;
using Xunit.Abstractions;

namespace Tao20.Actors.Tests.Transactions;

/// <summary>Intents on a real local chain: each is mined exactly once, whatever happens on the way.</summary>
public sealed partial class TransactionSenderTests(ITestOutputHelper output) : InDirectory, IAsyncLifetime
{
    [Fact]
    public async Task An_intent_is_signed_sent_mined_and_final()
    {
        await using var node = await SenderNode.StartAsync(_anvil, Path, _key);
        var intent = Gift(7);
        node.Submit(intent);
        await node.DoneAsync(1);
        var progress = await node.ProgressAsync(intent);
        Assert.Equal((IntentState.Final, true), (progress.State, progress.Receipt!.Success));
        Assert.Equal(7, await _anvil.BalanceAsync(intent.To));
        Assert.Equal(1UL, await _anvil.NonceAsync(_key.Address));
    }

    [Fact]
    public async Task Many_intents_are_mined_in_order_and_the_same_id_only_once()
    {
        await using var node = await SenderNode.StartAsync(_anvil, Path, _key);
        var intents = Enumerable.Range(1, 20).Select(i => Gift(i)).ToArray();
        node.Submit([.. intents, .. intents]);
        await node.DoneAsync(20);
        foreach (var (intent, i) in intents.Select((intent, i) => (intent, i)))
            Assert.Equal(i + 1, await _anvil.BalanceAsync(intent.To));
        node.Submit(intents);
        await node.UntilAsync(status => status.Open.Count == 0);
        Assert.Equal(20UL, await _anvil.NonceAsync(_key.Address));
    }

    [Fact]
    public async Task Cut_off_between_any_two_steps_it_goes_on_and_repeats_nothing()
    {
        // First without a cut, to see how many steps there are.
        var steps = await RunCutAsync(0, false);
        output.WriteLine($"{steps} requests");
        Assert.InRange(steps, 8, 60);
        for (var step = 1; step <= steps; step++)
        {
            await RunCutAsync(step, afterwards: false);
            await RunCutAsync(step, afterwards: true);
        }
    }

    [Fact]
    public async Task A_transaction_dropped_by_the_node_is_sent_again_with_the_same_bytes()
    {
        await using var node = await SenderNode.StartAsync(_anvil, Path, _key, new FeePolicy { StuckBlocks = 50 });
        var intent = Gift(3);
        node.Submit(intent);
        var hash = await InPoolAsync();
        await _anvil.Client.SendAsync("anvil_dropTransaction", $"[\"{hash}\"]", _none);
        await node.DoneAsync(1);
        Assert.Equal(hash, (await node.ProgressAsync(intent)).Receipt!.Hash.ToString());
        Assert.Equal(3, await _anvil.BalanceAsync(intent.To));
    }

    [Fact]
    public async Task A_stuck_transaction_is_replaced_by_one_that_pays_more_with_the_same_nonce()
    {
        await using var node = await SenderNode.StartAsync(_anvil, Path, _key, new FeePolicy { MaxFeePerGas = 400_000_000_000 });
        var intent = Gift(5);
        node.Submit(intent);
        var first = await InPoolAsync();

        // From now on every block asks for more than the transaction offers.
        await node.UntilAsync(status => BaseFeeAsync(20_000_000_000).GetAwaiter().GetResult() && status.Ended == 1);
        var progress = await node.ProgressAsync(intent);
        Assert.NotEqual(first, progress.Receipt!.Hash.ToString());
        Assert.Equal((5, 1UL), ((int)await _anvil.BalanceAsync(intent.To), await _anvil.NonceAsync(_key.Address)));
    }

    [Fact]
    public async Task A_fee_above_the_limit_waits_says_so_and_goes_on_when_it_falls()
    {
        await using var node = await SenderNode.StartAsync(_anvil, Path, _key, new FeePolicy { MaxFeePerGas = 5_000_000_000 });
        await BaseFeeAsync(6_000_000_000);
        await _anvil.Client.MineAsync(1, _none);
        var intent = Gift(5);
        node.Submit(intent);
        var waiting = await node.UntilAsync(status => status.Waiting is not null, mine: false);
        Assert.Contains("MaxFeePerGas = 5000000000", waiting.Waiting, StringComparison.Ordinal);
        Assert.Equal(IntentState.Planned, Assert.Single(waiting.Open).State);
        await node.UntilAsync(status => BaseFeeAsync(1_000_000_000).GetAwaiter().GetResult() && status.Ended == 1);
        Assert.Equal(5, await _anvil.BalanceAsync(intent.To));
    }

    [Fact]
    public async Task An_account_without_tao_waits_says_so_and_goes_on_when_it_has_some()
    {
        _key = PrivateKey.Random();
        await using var node = await SenderNode.StartAsync(_anvil, Path, _key);
        var intent = Gift(5);
        node.Submit(intent);
        var waiting = await node.UntilAsync(status => status.Waiting is not null);
        Assert.Contains("Send it TAO", waiting.Waiting, StringComparison.Ordinal);
        await _anvil.FundAsync(_key.Address, Tao);
        await node.DoneAsync(1);
        Assert.Equal(5, await _anvil.BalanceAsync(intent.To));
    }

    [Fact]
    public async Task What_would_be_reverted_is_not_sent()
    {
        var (economy, _) = await Economy.DeployAsync(_anvil, 0, new AnvilOptions().GenesisTimestamp + 1, _none);
        await using var node = await SenderNode.StartAsync(_anvil, Path, _key);
        var early = Intent("early", economy.Index, AbiEncoder.Call("advanceEpoch()"));
        node.Submit(early, Gift(1) with { Deadline = 1 }, Gift(2));
        await node.DoneAsync(3);
        var refused = await node.ProgressAsync(early);
        Assert.Equal(IntentState.Failed, refused.State);
        Assert.Contains(Keccak.Selector("EpochNotOver(uint256)")[2..], refused.Failure!.Reason, StringComparison.Ordinal);
        Assert.Equal(1UL, await _anvil.NonceAsync(_key.Address));
    }

    [Fact]
    public async Task What_is_reverted_on_chain_ends_as_reverted()
    {
        var (economy, time) = await Economy.DeployAsync(_anvil, 0, new AnvilOptions().GenesisTimestamp + 1, _none);
        await _anvil.Client.MineAsync(time + 3700, _none);
        await using var node = await SenderNode.StartAsync(_anvil, Path, _key);

        // Both would work now; in one block only the first does.
        var (first, second) = (
            Intent("first", economy.Index, AbiEncoder.Call("advanceEpoch()")),
            Intent("second", economy.Index, AbiEncoder.Call("advanceEpoch()"))
        );
        node.Submit(first, second);
        await node.UntilAsync(status => status.Open.Count(open => open.State == IntentState.Broadcast) == 2, mine: false);
        await node.DoneAsync(2);
        Assert.Equal(
            (IntentState.Final, IntentState.Reverted),
            ((await node.ProgressAsync(first)).State, (await node.ProgressAsync(second)).State)
        );
    }

    [Fact]
    public async Task What_nodes_do_not_take_is_signed_anew_with_its_nonce_and_holds_up_nothing()
    {
        await using var node = await SenderNode.StartAsync(_anvil, Path, _key);
        var refused = new ConcurrentDictionary<string, int>();
        node.Transport.Refuses = raw =>
            refused.IsEmpty || refused.ContainsKey(raw) ? refused.AddOrUpdate(raw, 1, (_, times) => times + 1) > 0 : false;
        var (first, second) = (Gift(5), Gift(7));
        node.Submit(first, second);
        await node.DoneAsync(2);
        Assert.Equal(
            (IntentState.Final, IntentState.Final),
            ((await node.ProgressAsync(first)).State, (await node.ProgressAsync(second)).State)
        );
        Assert.True(Assert.Single(refused).Value > 1);
        Assert.Equal((5, 7), ((int)await _anvil.BalanceAsync(first.To), (int)await _anvil.BalanceAsync(second.To)));
        Assert.Equal(2UL, await _anvil.NonceAsync(_key.Address));
    }

    [Fact]
    public async Task What_nodes_take_in_no_form_gives_its_nonce_up_and_has_come_to_nothing()
    {
        await using var node = await SenderNode.StartAsync(_anvil, Path, _key);
        var (first, second) = (Gift(5), Gift(7));
        node.Transport.Refuses = raw => raw.Contains(first.To.ToString()[2..], StringComparison.OrdinalIgnoreCase);
        node.Submit(first, second);
        await node.DoneAsync(2);
        var progress = await node.ProgressAsync(first);
        Assert.Equal((IntentState.Reverted, false), (progress.State, progress.Receipt!.Success));
        Assert.Equal(IntentState.Final, (await node.ProgressAsync(second)).State);
        Assert.Equal((0, 7), ((int)await _anvil.BalanceAsync(first.To), (int)await _anvil.BalanceAsync(second.To)));
        Assert.Equal(2UL, await _anvil.NonceAsync(_key.Address));
    }

    [Fact]
    public async Task What_nodes_did_not_take_and_would_be_reverted_by_now_gives_its_nonce_up_at_once()
    {
        await using var node = await SenderNode.StartAsync(_anvil, Path, _key);
        var (first, second) = (Gift(5), Gift(7));
        var forms = new ConcurrentDictionary<string, bool>();
        node.Transport.Refuses = raw => raw.Contains(first.To.ToString()[2..], StringComparison.OrdinalIgnoreCase) && (forms[raw] = true);
        node.Submit(first, second);
        await node.UntilAsync(status => status.Open is [{ State: IntentState.Signed }, ..], mine: false);
        await _anvil.Client.SendAsync("anvil_setCode", $"[\"{first.To}\",\"0x60006000fd\"]", _none);
        await node.DoneAsync(2);
        Assert.Equal(IntentState.Reverted, (await node.ProgressAsync(first)).State);
        Assert.Single(forms);
        Assert.Equal(2UL, await _anvil.NonceAsync(_key.Address));
    }

    [Fact]
    public async Task While_nodes_take_nothing_at_all_the_account_waits_says_so_and_goes_on_when_they_do()
    {
        await using (var node = await SenderNode.StartAsync(_anvil, Path, _key))
        {
            node.Transport.Refuses = _ => true;
            node.Submit(Gift(5), Gift(7));
            await node.UntilAsync(status =>
                status.Waiting?.Contains("Nor is a transaction that does nothing", StringComparison.Ordinal) == true
            );
        }

        // A restart knows what was signed, and goes on with it.
        await using var again = await SenderNode.StartAsync(_anvil, Path, _key);
        await again.DoneAsync(2);
        Assert.Equal(2UL, await _anvil.NonceAsync(_key.Address));
    }

    [Fact]
    public async Task A_mined_transaction_whose_block_is_replaced_is_mined_again_once()
    {
        await using var node = await SenderNode.StartAsync(_anvil, Path, _key);
        await _anvil.Client.MineAsync(3, _none);
        var intent = Gift(5);
        node.Submit(intent);
        await InPoolAsync();
        await _anvil.Client.MineAsync(1, _none);
        var mined = await node.UntilAsync(status => status.Open is [{ State: IntentState.Mined }], mine: false);
        await _anvil.Client.SendAsync("anvil_reorg", "[1,[]]", _none);
        Assert.Equal(0, await _anvil.BalanceAsync(intent.To));
        await node.DoneAsync(1);
        Assert.NotEqual(mined.Open[0].Receipt!.BlockHash, (await node.ProgressAsync(intent)).Receipt!.BlockHash);
        Assert.Equal(5, await _anvil.BalanceAsync(intent.To));
    }

    [Fact]
    public async Task Another_process_with_the_key_is_noticed_and_the_intent_is_done_all_the_same()
    {
        await using var node = await SenderNode.StartAsync(_anvil, Path, _key);
        node.Submit(Gift(1));
        await node.DoneAsync(1);
        var intent = Gift(5);
        node.Submit(intent);
        var ours = await InPoolAsync();

        // The other process takes our nonce, and one more.
        await DisplaceAsync(ours, transactions: 2);
        var status = await node.DoneAsync(2);
        Assert.True(status.Foreign >= 1);
        Assert.Equal(5, await _anvil.BalanceAsync(intent.To));
        Assert.Equal(4UL, await _anvil.NonceAsync(_key.Address));
    }

    [Fact]
    public async Task The_key_is_nowhere_in_the_journal()
    {
        await using (var node = await SenderNode.StartAsync(_anvil, Path, _key = PrivateKey.FromHex(new string('b', 64))))
        {
            await _anvil.FundAsync(_key.Address, Tao);
            node.Submit(Gift(1));
            await node.DoneAsync(1);
        }

        foreach (var file in Directory.GetFiles(Path))
        {
            var bytes = await File.ReadAllBytesAsync(file, _none);
            Assert.True(bytes.AsSpan().IndexOf(Enumerable.Repeat((byte)0xbb, 32).ToArray()) < 0, file);
            Assert.True(bytes.AsSpan().IndexOf(System.Text.Encoding.ASCII.GetBytes(new string('b', 64))) < 0, file);
        }
    }
}
