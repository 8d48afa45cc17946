using System.Globalization;
using System.Numerics;
using Tao20.Domain.Index;
using Tao20.Domain.Nav;
using Tao20.Domain.Transactions;
using Tao20.Domain.Units;

namespace Tao20.Domain.Arbitrage;

/// <summary>
/// A trade in steps, where only the TAO20 contract exists: the basket bought subnet by subnet, minted in kind, the tokens sold; or the
/// tokens bought and redeemed for TAO. A basket that cannot be minted is sold again; tokens that cannot be sold are kept. It goes by
/// what the account's stake is above what it was, so that nothing bought is forgotten whatever happened meanwhile.
/// </summary>
/// <param name="SlippageBasisPoints">How far a mint, purchase or redemption may fall behind what is expected of it.</param>
public sealed record StepwisePlan(int SlippageBasisPoints) : ITradePlan
{
    private const string BuyBasket = "stake-";
    private const string Allow = "allow-";
    private const string MintTokens = "mint";
    private const string Permission = "approve";
    private const string SellTokens = "sell";
    private const string BuyTokens = "buy";
    private const string RedeemTokens = "redeem";
    private const string SellBasket = "unstake-";
    private const ulong RaoWei = 1_000_000_000;
    private const int BasisPoints = 10_000;

    /// <summary>How far a subnet's price may move against a step, in percent.</summary>
    private const int SubnetSlippagePercent = 2;

    /// <summary>
    /// A part of a basket that could not be sold is tried again after so many blocks, twice at a limit and then at any price.
    /// </summary>
    private const ulong BlocksBetweenAttempts = 10;

    private const int AttemptsAtLimit = 2;

    /// <summary>A permission of less than this is given anew: one for everything stays above it however much is taken.</summary>
    private static readonly BigInteger Half = BigInteger.Pow(2, 255);

    /// <inheritdoc/>
    public NextStep Next(OpenTrade trade, PlanFacts facts) =>
        trade.Proposal.Kind switch
        {
            TradeKind.MintAndSell => NextOfMint(trade, facts),
            TradeKind.BuyAndRedeem => NextOfRedemption(trade, facts),
            TradeKind.SellTokens => NextOfSale(trade, facts, trade.Proposal.Size),
            TradeKind.RedeemTokens => NextAfterPurchase(trade, facts, bought: null),
            var unknown => throw new ArgumentOutOfRangeException(nameof(trade), unknown, "no kind of trade"),
        };

    // ---- mint and sell ----------------------------------------------------------------------------------------------------------------

    private NextStep NextOfMint(OpenTrade trade, PlanFacts facts)
    {
        if (trade.Steps.IsEmpty)
            return facts.Basket is not { } basket ? new NextStep.ReadBasket()
                : basket.Nav is { } nav ? Purchases(trade, basket, nav)
                : new NextStep.Wait();
        var purchases = trade.Steps.Where(step => IsOf(step, BuyBasket) || IsOf(step, Allow)).Select(step => facts.Of(step.Name)).ToList();
        if (!purchases.TrueForAll(IsSettled))
            return new NextStep.Wait();
        if (purchases.Find(progress => progress!.CameToNothing) is { } refused)
            return NextOfBasket(trade, facts, refused);
        if (!Has(trade, MintTokens))
            return facts.Basket is { } bought ? Mint(trade, bought) : new NextStep.ReadBasket();
        if (facts.Of(MintTokens) is not { } minted || !IsSettled(minted))
            return new NextStep.Wait();
        return minted.CameToNothing ? NextOfBasket(trade, facts, minted) : NextOfSale(trade, facts, tokens: null, minted);
    }

    /// <summary>What is bought of each leg, by what it is worth beside the others, and the permissions that are missing.</summary>
    private NextStep.Do Purchases(OpenTrade trade, BasketReading basket, NavReading.Available nav)
    {
        var steps = new List<PlannedStep>();
        var legs = ExecutablePrice.MintLegs(nav, trade.Proposal.Size);
        for (var i = 0; i < legs.Count; i++)
        {
            var holding = nav.Inputs.Holdings[i];
            if (legs[i] == 0)
                continue;
            var call = new TradeCall.AddStake(
                holding.Hotkey,
                holding.Netuid,
                Math.Max(legs[i], basket.Rules.LeastPurchase),
                PriceRao(holding) * (100 + SubnetSlippagePercent) / 100
            );
            steps.Add(new(NameOf(BuyBasket, holding.Netuid), call, Wei.Zero));
            if (basket.Allowed[i] < Half)
                steps.Add(new(NameOf(Allow, holding.Netuid), new TradeCall.AllowAlpha(holding.Netuid)));
        }

        return new NextStep.Do(steps, basket.Staked);
    }

    /// <summary>
    /// Mints with all that was bought. Of a leg that is too thin for a transfer of what is needed, all of it goes to the holders.
    /// </summary>
    private NextStep.Do Mint(OpenTrade trade, BasketReading basket)
    {
        var (alpha, gifts) = (Gained(trade, basket).Select(held => held.Alpha).ToList(), 0U);
        var expected = ExecutablePrice.TokensOf(basket.Inputs, [.. alpha.Select(amount => (BigInteger)amount)]);
        for (var i = 0; i < alpha.Count && basket.Nav is { } nav; i++)
        {
            var needed = nav.Inputs.Holdings[i].Counted * expected / BigInteger.Max(1, nav.Inputs.Supply.Value);
            if (alpha[i] > 0 && !basket.Rules.CanTransfer(needed, nav.Prices[i]))
                gifts |= 1U << i;
        }

        var tokens = Wei.From((UInt128)expected);
        var order = new BasketOrder(basket.Inputs.Revision, basket.Rules.Gas) { Gifts = gifts };
        var tao = Wei.From((UInt128)BasketOrder.TaoBeside(basket.Inputs, tokens) * RaoWei);
        var mint = new PlannedStep(MintTokens, new TradeCall.Mint(alpha, Bound(tokens), order), tao);
        return basket.PoolAllowed < Half ? new NextStep.Do(mint, Allowance()) : new NextStep.Do(mint);
    }

    // ---- the sale of tokens ------------------------------------------------------------------------------------------------------------

    private static NextStep NextOfSale(OpenTrade trade, PlanFacts facts, Wei? tokens, IntentProgress? minted = null)
    {
        if (Has(trade, SellTokens))
        {
            // The scarcest leg has decided the mint: what the others had too much of is sold, where that can be.
            return facts.Of(SellTokens) is not { } sold ? new NextStep.Wait()
                : minted is null ? facts.Over(trade, sold)
                : NextOfBasket(trade, facts, sold);
        }

        if (Has(trade, Permission))
        {
            if (facts.Of(Permission) is not { } permission || !IsSettled(permission))
                return new NextStep.Wait();
            if (permission.CameToNothing)
                return facts.Over(trade, permission);
        }
        else if (tokens is not null)
        {
            if (facts.Basket is not { } basket)
                return new NextStep.ReadBasket();
            if (basket.PoolAllowed < tokens.Value.Value)
                return new NextStep.Do(Allowance());
        }

        return (tokens ?? facts.Tokens) is { } amount
            ? new NextStep.Do(new PlannedStep(SellTokens, new TradeCall.SellTokens(amount, trade.Proposal.MinProceeds)))
            : new NextStep.ReadTokens(minted!.Receipt!);
    }

    // ---- buy and redeem -----------------------------------------------------------------------------------------------------------------

    private NextStep NextOfRedemption(OpenTrade trade, PlanFacts facts)
    {
        if (trade.Steps.IsEmpty)
        {
            var call = new TradeCall.BuyTokens(Bound(trade.Proposal.Tokens));
            return new NextStep.Do(new PlannedStep(BuyTokens, call, trade.Proposal.Size));
        }

        if (facts.Of(BuyTokens) is not { } bought || !IsSettled(bought))
            return new NextStep.Wait();
        return bought.CameToNothing ? new NextStep.Over(bought) : NextAfterPurchase(trade, facts, bought);
    }

    private static NextStep NextAfterPurchase(OpenTrade trade, PlanFacts facts, IntentProgress? bought)
    {
        if (!Has(trade, RedeemTokens))
        {
            if (bought is not null && facts.Tokens is null)
                return new NextStep.ReadTokens(bought.Receipt!);
            return facts.Basket is { } basket
                ? Redeem(trade, bought is null ? trade.Proposal.Size : facts.Tokens!.Value, basket)
                : new NextStep.ReadBasket();
        }

        return facts.Of(RedeemTokens) is { } redeemed ? facts.Over(trade, redeemed) : new NextStep.Wait();
    }

    private static NextStep.Do Redeem(OpenTrade trade, Wei tokens, BasketReading basket) =>
        new(new PlannedStep(RedeemTokens, basket.Redemption(tokens, trade.Proposal.MinProceeds)));

    // ---- the sale of a basket -----------------------------------------------------------------------------------------------------------

    /// <summary>
    /// Sells all alpha that the trade has brought, and tries again what was refused, until none is left that is worth a sale.
    /// </summary>
    private static NextStep NextOfBasket(OpenTrade trade, PlanFacts facts, IntentProgress decisive)
    {
        if (!trade.Steps.TrueForAll(step => IsSettled(facts.Of(step.Name))))
            return new NextStep.Wait();
        if (facts.Basket is not { } basket)
            return new NextStep.ReadBasket();
        var steps = new List<PlannedStep>();
        var later = false;
        foreach (var (holding, gained) in basket.Inputs.Holdings.Zip(Gained(trade, basket)))
        {
            var price = PriceRao(holding);
            if (gained.Alpha * price / RaoWei < basket.Rules.LeastTrade)
                continue;
            var attempts = trade.Steps.Count(step => IsOf(step, NameOf(SellBasket, holding.Netuid) + "-"));
            if (attempts > 0 && basket.Inputs.Block < trade.Block + (ulong)attempts * BlocksBetweenAttempts)
            {
                later = true;
                continue;
            }

            var limit = attempts < AttemptsAtLimit ? price * (100 - SubnetSlippagePercent) / 100 : 0;
            var call = new TradeCall.RemoveStake(holding.Hotkey, holding.Netuid, gained.Alpha, limit);
            var name = string.Create(CultureInfo.InvariantCulture, $"{NameOf(SellBasket, holding.Netuid)}-{attempts + 1}");
            steps.Add(new PlannedStep(name, call, Expires: false));
        }

        return steps.Count > 0 ? new NextStep.Do(steps, [])
            : later ? new NextStep.Wait()
            : facts.Over(trade, decisive);
    }

    // ---- inside -------------------------------------------------------------------------------------------------------------------------

    private static bool IsSettled(IntentProgress? progress) => progress is not null && (progress.Succeeded || progress.Ended);

    private static bool Has(OpenTrade trade, string name) => trade.Steps.Any(step => step.Name == name);

    private static bool IsOf(TradeStep step, string prefix) => step.Name.StartsWith(prefix, StringComparison.Ordinal);

    /// <summary>What the account holds above what it held before, in the order of the composition.</summary>
    private static IEnumerable<AlphaHeld> Gained(OpenTrade trade, BasketReading basket)
    {
        var before = trade.AlphaBefore.ToDictionary(held => held.Netuid, held => held.Alpha);
        return basket.Staked.Select(held => held with { Alpha = held.Alpha - Math.Min(held.Alpha, before.GetValueOrDefault(held.Netuid)) });
    }

    private static BigInteger PriceRao(NavHolding holding) =>
        AlphaPrice.Of(holding.Quote, out _) is { } price ? (BigInteger)price.Price.Value / RaoWei : 0;

    private Wei Bound(Wei expected) => Wei.From(expected.Value * (UInt128)(BasisPoints - SlippageBasisPoints) / BasisPoints);

    private static PlannedStep Allowance() => new(Permission, new TradeCall.Approve(null));

    private static string NameOf(string step, ushort netuid) => string.Create(CultureInfo.InvariantCulture, $"{step}{netuid}");
}
