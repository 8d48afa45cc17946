using System.Collections.Frozen;
using System.Runtime.Serialization;
using Akka.Actor;
using Akka.Serialization;
using Google.Protobuf;
using Tao20.Actors.Arbitrage;
using Tao20.Actors.Consensus;
using Tao20.Actors.Ingestion;
using Tao20.Actors.Miners;
using Tao20.Actors.Pricing;
using Tao20.Actors.Transactions;
using Tao20.Domain.Arbitrage;
using Tao20.Domain.Coordination;
using Tao20.Domain.Ingestion;
using Tao20.Domain.Transactions;
using Tao20.Domain.Volume;
using Tao20.Domain.Weights;

namespace Tao20.Actors.Serialization;

/// <summary>
/// Everything that is persisted or sent between nodes, as protobuf with a stable manifest. A manifest, once written to a journal,
/// is read for ever: a new form of a message gets a new one beside it.
/// </summary>
public sealed class Tao20Serializer : SerializerWithStringManifest
{
    private static readonly Form[] Forms =
    [
        Form.Of<FoldBatch, Wire.FoldBatch>("fold-batch", MinerWire.ToWire, Wire.FoldBatch.Parser, MinerWire.FromWire),
        Form.Of<FoldAcknowledged, Wire.FoldAcknowledged>("fold-ack", MinerWire.ToWire, Wire.FoldAcknowledged.Parser, MinerWire.FromWire),
        Form.Of<FoldDiverged, Wire.FoldDiverged>("fold-diverged", MinerWire.ToWire, Wire.FoldDiverged.Parser, MinerWire.FromWire),
        Form.Of<FoldFailed, Wire.FoldFailed>("fold-failed", MinerWire.ToWire, Wire.FoldFailed.Parser, MinerWire.FromWire),
        Form.Of<GetEpochVolume, Wire.GetEpochVolume>("get-epoch-volume", MinerWire.ToWire, Wire.GetEpochVolume.Parser, MinerWire.FromWire),
        Form.Of<GetMinerSummary, Wire.GetMinerSummary>(
            "get-miner-summary",
            MinerWire.ToWire,
            Wire.GetMinerSummary.Parser,
            MinerWire.FromWire
        ),
        Form.Of<EpochVolume, Wire.EpochVolume>("epoch-volume", MinerWire.ToWire, Wire.EpochVolume.Parser, MinerWire.FromWire),
        Form.Of<MinerSummary, Wire.MinerSummary>("miner-summary", MinerWire.ToWire, Wire.MinerSummary.Parser, MinerWire.FromWire),
        Form.Of<TradesFolded, Wire.TradesFolded>("trades-folded", MinerWire.ToWire, Wire.TradesFolded.Parser, MinerWire.FromWire),
        Form.Of<MinerVolumeSnapshot, Wire.MinerVolume>("miner-volume", MinerWire.ToWire, Wire.MinerVolume.Parser, MinerWire.FromWire),
        Form.Of<CursorEvent.FollowingBegan, Wire.FollowingBegan>(
            "following-began",
            CursorWire.ToWire,
            Wire.FollowingBegan.Parser,
            CursorWire.FromWire
        ),
        Form.Of<CursorEvent.ParametersAdopted, Wire.ParametersAdopted>(
            "parameters-adopted",
            CursorWire.ToWire,
            Wire.ParametersAdopted.Parser,
            CursorWire.FromWire
        ),
        Form.Of<CursorEvent.RangeFolded, Wire.RangeFolded>("range-folded", CursorWire.ToWire, Wire.RangeFolded.Parser, CursorWire.FromWire),
        Form.Of<CursorEvent.SettlementAcknowledged, Wire.SettlementAcknowledged>(
            "settlement-acknowledged",
            CursorWire.ToWire,
            Wire.SettlementAcknowledged.Parser,
            CursorWire.FromWire
        ),
        Form.Of<CursorState, Wire.CursorSnapshot>("cursor", CursorWire.ToWire, Wire.CursorSnapshot.Parser, CursorWire.FromWire),
        Form.Of<SettleEpoch, Wire.SettleEpoch>("settle-epoch", ConsensusWire.ToWire, Wire.SettleEpoch.Parser, ConsensusWire.FromWire),
        Form.Of<EpochAcknowledged, Wire.EpochAcknowledged>(
            "epoch-ack",
            ConsensusWire.ToWire,
            Wire.EpochAcknowledged.Parser,
            ConsensusWire.FromWire
        ),
        Form.Of<CoordinatorEvent.EpochSettled, Wire.EpochSettled>(
            "epoch-settled",
            ConsensusWire.ToWire,
            Wire.EpochSettled.Parser,
            ConsensusWire.FromWire
        ),
        Form.Of<CoordinatorState, Wire.ConsensusSnapshot>(
            "settled",
            ConsensusWire.ToWire,
            Wire.ConsensusSnapshot.Parser,
            ConsensusWire.FromWire
        ),
        Form.Of<FoldFacts, Wire.FoldFacts>("fold-facts", BookWire.ToWire, Wire.FoldFacts.Parser, BookWire.FromWire),
        Form.Of<FactsFolded, Wire.FactsFolded>("facts-folded", BookWire.ToWire, Wire.FactsFolded.Parser, BookWire.FromWire),
        Form.Of<CoordinatorEvent.FactsQueued, Wire.FactsQueued>(
            "facts-queued",
            BookWire.ToWire,
            Wire.FactsQueued.Parser,
            BookWire.FromWire
        ),
        Form.Of<CoordinatorEvent.BookAdvanced, Wire.BookAdvanced>(
            "book-advanced",
            BookWire.ToWire,
            Wire.BookAdvanced.Parser,
            BookWire.FromWire
        ),
        Form.Of<GetFollowerStatus, Wire.GetFollowerStatus>(
            "get-follower-status",
            _ => new Wire.GetFollowerStatus(),
            Wire.GetFollowerStatus.Parser,
            _ => GetFollowerStatus.Instance
        ),
        Form.Of<FollowerStatus, Wire.FollowerStatus>("follower-status", StatusWire.ToWire, Wire.FollowerStatus.Parser, StatusWire.FromWire),
        Form.Of<GetSettledEpochs, Wire.GetSettledEpochs>(
            "get-settled-epochs",
            _ => new Wire.GetSettledEpochs(),
            Wire.GetSettledEpochs.Parser,
            _ => GetSettledEpochs.Instance
        ),
        Form.Of<SettledEpochs, Wire.SettledEpochs>("settled-epochs", StatusWire.ToWire, Wire.SettledEpochs.Parser, StatusWire.FromWire),
        Form.Of<PublishWeights, Wire.PublishWeights>("weigh-epoch", WeightsWire.ToWire, Wire.PublishWeights.Parser, WeightsWire.FromWire),
        Form.Of<WeightsAccepted, Wire.WeightsAccepted>(
            "weights-taken",
            WeightsWire.ToWire,
            Wire.WeightsAccepted.Parser,
            WeightsWire.FromWire
        ),
        Form.Of<WeightsMoved, Wire.WeightsMoved>("weights-moved", WeightsWire.ToWire, Wire.WeightsMoved.Parser, WeightsWire.FromWire),
        Form.Of<WeightsState, Wire.WeightsSnapshot>("weights", WeightsWire.ToWire, Wire.WeightsSnapshot.Parser, WeightsWire.FromWire),
        Form.Of<GetWeights, Wire.GetWeights>("get-weights", _ => new Wire.GetWeights(), Wire.GetWeights.Parser, _ => GetWeights.Instance),
        Form.Of<GetLocalEpochResults, Wire.GetLocalEpochResults>(
            "get-witness",
            _ => new Wire.GetLocalEpochResults(),
            Wire.GetLocalEpochResults.Parser,
            _ => GetLocalEpochResults.Instance
        ),
        Form.Of<LocalEpochResults, Wire.LocalEpochResults>(
            "witness-status",
            LocalEpochResultWire.ToWire,
            Wire.LocalEpochResults.Parser,
            LocalEpochResultWire.FromWire
        ),
        Form.Of<OutboxEvent.IntentPlanned, Wire.IntentPlanned>(
            "intent-planned",
            OutboxWire.ToWire,
            Wire.IntentPlanned.Parser,
            OutboxWire.FromWire
        ),
        Form.Of<OutboxEvent.TransactionSigned, Wire.TransactionSigned>(
            "transaction-signed",
            OutboxWire.ToWire,
            Wire.TransactionSigned.Parser,
            OutboxWire.FromWire
        ),
        Form.Of<OutboxEvent.TransactionBroadcast, Wire.TransactionBroadcast>(
            "transaction-broadcast",
            OutboxWire.ToWire,
            Wire.TransactionBroadcast.Parser,
            OutboxWire.FromWire
        ),
        Form.Of<OutboxEvent.TransactionMined, Wire.TransactionMined>(
            "transaction-mined",
            OutboxWire.ToWire,
            Wire.TransactionMined.Parser,
            OutboxWire.FromWire
        ),
        Form.Of<OutboxEvent.TransactionReorged, Wire.TransactionReorged>(
            "transaction-reorged",
            OutboxWire.ToWire,
            Wire.TransactionReorged.Parser,
            OutboxWire.FromWire
        ),
        Form.Of<OutboxEvent.TransactionFinal, Wire.TransactionFinal>(
            "transaction-final",
            OutboxWire.ToWire,
            Wire.TransactionFinal.Parser,
            OutboxWire.FromWire
        ),
        Form.Of<OutboxEvent.TransactionDropped, Wire.TransactionDropped>(
            "transaction-dropped",
            OutboxWire.ToWire,
            Wire.TransactionDropped.Parser,
            OutboxWire.FromWire
        ),
        Form.Of<OutboxEvent.IntentFailed, Wire.IntentFailed>(
            "intent-failed",
            OutboxWire.ToWire,
            Wire.IntentFailed.Parser,
            OutboxWire.FromWire
        ),
        Form.Of<SubmitIntent, Wire.SubmitIntent>("submit-intent", OutboxWire.ToWire, Wire.SubmitIntent.Parser, OutboxWire.FromWire),
        Form.Of<IntentProgress, Wire.IntentProgress>("intent-progress", OutboxWire.ToWire, Wire.IntentProgress.Parser, OutboxWire.FromWire),
        Form.Of<OutboxState, Wire.OutboxSnapshot>("outbox", OutboxWire.ToWire, Wire.OutboxSnapshot.Parser, OutboxWire.FromWire),
        Form.Of<AccountMoved, Wire.AccountMoved>("account-moved", ArbitrageWire.ToWire, Wire.AccountMoved.Parser, ArbitrageWire.FromWire),
        Form.Of<ArbitrageState, Wire.AccountSnapshot>("account", ArbitrageWire.ToWire, Wire.AccountSnapshot.Parser, ArbitrageWire.FromWire),
        Form.Of<PriceNoted, Wire.PriceNoted>("price-noted", PricingWire.ToWire, Wire.PriceNoted.Parser, PricingWire.FromWire),
        Form.Of<PriceHistory, Wire.PriceHistory>("price-history", PricingWire.ToWire, Wire.PriceHistory.Parser, PricingWire.FromWire),
        Form.Of<GetSenderStatus, Wire.GetSenderStatus>(
            "get-sender-status",
            _ => new Wire.GetSenderStatus(),
            Wire.GetSenderStatus.Parser,
            _ => GetSenderStatus.Instance
        ),
        Form.Of<SenderStatus, Wire.SenderStatus>("sender-status", OutboxWire.ToWire, Wire.SenderStatus.Parser, OutboxWire.FromWire),
    ];

    private static readonly FrozenDictionary<Type, Form> ByType = Forms.ToFrozenDictionary(form => form.Type);
    private static readonly FrozenDictionary<string, Form> ByManifest = Forms.ToFrozenDictionary(form => form.Manifest);

    /// <summary>The serializer of an actor system.</summary>
    public Tao20Serializer(ExtendedActorSystem system)
        : base(system) { }

    /// <summary>The types it serializes.</summary>
    public static IReadOnlyList<Type> Types { get; } = [.. Forms.Select(form => form.Type)];

    /// <inheritdoc/>
    public override int Identifier => 2020;

    /// <inheritdoc/>
    public override string Manifest(object o) =>
        ByType.TryGetValue(o.GetType(), out var form)
            ? form.Manifest
            : throw new SerializationException($"A {o.GetType()} is not serialized here.");

    /// <inheritdoc/>
    public override byte[] ToBinary(object obj) =>
        ByType.TryGetValue(obj.GetType(), out var form)
            ? form.ToBytes(obj)
            : throw new SerializationException($"A {obj.GetType()} is not serialized here.");

    /// <inheritdoc/>
    public override object FromBinary(byte[] bytes, string manifest) =>
        ByManifest.TryGetValue(manifest, out var form)
            ? form.FromBytes(bytes)
            : throw new SerializationException($"The manifest '{manifest}' is not known: this journal was written by a newer version.");

    private sealed record Form(Type Type, string Manifest, Func<object, byte[]> ToBytes, Func<byte[], object> FromBytes)
    {
        public static Form Of<T, TWire>(string manifest, Func<T, TWire> toWire, MessageParser<TWire> parser, Func<TWire, T> fromWire)
            where T : notnull
            where TWire : IMessage<TWire> =>
            new(typeof(T), manifest, value => toWire((T)value).ToByteArray(), bytes => fromWire(parser.ParseFrom(bytes)));
    }
}
