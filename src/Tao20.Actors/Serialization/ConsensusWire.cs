using Tao20.Actors.Consensus;
using Tao20.Domain.Coordination;
using Tao20.Domain.Ranking;
using Tao20.Domain.Rewards;
using Tao20.Domain.Settlement;
using Tao20.Domain.Units;

namespace Tao20.Actors.Serialization;

/// <summary>The consensus' messages, events and snapshot, to and from their wire form.</summary>
internal static class ConsensusWire
{
    public static Wire.SettleEpoch ToWire(SettleEpoch command) =>
        new() { Epoch = CursorWire.ToWire(command.Epoch), Parameters = CursorWire.ToWire(command.Parameters) };

    public static SettleEpoch FromWire(Wire.SettleEpoch wire) => new(CursorWire.FromWire(wire.Epoch), CursorWire.FromWire(wire.Parameters));

    public static Wire.EpochAcknowledged ToWire(EpochAcknowledged message) => new() { Epoch = message.Epoch.Value };

    public static EpochAcknowledged FromWire(Wire.EpochAcknowledged wire) => new(new EpochId(wire.Epoch));

    public static Wire.EpochSettled ToWire(CoordinatorEvent.EpochSettled settled)
    {
        var report = settled.Report;
        var wire = new Wire.EpochSettled
        {
            Closed = CursorWire.ToWire(report.Closed),
            ParametersVersion = report.ParametersVersion,
            EmissionRao = report.Rewards.Emission.Value,
            CarriedInRao = report.Rewards.CarriedIn.Value,
            ValidatorPoolRao = report.Rewards.ValidatorPool.Value,
            CarriedOutRao = report.Rewards.CarriedOut.Value,
            RankingRoot = Values.Bytes(report.RankingRoot),
        };
        wire.Ranked.AddRange(
            report.Rewards.Payouts.Select(payout => new Wire.RankedMiner
            {
                Activity = MinerWire.ToWire(payout.Miner.Activity),
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
                Activity = MinerWire.ToWire(miner.Activity),
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
                            MinerWire.FromWire(ranked.Activity),
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
        var unranked = wire.Unranked.Select(miner => new UnrankedMiner(MinerWire.FromWire(miner.Activity), (UnrankedReason)miner.Reason));
        var rewards = new EpochRewards(
            new Rao(wire.EmissionRao),
            new Rao(wire.CarriedInRao),
            new Rao(wire.ValidatorPoolRao),
            payouts,
            new Rao(wire.CarriedOutRao)
        );
        return new CoordinatorEvent.EpochSettled(
            new EpochReport(
                CursorWire.FromWire(wire.Closed),
                wire.ParametersVersion,
                new EpochRanking([.. payouts.Select(payout => payout.Miner)], [.. unranked]),
                rewards,
                Values.Hash(wire.RankingRoot),
                Fairness.Of(payouts)
            )
        );
    }

    public static Wire.ConsensusSnapshot ToWire(CoordinatorState state)
    {
        var wire = new Wire.ConsensusSnapshot
        {
            SettledEpochs = (ulong)state.Settled.Count,
            Book = state.Inbox.Book is { } book ? BookWire.ToWire(book) : null,
            LastItem = state.Inbox.LastItem is { } last ? Values.Position(last) : null,
        };
        wire.Recent.AddRange(state.Settled.Recent.Select(report => ToWire(new CoordinatorEvent.EpochSettled(report))));
        wire.Queue.AddRange(state.Inbox.Queue.Select(BookWire.ToWire));
        return wire;
    }

    public static CoordinatorState FromWire(Wire.ConsensusSnapshot wire) =>
        new(
            new SettledState((long)wire.SettledEpochs, [.. wire.Recent.Select(settled => FromWire(settled).Report)]),
            new ConsensusInbox(
                wire.Book is { } book ? BookWire.FromWire(book) : null,
                [.. wire.Queue.Select(BookWire.FromWire)],
                wire.LastItem is { } last ? Values.Position(last) : null
            )
        );
}
