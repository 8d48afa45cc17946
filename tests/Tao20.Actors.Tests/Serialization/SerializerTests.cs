using Akka.Actor;
using Akka.TestKit.Xunit2;
using CsCheck;
using Tao20.Actors.Hosting;
using Tao20.Actors.Journal;
using Tao20.Actors.Miners;
using Tao20.Chain.Abi;
using Tao20.Domain.Trades;
using Tao20.Domain.Volume;

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
                "alert-cleared",
                "alert-fired",
                "alert-page",
                "alert-told",
                "alerts",
                "beginning-wanted",
                "cursor",
                "duty-budget",
                "duty-counted",
                "epoch-ack",
                "epoch-settled",
                "epoch-volume",
                "facts-folded",
                "fold-ack",
                "fold-batch",
                "fold-diverged",
                "fold-failed",
                "fold-registry",
                "follower-status",
                "following-began",
                "get-alerts",
                "get-epoch-volume",
                "get-follower-status",
                "get-miner-summary",
                "get-sender-status",
                "get-settled-epochs",
                "get-weights",
                "get-witness",
                "history-missing",
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
                "registry-advanced",
                "registry-queued",
                "sender-status",
                "settle-epoch",
                "settled",
                "settled-epochs",
                "settlement-acknowledged",
                "stating-paused",
                "stating-switched",
                "stream-incomplete",
                "submit-intent",
                "switch-stating",
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
    public void An_unknown_manifest_says_that_the_journal_is_newer()
    {
        var unknown = Assert.Throws<System.Runtime.Serialization.SerializationException>(() => _serializer.FromBinary([], "of-tomorrow"));
        Assert.Contains("'of-tomorrow' is not known to this version", unknown.Message, StringComparison.Ordinal);
        Assert.Equal(JournalProblem.Newer, JournalProblems.Of(unknown));
    }

    [Fact]
    public void A_cut_event_is_an_error_and_not_a_shorter_event()
    {
        var bytes = _serializer.ToBinary(Samples.Folded());
        Assert.ThrowsAny<Exception>(() => _serializer.FromBinary(bytes[..(bytes.Length - 20)], "trades-folded"));
    }

    private static MinerVolume Fold(MinerVolume volume, Trade[] trades) =>
        volume.Evolve(
            ((FoldDecision.Fold)volume.Decide(new FoldTrades(volume.Miner, EligibilityRules.Default, trades, null), Keccak.Hash)).Event
        );
}
