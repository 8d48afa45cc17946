using Akka.Actor;
using Akka.Cluster.Sharding;
using Akka.Persistence;
using Tao20.Actors.Journal;
using Tao20.Chain.Abi;
using Tao20.Domain.Volume;
using Address = Tao20.Domain.Units.Address;

namespace Tao20.Actors.Miners;

/// <summary>Holds one miner's volume. Folds trades at least once delivered, exactly once counted.</summary>
public sealed class MinerActor : JournaledActor
{
    /// <summary>What the persistence ids of all miners begin with.</summary>
    internal const string StreamPrefix = "miner-";

    private MinerVolume _volume;
    private FoldBatch? _persisting;

    /// <summary>The actor of a miner.</summary>
    /// <param name="miner">The miner.</param>
    /// <param name="journal">How events are kept.</param>
    /// <param name="isNew">Whether it is certain that the journal has nothing of it: then nothing is recovered.</param>
    public MinerActor(Address miner, JournalFaultReporter journal, Func<bool> isNew)
        : base(journal)
    {
        Recovery = isNew() ? Recovery.None : Recovery.Default;
        _volume = MinerVolume.Initial(miner);
        PersistenceId = PersistenceIdOf(miner);
        Context.SetReceiveTimeout(journal.Options.PassivateAfter);
    }

    /// <inheritdoc/>
    public override string PersistenceId { get; }

    /// <inheritdoc/>
    public override Recovery Recovery { get; }

    /// <summary>The persistence id of a miner: <c>miner-{address}</c>.</summary>
    public static string PersistenceIdOf(Address miner) => $"{StreamPrefix}{miner}";

    /// <summary>How to make one.</summary>
    public static Props Props(Address miner, JournalFaultReporter journal, Func<bool> isNew) =>
        Akka.Actor.Props.Create(() => new MinerActor(miner, journal, isNew));

    /// <inheritdoc/>
    protected override bool IsFolded => true;

    /// <inheritdoc/>
    protected override bool Handle(object message)
    {
        switch (message)
        {
            case IMinerMessage when Incomplete is { } incomplete:
                Sender.Tell(incomplete);
                return true;
            case FoldBatch batch:
                Fold(batch);
                return true;
            case GetEpochVolume query:
                Sender.Tell(Differs(query.Known) ?? (object)_volume.Of(query.Epoch));
                return true;
            case GetMinerSummary query:
                Sender.Tell(Differs(query.Known) ?? (object)Summary(query));
                return true;
            case ReceiveTimeout:
                Context.Parent.Tell(new Passivate(FinishAndStop.Instance));
                return true;
            default:
                return false;
        }
    }

    /// <inheritdoc/>
    protected override void Evolve(object e) =>
        _volume = e switch
        {
            TradesFolded folded => _volume.Evolve(folded),
            MinerVolumeSnapshot snapshot => MinerVolume.Restore(snapshot),
            _ => _volume,
        };

    /// <inheritdoc/>
    protected override object Snapshot() => _volume.ToSnapshot();

    /// <summary>It stays, and says so to whoever wants something of it: only they know what must not go on.</summary>
    protected override void OnIncomplete(StreamIncomplete incomplete) { }

    /// <inheritdoc/>
    protected override void OnJournalFailure(Exception cause)
    {
        if (_persisting is { } batch)
            Sender.Tell(new FoldFailed(batch.Range, batch.Miner, JournalProblems.Of(cause), JournalProblems.Innermost(cause)));
    }

    private void Fold(FoldBatch batch)
    {
        switch (_volume.Decide(batch.Trades, Keccak.Hash))
        {
            case FoldDecision.Fold(var folded):
                _persisting = batch;
                PersistEvent(
                    folded,
                    () =>
                    {
                        _persisting = null;
                        Acknowledge(batch, _volume.Head);
                    }
                );
                break;
            case FoldDecision.AlreadyFolded(var head):
                Acknowledge(batch, head);
                break;
            case FoldDecision.Incomplete(var known, var found):
                Sender.Tell(Differs(known, found));
                break;
            case FoldDecision.BeginningWanted(var counted):
                Sender.Tell(new BeginningWanted(batch.Range, batch.Part, batch.Miner, counted));
                break;
            case FoldDecision.HistoryMissing(var counted, var began):
                Sender.Tell(new HistoryMissing(batch.Range, batch.Miner, counted, began, batch.Trades.Trades.Span[0].Position));
                break;
            case FoldDecision.Diverged(var chain, var fold, var gap):
                Sender.Tell(new FoldDiverged(batch.Range, batch.Miner, chain, fold, batch.Trades.Trades.Span[^1].Position, gap));
                break;
        }
    }

    private void Acknowledge(FoldBatch batch, MinerHead head) =>
        Sender.Tell(new FoldAcknowledged(batch.Range, batch.Part, batch.Miner, head));

    private StreamIncomplete? Differs(MinerHead? known) =>
        known is { } head && !KnownHead.Of(head).IsHeldBy(_volume) ? Differs(head, _volume.Head) : null;

    /// <summary>It is told here, too: only this node knows that it asked.</summary>
    private StreamIncomplete Differs(MinerHead known, MinerHead found)
    {
        var incomplete = StreamIncomplete.Differs(PersistenceId, LastSequenceNr, known, found);
        Guard.Check(PersistenceId, incomplete);
        return incomplete;
    }

    private MinerSummary Summary(GetMinerSummary query) =>
        new(
            _volume.Miner,
            _volume.Position,
            _volume.LifetimeWei,
            _volume.LifetimeEligibleWei,
            _volume.Baseline,
            _volume.Mints,
            _volume.Redemptions,
            _volume.Of(query.Epoch),
            _volume.RecentExclusions,
            _volume.Head.Hash
        );
}
