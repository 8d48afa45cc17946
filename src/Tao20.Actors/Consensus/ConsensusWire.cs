using Tao20.Actors.Miners;
using Tao20.Actors.Serialization;
using Tao20.Domain.Coordination;
using Tao20.Domain.Ranking;
using Tao20.Domain.Rewards;
using Tao20.Domain.Settlement;
using Tao20.Domain.Units;
using Wire = Tao20.Actors.Serialization.Wire;

namespace Tao20.Actors.Consensus;

/// <summary>The consensus' messages, events and snapshot, to and from their wire form.</summary>
internal static class ConsensusWire
{
    /// <summary>What is persisted or sent of this room, each with its manifest.</summary>
    public static readonly WireForm[] Forms =
    [
        WireForm.OfQuery<GetSettledEpochs, Wire.GetSettledEpochs>("get-settled-epochs", GetSettledEpochs.Instance),
        WireForm.Of<SettledEpochs, Wire.SettledEpochs>("settled-epochs", ToWire, FromWire),
        WireForm.Of<SettleEpoch, Wire.SettleEpoch>("settle-epoch", ToWire, FromWire),
        WireForm.Of<EpochAcknowledged, Wire.EpochAcknowledged>("epoch-ack", ToWire, FromWire),
        WireForm.Of<CoordinatorEvent.EpochSettled, Wire.EpochSettled>("epoch-settled", ToWire, FromWire),
        WireForm.Of<CoordinatorState, Wire.ConsensusSnapshot>("settled", ToWire, FromWire),
        WireForm.Of<SwitchStating, Wire.SwitchStating>(
            "switch-stating",
            message => new Wire.SwitchStating { Paused = message.IsPaused },
            wire => new SwitchStating(wire.Paused)
        ),
        WireForm.Of<StatingSwitched, Wire.StatingSwitched>(
            "stating-switched",
            message => new Wire.StatingSwitched { Paused = message.IsPaused, DormantRounds = message.DormantRounds },
            wire => new StatingSwitched(wire.Paused, wire.DormantRounds)
        ),
        WireForm.Of<CoordinatorEvent.StatingPaused, Wire.StatingPaused>(
            "stating-paused",
            e => new Wire.StatingPaused { Paused = e.IsPaused },
            wire => new CoordinatorEvent.StatingPaused(wire.Paused)
        ),
    ];

    public static Wire.SettleEpoch ToWire(SettleEpoch command) =>
        new()
        {
            Epoch = EpochWire.ToWire(command.Epoch),
            Parameters = ParametersWire.ToWire(command.Parameters),
            Heads = HeadsWire.ToWire(command.Heads),
            Settled = command.Settled,
        };

    public static SettleEpoch FromWire(Wire.SettleEpoch wire) =>
        new(EpochWire.FromWire(wire.Epoch), ParametersWire.FromWire(wire.Parameters), HeadsWire.FromWire(wire.Heads), wire.Settled);

    public static Wire.EpochAcknowledged ToWire(EpochAcknowledged message) => new() { Epoch = message.Epoch.Value };

    public static EpochAcknowledged FromWire(Wire.EpochAcknowledged wire) => new(new EpochId(wire.Epoch));

    public static Wire.EpochSettled ToWire(CoordinatorEvent.EpochSettled settled)
    {
        var report = settled.Report;
        var wire = new Wire.EpochSettled
        {
            Closed = EpochWire.ToWire(report.Closed),
            ParametersVersion = report.ParametersVersion,
            EmissionRao = report.Rewards.Emission.Value,
            CarriedInRao = report.Rewards.CarriedIn.Value,
            ValidatorPoolRao = report.Rewards.ValidatorPool.Value,
            CarriedOutRao = report.Rewards.CarriedOut.Value,
            RankingRoot = Values.Bytes(report.RankingRoot),
            Chain = Values.Chained(report.Chain),
        };
        wire.Ranked.AddRange(
            report.Rewards.Payouts.Select(payout => new Wire.RankedMiner
            {
                Activity = MinerVolumeWire.ToWire(payout.Miner.Activity),
                WeightedVolume = Values.Bytes(payout.Miner.Score.WeightedVolume),
                Volume = Values.Bytes(payout.Miner.Score.Volume),
                Frequency = Values.Bytes(payout.Miner.Score.Frequency),
                Consistency = Values.Bytes(payout.Miner.Score.Consistency),
                Final = Values.Bytes(payout.Miner.Score.Final),
                PayoutRao = payout.Payout.Value,
            })
        );
        wire.Unranked.AddRange(
            report.Ranking.Unranked.Select(miner => new Wire.UnrankedMiner
            {
                Activity = MinerVolumeWire.ToWire(miner.Activity),
                Reason = (int)miner.Reason,
            })
        );
        return wire;
    }

    public static CoordinatorEvent.EpochSettled FromWire(Wire.EpochSettled wire)
    {
        var payouts = wire
            .Ranked.Select(
                (ranked, i) =>
                    new MinerPayout(
                        new RankedMiner(
                            i + 1,
                            MinerVolumeWire.FromWire(ranked.Activity),
                            new MinerScore(
                                Values.BigInteger(ranked.WeightedVolume),
                                Values.Ratio(ranked.Volume),
                                Values.Ratio(ranked.Frequency),
                                Values.Ratio(ranked.Consistency),
                                Values.Ratio(ranked.Final)
                            )
                        ),
                        RewardRules.TierOf(i + 1),
                        new Rao(ranked.PayoutRao)
                    )
            )
            .ToList();
        var unranked = wire.Unranked.Select(miner => new UnrankedMiner(
            MinerVolumeWire.FromWire(miner.Activity),
            (UnrankedReason)miner.Reason
        ));
        var rewards = new EpochRewards(
            new Rao(wire.EmissionRao),
            new Rao(wire.CarriedInRao),
            new Rao(wire.ValidatorPoolRao),
            payouts,
            new Rao(wire.CarriedOutRao)
        );
        return new CoordinatorEvent.EpochSettled(
            new EpochReport(
                EpochWire.FromWire(wire.Closed),
                wire.ParametersVersion,
                new EpochRanking([.. payouts.Select(payout => payout.Miner)], [.. unranked]),
                rewards,
                Values.Hash(wire.RankingRoot),
                Fairness.Of(payouts),
                Values.Chained(wire.Chain)
            )
        );
    }

    public static Wire.ConsensusSnapshot ToWire(CoordinatorState state)
    {
        var wire = new Wire.ConsensusSnapshot
        {
            SettledEpochs = (ulong)state.Settled.Count,
            Book = state.Inbox.Book is { } book ? RegistryBookWire.ToWire(book) : null,
            LastItem = Values.PositionOrNull(state.Inbox.LastItem),
            Paused = state.IsPaused,
            LastRound = state.Inbox.LastRound is { } round ? RegistryWire.ToWire(round) : null,
        };
        wire.Recent.AddRange(state.Settled.Recent.Select(report => ToWire(new CoordinatorEvent.EpochSettled(report))));
        wire.Queue.AddRange(state.Inbox.Queue.Select(RegistryWire.ToWire));
        return wire;
    }

    public static CoordinatorState FromWire(Wire.ConsensusSnapshot wire) =>
        new(
            new SettledState((long)wire.SettledEpochs, [.. wire.Recent.Select(settled => FromWire(settled).Report)]),
            new ConsensusInbox(
                wire.Book is { } book ? RegistryBookWire.FromWire(book) : null,
                [.. wire.Queue.Select(RegistryWire.FromWire)],
                Values.PositionOrNull(wire.LastItem)
            )
            {
                LastRound = wire.LastRound is { } round ? RegistryWire.FromWire(round) : null,
            }
        )
        {
            IsPaused = wire.Paused,
        };

    public static Wire.SettledEpochs ToWire(SettledEpochs settled) =>
        new()
        {
            Settled = ToWire(
                new CoordinatorState(
                    new SettledState(settled.Count, settled.Recent),
                    new ConsensusInbox(settled.Book, [], null) { LastRound = settled.LastRound }
                )
                {
                    IsPaused = settled.IsPaused,
                }
            ),
            Time = settled.Time,
        };

    public static SettledEpochs FromWire(Wire.SettledEpochs wire)
    {
        var state = FromWire(wire.Settled);
        return new SettledEpochs(state.Settled.Count, state.Settled.Recent, state.Inbox.Book, wire.Time)
        {
            IsPaused = state.IsPaused,
            LastRound = state.Inbox.LastRound,
        };
    }
}
