using Tao20.Chain.Contracts;
using Tao20.Chain.Following;
using Tao20.Domain.Arbitrage;
using Tao20.Domain.Transactions;

namespace Tao20.Actors.Arbitrage;

/// <summary>Asks the chain what the plan of a trade wants to know, encodes what it decides, and reads what a trade came to.</summary>
/// <param name="plan">What comes next in a trade.</param>
/// <param name="encoder">Encodes its calls.</param>
/// <param name="isOneTransaction">Whether a trade is one transaction, by the router.</param>
/// <param name="basket">Reads the basket.</param>
/// <param name="reader">Reads balances and receipts.</param>
/// <param name="head">How far the chain is.</param>
internal sealed class TradeExecution(
    ITradePlan plan,
    TradeEncoder encoder,
    bool isOneTransaction,
    BasketReader basket,
    MarketReader reader,
    ChainHead head
)
{
    /// <summary>The first transactions of a trade, where they follow from it alone; null when the chain has to be asked.</summary>
    public IReadOnlyList<TradeStep>? First(OpenTrade trade) =>
        plan.Next(trade, PlanFacts.None) is NextStep.Do(var steps, _) ? Encode(trade, steps) : null;

    /// <summary>The transactions of these steps.</summary>
    public IReadOnlyList<TradeStep> Encode(OpenTrade trade, IReadOnlyList<PlannedStep> steps) =>
        [.. steps.Select(step => encoder.Encode(step, trade.Proposal.Deadline))];

    /// <summary>What comes next, after the chain has been asked what it needs to be.</summary>
    /// <exception cref="Chain.ChainException">The chain has to be asked and does not answer.</exception>
    public async Task<NextStep> NextAsync(OpenTrade trade, IReadOnlyDictionary<string, IntentProgress> done, CancellationToken cancel)
    {
        var facts = new PlanFacts(done);
        while (true)
        {
            switch (plan.Next(trade, facts))
            {
                case NextStep.ReadBasket when facts.Basket is null:
                    await head.RefreshAsync(cancel).ConfigureAwait(false);
                    facts = facts with { Basket = await basket.ReadAsync(head.Latest!, cancel).ConfigureAwait(false) };
                    break;
                case NextStep.ReadTokens(var receipt) when facts.Tokens is null:
                    facts = facts with { Tokens = await basket.TokensAsync(receipt, cancel).ConfigureAwait(false) };
                    break;
                case var next:
                    return next;
            }
        }
    }

    /// <summary>What a trade came to, and what the account owns at a final block after it.</summary>
    /// <param name="trade">The trade; all of its transactions have ended.</param>
    /// <param name="done">How each of them ended, by name.</param>
    /// <param name="decisive">The one whose end is the trade's.</param>
    /// <param name="tick">The latest tick.</param>
    /// <param name="cancel">Cancels the operation.</param>
    /// <exception cref="Chain.ChainException">The chain does not answer.</exception>
    public async Task<(TradeResult Result, AccountBalances Balances)> ResultAsync(
        OpenTrade trade,
        IReadOnlyDictionary<string, IntentProgress> done,
        IntentProgress decisive,
        NavTick tick,
        CancellationToken cancel
    )
    {
        var receipts = new List<TradeReceipt>();
        foreach (var mined in trade.Steps.Select(step => done[step.Name].Receipt).OfType<Receipt>())
            receipts.Add(await reader.ReceiptAsync(mined, cancel).ConfigureAwait(false));
        var blocks = receipts.Select(receipt => receipt.Receipt.Block).Distinct().ToList();
        var moved =
            isOneTransaction && receipts.TrueForAll(receipt => receipt.IsInLogs)
                ? TradeOutcomes.Moved(receipts)
                : await basket.MovedAsync(blocks, cancel).ConfigureAwait(false);
        var balances = await BalancesAsync(blocks.Count == 0 ? 0 : blocks.Max(), cancel).ConfigureAwait(false);
        return (TradeOutcomes.Of(trade, decisive, RouterCalls.RevertOf(decisive.Failure?.Revert), receipts, moved, tick), balances);
    }

    /// <summary>What the account owns at the last final block, which is not before <paramref name="block"/>.</summary>
    /// <exception cref="Chain.ChainException">The chain does not answer.</exception>
    public async Task<AccountBalances> BalancesAsync(ulong block, CancellationToken cancel)
    {
        await head.PassedAsync(block, cancel).ConfigureAwait(false);
        return await reader.BalancesAsync(head.Finalized!, cancel).ConfigureAwait(false);
    }
}
