using System.Numerics;
using Nethereum.ABI.FunctionEncoding.Attributes;
using Nethereum.Contracts;
using Tao20.Chain.Abi;
using Tao20.Chain.Contracts.Messages;
using Tao20.Domain.Arbitrage;
using Tao20.Domain.Index;
using Tao20.Domain.Units;

namespace Tao20.Chain.Contracts;

/// <summary>The calls of the index, the router and the market pool, as 0x and hex digits, and what they answer with.</summary>
public static class RouterCalls
{
    private const int SelectorLength = 10;
    private const ulong RaoWei = 1_000_000_000;

    /// <summary>The topic of <c>RoundTrip(address indexed miner, bool mints, uint256 spent, uint256 tokens, uint256 got)</c>.</summary>
    public static readonly Hash256 RoundTripTopic = Keccak.Topic("RoundTrip(address,bool,uint256,uint256,uint256)");

    /// <summary>The topic of the pool's <c>Swap</c>.</summary>
    public static readonly Hash256 SwapTopic = Keccak.Topic("Swap(address,bool,uint256,uint256,uint256,uint256)");

    /// <summary>Buys the basket for the TAO sent along and mints; what is not needed of the TAO comes back.</summary>
    public static string Mint(BasketOrder order, Wei minTokens, ulong deadline) =>
        new RouterMintFunction(OrderOf(order), (BigInteger)minTokens.Value, deadline).Encode();

    /// <summary>Buys the basket for the TAO sent along, mints and sells the tokens, or reverts.</summary>
    /// <param name="order">How the basket is bought.</param>
    /// <param name="minProfit">TAO to be gained at least, in wei; negative accepts a loss.</param>
    /// <param name="deadline">The chain's time after which it reverts, in Unix seconds.</param>
    public static string MintAndSell(BasketOrder order, BigInteger minProfit, ulong deadline) =>
        new MintAndSellFunction(OrderOf(order), minProfit, deadline).Encode();

    /// <summary>Buys tokens with the TAO sent along and redeems them, or reverts.</summary>
    /// <param name="order">Which legs are sold, and which left.</param>
    /// <param name="minProfit">TAO to be gained at least, in wei; negative accepts a loss.</param>
    /// <param name="deadline">The chain's time after which it reverts, in Unix seconds.</param>
    public static string BuyAndRedeem(BasketOrder order, BigInteger minProfit, ulong deadline) =>
        new BuyAndRedeemFunction(order.Revision, order.Sell, order.Leave, minProfit, order.LegGas, deadline).Encode();

    /// <summary>Mints with the account's own alpha, in the order of the legs, and the TAO sent along.</summary>
    public static string MintInKind(BasketOrder order, IEnumerable<ulong> alpha, Wei minTokens, ulong deadline) =>
        new MintFunction(
            order.Revision,
            [.. alpha.Select(amount => (BigInteger)amount)],
            order.Gifts,
            (BigInteger)minTokens.Value,
            order.LegGas,
            deadline
        ).Encode();

    /// <summary>Redeems tokens: what is neither sold nor left comes in alpha.</summary>
    /// <param name="order">Which legs are sold, and which left.</param>
    /// <param name="legs">How many legs there are.</param>
    /// <param name="tokens">The tokens.</param>
    /// <param name="minTao">The least TAO that has to come.</param>
    /// <param name="deadline">The chain's time after which it reverts, in Unix seconds.</param>
    public static string Redeem(BasketOrder order, int legs, Wei tokens, Wei minTao, ulong deadline) =>
        new RedeemFunction(
            order.Revision,
            (BigInteger)tokens.Value,
            [.. Enumerable.Repeat(BigInteger.Zero, legs)],
            (BigInteger)minTao.Value / RaoWei,
            order.Sell,
            order.Leave,
            order.LegGas,
            deadline
        ).Encode();

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
    public static string QuoteMintAndSell(BasketOrder order) => new QuoteMintAndSellFunction(OrderOf(order)).Encode();

    /// <summary>The same of a purchase and redemption.</summary>
    public static string QuoteBuyAndRedeem(BasketOrder order) =>
        new QuoteBuyAndRedeemFunction(order.Revision, order.Sell, order.Leave, order.LegGas).Encode();

    /// <summary>Reads a quote out of the data of its revert; false when it is another one.</summary>
    /// <param name="revert">0x and hex digits; null when the node gave none.</param>
    /// <param name="quote">Tokens in the middle, TAO at the end, gas used.</param>
    public static bool TryReadQuote(string? revert, out (Wei Tokens, Wei Tao, ulong Gas) quote)
    {
        quote = default;
        if (!Is<QuoteError>(revert))
            return false;

        // Read strictly: Nethereum takes what is short for zeros.
        var words = WordsOf(revert);
        quote = (words.Wei(0), words.Wei(1), words.UInt64(2));
        return true;
    }

    /// <summary>What a contract said when it refused a trade.</summary>
    /// <param name="revert">0x and hex digits; null when the node gave none.</param>
    public static TradeRevert RevertOf(string? revert) =>
        Is<UnprofitableError>(revert) || Is<TooLittleError>(revert) || Is<LegsChangedError>(revert) ? TradeRevert.TooLittle
        : Is<ExpiredError>(revert) ? TradeRevert.Expired
        : TradeRevert.Other;

    /// <summary>Why a contract refused, in words; null where it is nothing that is known.</summary>
    /// <param name="revert">0x and hex digits; null when the node gave none.</param>
    public static string? ReasonOf(string? revert)
    {
        if (Is<LegFailedError>(revert))
            return $"the chain refuses {TextOf(WordsOf(revert).Hash(1))} of subnet {WordsOf(revert).UInt64(0)}";
        if (Is<LegDissolvingError>(revert))
            return $"subnet {WordsOf(revert).UInt64(0)} is being dissolved";
        if (Is<HoldingMissingError>(revert))
            return $"stake of subnet {WordsOf(revert).UInt64(0)} is missing: it has to be followed to its new hotkey";
        if (Is<NoReferenceError>(revert))
            return $"the chain does not tell enough of subnet {WordsOf(revert).UInt64(0)}";
        if (Is<IsPausedError>(revert))
            return $"minting is paused until {WordsOf(revert).Integer(0)}";
        if (Is<LegsChangedError>(revert))
            return "the index's legs have changed";
        return Is<TooLittleError>(revert) ? "it is too little for what the legs need" : null;
    }

    private static OrderStruct OrderOf(BasketOrder order) =>
        new(
            order.Revision,
            [.. order.Tao.Select(rao => (BigInteger)rao)],
            [.. order.Limit.Select(price => (BigInteger)price)],
            order.Gifts,
            0,
            order.LegGas
        );

    private static AbiData WordsOf(string revert) => new(Convert.FromHexString(revert.AsSpan(SelectorLength)));

    private static string TextOf(Hash256 word) => System.Text.Encoding.ASCII.GetString(word.ToBytes()).TrimEnd('\0');

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
