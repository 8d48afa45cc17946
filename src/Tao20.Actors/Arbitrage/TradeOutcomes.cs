using System.Globalization;
using Tao20.Chain.Contracts;
using Tao20.Domain.Arbitrage;
using Tao20.Domain.Transactions;
using Tao20.Domain.Units;

namespace Tao20.Actors.Arbitrage;

/// <summary>Reads the result of a trade off its last step and its receipts.</summary>
internal static class TradeOutcomes
{
    /// <summary>What a trade came to.</summary>
    /// <param name="open">The trade.</param>
    /// <param name="last">The step whose end is the trade's.</param>
    /// <param name="receipts">The receipts of all steps that were mined, in order.</param>
    /// <param name="moved">How they changed the account, gas included.</param>
    /// <param name="tick">The latest tick: the time and price of what was never mined.</param>
    public static TradeResult Of(
        OpenTrade open,
        IntentProgress last,
        IReadOnlyList<TradeReceipt> receipts,
        (WeiDelta Tao, WeiDelta Tokens) moved,
        NavTick tick
    )
    {
        var mined = receipts.Count > 0 ? receipts[^1] : null;
        var (outcome, reason) =
            last.CameToNothing && last.Receipt is null && mined is not null
                ? (TradeOutcome.Failed, $"it was broken off: {last.Failure?.Reason}; what it had bought is sold again or kept")
                : Judge(open.Proposal, last, receipts.FirstOrDefault(receipt => receipt.Receipt.Hash == last.Receipt?.Hash));
        var gas = receipts.Aggregate(Wei.Zero, (sum, receipt) => sum + Wei.From(receipt.Receipt.FeeWei));
        return new TradeResult(
            outcome,
            reason,
            mined?.Receipt.Block ?? open.Block,
            mined?.Time ?? Math.Max(tick.Timestamp, open.Time),
            mined?.Epoch ?? tick.Epoch,
            moved.Tao,
            moved.Tokens,
            gas,
            receipts.Aggregate(Wei.Zero, (sum, receipt) => sum + receipt.Volume),
            mined?.Nav ?? tick.Nav
        );
    }

    private static (TradeOutcome Outcome, string? Reason) Judge(TradeProposal proposal, IntentProgress last, TradeReceipt? mined) =>
        last.State switch
        {
            IntentState.Final => (TradeOutcome.Confirmed, null),
            IntentState.Reverted when mined!.Time > proposal.Deadline => (
                TradeOutcome.Expired,
                "it was mined after its deadline, and reverted"
            ),
            IntentState.Reverted => (
                TradeOutcome.Failed,
                string.Create(CultureInfo.InvariantCulture, $"it was reverted in block {mined!.Receipt.Block}")
            ),
            _ when RouterCalls.IsTooLittle(last.Failure?.Revert) => (
                TradeOutcome.Missed,
                "someone else was faster: it would have brought too little"
            ),
            IntentState.Expired => (TradeOutcome.Expired, last.Failure?.Reason),
            _ when RouterCalls.IsExpired(last.Failure?.Revert) => (TradeOutcome.Expired, last.Failure?.Reason),
            _ => (TradeOutcome.Failed, last.Failure?.Reason),
        };
}
