using System.Numerics;
using Tao20.Domain.Index;
using Tao20.Domain.Nav;
using Tao20.Domain.Transactions;
using Tao20.Domain.Units;

namespace Tao20.Domain.Arbitrage;

/// <summary>What comes next in a trade.</summary>
public abstract record NextStep
{
    private NextStep() { }

    /// <summary>These transactions.</summary>
    /// <param name="Steps">The transactions; they do not need each other.</param>
    /// <param name="AlphaBefore">The account's own alpha, if they are the first to touch any; else empty.</param>
    public sealed record Do(IReadOnlyList<PlannedStep> Steps, IReadOnlyList<AlphaHeld> AlphaBefore) : NextStep
    {
        /// <summary>Transactions that touch no alpha.</summary>
        public Do(params PlannedStep[] steps)
            : this(steps, []) { }
    }

    /// <summary>Nothing until one that is on its way has come further, or some blocks have gone by.</summary>
    public sealed record Wait : NextStep;

    /// <summary>Nothing any more.</summary>
    /// <param name="Decisive">The transaction whose end is the trade's.</param>
    public sealed record Over(IntentProgress Decisive) : NextStep;

    /// <summary>It cannot be told before the basket has been read, at the latest block.</summary>
    public sealed record ReadBasket : NextStep;

    /// <summary>It cannot be told before it is known how many tokens a transaction has created or bought.</summary>
    public sealed record ReadTokens(Receipt Of) : NextStep;
}

/// <summary>What an account needs to know to buy, mint, redeem and sell a basket itself, read at one block.</summary>
/// <param name="Inputs">The index: its legs and the prices.</param>
/// <param name="Rules">What the chain asks of each leg.</param>
/// <param name="Staked">The account's own alpha under the legs' hotkeys, in the order of the legs.</param>
/// <param name="Allowed">How much of it the index may take, in the same order.</param>
/// <param name="PoolAllowed">How many of the account's tokens the pool may take.</param>
public sealed record BasketReading(
    NavInputs Inputs,
    LegRules Rules,
    IReadOnlyList<AlphaHeld> Staked,
    IReadOnlyList<BigInteger> Allowed,
    BigInteger PoolAllowed
)
{
    /// <summary>NAV and the prices it is made of; null where there is none.</summary>
    public NavReading.Available? Nav => NavReading.Of(Inputs, Inputs.Timestamp) as NavReading.Available;

    /// <summary>
    /// How tokens are redeemed for TAO: every leg is sold that can be. Where prices are missing, all legs are: what cannot be sold has
    /// the chain refuse it.
    /// </summary>
    /// <param name="tokens">The tokens.</param>
    /// <param name="least">The least TAO that has to come.</param>
    public TradeCall.Redeem Redemption(Wei tokens, Wei least) =>
        new(
            tokens,
            least,
            Nav is { } nav ? BasketOrder.OfRedemption(nav, tokens, Rules) : new BasketOrder(Inputs.Revision, Rules.Gas) { Sell = AllLegs },
            Inputs.Holdings.Count
        );

    private uint AllLegs =>
        Inputs.Holdings.Select((holding, i) => holding.Counted > 0 ? 1U << i : 0U).Aggregate(0U, (mask, bit) => mask | bit);
}

/// <summary>What a plan goes by: how far a trade's transactions are, and what was read of the chain because it asked.</summary>
/// <param name="Done">How far each transaction is, by name; only those that have got somewhere.</param>
/// <param name="Basket">The basket; null when it has not been read.</param>
/// <param name="Tokens">How many tokens the transaction asked about has created or bought; null when it has not been read.</param>
public sealed record PlanFacts(IReadOnlyDictionary<string, IntentProgress> Done, BasketReading? Basket = null, Wei? Tokens = null)
{
    /// <summary>Nothing has been done or read yet.</summary>
    public static readonly PlanFacts None = new(new Dictionary<string, IntentProgress>());

    /// <summary>How far a transaction is; null when it has not got anywhere.</summary>
    public IntentProgress? Of(string step) => Done.GetValueOrDefault(step);

    /// <summary>Whether all transactions of a trade have ended.</summary>
    public bool AllEnded(OpenTrade trade) => trade.Steps.All(step => Of(step.Name) is { Ended: true });

    /// <summary>The end of a trade, once all of its transactions have ended.</summary>
    public NextStep Over(OpenTrade trade, IntentProgress decisive) => AllEnded(trade) ? new NextStep.Over(decisive) : new NextStep.Wait();
}

/// <summary>
/// A way to bring a trade onto the chain. It keeps nothing: what comes next follows from what was planned and how far that is.
/// </summary>
public interface ITradePlan
{
    /// <summary>What comes next; the same for the same trade and facts.</summary>
    NextStep Next(OpenTrade trade, PlanFacts facts);
}
