using System.Globalization;
using Tao20.Domain.Arbitrage;
using Tao20.Domain.Transactions;
using Tao20.Domain.Units;

namespace Tao20.Actors.Arbitrage;

/// <summary>What comes next in a trade.</summary>
internal abstract record NextStep
{
    private NextStep() { }

    /// <summary>These transactions.</summary>
    /// <param name="Steps">The transactions; they do not need each other.</param>
    /// <param name="AlphaBefore">The account's own alpha, if they are the first to touch any; else empty.</param>
    public sealed record Do(IReadOnlyList<TradeStep> Steps, IReadOnlyList<AlphaHeld> AlphaBefore) : NextStep
    {
        public Do(params TradeStep[] steps)
            : this(steps, []) { }
    }

    /// <summary>Nothing until one that is on its way has come further, or some blocks have gone by.</summary>
    public sealed record Wait : NextStep;

    /// <summary>Nothing any more.</summary>
    /// <param name="Decisive">The transaction whose end is the trade's.</param>
    public sealed record Over(IntentProgress Decisive) : NextStep;
}

/// <summary>
/// A way to bring a trade onto the chain. It keeps nothing: what comes next follows from what was planned and how far that is.
/// </summary>
internal interface ITradeExecution
{
    /// <summary>The first transactions of a trade, where they follow from it alone; null when the chain has to be asked.</summary>
    IReadOnlyList<TradeStep>? First(OpenTrade trade);

    /// <summary>What comes next.</summary>
    /// <param name="trade">The trade and its transactions so far.</param>
    /// <param name="done">How far each of them is, by name; only those that have got somewhere.</param>
    /// <param name="cancel">Cancels the operation.</param>
    /// <exception cref="Chain.ChainException">The chain has to be asked and does not answer.</exception>
    Task<NextStep> NextAsync(OpenTrade trade, IReadOnlyDictionary<string, IntentProgress> done, CancellationToken cancel);

    /// <summary>How the account's TAO (gas included) and tokens were changed by a trade's transactions that are all final.</summary>
    /// <exception cref="Chain.ChainException">The chain does not answer.</exception>
    Task<(WeiDelta Tao, WeiDelta Tokens)> MovedAsync(IReadOnlyList<Chain.Contracts.TradeReceipt> receipts, CancellationToken cancel);
}

/// <summary>What all ways have in common.</summary>
internal static class TradeStepExtensions
{
    /// <summary>The id of a transaction in the outbox of its account.</summary>
    public static string IdOf(this OpenTrade trade, string step) =>
        string.Create(CultureInfo.InvariantCulture, $"arb-{trade.Number}-{step}");

    /// <summary>What the outbox is asked for.</summary>
    public static TransactionIntent IntentOf(this OpenTrade trade, TradeStep step) =>
        new(trade.IdOf(step.Name), step.To, step.Value.Value, step.Data, step.Expires ? trade.Proposal.Deadline : 0, step.Gas);

    /// <summary>Whether all transactions of a trade have ended.</summary>
    public static bool AllEnded(this OpenTrade trade, IReadOnlyDictionary<string, IntentProgress> done) =>
        trade.Steps.All(step => done.TryGetValue(step.Name, out var progress) && progress.Ended);
}
