using System.Numerics;
using Tao20.Actors.Arbitrage;
using Tao20.Chain.Abi;
using Tao20.Devnet;
using Tao20.Domain.Arbitrage;
using Tao20.Domain.Units;
using Tao20.Tests.Oracles;

namespace Tao20.Actors.Tests.Arbitrage;

/// <summary>
/// Trades step by step, where there is no router: they earn, and one that is interrupted half way is finished or undone, never
/// forgotten.
/// </summary>
public sealed class StepwiseTests : InDirectory, IAsyncLifetime
{
    private MarketFixture _market = null!;

    /// <summary>Step by step there are many blocks between the quote and the sale.</summary>
    private ArbitrageRules Patient => _market.Rules with { DeadlineSeconds = 600 };

    public async Task InitializeAsync() => _market = await MarketFixture.StartAsync();

    async Task IAsyncLifetime.DisposeAsync() => await _market.DisposeAsync();

    [Fact]
    public async Task A_basket_is_bought_minted_and_the_tokens_sold()
    {
        await using var node = await StartAsync();
        await _market.MakeDearAsync(30);
        await node.UntilAsync(status => status.State.Totals.Confirmed >= 1, node.PassAsync);
        var done = await RequireNothingForgottenAsync(node);
        Assert.True(done.State.Totals.Profit.Value > 0, done.State.Totals.ToString());
        Assert.Equal((UInt128)0, done.State.Inventory.Tokens.Value);
        Assert.Equal((await _market.Economy.VolumesAsync(CancellationToken.None))[_market.Key.Address], done.State.Totals.Minted.Value);
    }

    [Fact]
    public async Task Tokens_are_bought_redeemed_and_the_basket_sold()
    {
        await using var node = await StartAsync();
        await _market.MakeCheapAsync(30);
        await node.UntilAsync(status => status.State.Totals.Confirmed >= 1, node.PassAsync);
        var done = await RequireNothingForgottenAsync(node);
        Assert.True(done.State.Totals.Profit.Value > 0, done.State.Totals.ToString());
        Assert.Equal((await _market.Economy.VolumesAsync(CancellationToken.None))[_market.Key.Address], done.State.Totals.Redeemed.Value);
    }

    [Fact]
    public async Task A_basket_of_which_a_part_cannot_be_bought_is_sold_again()
    {
        await using var node = await StartAsync();
        var buying = node.Gate.ShutFor("eth_estimateGas");
        await _market.MakeDearAsync(30);
        await buying;
        await RefuseSwapsAsync(7, true);
        node.Gate.Open();

        // It tries again as long as the market is dear: between two tries no trade is open, but for a moment only.
        await node.UntilAsync(status => status.State.Totals.Failed >= 1, node.PassAsync);
        var paused = await RequireNothingForgottenAsync(node);
        Assert.True(paused.State.Totals.Profit.Value < 0);
        Assert.Equal(Wei.Zero, paused.State.Totals.Minted);
    }

    [Fact]
    public async Task A_part_of_a_basket_that_cannot_be_sold_is_kept_in_the_trade_until_it_can()
    {
        await using var node = await StartAsync();
        var minting = node.Gate.ShutFor(Keccak.Selector("mint(uint256,uint256[],uint256,uint256,uint256,uint256)")[2..]);
        await _market.MakeDearAsync(30);
        await PassUntilAsync(node, minting);
        await _market.SetTransfersAsync(7, refuses: true);
        await RefuseSwapsAsync(7, true);
        node.Gate.Open();
        for (var i = 0; i < 25; i++)
            await node.PassAsync();

        var stuck = await node.StatusAsync();
        Assert.Contains(stuck.State.Open!.Steps, step => step.Name == "unstake-7-2");
        await RefuseSwapsAsync(7, false);
        await node.UntilAsync(status => status.State.Totals.Failed >= 1, node.PassAsync);
        await RequireNothingForgottenAsync(node);
    }

    [Fact]
    public async Task A_leg_that_cannot_be_sold_leaves_the_tokens_in_the_inventory_until_it_can()
    {
        await using var node = await StartAsync();
        var redeeming = node.Gate.ShutFor(
            Keccak.Selector("redeem(uint256,uint256,uint256[],uint256,uint256,uint256,uint256,uint256)")[2..]
        );
        await _market.MakeCheapAsync(30);
        await PassUntilAsync(node, redeeming);
        await RefuseSwapsAsync(7, true);
        node.Gate.Open();
        var kept = await node.UntilAsync(status => status.State.Totals.Failed >= 1 && status.State.Open is null, node.PassAsync);
        Assert.True(kept.State.Inventory.Tokens.Value > 0);
        await RefuseSwapsAsync(7, false);
        await node.OperateAsync(Operation.Unwind);
        await node.UntilAsync(status => !status.State.Unwinding && status.State.Open is null, node.PassAsync);
        Assert.Equal((UInt128)0, (await RequireNothingForgottenAsync(node)).State.Inventory.Tokens.Value);
    }

    [Fact]
    public async Task A_market_that_moves_away_half_way_leaves_the_tokens_in_the_inventory_at_their_cost()
    {
        await using var node = await StartAsync();
        var selling = node.Gate.ShutFor(Keccak.Selector("sell(uint256,uint256,uint256)")[2..]);
        await _market.MakeDearAsync(30);
        await PassUntilAsync(node, selling);
        await _market.MakeCheapAsync(30);
        node.Gate.Open();
        var kept = await node.UntilAsync(status => status.State.Totals.Failed >= 1 && status.State.Open is null, node.PassAsync);
        Assert.True(kept.State.Inventory.Tokens.Value > 0);
        Assert.InRange(
            kept.State.Inventory.Cost.Value,
            kept.State.Inventory.Tokens.Value * 9 / 10,
            kept.State.Inventory.Tokens.Value * 11 / 10
        );

        // An operator has them turned into TAO: redeemed, for the market pays less.
        await node.OperateAsync(Operation.Unwind);
        var unwound = await node.UntilAsync(status => !status.State.Unwinding && status.State.Open is null, node.PassAsync);
        Assert.Equal((UInt128)0, unwound.State.Inventory.Tokens.Value);
        Assert.Equal(Wei.Zero, unwound.State.Inventory.Cost);
        await RequireNothingForgottenAsync(node);
    }

    [Theory]
    [InlineData("addStakeLimit(bytes32,uint256,uint256,bool,uint256)")]
    [InlineData("mint(uint256,uint256[],uint256,uint256,uint256,uint256)")]
    [InlineData("sell(uint256,uint256,uint256)")]
    public async Task A_restart_between_any_two_steps_goes_on_where_it_was(string call)
    {
        await using (var node = await StartAsync())
        {
            var reached = node.Gate.ShutFor(Keccak.Selector(call)[2..]);
            await _market.MakeDearAsync(30);
            await PassUntilAsync(node, reached);
        }

        await using var again = await TraderNode.StartAsync(_market, Path, Patient, stepwise: true);
        await again.UntilAsync(status => status.State.Totals.Confirmed >= 1, again.PassAsync);
        Assert.True((await RequireNothingForgottenAsync(again)).State.Totals.Profit.Value > 0);
    }

    /// <summary>No stake worth a sale is left, the books equal the account, and every transaction was sent once.</summary>
    private async Task<ArbitrageStatus> RequireNothingForgottenAsync(TraderNode node)
    {
        await node.OperateAsync(Operation.Pause);
        var status = await node.UntilAsync(status => status.State.Open is null, node.PassAsync);
        var stakes = await _market.Anvil.Client.CallAsync(
            [
                .. Economy.Netuids.Select(netuid =>
                    (
                        Economy.Staking,
                        AbiEncoder.Call("getStake(bytes32,bytes32,uint256)", Economy.Hotkey, Coldkey.Of(_market.Key.Address), netuid)
                    )
                ),
            ],
            CancellationToken.None
        );
        Assert.All(stakes, stake => Assert.InRange(AbiWords.BigInteger(stake, 0), BigInteger.Zero, 100_000_000));
        Assert.Equal(await _market.BalanceAsync(), status.State.Inventory.Tao.Value);
        var tokens = AbiWords.BigInteger(
            (
                await _market.Anvil.Client.CallAsync(
                    [(_market.Economy.Index, AbiEncoder.Call("balanceOf(address)", _market.Key.Address))],
                    CancellationToken.None
                )
            )[0],
            0
        );
        Assert.Equal(tokens, status.State.Inventory.Tokens.Value);
        Assert.Equal(new WeiDelta((Int128)PegMarket.ArbitrageurTao * (Int128)Wei.OneTao.Value), status.State.Totals.DepositedTao);
        Assert.Equal(WeiDelta.Zero, status.State.Totals.DepositedCost);
        return status;
    }

    private Task RefuseSwapsAsync(int netuid, bool refuses) => _market.SetSwapsAsync(netuid, refuses);

    /// <summary>Lets blocks go by, each when the node has done with the one before, until it has reached a shut gate.</summary>
    private static async Task PassUntilAsync(TraderNode node, Task reached)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (await Task.WhenAny(reached, node.PassAsync()) != reached)
            limit.Token.ThrowIfCancellationRequested();
    }

    private async Task<TraderNode> StartAsync()
    {
        var node = await TraderNode.StartAsync(_market, Path, Patient, stepwise: true);
        await node.UntilAsync(
            status => status.State.Inventory.Tao.Value > 0 && status.Why?.StartsWith("the b", StringComparison.Ordinal) == true,
            _market.PassAsync
        );
        return node;
    }
}
