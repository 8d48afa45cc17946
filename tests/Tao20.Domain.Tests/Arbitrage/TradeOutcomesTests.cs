using Tao20.Domain.Arbitrage;
using Tao20.Domain.Transactions;
using Tao20.Domain.Units;
using static Tao20.Domain.Tests.Arbitrage.Market;

namespace Tao20.Domain.Tests.Arbitrage;

[Trait("Category", "Fast")]
public sealed class TradeOutcomesTests
{
    private const ulong Deadline = Start + 60;

    private static readonly OpenTrade Trade = new(
        1,
        new TradeProposal(TradeKind.MintAndSell, TradePurpose.Arbitrage, Amount(1_000), Amount(1_001), Deadline, default),
        90,
        Start
    );

    private static readonly IntentFailure Refused = new IntentFailure.SimulationRefused("no", "0x01");

    [Fact]
    public void A_final_transaction_is_a_trade_that_did_what_it_was_for()
    {
        var result = Of(IntentState.Final, mined: Mined(Start + 12));
        Assert.Equal((TradeOutcome.Confirmed, null), (result.Outcome, result.Failure));
        Assert.Equal((95UL, Start + 12, 8UL), (result.Block, result.Time, result.Epoch.Value));
        Assert.Equal((Wei.From(42_000), Wei.From(500)), (result.Gas, result.Volume));
        Assert.Equal((new WeiDelta(7), new WeiDelta(-1)), (result.Tao, result.Tokens));
    }

    [Fact]
    public void Reverted_in_time_it_failed_and_after_its_deadline_it_expired()
    {
        var failed = Of(IntentState.Reverted, mined: Mined(Deadline));
        Assert.Equal((TradeOutcome.Failed, new TradeFailure.Reverted(95)), (failed.Outcome, failed.Failure));
        var expired = Of(IntentState.Reverted, mined: Mined(Deadline + 1));
        Assert.Equal((TradeOutcome.Expired, new TradeFailure.MinedTooLate()), (expired.Outcome, expired.Failure));
    }

    [Theory]
    [InlineData(IntentState.Failed, TradeRevert.TooLittle, TradeOutcome.Missed)]
    [InlineData(IntentState.Failed, TradeRevert.Expired, TradeOutcome.Expired)]
    [InlineData(IntentState.Expired, TradeRevert.Other, TradeOutcome.Expired)]
    [InlineData(IntentState.Failed, TradeRevert.Other, TradeOutcome.Failed)]
    public void What_was_never_signed_ends_by_what_the_contract_said(IntentState state, TradeRevert revert, TradeOutcome outcome)
    {
        var result = Of(state, revert, Refused);
        Assert.Equal(outcome, result.Outcome);
        Assert.Equal(outcome == TradeOutcome.Missed ? new TradeFailure.TooLittle() : new TradeFailure.NotSent(Refused), result.Failure);
        Assert.Equal((90UL, Wei.Zero, Wei.Zero), (result.Block, result.Gas, result.Volume));
    }

    [Fact]
    public void A_trade_whose_last_step_came_to_nothing_after_others_were_mined_was_broken_off()
    {
        var result = TradeOutcomes.Of(
            Trade,
            new IntentProgress("sell", IntentState.Failed, null, Refused),
            TradeRevert.TooLittle,
            [Mined(Start + 12)],
            default,
            Quiet()
        );
        Assert.Equal((TradeOutcome.Failed, new TradeFailure.BrokenOff(Refused)), (result.Outcome, result.Failure));
        Assert.Equal("it was broken off: the simulation was refused: no (0x01); what it had bought is sold again or kept", result.Reason);
    }

    [Fact]
    public void A_trade_of_one_transaction_moved_what_its_logs_say_less_its_gas() =>
        Assert.Equal((new WeiDelta(2 * (10 - 42_000)), new WeiDelta(6)), TradeOutcomes.Moved([Mined(Start), Mined(Start + 12)]));

    private static TradeReceipt Mined(ulong time) =>
        new(
            new Receipt(Hash256.Zero, 95, Hash256.Zero, true, 21_000, 2),
            time,
            new EpochId(8),
            Price(1_000),
            new WeiDelta(10),
            new WeiDelta(3),
            Wei.From(500)
        );

    private static TradeResult Of(
        IntentState state,
        TradeRevert revert = TradeRevert.Other,
        IntentFailure? failure = null,
        TradeReceipt? mined = null
    ) =>
        TradeOutcomes.Of(
            Trade,
            new IntentProgress("trade", state, mined?.Receipt, failure),
            revert,
            mined is null ? [] : [mined],
            (new WeiDelta(7), new WeiDelta(-1)),
            Quiet()
        );
}
