using System.Buffers.Binary;
using System.Security.Cryptography;
using Akka.Actor;
using Akka.Event;
using Tao20.Actors.Journal;
using Tao20.Actors.Status;
using Tao20.Domain.Alerts;

namespace Tao20.Actors.Alerts;

/// <summary>
/// Watches what the node knows for going too far, and tells of it: in the log, in the metrics, and whoever is to be told outside,
/// one notice after the other, each tried five times. What fires, and who is still to be told, is in the journal: a restart repeats nothing
/// that was taken, and loses nothing that was not.
/// </summary>
internal sealed class AlertsActor : JournaledActor, IWithTimers
{
    private readonly AlertSettings _settings;
    private readonly IActorRef _status;
    private readonly CancellationTokenSource _stop = new();
    private AlertState _state = AlertState.Initial;
    private AlertWatch _watch = AlertWatch.Initial;
    private bool _telling;
    private int _tries;

    /// <summary>What watches a node.</summary>
    /// <param name="settings">What it is told.</param>
    /// <param name="status">Who answers for the node's state.</param>
    public AlertsActor(AlertSettings settings, IActorRef status)
        : base(settings.Journal) => (_settings, _status) = (settings, status);

    /// <inheritdoc/>
    public override string PersistenceId => AlertsKey.Name;

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    /// <inheritdoc/>
    protected override bool KeepsEvents => true;

    /// <inheritdoc/>
    protected override long SnapshotEvery => 100;

    private Notice ToTell => _settings.Sender is null ? Notice.None : Notice.Due;

    /// <inheritdoc/>
    protected override bool Handle(object message)
    {
        switch (message)
        {
            case Look:
                _status
                    .Ask<NodeOverview>(new GetOverview(WithSettled: true), _settings.LookEvery, _stop.Token)
                    .PipeTo(Self, failure: _ => NotSeen.Instance);
                return true;
            case NodeOverview overview:
                OnSeen(AlertReadings.Of(overview));
                return true;
            case NotSeen:
                // The node is busy: it is looked again soon.
                return true;
            case Sent sent:
                OnSent(sent);
                return true;
            case TellNext:
                Tell();
                return true;
            case GetAlerts query:
                Sender.Tell(new AlertPage([.. _state.Firing], _state.Page(query.Before, query.Limit), _state.Count));
                return true;
            default:
                return false;
        }
    }

    /// <inheritdoc/>
    protected override void Evolve(object e) => _state = e is AlertState state ? state : _state.Evolve((AlertEvent)e);

    /// <inheritdoc/>
    protected override object Snapshot() => _state;

    /// <inheritdoc/>
    protected override void Recovered()
    {
        _settings.Metrics.Firing(_state.Firing);
        Timers.StartPeriodicTimer("look", Look.Instance, TimeSpan.Zero, _settings.LookEvery);
        Tell();
    }

    /// <inheritdoc/>
    protected override void PostStop()
    {
        _stop.Cancel();
        base.PostStop();
    }

    private void OnSeen(IReadOnlyList<AlertReading> readings)
    {
        (var events, _watch) = _watch.Decide(_state, readings, _settings.Rules, ToTell, NewId);
        PersistDecided(
            events,
            () =>
            {
                if (events.Count == 0)
                    return;
                foreach (var e in events)
                    Say(e);
                _settings.Metrics.Firing(_state.Firing);
                Tell();
            }
        );
    }

    private static AlertId NewId() => new(BinaryPrimitives.ReadUInt128BigEndian(RandomNumberGenerator.GetBytes(16)));

    private void Say(AlertEvent e)
    {
        if (e is AlertEvent.Fired { Alert: var fired })
        {
            _settings.Metrics.Fired(fired.Kind);
            Log.Warning("{Alert} ({Kind}, {Id})", AlertText.Fired(fired), fired.Kind, fired.Id);
        }
        else if (e is AlertEvent.Cleared cleared && _state.Latest.Find(alert => alert.Id == cleared.Id) is { } alert)
        {
            Log.Info("{Alert} ({Kind}, {Id})", AlertText.Cleared(alert), alert.Kind, alert.Id);
        }
    }

    // ---- telling others -----------------------------------------------------------------------------------------------------------------

    /// <summary>Tells of what is due first, unless something is being told, or waits for its next try.</summary>
    private void Tell()
    {
        if (_telling || Timers.IsTimerActive("tell") || _state.Due is not var (alert, ofClearing))
            return;
        if (_settings.Sender is not { } sender)
        {
            // There was a webhook when it fired, and there is none any more.
            PersistEvent(new AlertEvent.Told(alert.Id, ofClearing, Notice.None), Tell);
            return;
        }

        _telling = true;
        sender
            .SendAsync(alert, ofClearing, _stop.Token)
            .PipeTo(
                Self,
                success: problem => new Sent(alert.Id, ofClearing, problem),
                failure: cause => new Sent(alert.Id, ofClearing, cause.Message)
            );
    }

    private void OnSent(Sent sent)
    {
        _telling = false;
        if (sent.Problem is not null && _tries < _settings.Pauses.Count)
        {
            var pause = _settings.Pauses[_tries++];
            Log.Info(
                "The notice of {Id} was not taken: {Reason} It is tried again in {Seconds} s",
                sent.Id,
                sent.Problem,
                pause.TotalSeconds
            );
            Timers.StartSingleTimer("tell", TellNext.Instance, pause);
            return;
        }

        if (sent.Problem is not null)
            Log.Warning("The notice of {Id} was not taken in {Tries} tries, and is given up: {Reason}", sent.Id, _tries + 1, sent.Problem);
        _tries = 0;
        var outcome = sent.Problem is null ? Notice.Delivered : Notice.GivenUp;
        PersistEvent(
            new AlertEvent.Told(sent.Id, sent.OfClearing, outcome),
            () =>
            {
                _settings.Metrics.Told(outcome);
                Tell();
            }
        );
    }

    private sealed record Sent(AlertId Id, bool OfClearing, string? Problem);

    private sealed class Look
    {
        public static readonly Look Instance = new();
    }

    private sealed class NotSeen
    {
        public static readonly NotSeen Instance = new();
    }

    private sealed class TellNext
    {
        public static readonly TellNext Instance = new();
    }
}
