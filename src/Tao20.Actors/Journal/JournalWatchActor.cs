using Akka.Actor;
using Akka.Event;

namespace Tao20.Actors.Journal;

/// <summary>
/// Tries a node's database every second, whoever else uses it, and says in the log when it cannot be used, and when it can again.
/// </summary>
internal sealed class JournalWatchActor : ReceiveActor, IWithTimers
{
    /// <summary>How often.</summary>
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(1);

    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly CancellationTokenSource _stop = new();
    private readonly JournalFaultReporter _journal;
    private readonly JournalProbe _probe;
    private readonly HashSet<string> _told = [];
    private bool _trying;

    /// <summary>The watch of a journal.</summary>
    /// <param name="journal">Says what is wrong with it.</param>
    /// <param name="probe">Tries it.</param>
    public JournalWatchActor(JournalFaultReporter journal, JournalProbe probe)
    {
        _journal = journal;
        _probe = probe;
        Receive<Look>(_ => Try());
        Receive<Tried>(tried => Tell(tried));
        Timers!.StartPeriodicTimer(nameof(Look), Look.Instance, TimeSpan.Zero, Every);
    }

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    /// <inheritdoc/>
    protected override void PostStop()
    {
        _stop.Cancel();
        _probe.DisposeAsync().AsTask().Wait(JournalProbe.AnswersWithin);
    }

    private void Try()
    {
        Say();
        if (_trying)
            return;
        _trying = true;
        _probe.TryAsync(_journal.Health, _stop.Token).PipeTo(Self, success: () => new Tried(null), failure: cause => new Tried(cause));
    }

    private void Tell(Tried tried)
    {
        _trying = false;
        if (tried.Cause is { } cause && !_stop.IsCancellationRequested)
            _log.Error(cause, "The journal could not be tried, in a way that was not foreseen");
        Say();
    }

    private void Say()
    {
        var faults = _journal.Faults.Select(fault => $"{fault.Kind}: {fault.Message}").ToHashSet();
        foreach (var fault in faults.Where(_told.Add))
            _log.Error("{Fault}", fault);
        if (_told.RemoveWhere(fault => !faults.Contains(fault)) > 0 && faults.Count == 0)
            _log.Info("The journal can be used again");
    }

    private sealed record Tried(Exception? Cause);

    private sealed class Look
    {
        public static readonly Look Instance = new();
    }
}
