using Tao20.Domain.Transactions;
using Tao20.Domain.Units;

namespace Tao20.Domain.Arbitrage;

/// <summary>A trade's receipt, read.</summary>
/// <param name="Receipt">The receipt.</param>
/// <param name="Time">The time of its block, in Unix seconds.</param>
/// <param name="Epoch">The epoch the contract is in at the end of that block.</param>
/// <param name="Nav">NAV then.</param>
/// <param name="Tao">The change of the account's TAO by its logs, gas not included.</param>
/// <param name="Tokens">The change of its tokens by its logs.</param>
/// <param name="Volume">The volume the contract credits.</param>
public sealed record TradeReceipt(Receipt Receipt, ulong Time, EpochId Epoch, TaoPerToken Nav, WeiDelta Tao, WeiDelta Tokens, Wei Volume)
{
    /// <summary>Whether its logs say all that has moved: of what is redeemed the TAO is in none.</summary>
    public bool IsInLogs { get; init; } = true;
}

/// <summary>What a contract said when it refused a trade.</summary>
public enum TradeRevert
{
    /// <summary>Nothing that is known.</summary>
    Other,

    /// <summary>It would bring too little: the market has moved.</summary>
    TooLittle,

    /// <summary>Its deadline has passed.</summary>
    Expired,
}

/// <summary>Reads the result of a trade off its last step and its receipts.</summary>
public static class TradeOutcomes
{
    /// <summary>What a trade came to.</summary>
    /// <param name="open">The trade.</param>
    /// <param name="last">The step whose end is the trade's.</param>
    /// <param name="revert">What the contract said when that step was refused.</param>
    /// <param name="receipts">The receipts of all steps that were mined, in order.</param>
    /// <param name="moved">How they changed the account, gas included.</param>
    /// <param name="tick">The latest tick: the time and price of what was never mined.</param>
    public static TradeResult Of(
        OpenTrade open,
        IntentProgress last,
        TradeRevert revert,
        IReadOnlyList<TradeReceipt> receipts,
        (WeiDelta Tao, WeiDelta Tokens) moved,
        NavTick tick
    )
    {
        var mined = receipts.Count > 0 ? receipts[^1] : null;
        var (outcome, failure) =
            last.CameToNothing && last.Receipt is null && mined is not null
                ? (TradeOutcome.Failed, new TradeFailure.BrokenOff(last.Failure))
                : Judge(open.Proposal, last, revert, receipts.FirstOrDefault(receipt => receipt.Receipt.Hash == last.Receipt?.Hash));
        return new TradeResult(
            outcome,
            failure,
            mined?.Receipt.Block ?? open.Block,
            mined?.Time ?? Math.Max(tick.Timestamp, open.Time),
            mined?.Epoch ?? tick.Epoch,
            moved.Tao,
            moved.Tokens,
            receipts.Aggregate(Wei.Zero, (sum, receipt) => sum + Wei.From(receipt.Receipt.FeeWei)),
            receipts.Aggregate(Wei.Zero, (sum, receipt) => sum + receipt.Volume),
            mined?.Nav ?? tick.Nav
        );
    }

    /// <summary>How receipts change an account by their logs, gas included: all there is to it where a trade is one transaction.</summary>
    public static (WeiDelta Tao, WeiDelta Tokens) Moved(IReadOnlyList<TradeReceipt> receipts) =>
        receipts.Aggregate(
            (Tao: WeiDelta.Zero, Tokens: WeiDelta.Zero),
            (sum, receipt) =>
                (sum.Tao + receipt.Tao + WeiDelta.Between(Wei.From(receipt.Receipt.FeeWei), Wei.Zero), sum.Tokens + receipt.Tokens)
        );

    private static (TradeOutcome Outcome, TradeFailure? Failure) Judge(
        TradeProposal proposal,
        IntentProgress last,
        TradeRevert revert,
        TradeReceipt? mined
    ) =>
        last.State switch
        {
            IntentState.Final => (TradeOutcome.Confirmed, null),
            IntentState.Reverted when mined!.Time > proposal.Deadline => (TradeOutcome.Expired, new TradeFailure.MinedTooLate()),
            IntentState.Reverted => (TradeOutcome.Failed, new TradeFailure.Reverted(mined!.Receipt.Block)),
            _ when revert == TradeRevert.TooLittle => (TradeOutcome.Missed, new TradeFailure.TooLittle()),
            IntentState.Expired => (TradeOutcome.Expired, NotSent(last)),
            _ when revert == TradeRevert.Expired => (TradeOutcome.Expired, NotSent(last)),
            _ => (TradeOutcome.Failed, NotSent(last)),
        };

    private static TradeFailure.NotSent? NotSent(IntentProgress last) => last.Failure is { } cause ? new(cause) : null;
}
