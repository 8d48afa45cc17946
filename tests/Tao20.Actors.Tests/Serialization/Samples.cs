using System.Collections.Immutable;
using CsCheck;
using Tao20.Actors.Consensus;
using Tao20.Actors.Faults;
using Tao20.Actors.Ingestion;
using Tao20.Actors.Journal;
using Tao20.Actors.Miners;
using Tao20.Chain.Abi;
using Tao20.Chain.JsonRpc;
using Tao20.Domain.Coordination;
using Tao20.Domain.Epochs;
using Tao20.Domain.Ingestion;
using Tao20.Domain.Parameters;
using Tao20.Domain.Settlement;
using Tao20.Domain.Trades;
using Tao20.Domain.Units;
using Tao20.Domain.Volume;
using static Tao20.Domain.Ingestion.CursorEvent;
using Address = Tao20.Domain.Units.Address;

namespace Tao20.Actors.Tests.Serialization;

/// <summary>One of everything that is serialized.</summary>
internal static partial class Samples
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
        var report = EpochReport.Settle(closed.Closed, [volume.Of(new EpochId(0))], schedule.Latest, null, Keccak.Hash);
        var second = EpochReport.Settle(
            closed.Closed with
            {
                Epoch = new EpochId(1),
            },
            [volume.Of(new EpochId(0))],
            schedule.Latest,
            report,
            Keccak.Hash
        );
        var state = new CursorState(
            identity,
            schedule,
            header,
            new EpochBook(new EpochId(1), new HashSet<Address> { Miner }),
            [closed],
            ImmutableDictionary<Address, MinerHead>.Empty.Add(Miner, volume.Head).Add(default, default),
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
            volume.RecentExclusions,
            volume.Head.Hash
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
            [new EndpointStatus("#1 127.0.0.1:8545", EndpointState.Resting, "why", 7)],
            new NodeFault(FaultKind.ChainUnavailable, "why", DateTimeOffset.UnixEpoch) { Gap = new HistoryGap(null, 1, 2, 3, 4) }
        );
        return
        [
            new FoldBatch(1, 2, new FoldTrades(Miner, EligibilityRules.Default, Folded().Trades, null)),
            new FoldBatch(1, 2, new FoldTrades(Miner, EligibilityRules.Default, Folded().Trades, new ChainCounter(1, 2)) { Began = 1 }),
            new BeginningWanted(1, 2, Miner, 3),
            new HistoryMissing(1, Miner, 3, 2, new Position(4, 5)),
            new FoldAcknowledged(1, 2, Miner, volume.Head),
            new FoldAcknowledged(1, 2, Miner, default),
            new FoldDiverged(1, Miner, 5, 6, new Position(3, 4)),
            new FoldDiverged(1, Miner, 5, 6, new Position(3, 4), new HistoryGap(Miner, 1, 2, 3, 4)),
            new FoldFailed(1, Miner, JournalProblem.DiskFull, "why"),
            new FoldBatch(1, 2, new FoldTrades(Miner, EligibilityRules.Default, Folded().Trades, null) { Known = volume.Head }),
            new StreamIncomplete("miner-0x1", "lacks event 2"),
            new StreamIncomplete("outbox-0x1", "lacks event 2", IsFolded: false),
            new GetEpochVolume(Miner, new EpochId(3), volume.Head),
            new GetEpochVolume(Miner, new EpochId(3), null),
            new GetMinerSummary(Miner, new EpochId(3), new MinerHead(7, null)),
            new GetMinerSummary(Miner, new EpochId(3)),
            volume.Of(new EpochId(0)),
            summary,
            summary with
            {
                Position = null,
                Baseline = null,
                Head = null,
            },
            Folded(),
            Folded() with
            {
                Heads = [],
            },
            volume.ToSnapshot(),
            MinerVolume.Initial(Miner).ToSnapshot(),
            new FollowingBegan(identity),
            new ParametersAdopted(schedule),
            new RangeFolded(header, [closed], new EpochId(1), [Miner], 5, [quarantined], 1)
            {
                Heads = ImmutableDictionary<Address, MinerHead>.Empty.Add(Miner, volume.Head),
            },
            new RangeFolded(header, [], new EpochId(1), [], 5, [], 1) { LastFact = new Position(4, 5) },
            new SettlementAcknowledged(new EpochId(0)),
            state,
            state with
            {
                LastFact = new Position(4, 5),
            },
            CursorState.Initial,
            new SettleEpoch(closed, schedule.Latest, new Dictionary<Address, MinerHead> { [Miner] = volume.Head }, 7),
            new EpochAcknowledged(new EpochId(4)),
            new CoordinatorEvent.EpochSettled(report),
            new CoordinatorEvent.EpochSettled(second),
            new CoordinatorEvent.EpochSettled(report with { Chain = null }),
            new PublishWeights(report),
            new CoordinatorState(new SettledState(1, [report]), new ConsensusInbox(null, [], null)),
            GetFollowerStatus.Whole,
            GetFollowerStatus.Brief,
            new GetFollowerStatus(WithMiners: false, Miner),
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
            .. Alerts(),
            .. Outbox(),
            .. Weights(),
            .. Account(),
            .. Duties(),
            .. Market(),
            .. Registry(closed.Closed),
        ];
    }
}
