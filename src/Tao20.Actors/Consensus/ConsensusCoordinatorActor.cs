using Akka.Actor;
using Akka.Event;
using Tao20.Actors.Configuration;
using Tao20.Actors.Journal;
using Tao20.Actors.Miners;
using Tao20.Chain.Abi;
using Tao20.Domain.Coordination;
using Tao20.Domain.Registry;
using Tao20.Domain.Settlement;
using Tao20.Domain.Volume;

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
    private readonly Queue<Settlement> _waiting = new();
    private CoordinatorState _state;
    private (ulong Block, ulong Time) _through;
    private Settlement? _settling;

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
        _state = CoordinatorState.Initial(settings.Identity.Registry is not null);
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
    protected override bool IsFolded => true;

    /// <inheritdoc/>
    protected override bool Handle(object message)
    {
        switch (message)
        {
            case SettleEpoch command:
                Accept(command);
                return true;
            case EpochVolume volume:
                OnVolume(volume);
                return true;
            case StreamIncomplete incomplete:
                // Nothing is ranked without what the miner's stream has lost; who reads the chain tells of it.
                _settling?.Follower.Tell(incomplete);
                return true;
            case FoldFacts fold:
                Queue(fold);
                return true;
            case AskAgain:
                AskMissing();
                return true;
            case SwitchStating(var isPaused):
                Switch(isPaused);
                return true;
            case GetLocalEpochResults:
                if (_startDuties is null)
                    Sender.Tell(new LocalEpochResults([]));
                else
                    _duties.Forward(message);
                return true;
            case GetSettledEpochs:
                Sender.Tell(
                    new SettledEpochs(_state.Settled.Count, _state.Settled.Recent, _state.Inbox.Book, _through.Time)
                    {
                        IsPaused = _state.IsPaused,
                        LastRound = _state.Inbox.LastRound,
                    }
                );
                return true;
            default:
                return false;
        }
    }

    /// <inheritdoc/>
    protected override void Evolve(object e) => _state = e is CoordinatorState state ? state : _state.Evolve((CoordinatorEvent)e);

    /// <inheritdoc/>
    protected override object Snapshot() => _state;

    /// <inheritdoc/>
    protected override void Recovered()
    {
        if (_state.Inbox.Book is { } book)
            _settings.Metrics.Consensus.Advanced(book, book);
        if (_startDuties is not null)
            _duties = _startDuties(Context);
    }

    // ---- settlement ---------------------------------------------------------------------------------------------------------------

    private void Accept(SettleEpoch command)
    {
        var closed = command.Epoch.Closed;
        if (_state.Settled.Count < command.Settled)
        {
            Sender.Tell(
                StreamIncomplete.EndsBefore(
                    PersistenceId,
                    LastSequenceNr,
                    $"{command.Settled} epochs to be settled, and {_state.Settled.Count} are in it"
                )
            );
            return;
        }

        if (_state.Settled.Has(closed))
        {
            Sender.Tell(new EpochAcknowledged(closed.Epoch));
            return;
        }

        if (_settling?.Command.Epoch.Closed == closed || _waiting.Any(waiting => waiting.Command.Epoch.Closed == closed))
            return;
        _waiting.Enqueue(new Settlement(command, Sender, VolumeGathering.Of(command.Epoch)));
        Next();
    }

    private void Next()
    {
        if (_settling is not null || !_waiting.TryDequeue(out _settling))
            return;
        AskMissing();
        Timers.StartPeriodicTimer("ask-again", AskAgain.Instance, AskAgainAfter);
        if (_settling.Volumes.IsComplete)
            Settle(_settling);
    }

    private void AskMissing()
    {
        if (_settling is not { Command: var command, Volumes: var volumes })
            return;
        foreach (var miner in volumes.Missing)
            _miners.Tell(new GetEpochVolume(miner, command.Epoch.Closed.Epoch, command.Heads.Of(miner)));
    }

    private void OnVolume(EpochVolume volume)
    {
        if (_settling is not { Volumes: { IsComplete: false } volumes } settling)
            return;
        _settling = settling with { Volumes = volumes.With(volume) };
        if (_settling.Volumes.IsComplete)
            Settle(_settling);
    }

    private void Settle(Settlement settling)
    {
        var (command, follower, volumes) = settling;
        Timers.Cancel("ask-again");
        PersistDecided(
            _state.Decide(new CoordinatorCommand.Settle(command.Epoch.Closed, command.Parameters, volumes.Known.Values), Keccak.Hash),
            () =>
            {
                _settling = null;
                follower.Tell(new EpochAcknowledged(command.Epoch.Closed.Epoch));
                _settings.Metrics.EpochSettled();
                var report = _state.Settled.Last!;
                Log.Info(
                    "Epoch {Epoch} is settled: {Ranked} ranked, {Unranked} not",
                    report.Closed.Epoch,
                    report.Ranking.Ranked.Count,
                    report.Ranking.Unranked.Count
                );
                Advance();
                Next();
            }
        );
    }

    // ---- the book -----------------------------------------------------------------------------------------------------------------

    /// <summary>Keeps what is new, says so, and goes on with the book.</summary>
    private void Queue(FoldFacts fold)
    {
        if (fold.After is { } after && !(_state.Inbox.LastItem >= after))
        {
            Sender.Tell(
                StreamIncomplete.EndsBefore(
                    PersistenceId,
                    LastSequenceNr,
                    $"of what happened in the registry up to {after}, and it ends at {_state.Inbox.LastItem?.ToString() ?? "nothing"}"
                )
            );
            return;
        }

        var follower = Sender;
        _through = fold.Through > _through.Block ? (fold.Through, fold.Time) : _through;
        PersistDecided(
            _state.Decide(new CoordinatorCommand.Queue(fold.Items), Keccak.Hash),
            () =>
            {
                follower.Tell(new FactsFolded(fold.Range));
                Advance();
            }
        );
    }

    private void Advance()
    {
        var before = _state.Inbox.Book;
        PersistDecided(
            _state.Decide(new CoordinatorCommand.Advance(), Keccak.Hash),
            () =>
            {
                if (before is not null && _state.Inbox.Book is { } book && before != book)
                    Tell(before, book);
                TellDuties();
            }
        );
    }

    /// <summary>What is to be done follows from a book that says all that is final; while an epoch is being settled it does not.</summary>
    private void TellDuties()
    {
        if (_startDuties is not null && _state.Inbox is { IsComplete: true, Book: { } book })
            _duties.Tell(new BookChanged(book, _state.Settled.Recent, _through.Block, _through.Time, _state.IsPaused));
    }

    private void Switch(bool isPaused)
    {
        var operatorAsks = Sender;
        PersistDecided(
            _state.Decide(new CoordinatorCommand.Pause(isPaused), Keccak.Hash),
            () =>
            {
                Log.Warning(isPaused ? "An operator has paused stating and setting weights" : "Stating and setting weights go on");
                operatorAsks.Tell(new StatingSwitched(isPaused, _state.Inbox.Book?.Rules?.DormantRounds ?? 0));
                TellDuties();
            }
        );
    }

    private void Tell(RegistryBook before, RegistryBook book)
    {
        _settings.Metrics.Consensus.Advanced(before, book);
        foreach (var round in book.Rounds)
        {
            var known = before.RoundOf(round.Number);
            if (known?.Standing != round.Standing && round.Standing != RoundStanding.Open)
                Log.Info(
                    "The round of epoch {Epoch} is {Standing}: {Agreed} of {Validators} agree",
                    round.Epoch,
                    round.Standing,
                    round.Entries.Keys.Count(round.Agreed),
                    round.Stakes.Count
                );
            foreach (var (validator, entry) in round.Entries)
            {
                if (entry.Punished != Severity.None && known?.Entries.GetValueOrDefault(validator)?.Punished != entry.Punished)
                    Log.Warning(
                        "{Validator} is slashed for what it stated about epoch {Epoch}: {Grade}",
                        validator,
                        round.Epoch,
                        entry.Punished
                    );
            }
        }
    }

    /// <summary>An epoch on its way to being settled, and who wants to know.</summary>
    private sealed record Settlement(SettleEpoch Command, IActorRef Follower, VolumeGathering Volumes);

    private sealed class AskAgain
    {
        public static readonly AskAgain Instance = new();
    }
}
