using System.Collections.Immutable;
using System.Globalization;
using Tao20.Domain.Index;
using Tao20.Domain.Transactions;
using Tao20.Domain.Units;

namespace Tao20.Domain.Arbitrage;

/// <summary>What a trade does.</summary>
public enum TradeKind : byte
{
    /// <summary>Mints with TAO and sells the tokens on the market.</summary>
    MintAndSell = 0,

    /// <summary>Buys tokens on the market and redeems them.</summary>
    BuyAndRedeem = 1,

    /// <summary>Sells tokens that are owned on the market.</summary>
    SellTokens = 2,

    /// <summary>Redeems tokens that are owned.</summary>
    RedeemTokens = 3,
}

/// <summary>What a trade is for.</summary>
public enum TradePurpose : byte
{
    /// <summary>It pays.</summary>
    Arbitrage = 0,

    /// <summary>Too much of what is owned is TAO20.</summary>
    Rebalance = 1,

    /// <summary>It makes volume, for a cost within the budget.</summary>
    Neutral = 2,

    /// <summary>An operator wants all tokens turned into TAO.</summary>
    Unwind = 3,

    /// <summary>Tokens that are owned are worth too much less than they have cost.</summary>
    StopLoss = 4,
}

/// <summary>A trade that is to be done.</summary>
/// <param name="Kind">What it does.</param>
/// <param name="Purpose">What it is for.</param>
/// <param name="Size">TAO put in; for tokens that are owned, tokens put in.</param>
/// <param name="MinProceeds">The least TAO it has to bring; less, and it reverts.</param>
/// <param name="Deadline">The chain's time after which it reverts, in Unix seconds.</param>
/// <param name="ExpectedNet">What it should bring after gas, in TAO: what the decision was made by, and never what is booked.</param>
/// <param name="GasUnits">The gas it was quoted with; 0 when it was not.</param>
/// <param name="Tokens">The tokens in the middle of a round trip, as quoted.</param>
/// <param name="Order">How the index's legs take part in it, as quoted; null where it is not one transaction.</param>
public sealed record TradeProposal(
    TradeKind Kind,
    TradePurpose Purpose,
    Wei Size,
    Wei MinProceeds,
    ulong Deadline,
    WeiDelta ExpectedNet,
    ulong GasUnits = 0,
    Wei Tokens = default,
    BasketOrder? Order = null
)
{
    /// <summary>What it is, in one line.</summary>
    public string Summary => $"{Kind} ({Purpose}) of {Size} wei for at least {MinProceeds}";
}

/// <summary>A transaction of a trade.</summary>
/// <param name="Name">What it is, once in the trade.</param>
/// <param name="To">The contract.</param>
/// <param name="Value">TAO sent along.</param>
/// <param name="Data">Call data.</param>
/// <param name="Gas">The gas it takes, where that is known; 0 has it estimated.</param>
/// <param name="Expires">Whether it is not begun any more after the trade's deadline.</param>
public sealed record TradeStep(string Name, Address To, Wei Value, ReadOnlyMemory<byte> Data, ulong Gas, bool Expires);

/// <summary>Alpha of a subnet.</summary>
/// <param name="Netuid">The subnet.</param>
/// <param name="Alpha">How much, in 1e-9 alpha.</param>
public readonly record struct AlphaHeld(ushort Netuid, ulong Alpha);

/// <summary>A trade on its way.</summary>
/// <param name="Number">Counts the trades of the account, from 1.</param>
/// <param name="Proposal">The trade.</param>
/// <param name="Block">The block of the tick it was decided by.</param>
/// <param name="Time">That block's time, in Unix seconds.</param>
public sealed record OpenTrade(long Number, TradeProposal Proposal, ulong Block, ulong Time)
{
    /// <summary>The transactions that were decided on so far, in order: they are done whatever happens to this process.</summary>
    public ImmutableList<TradeStep> Steps { get; init; } = [];

    /// <summary>
    /// The account's own alpha before the trade touched any: what is above it is the trade's. Empty while it has touched none.
    /// </summary>
    public ImmutableList<AlphaHeld> AlphaBefore { get; init; } = [];

    /// <summary>The id of a transaction in the outbox of its account.</summary>
    public string IdOf(TradeStep step) => string.Create(CultureInfo.InvariantCulture, $"arb-{Number}-{step.Name}");

    /// <summary>What the outbox is asked for.</summary>
    public TransactionIntent IntentOf(TradeStep step) =>
        new(IdOf(step), step.To, step.Value.Value, step.Data, step.Expires ? Proposal.Deadline : 0, step.Gas, NotDoneAt: Block);
}

/// <summary>How a trade ended.</summary>
public enum TradeOutcome : byte
{
    /// <summary>It did what it was for.</summary>
    Confirmed = 0,

    /// <summary>It was refused or reverted.</summary>
    Failed = 1,

    /// <summary>Its deadline passed before it was done.</summary>
    Expired = 2,

    /// <summary>Someone else was faster: the profit was gone before anything was signed. It costs nothing and is no failure.</summary>
    Missed = 3,
}

/// <summary>What a trade came to, by receipts and balances: never by what was expected.</summary>
/// <param name="Outcome">How it ended.</param>
/// <param name="Failure">Why it did not do what it was for; null when it did.</param>
/// <param name="Block">The block it was done in; that of the tick when nothing was mined.</param>
/// <param name="Time">That block's time, in Unix seconds.</param>
/// <param name="Epoch">The epoch the contract was in at the end of that block.</param>
/// <param name="Tao">The change of the account's TAO, gas included.</param>
/// <param name="Tokens">The change of its TAO20.</param>
/// <param name="Gas">What of it was gas.</param>
/// <param name="Volume">The volume the contract credits the miner with.</param>
/// <param name="Nav">What a token was worth.</param>
public sealed record TradeResult(
    TradeOutcome Outcome,
    TradeFailure? Failure,
    ulong Block,
    ulong Time,
    EpochId Epoch,
    WeiDelta Tao,
    WeiDelta Tokens,
    Wei Gas,
    Wei Volume,
    TaoPerToken Nav
)
{
    /// <summary>The words for why it did not do what it was for; null when it did.</summary>
    public string? Reason => Failure?.Reason;
}

/// <summary>What an account owns at a block.</summary>
/// <param name="Block">The block.</param>
/// <param name="Time">Its time, in Unix seconds.</param>
/// <param name="Tao">TAO.</param>
/// <param name="Tokens">TAO20.</param>
/// <param name="Nav">What a token is worth.</param>
public sealed record AccountBalances(ulong Block, ulong Time, Wei Tao, Wei Tokens, TaoPerToken Nav);
