using Akka.Actor;
using Akka.Event;
using Tao20.Chain;
using Tao20.Chain.Checks;
using Tao20.Chain.Following;
using Tao20.Domain.Checks;
using Tao20.Domain.Runtime;

namespace Tao20.Actors.Checks;

/// <summary>
/// Checks the chain at the start, as soon as its runtime is another, soon again while something is off, and daily; what it finds opens and
/// closes the gate that everything that is signed goes through.
/// </summary>
public sealed class ChainCheckActor : ReceiveActor, IWithTimers
{
    private readonly ChainCheckSettings _settings;
    private readonly ChainConnection _chain;
    private readonly ChainCheck _check;
    private readonly CancellationTokenSource _stop = new();
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private CheckReport? _report;
    private string? _problem;
    private long _checks;
    private DateTimeOffset? _offSince;
    private bool _checking;
    private bool _again;

    /// <summary>A check of this chain.</summary>
    public ChainCheckActor(ChainCheckSettings settings, ChainConnection chain)
    {
        (_settings, _chain, _check, _report) = (settings, chain, new ChainCheck(chain), settings.Subject.Before);
        Receive<HeadMoved>(_ =>
        {
            WatchHead();
            Look();
            if (_chain.Gate.Report is { } last && last.Version != _chain.Runtime.Version)
                Begin();
        });
        Receive<CheckChain>(_ => Begin());
        Receive<Checked>(done => OnChecked(done.Report));
        Receive<Failed>(failed => OnFailed(failed.Cause));
        Receive<WatchEnded>(ended =>
        {
            if (!_stop.IsCancellationRequested)
                _log.Error(ended.Cause, "The head is not watched any more: upgrades are noticed by what is sent, and checks by time");
        });
        Receive<GetChainCheck>(_ =>
        {
            var off = Look();
            Sender.Tell(new ChainCheckStatus(_chain.Gate.Report, _problem, _checks, off, _offSince ?? _settings.Clock.GetUtcNow()));
        });
    }

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    /// <inheritdoc/>
    protected override void PreStart()
    {
        _chain.Head.Start();
        WatchHead();
        Begin();
    }

    /// <inheritdoc/>
    protected override void PostStop() => _stop.Cancel();

    /// <summary>What this node does and must not at the moment; notes since when that is so.</summary>
    private List<(ChainAction Action, string Why)> Look()
    {
        List<(ChainAction, string)> off =
        [
            .. _settings
                .Actions.Select(action => (Action: action, Why: _chain.Gate.Closed(action)))
                .Where(one => one.Why is not null)
                .Select(one => (one.Action, one.Why!)),
        ];
        _offSince = off.Count == 0 ? null : _offSince ?? _settings.Clock.GetUtcNow();
        return off;
    }

    private void Begin()
    {
        _again = _checking;
        if (_checking)
            return;
        _checking = true;
        Timers.Cancel(ChainCheckKey.Name);
        RunAsync().PipeTo(Self, failure: cause => new Failed(cause));
    }

    private async Task<Checked> RunAsync()
    {
        // What the gate compares a report with must have been seen before.
        await _chain.Runtime.RefreshAsync(_stop.Token).ConfigureAwait(false);
        return new Checked(
            await _check.RunAsync(_settings.Subject with { Before = _report, Charged = _chain.Charged }, _stop.Token).ConfigureAwait(false)
        );
    }

    private void OnChecked(CheckReport report)
    {
        var before = _report;
        (_report, _problem, _checking) = (report, null, false);
        _checks++;
        _chain.Gate.Take(report);
        _settings.Kept?.Invoke(report);
        Tell(report, before);
        Next(Look().Count > 0 ? _settings.Subject.Bounds.RetryAfter : _settings.Subject.Bounds.Every);
    }

    private void OnFailed(Exception cause)
    {
        if (_stop.IsCancellationRequested)
            return;
        _checking = false;
        if (cause is ChainException or FormatException)
        {
            if (_problem != cause.Message)
                _log.Warning("The chain cannot be checked: {Reason} What is signed waits", cause.Message);
        }
        else
        {
            _log.Error(cause, "The check of the chain failed unexpectedly");
        }

        _problem = cause.Message;
        Next(_settings.Subject.Bounds.RetryAfter);
    }

    private void Next(TimeSpan after)
    {
        if (_again)
            Begin();
        else
            Timers.StartSingleTimer(ChainCheckKey.Name, CheckChain.Instance, after);
    }

    /// <summary>Says what has changed, and all that does not hold when there is nothing to compare it with.</summary>
    private void Tell(CheckReport report, CheckReport? before)
    {
        if (before?.Version != report.Version)
            _log.Info(
                "The chain runs {Version}{Unknown}, checked at block {Block}",
                report.Version?.ToString() ?? "a runtime that the node does not tell",
                report.Profile == RuntimeProfile.Unknown ? ", whose rules are not known" : "",
                report.Block
            );
        foreach (var row in before is null ? report.Results.Where(row => !row.Holds) : report.DifferencesFrom(before))
        {
            if (row.Holds)
                _log.Info("Row {Row} of the chain check holds again, {Assumption}: {Found}", row.Row, row.Assumption, row.Found);
            else if (row.Outcome == CheckOutcome.Warn)
                _log.Info("Row {Row} of the chain check does not hold, {Assumption}: {Found}", row.Row, row.Assumption, row.Found);
            else
                _log.Warning(
                    "Row {Row} of the chain check {Outcome}, {Assumption}: {Found}. Off: {Off}",
                    row.Row,
                    row.Outcome,
                    row.Assumption,
                    row.Found,
                    row.Off.Count == 0 ? "nothing" : string.Join(", ", row.Off)
                );
        }
    }

    private void WatchHead() =>
        _chain.Head.MovedAsync(_stop.Token).PipeTo(Self, success: () => HeadMoved.Instance, failure: cause => new WatchEnded(cause));

    private sealed record Checked(CheckReport Report);

    private sealed record Failed(Exception Cause);

    private sealed record WatchEnded(Exception Cause);

    private sealed class HeadMoved
    {
        public static readonly HeadMoved Instance = new();
    }
}
