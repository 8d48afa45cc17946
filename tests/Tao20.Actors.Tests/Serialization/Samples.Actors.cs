using CsCheck;
using Tao20.Actors.Alerts;
using Tao20.Actors.Arbitrage;
using Tao20.Actors.Consensus;
using Tao20.Actors.Faults;
using Tao20.Actors.Pricing;
using Tao20.Actors.Transactions;
using Tao20.Chain.Abi;
using Tao20.Domain.Alerts;
using Tao20.Domain.Arbitrage;
using Tao20.Domain.Epochs;
using Tao20.Domain.Index;
using Tao20.Domain.Trades;
using Tao20.Domain.Transactions;
using Tao20.Domain.Units;
using Tao20.Domain.Volume;
using Tao20.Domain.Weights;
using static Tao20.Domain.Transactions.OutboxEvent;

namespace Tao20.Actors.Tests.Serialization;

/// <summary>Those of the actors that have a journal of their own.</summary>
internal static partial class Samples
{
    private static IEnumerable<object> Alerts()
    {
        var alert = new Alert(new AlertId(0x0198a7c2_1111_7222), AlertKind.TaoLow, Miner.ToString(), 5, 100, 60, 120)
        {
            FiredNotice = Notice.Due,
        };
        var market = new Alert(new AlertId(UInt128.MaxValue), AlertKind.NavAgainstMarket, "", -7, 6, 60, 120);
        var cleared = new AlertEvent.Cleared(alert.Id, 0, 180, Notice.Due);
        var state = AlertState.Initial.Evolve(new AlertEvent.Fired(alert)).Evolve(new AlertEvent.Fired(market)).Evolve(cleared);
        return
        [
            new AlertEvent.Fired(alert),
            new AlertEvent.Fired(market),
            cleared,
            new AlertEvent.Cleared(market.Id, null, 180, Notice.None),
            new AlertEvent.Cleared(market.Id, -3, 180, Notice.None),
            new AlertEvent.Told(alert.Id, OfClearing: false, Notice.Delivered),
            new AlertEvent.Told(alert.Id, OfClearing: true, Notice.GivenUp),
            AlertState.Initial,
            state,
            new GetAlerts(null, 50),
            new GetAlerts(alert.Id, 1),
            new AlertPage([.. state.Firing], state.Page(null, 10), 2),
            new AlertPage([], null, 2),
        ];
    }

    private static IEnumerable<object> Outbox()
    {
        var intent = new TransactionIntent("attest-5", Miner, 7, new byte[] { 1, 2 }, 99) { OutlastsFullBlocks = true };
        var attempt = new Attempt(3, Keccak.Hash([4]), new byte[] { 5, 6 }, 1_000_000_000_000, 1, 21_000);
        var receipt = new Receipt(attempt.Hash, 8, Keccak.Hash([5]), true, 20_000, 1_000_000_000) { ChargedWei = 7 };
        var planned = OutboxState.Initial.Evolve(new IntentPlanned(intent));
        var signed = planned
            .Evolve(new TransactionSigned(intent.Id, attempt))
            .Evolve(new TransactionBroadcast(intent.Id, attempt.Hash, 7))
            .Evolve(new TransactionMined(intent.Id, receipt));
        return
        [
            new SubmitIntent(intent),
            new IntentPlanned(intent),
            new IntentPlanned(intent with { Priority = IntentPriority.Last, LastBlock = 7, NotDoneAt = 5 }),
            new TransactionSigned(intent.Id, attempt),
            new TransactionSigned(intent.Id, attempt with { Cancels = true }),
            new TransactionBroadcast(intent.Id, attempt.Hash, 7),
            new TransactionMined(intent.Id, receipt),
            new TransactionReorged(intent.Id, attempt.Hash),
            new TransactionFinal(intent.Id, receipt),
            new TransactionDropped(intent.Id, 3),
            new IntentFailed(intent.Id, new IntentFailure.Recorded("why", null, false)),
            new IntentFailed(intent.Id, new IntentFailure.DeadlinePassed(99, 100)),
            new IntentFailed(intent.Id, new IntentFailure.Recorded("why", "0x08c379a0", true)),
            new IntentFailed(intent.Id, new IntentFailure.SimulationRefused("why", null)),
            new IntentFailed(intent.Id, new IntentFailure.GasAboveCeiling(2_125_002, 2_000_000)),
            new IntentFailed(intent.Id, new IntentFailure.MaybeSent(4, 7)),
            new IntentFailed(intent.Id, new IntentFailure.SimulationRefused("why", "0x08c379a0")),
            new IntentProgress(intent.Id, IntentState.Mined, receipt, null),
            new IntentProgress(intent.Id, IntentState.Failed, null, new IntentFailure.Recorded("why", null, false)),
            new IntentProgress(intent.Id, IntentState.Expired, null, new IntentFailure.DeadlinePassed(99, 100)),
            new IntentProgress(intent.Id, IntentState.Failed, null, new IntentFailure.Recorded("why", "0x08c379a0", false)),
            planned,
            signed,
            signed.Evolve(new TransactionFinal(intent.Id, receipt)),
            GetSenderStatus.Instance,
            new SenderStatus(Miner, [new IntentProgress(intent.Id, IntentState.Planned, null, null)], 5, "something", 1),
            new SenderStatus(Miner, [], 5, null, 0),
            new SenderStatus(Miner, [], 5, null, 0, new NodeFault(FaultKind.TransactionUnexplained, "why", DateTimeOffset.UnixEpoch)),
            new IntentProgress("late", IntentState.Expired, null, new IntentFailure.BlockPassed(7, 8)),
        ];
    }

    private static IEnumerable<object> Weights()
    {
        var closed = new ClosedEpoch(new EpochId(5), new EpochId(6), new Position(9, 1), 77) { LastBlockHash = Root };
        var waiting = new WeightsProgress(
            closed,
            WeightsStage.Waiting,
            [new SubnetWeight(1, 65535), new SubnetWeight(700, 1)],
            [Miner],
            0,
            [],
            0,
            0,
            0,
            0,
            null
        );
        var revealing = waiting with
        {
            Stage = WeightsStage.Revealing,
            VersionKey = ulong.MaxValue,
            Salt = [0, 65535],
            Attempts = 2,
            CommittedAt = 3,
            DoneAt = 4,
            DoneSeconds = 36,
            Reason = "why",
            Neurons = [new NeuronIdentity(1, Root, 9), new NeuronIdentity(700, Hash256.Zero, ulong.MaxValue)],
            Recycled = [4, 65535],
            CommitEpoch = 0,
            LastBlock = 12,
        };
        var result = new LocalEpochResult(
            new EpochId(5),
            8,
            TaoPerToken.From(0),
            TaoPerToken.From(UInt128.One << 90),
            null,
            Tao20.Domain.Nav.NavMove.Alert,
            Root,
            Root,
            ["one", "two"],
            DateTimeOffset.UnixEpoch.AddMilliseconds(5),
            "off"
        );
        return
        [
            new WeightsAccepted(new EpochId(5)),
            new WeightsMoved(waiting),
            new WeightsMoved(revealing),
            WeightsState.Initial.Evolve(revealing) with
            {
                Alarms = [new RaisedAlarm("no weights have arrived", 1_800_000_000)],
            },
            GetWeights.Instance,
            GetLocalEpochResults.Instance,
            new LocalEpochResults([result, result with { Nav = null, DisagreesWithConsensus = null }]),
            new LocalEpochResults([], new NodeFault(FaultKind.EndpointsDisagree, "why", DateTimeOffset.UnixEpoch)),
        ];
    }

    private static BasketOrder Order =>
        new(3, 150_000)
        {
            Tao = [1, ulong.MaxValue],
            Limit = [0, 7],
            Gifts = 1,
            Sell = uint.MaxValue,
            Leave = 2,
        };

    /// <summary>What an account spends on an index's duties.</summary>
    private static IEnumerable<object> Duties() =>
        [
            new DutyCounted("step-7", 1_700_000_000, new WeiDelta(-5)),
            new IndexDutyBudget([new DutyHour(472_222, new WeiDelta(5)), new DutyHour(472_223, WeiDelta.Zero)]),
        ];

    /// <summary>Everything that can happen to a miner's account, and the books it leaves.</summary>
    private static IEnumerable<object> Account()
    {
        var rules = new ArbitrageRules();
        var one = TaoPerToken.From(Wei.OneTao.Value);
        var trade = new OpenTrade(
            7,
            new TradeProposal(TradeKind.BuyAndRedeem, TradePurpose.Neutral, Wei.OneTao, Wei.From(Wei.Max), 99, new WeiDelta(-5)),
            3,
            4
        );
        var result = new TradeResult(
            TradeOutcome.Failed,
            new TradeFailure.Recorded("why"),
            5,
            6,
            new EpochId(7),
            new WeiDelta(-8),
            new WeiDelta(9),
            Wei.From(10),
            Wei.From(11),
            one
        );
        TradeFailure[] failures =
        [
            new TradeFailure.BrokenOff(new IntentFailure.DeadlinePassed(1, 2)),
            new TradeFailure.BrokenOff(null),
            new TradeFailure.MinedTooLate(),
            new TradeFailure.Reverted(0),
            new TradeFailure.TooLittle(),
            new TradeFailure.NotSent(new IntentFailure.SimulationRefused("no", "0x01")),
            new TradeFailure.NotSent(new IntentFailure.Recorded("no", null, true)),
        ];
        IReadOnlyList<ArbitrageEvent> events =
        [
            new ArbitrageEvent.BalancesMoved(new WeiDelta((Int128)Wei.OneTao.Value * 5), new WeiDelta((Int128)Wei.OneTao.Value), one, 1, 2),
            new ArbitrageEvent.TradeOpened(trade),
            new ArbitrageEvent.TradeOpened(trade with { Proposal = trade.Proposal with { Order = Order } }),
            new ArbitrageEvent.StepsPlanned(
                7,
                [new TradeStep("buy-3", Miner, Wei.OneTao, new byte[] { 1, 2 }, 5, true)],
                [new AlphaHeld(3, 9)]
            ),
            new ArbitrageEvent.TradeClosed(trade, result, 8),
            new ArbitrageEvent.TradeClosed(
                trade,
                result with
                {
                    Outcome = TradeOutcome.Confirmed,
                    Failure = null,
                    Tao = WeiDelta.Zero,
                },
                null
            ),
            .. failures.Select(failure => new ArbitrageEvent.TradeClosed(trade, result with { Failure = failure }, null)),
            new ArbitrageEvent.BreakerTripped(new OpenBreaker(Breaker.Failures, "why", 1, 2)),
            new ArbitrageEvent.BreakerTripped(new OpenBreaker(Breaker.Paused, "why", 1, null)),
            new ArbitrageEvent.BreakerCleared(Breaker.Failures, 3, true),
            new ArbitrageEvent.UnwindBegan(4),
            new ArbitrageEvent.UnwindEnded(5),
        ];
        var state = events.Aggregate(ArbitrageState.Initial, (before, e) => before.Evolve(e));
        return [new AccountMoved(events), ArbitrageState.Initial, state, state.Evolve(events[1]).Evolve(events[2])];
    }

    private static IEnumerable<object> Market()
    {
        var noted = new PriceNoted(
            5,
            6,
            TaoPerToken.From(Wei.OneTao.Value),
            TaoPerToken.From(2 * Wei.OneTao.Value),
            1,
            2,
            Tao20.Domain.Nav.NavMove.Warning,
            null
        );
        var alarming = noted with { Move = Tao20.Domain.Nav.NavMove.Alert, Alert = "why" };
        return
        [
            noted,
            alarming,
            PriceHistory.Empty,
            PriceHistory.Empty.After(noted).After(alarming),
            PriceHistory.Empty.After(noted with { Market = noted.Nav }),
        ];
    }

    /// <summary>Full trades, dust and a round trip.</summary>
    private static TradesFolded Decide(MinerVolume volume)
    {
        var tao = Wei.OneTao;
        Trade[] trades =
        [
            Trade(1, TradeSide.Mint, tao),
            Trade(2, TradeSide.Redeem, tao),
            Trade(3, TradeSide.Mint, Wei.From(1)),
            Trade(4, TradeSide.Mint, tao + tao),
        ];
        return (
            (FoldDecision.Fold)
                volume.Decide(new FoldTrades(Miner, EligibilityRules.Default, trades, new ChainCounter(0, 4 * tao.Value + 1)), Keccak.Hash)
        ).Event;

        static Trade Trade(ulong block, TradeSide side, Wei amount) =>
            new(
                new Position(block, 0),
                new EpochId(0),
                Keccak.Hash([(byte)block]),
                Miner,
                side,
                amount,
                amount,
                TaoPerToken.From(1),
                1_700_000_000 + block
            );
    }
}
