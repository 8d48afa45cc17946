using System.Numerics;
using Tao20.Domain.Arbitrage;
using Tao20.Domain.Units;

namespace Tao20.Actors.Tests.Arbitrage;

/// <summary>
/// One fault at a time, on a real local chain: each ends in the right state, with its reason, and with books that equal the
/// account.
/// </summary>
public sealed class FaultTests : InDirectory, IAsyncLifetime
{
    private static readonly BigInteger Tao = 1_000_000_000_000_000_000;
    private MarketFixture _market = null!;

    public async Task InitializeAsync() => _market = await MarketFixture.StartAsync();

    async Task IAsyncLifetime.DisposeAsync() => await _market.DisposeAsync();

    [Fact]
    public async Task A_trade_that_pays_is_done_and_booked_by_its_receipt()
    {
        await using var node = await StartAsync();
        await _market.MakeDearAsync(20);
        var done = await node.UntilAsync(status => status.State.Totals.Confirmed >= 1 && status.State.Open is null, node.PassAsync);
        await RequireBooksAsync(node);
        Assert.True(done.State.Totals.Profit.Value > 0);
        Assert.True(done.State.Totals.Minted.Value > 0 && done.State.Totals.Redeemed == Wei.Zero);
    }

    [Fact]
    public async Task A_pool_drained_between_quote_and_simulation_costs_nothing_and_is_a_trade_missed()
    {
        await using var node = await StartAsync();
        var simulating = node.Gate.ShutFor("pending");
        await _market.MakeDearAsync(20);
        await simulating;
        await _market.MakeCheapAsync(20);
        node.Gate.Open();
        var missed = await node.UntilAsync(status => status.State.Totals.Missed >= 1, node.PassAsync);
        Assert.Equal((0, 0, 0UL), (missed.State.Totals.Failed, missed.State.FailuresInRow, await _market.NonceAsync()));
        await RequireBooksAsync(node);
    }

    [Fact]
    public async Task A_pool_drained_after_the_simulation_reverts_the_trade_which_costs_its_gas_and_counts_as_a_failure()
    {
        await using var node = await StartAsync(_market.Rules with { FailuresInRow = 1 });
        var sending = node.Gate.ShutFor("eth_sendRawTransaction");
        await _market.MakeDearAsync(20);
        await sending;
        await _market.MakeCheapAsync(20);
        node.Gate.Open();
        var failed = await node.UntilAsync(status => status.State.Totals.Failed == 1, node.PassAsync);
        Assert.Equal(failed.State.Totals.Gas.Value, (UInt128)(-failed.State.Totals.Profit.Value));
        Assert.StartsWith("Failures: 1 failures in a row, the last: it was reverted in block ", failed.Why, StringComparison.Ordinal);
        Assert.Equal(TraderState.Stopped, failed.Doing);
        await RequireBooksAsync(node);

        // A minute later it goes on by itself.
        await node.UntilAsync(status => status.State.Breakers.IsEmpty, node.PassAsync);
    }

    [Fact]
    public async Task While_no_endpoint_answers_it_stands_still_and_says_why_and_goes_on_afterwards()
    {
        await using var node = await StartAsync(_market.Rules with { StaleSeconds = 1 });
        await _market.MakeDearAsync(20);
        await node.UntilAsync(status => status.State.Open is not null);
        node.Gate.Down();
        var stale = await node.UntilAsync(status => !status.State.Breakers.IsEmpty);
        Assert.Equal(Breaker.FeedStale, stale.State.Breakers[0].Breaker);
        Assert.Equal("there was no tick for 1 s", stale.State.Breakers[0].Reason);
        node.Gate.Open();
        await node.UntilAsync(
            status => status.State.Totals.Confirmed >= 1 && status.State.Open is null && status.State.Breakers.IsEmpty,
            node.PassAsync
        );
        await RequireBooksAsync(node);
    }

    [Fact]
    public async Task A_gas_spike_holds_it_and_a_trade_already_begun_expires_without_being_sent()
    {
        // At 2,000 gwei the gas of a trade is 3 TAO.
        await using var node = await StartAsync(_market.Rules with { DeadlineSeconds = 60 });
        await node.OperateAsync(Operation.Pause);
        await _market.MakeDearAsync(20);
        await _market.BaseFeeAsync(2_000_000_000_000);
        await _market.PassAsync();
        await node.DecidedAsync(await _market.BlockAsync());
        await node.OperateAsync(Operation.Resume);
        await _market.PassAsync();
        var held = await node.UntilAsync(status => status.Why?.Contains("would net -", StringComparison.Ordinal) == true);
        Assert.Equal(TraderState.Idle, held.Doing);

        // Gas is cheap again, a trade is decided on, and then it spikes before anything is signed.
        var looking = node.Gate.ShutFor("eth_getTransactionCount");
        for (var i = 0; i < 2; i++)
        {
            await _market.BaseFeeAsync(0);
            await _market.PassAsync();
        }

        await looking;
        await _market.BaseFeeAsync(2_000_000_000_000);
        await _market.PassAsync();
        node.Gate.Open();
        var expired = await node.UntilAsync(
            status => status.State.Totals.Expired == 1,
            async () =>
            {
                await _market.BaseFeeAsync(2_000_000_000_000);
                await _market.PassAsync();
            }
        );
        Assert.Equal((0UL, Wei.Zero), (await _market.NonceAsync(), expired.State.Totals.Gas));
        await RequireBooksAsync(node);
    }

    [Fact]
    public async Task A_transaction_the_chain_forgets_and_a_block_that_is_replaced_end_in_one_trade()
    {
        await using var node = await StartAsync(Unhurried);
        await _market.MakeDearAsync(20);
        await node.DecidedAsync(await _market.BlockAsync());
        var hash = (await _market.Anvil.Client.SendAsync("txpool_content", "[]", CancellationToken.None))
            .GetProperty("pending")
            .EnumerateObject()
            .Single()
            .Value.EnumerateObject()
            .Single()
            .Value.GetProperty("hash")
            .GetString();
        await _market.Anvil.Client.SendAsync("anvil_dropTransaction", $"[\"{hash}\"]", CancellationToken.None);

        // It is sent again some blocks later, mined, and then its block is replaced by an empty one.
        for (var i = 0; i < 8 && await _market.NonceAsync() == 0; i++)
        {
            await _market.PassAsync();
            await node.DecidedAsync(await _market.BlockAsync());
        }

        Assert.Equal(1UL, await _market.NonceAsync());
        await _market.Anvil.Client.SendAsync("anvil_reorg", "[1,[]]", CancellationToken.None);
        var done = await node.UntilAsync(
            status =>
                status.State.Open is null && status.State.Totals.Confirmed + status.State.Totals.Failed + status.State.Totals.Expired > 0,
            node.PassAsync
        );
        Assert.Equal(0, done.State.Totals.Missed);
        await RequireBooksAsync(node);
        await RequireEachSentOnceAsync(node);
    }

    [Fact]
    public async Task A_balance_moved_from_outside_is_booked_as_that_and_tokens_are_turned_into_tao_when_there_are_too_many()
    {
        await using var node = await StartAsync();
        await _market.GiveAsync(7, 0);
        var moved = await node.UntilAsync(status => status.State.Totals.DepositedTao.Value == (Int128)(207 * Tao), node.PassAsync);
        Assert.Equal(WeiDelta.Zero, moved.State.Totals.Profit);

        // 1,000 tokens beside 207 TAO are above 80 %: they come down to half, ten TAO's worth at a time.
        await _market.GiveAsync(0, 1_000);
        var rebalanced = await node.UntilAsync(status => status.State.Totals.Redeemed.Value > 0, node.PassAsync);
        Assert.True(rebalanced.State.Inventory.Tokens.Value < (UInt128)(1_000 * Tao));
        await RequireBooksAsync(node);
    }

    [Fact]
    public async Task A_restart_in_the_middle_of_a_trade_takes_it_up()
    {
        await using (var node = await StartAsync(Unhurried))
        {
            var sending = node.Gate.ShutFor("eth_sendRawTransaction");
            await _market.MakeDearAsync(20);
            await sending;
        }

        await using var again = await StartAsync(Unhurried);
        await again.UntilAsync(status => status.State.Totals.Confirmed >= 1, again.PassAsync);
        await RequireBooksAsync(again);
        await RequireEachSentOnceAsync(again);
    }

    /// <summary>No deadline passes, however slow the machine: a trade that expires before it is sent uses no nonce.</summary>
    private ArbitrageRules Unhurried => _market.Rules with { DeadlineSeconds = 3_600 };

    /// <summary>The account has sent as many transactions as trades were mined.</summary>
    private async Task RequireEachSentOnceAsync(TraderNode node)
    {
        var totals = (await node.UntilAsync(status => status.State.Open is null, node.PassAsync)).State.Totals;
        Assert.Equal((await _market.NonceAsync(), 0), ((ulong)(totals.Confirmed + totals.Failed), totals.Expired));
    }

    /// <summary>Pauses it, lets everything become final, and compares books and balance.</summary>
    private async Task RequireBooksAsync(TraderNode node)
    {
        await node.OperateAsync(Operation.Pause);
        await node.UntilAsync(status => status.State.Open is null, node.PassAsync);
        var status = await node.StatusAsync();
        Assert.Equal(await _market.BalanceAsync(), status.State.Inventory.Tao.Value);
        var totals = status.State.Totals;
        Assert.Equal(
            (Int128)status.State.Inventory.Tao.Value,
            (totals.DepositedTao + totals.Profit + totals.DepositedCost).Value - (Int128)status.State.Inventory.Cost.Value
        );
        await node.OperateAsync(Operation.Resume);
    }

    /// <summary>Starts it and waits until its books hold its capital.</summary>
    private async Task<TraderNode> StartAsync(ArbitrageRules? rules = null)
    {
        var node = await TraderNode.StartAsync(_market, Path, rules);
        await node.UntilAsync(
            status => status.State.Inventory.Tao.Value > 0 && status.Why?.StartsWith("the b", StringComparison.Ordinal) == true,
            _market.PassAsync
        );
        return node;
    }
}
