using Tao20.Actors.Journal;
using Tao20.Actors.Metrics;
using Tao20.Domain.Alerts;

namespace Tao20.Actors.Alerts;

/// <summary>The registry key of what watches for deviations.</summary>
public sealed class AlertsKey
{
    /// <summary>The name of the actor or singleton, and its persistence id.</summary>
    public const string Name = "alerts";
}

/// <summary>What watches for deviations is configured with.</summary>
/// <param name="Rules">From where on people are told.</param>
/// <param name="Sender">Who tells them beside the log; null for nobody.</param>
/// <param name="Journal">How events are kept, and what to say when they cannot be.</param>
/// <param name="Metrics">Where it is counted.</param>
public sealed record AlertSettings(AlertRules Rules, INoticeSender? Sender, JournalFaultReporter Journal, AlertMetrics Metrics)
{
    /// <summary>How long to wait after the first, second, third and fourth try that failed.</summary>
    public IReadOnlyList<TimeSpan> Pauses { get; init; } =
    [TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(25), TimeSpan.FromSeconds(125)];

    /// <summary>How often it is looked.</summary>
    public TimeSpan LookEvery { get; init; } = TimeSpan.FromSeconds(5);
}

/// <summary>Tells somebody outside of an alert.</summary>
public interface INoticeSender
{
    /// <summary>Tells of an alert, once.</summary>
    /// <param name="alert">The alert.</param>
    /// <param name="ofClearing">Whether that it is cleared, instead of that it fires.</param>
    /// <param name="cancel">Cancels the operation.</param>
    /// <returns>Why it was not taken; null when it was.</returns>
    Task<string?> SendAsync(Alert alert, bool ofClearing, CancellationToken cancel);
}

/// <summary>Which alerts are there? Answered by <see cref="AlertPage"/>.</summary>
/// <param name="Before">Only those before this one; null begins with the newest.</param>
/// <param name="Limit">How many at most, besides those that fire.</param>
public sealed record GetAlerts(AlertId? Before, int Limit);

/// <summary>Alerts.</summary>
/// <param name="Firing">All that fire, oldest first.</param>
/// <param name="Alerts">Those asked for, newest first; null where there is none with the identifier that was given.</param>
/// <param name="Count">How many there ever were.</param>
public sealed record AlertPage(IReadOnlyList<Alert> Firing, IReadOnlyList<Alert>? Alerts, long Count);
