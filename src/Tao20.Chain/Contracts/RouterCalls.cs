using System.Numerics;
using Tao20.Chain.Abi;
using Tao20.Domain.Units;

namespace Tao20.Chain.Contracts;

/// <summary>The calls of the router and the market pool, as 0x and hex digits, and what they answer with.</summary>
public static class RouterCalls
{
    /// <summary>The topic of <c>RoundTrip(address indexed miner, bool mints, uint256 spent, uint256 tokens, uint256 got)</c>.</summary>
    public static readonly Hash256 RoundTripTopic = Keccak.Topic("RoundTrip(address,bool,uint256,uint256,uint256)");

    /// <summary>The topic of <c>Redeemed(address indexed miner, uint256 tokens, uint256 got)</c>.</summary>
    public static readonly Hash256 RedeemedTopic = Keccak.Topic("Redeemed(address,uint256,uint256)");

    /// <summary>The topic of the pool's <c>Swap</c>.</summary>
    public static readonly Hash256 SwapTopic = Keccak.Topic("Swap(address,bool,uint256,uint256,uint256,uint256)");

    private static readonly string QuoteSelector = Keccak.Selector("Quote(uint256,uint256,uint256)");
    private static readonly string UnprofitableSelector = Keccak.Selector("Unprofitable(uint256,int256)");
    private static readonly string TooLittleSelector = Keccak.Selector("TooLittle(uint256,uint256)");
    private static readonly string ExpiredSelector = Keccak.Selector("Expired(uint256)");

    /// <summary>Mints with the TAO sent along and sells the tokens, or reverts.</summary>
    /// <param name="minProfit">TAO to be gained at least, in wei; negative accepts a loss.</param>
    /// <param name="deadline">The chain's time after which it reverts, in Unix seconds.</param>
    public static string MintAndSell(BigInteger minProfit, ulong deadline) => AbiEncoder.Call("mintAndSell(int256,uint256)", minProfit, deadline);

    /// <summary>Buys tokens with the TAO sent along and redeems them, or reverts.</summary>
    /// <param name="minProfit">TAO to be gained at least, in wei; negative accepts a loss.</param>
    /// <param name="deadline">The chain's time after which it reverts, in Unix seconds.</param>
    public static string BuyAndRedeem(BigInteger minProfit, ulong deadline) => AbiEncoder.Call("buyAndRedeem(int256,uint256)", minProfit, deadline);

    /// <summary>Redeems tokens for TAO, or reverts.</summary>
    public static string Redeem(Wei tokens, Wei minTao, ulong deadline) => AbiEncoder.Call("redeem(uint256,uint256,uint256)", tokens.Value, minTao.Value, deadline);

    /// <summary>Sells tokens in the pool, or reverts.</summary>
    public static string Sell(Wei tokens, Wei minTao, ulong deadline) => AbiEncoder.Call("sell(uint256,uint256,uint256)", tokens.Value, minTao.Value, deadline);

    /// <summary>Lets a contract take so many tokens.</summary>
    public static string Approve(Address spender, Wei tokens) => AbiEncoder.Call("approve(address,uint256)", spender, tokens.Value);

    /// <summary>Lets a contract take all tokens, now and later.</summary>
    public static string ApproveAll(Address spender) => AbiEncoder.Call("approve(address,uint256)", spender, BigInteger.Pow(2, 256) - 1);

    /// <summary>Asks what a mint and sale with the TAO sent along would come to. Always reverts; <see cref="TryReadQuote"/> reads how.</summary>
    public static string QuoteMintAndSell() => AbiEncoder.Call("quoteMintAndSell()");

    /// <summary>The same of a purchase and redemption.</summary>
    public static string QuoteBuyAndRedeem() => AbiEncoder.Call("quoteBuyAndRedeem()");

    /// <summary>Reads a quote out of the data of its revert; false when it is another one.</summary>
    /// <param name="revert">0x and hex digits; null when the node gave none.</param>
    /// <param name="quote">Tokens in the middle, TAO at the end, gas used.</param>
    public static bool TryReadQuote(string? revert, out (Wei Tokens, Wei Tao, ulong Gas) quote)
    {
        quote = default;
        if (revert is null || !revert.StartsWith(QuoteSelector, StringComparison.OrdinalIgnoreCase))
            return false;
        var words = new AbiData(Convert.FromHexString(revert.AsSpan(QuoteSelector.Length)));
        quote = (words.Wei(0), words.Wei(1), words.UInt64(2));
        return true;
    }

    /// <summary>Whether a trade was refused because its deadline has passed.</summary>
    public static bool IsExpired(string? revert) => revert is not null && revert.StartsWith(ExpiredSelector, StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether a trade was refused because it would bring too little: the market has moved.</summary>
    public static bool IsTooLittle(string? revert) =>
        revert is not null && (revert.StartsWith(UnprofitableSelector, StringComparison.OrdinalIgnoreCase) || revert.StartsWith(TooLittleSelector, StringComparison.OrdinalIgnoreCase));
}
