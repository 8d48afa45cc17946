using System.Numerics;
using Tao20.Chain.Contracts;
using Tao20.Domain.Arbitrage;
using Tao20.Domain.Transactions;
using Tao20.Domain.Units;
using Address = Tao20.Domain.Units.Address;

namespace Tao20.Actors.Arbitrage;

/// <summary>
/// A trade as one transaction through the router, which reverts unless it earns what is asked; tokens that are owned need a
/// permission first.
/// </summary>
internal sealed class RouterExecution(Address contract, Address router, Address pool) : ITradeExecution
{
    /// <summary>
    /// What a trade may use of gas for each unit it was quoted with: the pools may be in another state by then, and what is not
    /// used is not paid.
    /// </summary>
    private const ulong GasAllowance = 2;

    private const string Permission = "approve";
    private const string Trade = "trade";

    /// <inheritdoc/>
    public IReadOnlyList<TradeStep> First(OpenTrade trade)
    {
        var proposal = trade.Proposal;
        return proposal.Kind switch
        {
            TradeKind.SellTokens => [Step(Permission, contract, RouterCalls.Approve(pool, proposal.Size))],
            TradeKind.RedeemTokens => [Step(Permission, contract, RouterCalls.Approve(router, proposal.Size))],
            _ => [Last(proposal)],
        };
    }

    /// <inheritdoc/>
    public Task<NextStep> NextAsync(OpenTrade trade, IReadOnlyDictionary<string, IntentProgress> done, CancellationToken cancel) =>
        Task.FromResult(Next(trade, done));

    /// <inheritdoc/>
    public Task<(WeiDelta Tao, WeiDelta Tokens)> MovedAsync(IReadOnlyList<TradeReceipt> receipts, CancellationToken cancel) =>
        Task.FromResult(
            receipts.Aggregate(
                (Tao: WeiDelta.Zero, Tokens: WeiDelta.Zero),
                (sum, receipt) =>
                    (sum.Tao + receipt.Tao + WeiDelta.Between(Wei.From(receipt.Receipt.FeeWei), Wei.Zero), sum.Tokens + receipt.Tokens)
            )
        );

    private NextStep Next(OpenTrade trade, IReadOnlyDictionary<string, IntentProgress> done)
    {
        if (trade.Steps.IsEmpty)
            return new NextStep.Do(First(trade), []);
        var last = trade.Steps[^1].Name;
        if (!done.TryGetValue(last, out var progress))
            return new NextStep.Wait();
        if (last == Permission && progress.Succeeded)
            return new NextStep.Do(Last(trade.Proposal));
        return trade.AllEnded(done) ? new NextStep.Over(progress) : new NextStep.Wait();
    }

    private TradeStep Last(TradeProposal proposal)
    {
        var profit = (BigInteger)proposal.MinProceeds.Value - proposal.Size.Value;
        return proposal.Kind switch
        {
            TradeKind.MintAndSell => Step(
                Trade,
                router,
                RouterCalls.MintAndSell(profit, proposal.Deadline),
                proposal.Size,
                proposal.GasUnits * GasAllowance
            ),
            TradeKind.BuyAndRedeem => Step(
                Trade,
                router,
                RouterCalls.BuyAndRedeem(profit, proposal.Deadline),
                proposal.Size,
                proposal.GasUnits * GasAllowance
            ),
            TradeKind.SellTokens => Step(Trade, pool, RouterCalls.Sell(proposal.Size, proposal.MinProceeds, proposal.Deadline)),
            TradeKind.RedeemTokens => Step(Trade, router, RouterCalls.Redeem(proposal.Size, proposal.MinProceeds, proposal.Deadline)),
            var unknown => throw new ArgumentOutOfRangeException(nameof(proposal), unknown, "no kind of trade"),
        };
    }

    private static TradeStep Step(string name, Address to, string call, Wei value = default, ulong gas = 0) =>
        new(name, to, value, Convert.FromHexString(call.AsSpan(2)), gas, Expires: true);
}
