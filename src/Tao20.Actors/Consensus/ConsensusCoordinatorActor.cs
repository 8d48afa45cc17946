using Akka.Actor;
using Akka.Event;
using Tao20.Actors.Configuration;
using Tao20.Actors.Journal;
using Tao20.Actors.Miners;
using Tao20.Chain.Abi;
using Tao20.Domain.Consensus;
using Tao20.Domain.Settlement;
using Tao20.Domain.Slashing;
using Tao20.Domain.Units;
using Tao20.Domain.Volume;
using Address = Tao20.Domain.Units.Address;

namespace Tao20.Actors.Consensus;

/// <summary>
/// Settles closed epochs one after the other: gathers each active miner's volume, asks the domain for the report, keeps it. And keeps
/// the book of what validators say and do on chain.
/// </summary>
public sealed class ConsensusCoordinatorActor : JournaledActor, IWithTimers
{
    private static readonly TimeSpan AskAgainAfter = TimeSpan.FromSeconds(5);
    private readonly FollowerSettings _settings;
    private readonly IActorRef _miners;
    private readonly Func<IActorContext, IActorRef>? _startDuties;
    private IActorRef _duties = ActorRefs.Nobody;
    private readonly Queue<(SettleEpoch Command, IActorRef From)> _waiting = new();
    private CoordinatorState _state;
    private ulong _through;
    private Gathering? _gathering;

    /// <summary>The coordinator of these miners.</summary>
    /// <param name="settings">What it is configured with.</param>
    /// <param name="miners">The miners.</param>
    /// <param name="startDuties">Starts what does a validator's duties; null for a node that only counts.</param>
    public ConsensusCoordinatorActor(FollowerSettings settings, IActorRef miners, Func<IActorContext, IActorRef>? startDuties = null)
        : base(settings.Journal)
    {
        _settings = settings;
        _miners = miners;
        _startDuties = startDuties;
        _state = CoordinatorState.Initial(
            settings.Identity.Registry is { } registry ? new RegistryIdentity(settings.Identity.ChainId, registry) : null
        );
    }

    /// <inheritdoc/>
    public override string PersistenceId => "consensus";

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    /// <summary>Some days of epochs, and of what validators say about them.</summary>
    protected override long SnapshotEvery => 100;

    /// <summary>What was settled is what people audit.</summary>
    protected override bool KeepsEvents => true;

    /// <inheritdoc/>
    protected override bool Handle(object message)
    {
        switch (message)
        {
            case SettleEpoch command:
                Accept(command);
                return true;
            case EpochVolume volume:
                if (_gathering?.Take(volume) == true)
                    Settle(_gathering);
                return true;
            case FoldFacts fold:
                Fold(fold);
                return true;
            case AskAgain:
                _gathering?.AskMissing(_miners, Self);
                return true;
            case GetLocalEpochResults:
                if (_startDuties is null)
                    Sender.Tell(new LocalEpochResults([]));
                else
                    _duties.Forward(message);
                return true;
            case GetSettledEpochs:
                Sender.Tell(new SettledEpochs(_state.Settled.Count, _state.Settled.Recent, _state.Book));
                return true;
            default:
                return false;
        }
    }

    /// <inheritdoc/>
    protected override void Evolve(object e) => _state = e is CoordinatorState state ? state : _state.Evolve(e);

    /// <inheritdoc/>
    protected override object Snapshot() => _state;

    /// <inheritdoc/>
    protected override void Recovered()
    {
        if (_state.Book is { } book)
            _settings.Metrics.Consensus.Advanced([], book);
        if (_startDuties is not null)
            _duties = _startDuties(Context);
    }

    private void Accept(SettleEpoch command)
    {
        var closed = command.Epoch.Closed;
        if (_state.Settled.Last is { } last && closed.ClosedAt <= last.Closed.ClosedAt)
        {
            Sender.Tell(new EpochAcknowledged(closed.Epoch));
            return;
        }

        if (_gathering?.Command.Epoch.Closed == closed || _waiting.Any(waiting => waiting.Command.Epoch.Closed == closed))
            return;
        _waiting.Enqueue((command, Sender));
        Next();
    }

    private void Next()
    {
        if (_gathering is not null || !_waiting.TryDequeue(out var next))
            return;
        _gathering = new Gathering(next.Command, next.From);
        _gathering.AskMissing(_miners, Self);
        Timers.StartPeriodicTimer("ask-again", AskAgain.Instance, AskAgainAfter);
        if (_gathering.Complete)
            Settle(_gathering);
    }

    private void Settle(Gathering gathering)
    {
        var report = EpochReport.Settle(
            gathering.Command.Epoch.Closed,
            gathering.Volumes,
            gathering.Command.Parameters,
            _state.Settled.Last?.Rewards.CarriedOut ?? Rao.Zero,
            Keccak.Hash
        );
        Timers.Cancel("ask-again");
        PersistEvent(
            new EpochSettled(report),
            () =>
            {
                _gathering = null;
                gathering.From.Tell(new EpochAcknowledged(report.Closed.Epoch));
                _settings.Metrics.EpochSettled();
                Log.Info(
                    "Epoch {0} is settled: {1} ranked, {2} not, root {3}",
                    report.Closed.Epoch,
                    report.Ranking.Ranked.Count,
                    report.Ranking.Unranked.Count,
                    report.RankingRoot
                );
                Advance();
                Next();
            }
        );
    }

    /// <summary>Keeps what is new, says so, and goes on with the book.</summary>
    private void Fold(FoldFacts fold)
    {
        var follower = Sender;
        _through = Math.Max(_through, fold.Through);
        if (_state.New(fold.Items) is { Count: > 0 } items)
            PersistEvent(new FactsQueued(items), Acknowledge);
        else
            Acknowledge();

        void Acknowledge()
        {
            follower.Tell(new FactsFolded(fold.Range));
            Advance();
        }
    }

    private void Advance()
    {
        if (_state.Advance(_through, Keccak.Hash) is { } advanced)
        {
            PersistEvent(
                advanced,
                () =>
                {
                    Tell(advanced);
                    TellDuties();
                }
            );
        }
        else
        {
            TellDuties();
        }
    }

    private void TellDuties()
    {
        if (_startDuties is not null && _state.Book is { } book)
            _duties.Tell(new BookChanged(book, [.. _state.Settled.Recent.TakeLast(ConsensusBook.RoundsKept)], _through));
    }

    private void Tell(BookAdvanced advanced)
    {
        _settings.Metrics.Consensus.Advanced(advanced.Events, _state.Book!);
        foreach (var e in advanced.Events)
        {
            switch (e)
            {
                case ConsensusEvent.RoundConcluded concluded:
                    Log.Info(
                        "The round of epoch {0} is {1} at block {2}; {3} of {4} agreed",
                        concluded.Epoch,
                        concluded.State,
                        concluded.AtBlock,
                        concluded.Judgements.Count(judgement => judgement.Agreed),
                        concluded.Judgements.Count
                    );
                    break;
                case ConsensusEvent.CaseFound found:
                    Log.Warning(
                        "{0} has violated the rules in epoch {1}: {2}, {3}; case {4}",
                        found.Case.Accused,
                        found.Case.Epoch,
                        found.Case.Kinds,
                        found.Case.Severity,
                        found.Id
                    );
                    break;
                case ConsensusEvent.CaseMoved { State: CaseState.Executed } moved:
                    Log.Warning("Case {0} is executed: {1} wei", moved.Id, moved.SlashedWei);
                    break;
            }
        }
    }

    /// <summary>The answers of an epoch's miners.</summary>
    private sealed class Gathering(SettleEpoch command, IActorRef from)
    {
        private readonly Dictionary<Address, EpochVolume> _volumes = [];

        public SettleEpoch Command { get; } = command;

        public IActorRef From { get; } = from;

        public IEnumerable<EpochVolume> Volumes => _volumes.Values;

        public bool Complete => _volumes.Count == Command.Epoch.Miners.Count;

        /// <summary>Notes an answer; true when it was the last.</summary>
        public bool Take(EpochVolume volume) =>
            volume.Epoch == Command.Epoch.Closed.Epoch && _volumes.TryAdd(volume.Miner, volume) && Complete;

        public void AskMissing(IActorRef miners, IActorRef self)
        {
            foreach (var miner in Command.Epoch.Miners)
            {
                if (!_volumes.ContainsKey(miner))
                    miners.Tell(new GetEpochVolume(miner, Command.Epoch.Closed.Epoch), self);
            }
        }
    }

    private sealed class AskAgain
    {
        public static readonly AskAgain Instance = new();
    }
}
