using Akka.Actor;
using Akka.TestKit.Xunit2;
using CsCheck;
using Tao20.Actors.Arbitrage;
using Tao20.Actors.Consensus;
using Tao20.Actors.Faults;
using Tao20.Actors.Hosting;
using Tao20.Actors.Ingestion;
using Tao20.Actors.Journal;
using Tao20.Actors.Miners;
using Tao20.Actors.Pricing;
using Tao20.Actors.Transactions;
using Tao20.Chain.Abi;
using Tao20.Chain.JsonRpc;
using Tao20.Domain.Arbitrage;
using Tao20.Domain.Consensus;
using Tao20.Domain.Coordination;
using Tao20.Domain.Epochs;
using Tao20.Domain.Ingestion;
using Tao20.Domain.Parameters;
using Tao20.Domain.Settlement;
using Tao20.Domain.Tests.Consensus;
using Tao20.Domain.Trades;
using Tao20.Domain.Transactions;
using Tao20.Domain.Units;
using Tao20.Domain.Volume;
using Tao20.Domain.Weights;
using static Tao20.Domain.Ingestion.CursorEvent;
using static Tao20.Domain.Transactions.OutboxEvent;
using Address = Tao20.Domain.Units.Address;

namespace Tao20.Actors.Tests.Serialization;

[Trait("Category", "Fast")]
public sealed class SerializerTests : TestKit
{
    private readonly Tao20Serializer _serializer;

    public SerializerTests() => _serializer = new Tao20Serializer((ExtendedActorSystem)Sys);

    [Fact]
    public void Every_type_reads_back_what_it_writes_and_none_is_forgotten()
    {
        var samples = Samples.All();
        Assert.Equal(
            Tao20Serializer.Types.OrderBy(type => type.Name),
            samples.Select(sample => sample.GetType()).Distinct().OrderBy(type => type.Name)
        );
        foreach (var sample in samples)
        {
            var bytes = _serializer.ToBinary(sample);
            var back = _serializer.FromBinary(bytes, _serializer.Manifest(sample));
            Assert.Equal(sample.GetType(), back.GetType());
            Assert.Equal(bytes, _serializer.ToBinary(back));
        }
    }

    [Fact]
    public void Trades_read_back_exactly_whatever_they_are() =>
        Samples.Trades.Sample(trades =>
        {
            var batch = new FoldBatch(
                1,
                0,
                new FoldTrades(trades[0].Miner, EligibilityRules.Default, trades, new ChainCounter(UInt128.MaxValue, 0))
            );
            var back = (FoldBatch)_serializer.FromBinary(_serializer.ToBinary(batch), _serializer.Manifest(batch));
            Assert.Equal(trades, back.Trades.Trades.ToArray());
            Assert.Equal((batch.Trades.Counter, batch.Trades.Rules), (back.Trades.Counter, back.Trades.Rules));
        });

    [Fact]
    public void A_state_read_back_folds_on_as_if_nothing_had_happened() =>
        Samples
            .Trades.Where(trades => trades.Length > 1)
            .Sample(trades =>
            {
                var volume = Fold(MinerVolume.Initial(trades[0].Miner), trades[..^1]);
                var snapshot = (MinerVolumeSnapshot)_serializer.FromBinary(_serializer.ToBinary(volume.ToSnapshot()), "miner-volume");
                var live = _serializer.ToBinary(Fold(volume, trades[^1..]).ToSnapshot());
                Assert.Equal(live, _serializer.ToBinary(Fold(MinerVolume.Restore(snapshot), trades[^1..]).ToSnapshot()));
            });

    [Fact]
    public void Manifests_are_for_ever() =>
        Assert.Equal(
            [
                "account",
                "account-moved",
                "book-advanced",
                "cursor",
                "epoch-ack",
                "epoch-settled",
                "epoch-volume",
                "facts-folded",
                "facts-queued",
                "fold-ack",
                "fold-batch",
                "fold-diverged",
                "fold-facts",
                "fold-failed",
                "follower-status",
                "following-began",
                "get-epoch-volume",
                "get-follower-status",
                "get-miner-summary",
                "get-sender-status",
                "get-settled-epochs",
                "get-weights",
                "get-witness",
                "intent-failed",
                "intent-planned",
                "intent-progress",
                "miner-summary",
                "miner-volume",
                "outbox",
                "parameters-adopted",
                "price-history",
                "price-noted",
                "range-folded",
                "sender-status",
                "settle-epoch",
                "settled",
                "settled-epochs",
                "settlement-acknowledged",
                "submit-intent",
                "trades-folded",
                "transaction-broadcast",
                "transaction-dropped",
                "transaction-final",
                "transaction-mined",
                "transaction-reorged",
                "transaction-signed",
                "weigh-epoch",
                "weights",
                "weights-moved",
                "weights-taken",
                "witness-status",
            ],
            Samples.All().Select(_serializer.Manifest).Distinct().Order(StringComparer.Ordinal)
        );

    [Fact]
    public void An_unknown_manifest_says_that_the_journal_is_newer() =>
        Assert.Contains(
            "newer version",
            Assert.Throws<System.Runtime.Serialization.SerializationException>(() => _serializer.FromBinary([], "of-tomorrow")).Message,
            StringComparison.Ordinal
        );

    [Fact]
    public void A_cut_event_is_an_error_and_not_a_shorter_event()
    {
        var bytes = _serializer.ToBinary(Samples.Folded());
        Assert.ThrowsAny<Exception>(() => _serializer.FromBinary(bytes[..(bytes.Length - 20)], "trades-folded"));
    }

    private static MinerVolume Fold(MinerVolume volume, Trade[] trades) =>
        volume.Evolve(((FoldDecision.Fold)volume.Decide(new FoldTrades(volume.Miner, EligibilityRules.Default, trades, null))).Event);
}

/// <summary>One of everything that is serialized.</summary>
internal static class Samples
{
    private static readonly Address Miner = Address.Parse("0x00000000000000000000000000000000000000aa");

    public static readonly Gen<Trade[]> Trades = Gen.Select(Gen.Byte.Array[32], Gen.ULong, Gen.ULong, Gen.ULong[0, 5], Gen.Int[0, 3])
        .Array[1, 40]
        .Select(items =>
        {
            ulong block = 1,
                epoch = 0,
                time = 1_700_000_000;
            return items
                .Select(item =>
                {
                    block += item.Item4 + 1;
                    time += item.Item4 * 12;
                    epoch += item.Item5 == 0 ? 1UL : 0;
                    return new Trade(
                        new Position(block, (uint)item.Item2),
                        new EpochId(epoch),
                        new Hash256(item.Item1),
                        Miner,
                        (TradeSide)(item.Item5 % 2),
                        Wei.From(new UInt128(item.Item3 & 0xffff_ffff, item.Item2)),
                        item.Item5 == 1 ? Wei.From(Wei.Max) : Wei.From(item.Item2),
                        TaoPerToken.From(item.Item3),
                        time
                    );
                })
                .ToArray();
        });

    public static TradesFolded Folded() => Decide(MinerVolume.Initial(Miner));

    public static IReadOnlyList<object> All()
    {
        var volume = MinerVolume.Initial(Miner).Evolve(Folded());
        var header = new BlockHeader(9, Keccak.Hash([1]), Keccak.Hash([2]), 1_700_000_000);
        var identity = new ChainIdentity(964, Keccak.Hash([3]), Miner, 5);
        var schedule = new ParameterSchedule([new ParametersVersion(1, default, DomainParameters.Default)]);
        var closed = new EpochToSettle(new ClosedEpoch(new EpochId(0), new EpochId(1), new Position(8, 1), 1_700_003_600), [Miner]);
        var quarantined = new QuarantinedLog(new Position(8, 2), "why", new byte[] { 1, 2, 3 });
        var report = EpochReport.Settle(closed.Closed, [volume.Of(new EpochId(0))], schedule.Latest, new Rao(7), Keccak.Hash);
        var state = new CursorState(
            identity,
            schedule,
            header,
            new EpochBook(new EpochId(1), new HashSet<Address> { Miner }),
            [closed],
            new HashSet<Address> { Miner },
            12,
            [quarantined],
            1,
            0
        );
        var summary = new MinerSummary(
            Miner,
            volume.Position,
            volume.LifetimeWei,
            volume.LifetimeEligibleWei,
            5,
            volume.Mints,
            volume.Redemptions,
            volume.Of(new EpochId(0)),
            volume.RecentExclusions
        );
        var status = new FollowerStatus(
            state,
            header,
            header,
            3,
            64,
            new Dictionary<Address, (int, UInt128)> { [Miner] = (2, 5) },
            1,
            true,
            [new EndpointStatus(new Uri("http://127.0.0.1:8545"), "resting", "why", 7)],
            new NodeFault(FaultKind.ChainUnavailable, "why", DateTimeOffset.UnixEpoch)
        );
        return
        [
            new FoldBatch(1, 2, new FoldTrades(Miner, EligibilityRules.Default, Folded().Trades, null)),
            new FoldAcknowledged(1, 2, Miner),
            new FoldDiverged(1, Miner, 5, 6, new Position(3, 4)),
            new FoldFailed(1, Miner, JournalProblem.DiskFull, "why"),
            new GetEpochVolume(Miner, new EpochId(3)),
            new GetMinerSummary(Miner, new EpochId(3)),
            volume.Of(new EpochId(0)),
            summary,
            summary with
            {
                Position = null,
                Baseline = null,
            },
            Folded(),
            volume.ToSnapshot(),
            MinerVolume.Initial(Miner).ToSnapshot(),
            new FollowingBegan(identity),
            new ParametersAdopted(schedule),
            new RangeFolded(header, [closed], new EpochId(1), [Miner], 5, [quarantined], 1),
            new SettlementAcknowledged(new EpochId(0)),
            state,
            CursorState.Initial,
            new SettleEpoch(closed, schedule.Latest),
            new EpochAcknowledged(new EpochId(4)),
            new CoordinatorEvent.EpochSettled(report),
            new PublishWeights(report),
            new CoordinatorState(new SettledState(1, [report]), new ConsensusInbox(null, [], null)),
            GetFollowerStatus.Instance,
            status,
            status with
            {
                Overlay = null,
                Fault = null,
                Latest = null,
                Finalized = null,
            },
            GetSettledEpochs.Instance,
            new SettledEpochs(1, [report]),
            .. Outbox(),
            .. Weights(),
            .. Account(),
            .. Market(),
            .. Book(closed.Closed, schedule.Latest),
        ];
    }

    /// <summary>Everything validators can say, what follows from it, and the book it leaves.</summary>
    private static IEnumerable<object> Book(ClosedEpoch closed, ParametersVersion parameters)
    {
        var story = Story.Of(1000, 1000, 1000, 3000).Attest(4, 3).AttestAll(1, 2, 3);
        story
            .Punish(story.Found[0].Id)
            .Pass(30)
            .Close()
            .Attest(1, parameters: Story.Root)
            .Attest(2)
            .Attest(2, 1)
            .Pass(30)
            .Close()
            .Pass(300)
            .Close();
        var items = story
            .Facts.Where(fact => fact is not (ChainFact.BlockReached or ChainFact.EpochClosed))
            .Select(fact => (BookItem)new BookItem.Fact(fact))
            .Append(new BookItem.EpochEnd(closed with { LastBlockHash = Story.Root }, parameters))
            .ToList();
        return
        [
            new FoldFacts(3, items, 99),
            new FactsFolded(3),
            new CoordinatorEvent.FactsQueued(items),
            new CoordinatorEvent.BookAdvanced(5, story.Events),
            new CoordinatorState(SettledState.Initial, new ConsensusInbox(story.Book, [.. items], items[^1].At)),
            new SettledEpochs(0, [], story.Book),
        ];
    }

    private static IEnumerable<object> Outbox()
    {
        var intent = new TransactionIntent("attest-5", Miner, 7, new byte[] { 1, 2 }, 99);
        var attempt = new Attempt(3, Keccak.Hash([4]), new byte[] { 5, 6 }, 1_000_000_000_000, 1, 21_000);
        var receipt = new Receipt(attempt.Hash, 8, Keccak.Hash([5]), true, 20_000, 1_000_000_000);
        var planned = OutboxState.Initial.Evolve(new IntentPlanned(intent));
        var signed = planned
            .Evolve(new TransactionSigned(intent.Id, attempt))
            .Evolve(new TransactionBroadcast(intent.Id, attempt.Hash, 7))
            .Evolve(new TransactionMined(intent.Id, receipt));
        return
        [
            new SubmitIntent(intent),
            new IntentPlanned(intent),
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
        ];
    }

    private static IEnumerable<object> Weights()
    {
        var closed = new ClosedEpoch(new EpochId(5), new EpochId(6), new Position(9, 1), 77) { LastBlockHash = Story.Root };
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
        };
        var result = new LocalEpochResult(
            new EpochId(5),
            8,
            TaoPerToken.From(0),
            TaoPerToken.From(UInt128.One << 90),
            null,
            Tao20.Domain.Nav.NavMove.Alert,
            Story.Root,
            Story.Root,
            ["one", "two"],
            DateTimeOffset.UnixEpoch.AddMilliseconds(5),
            "off"
        );
        return
        [
            new WeightsAccepted(new EpochId(5)),
            new WeightsMoved(waiting),
            new WeightsMoved(revealing),
            WeightsState.Initial.Evolve(revealing),
            GetWeights.Instance,
            GetLocalEpochResults.Instance,
            new LocalEpochResults([result, result with { Nav = null, DisagreesWithConsensus = null }]),
        ];
    }

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
                volume.Decide(new FoldTrades(Miner, EligibilityRules.Default, trades, new ChainCounter(0, 4 * tao.Value + 1)))
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
