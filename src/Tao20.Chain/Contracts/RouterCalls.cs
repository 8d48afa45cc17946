using System.Numerics;
using Nethereum.ABI.FunctionEncoding.Attributes;
using Nethereum.Contracts;
using Tao20.Chain.Abi;
using Tao20.Chain.Contracts.Messages;
using Tao20.Domain.Arbitrage;
using Tao20.Domain.Units;

namespace Tao20.Chain.Contracts;

/// <summary>The calls of the router and the market pool, as 0x and hex digits, and what they answer with.</summary>
public static class RouterCalls
{
    private const int SelectorLength = 10;

    /// <summary>The topic of <c>RoundTrip(address indexed miner, bool mints, uint256 spent, uint256 tokens, uint256 got)</c>.</summary>
    public static readonly Hash256 RoundTripTopic = Keccak.Topic("RoundTrip(address,bool,uint256,uint256,uint256)");

    /// <summary>The topic of <c>Redeemed(address indexed miner, uint256 tokens, uint256 got)</c>.</summary>
    public static readonly Hash256 RedeemedTopic = Keccak.Topic("Redeemed(address,uint256,uint256)");

    /// <summary>The topic of the pool's <c>Swap</c>.</summary>
    public static readonly Hash256 SwapTopic = Keccak.Topic("Swap(address,bool,uint256,uint256,uint256,uint256)");

    /// <summary>Mints with the TAO sent along and sells the tokens, or reverts.</summary>
    /// <param name="minProfit">TAO to be gained at least, in wei; negative accepts a loss.</param>
    /// <param name="deadline">The chain's time after which it reverts, in Unix seconds.</param>
    public static string MintAndSell(BigInteger minProfit, ulong deadline) => new MintAndSellFunction(minProfit, deadline).Encode();

    /// <summary>Buys tokens with the TAO sent along and redeems them, or reverts.</summary>
    /// <param name="minProfit">TAO to be gained at least, in wei; negative accepts a loss.</param>
    /// <param name="deadline">The chain's time after which it reverts, in Unix seconds.</param>
    public static string BuyAndRedeem(BigInteger minProfit, ulong deadline) => new BuyAndRedeemFunction(minProfit, deadline).Encode();

    /// <summary>Redeems tokens for TAO, or reverts.</summary>
    public static string Redeem(Wei tokens, Wei minTao, ulong deadline) =>
        new RouterRedeemFunction((BigInteger)tokens.Value, (BigInteger)minTao.Value, deadline).Encode();

    /// <summary>Sells tokens in the pool, or reverts.</summary>
    public static string Sell(Wei tokens, Wei minTao, ulong deadline) =>
        new SellFunction((BigInteger)tokens.Value, (BigInteger)minTao.Value, deadline).Encode();

    /// <summary>Lets a contract take so many tokens.</summary>
    public static string Approve(Address spender, Wei tokens) => new ApproveFunction(spender, (BigInteger)tokens.Value).Encode();

    /// <summary>Lets a contract take all tokens, now and later.</summary>
    public static string ApproveAll(Address spender) => new ApproveFunction(spender, BigInteger.Pow(2, 256) - 1).Encode();

    /// <summary>
    /// Asks what a mint and sale with the TAO sent along would come to. Always reverts; <see cref="TryReadQuote"/> reads how.
    /// </summary>
    public static string QuoteMintAndSell() => new QuoteMintAndSellFunction().Encode();

    /// <summary>The same of a purchase and redemption.</summary>
    public static string QuoteBuyAndRedeem() => new QuoteBuyAndRedeemFunction().Encode();

    /// <summary>Reads a quote out of the data of its revert; false when it is another one.</summary>
    /// <param name="revert">0x and hex digits; null when the node gave none.</param>
    /// <param name="quote">Tokens in the middle, TAO at the end, gas used.</param>
    public static bool TryReadQuote(string? revert, out (Wei Tokens, Wei Tao, ulong Gas) quote)
    {
        quote = default;
        if (!Is<QuoteError>(revert))
            return false;

        // Read strictly: Nethereum takes what is short for zeros.
        var words = new AbiData(Convert.FromHexString(revert.AsSpan(SelectorLength)));
        quote = (words.Wei(0), words.Wei(1), words.UInt64(2));
        return true;
    }

    /// <summary>What a contract said when it refused a trade.</summary>
    /// <param name="revert">0x and hex digits; null when the node gave none.</param>
    public static TradeRevert RevertOf(string? revert) =>
        Is<UnprofitableError>(revert) || Is<TooLittleError>(revert) ? TradeRevert.TooLittle
        : Is<ExpiredError>(revert) ? TradeRevert.Expired
        : TradeRevert.Other;

    private static bool Is<TError>([System.Diagnostics.CodeAnalysis.NotNullWhen(true)] string? revert)
        where TError : IErrorDTO, new() =>
        revert is { Length: >= SelectorLength }
        && revert[..SelectorLength].Equals(Selector<TError>.Text, StringComparison.OrdinalIgnoreCase);

    private static class Selector<TError>
        where TError : IErrorDTO, new()
    {
        public static readonly string Text = "0x" + ABITypedRegistry.GetError<TError>().Sha3Signature;
    }
}
