using System.Numerics;
using Tao20.Chain.Abi;
using Tao20.Chain.Contracts;
using Tao20.Chain.JsonRpc;
using Tao20.Domain.Units;
using Tao20.Tests.Oracles;

namespace Tao20.Chain.Tests.Contracts;

/// <summary>What logs of markets say, whichever of a pair's tokens is the first.</summary>
public sealed class TokenMarketTests
{
    private static readonly Address Market = AddressOf('a');
    private static readonly Address Account = AddressOf('b');
    private static readonly Address Router = AddressOf('c');
    private static readonly Address Low = AddressOf('1');
    private static readonly Address High = AddressOf('2');
    private static readonly Hash256 PairTopic = Keccak.Topic("Swap(address,uint256,uint256,uint256,uint256,address)");
    private static readonly Hash256 PoolTopic = Keccak.Topic("Swap(address,bool,uint256,uint256,uint256,uint256)");

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_pairs_log_is_read_by_which_token_is_the_first(bool tokenFirst)
    {
        var pair = new UniswapPair(Market, Router, tokenFirst ? High : Low, tokenFirst ? Low : High, Account);
        var (token, tao) = tokenFirst ? (0, 1) : (1, 0);

        // A purchase of 7 tokens for 5 TAO, and a sale of 3 tokens for 2 TAO.
        var bought = pair.SwapOf(Log(PairTopic, Router, Words((tao, 5), (2 + token, 7))));
        Assert.Equal(new MarketSwap(new WeiDelta(-5), new WeiDelta(7), false), bought);
        var sold = pair.SwapOf(Log(PairTopic, Router, Words((token, 3), (2 + tao, 2))));
        Assert.Equal(new MarketSwap(new WeiDelta(2), new WeiDelta(-3), false), sold);
        Assert.Null(pair.SwapOf(Log(PoolTopic, Account, Words((0, 1)))));
        Assert.Equal(Router, pair.Spender);
        Assert.Equal(452U, pair.LeastSpec);
    }

    [Fact]
    public void The_pools_log_counts_where_the_account_itself_has_traded()
    {
        var pool = new IndexPool(Market, Account);
        Assert.Equal(
            new MarketSwap(new WeiDelta(-5), new WeiDelta(7), true),
            pool.SwapOf(Log(PoolTopic, Account, Words((0, 1), (1, 5), (2, 7))))
        );
        Assert.Equal(
            new MarketSwap(new WeiDelta(2), new WeiDelta(-3), true),
            pool.SwapOf(Log(PoolTopic, Account, Words((0, 0), (1, 3), (2, 2))))
        );
        Assert.Null(pool.SwapOf(Log(PoolTopic, Router, Words((0, 1), (1, 5), (2, 7)))));
    }

    [Fact]
    public void Purchases_and_sales_go_through_the_pairs_router_to_the_account()
    {
        var pair = new UniswapPair(Market, Router, High, Low, Account);
        Assert.Equal(
            (Router, AbiEncoder.Call("swapExactETHForTokens(uint256,address[],address,uint256)", 7, (object[])[High, Low], Account, 99)),
            pair.Buy(Wei.From(7), 99)
        );
        Assert.Equal(
            (
                Router,
                AbiEncoder.Call(
                    "swapExactTokensForETH(uint256,uint256,address[],address,uint256)",
                    3,
                    2,
                    (object[])[Low, High],
                    Account,
                    99
                )
            ),
            pair.Sell(Wei.From(3), Wei.From(2), 99)
        );
    }

    private static Address AddressOf(char digit) => Address.Parse("0x" + new string(digit, 40));

    private static ReceiptLog Log(Hash256 topic, Address subject, byte[] data) => new(Market, topic, subject, data);

    private static byte[] Words(params (int At, int Value)[] values)
    {
        var words = new byte[6 * 32];
        foreach (var (at, value) in values)
            ((BigInteger)value).TryWriteBytes(words.AsSpan(32 * at + 31, 1), out _, isUnsigned: true);
        return words;
    }
}
