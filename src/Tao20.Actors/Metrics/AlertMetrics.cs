using System.Diagnostics.Metrics;
using Tao20.Domain.Alerts;

namespace Tao20.Actors.Metrics;

/// <summary>What people are told of; part of the meter of <see cref="PipelineMetrics"/>.</summary>
public sealed class AlertMetrics
{
    private readonly Counter<long> _fired;
    private readonly Counter<long> _notices;
    private volatile IReadOnlyList<AlertKind>? _firing;

    internal AlertMetrics(Meter meter)
    {
        _fired = meter.CreateCounter<long>("tao20.alerts", "{alert}", "Alerts that have fired since the start, by kind");
        _notices = meter.CreateCounter<long>("tao20.alert.notices", "{notice}", "Notices of alerts since the start, by outcome");
        meter.CreateObservableGauge("tao20.alerts.firing", Measure, "{alert}", "Alerts that fire, by kind");
    }

    /// <summary>Counts one that has fired.</summary>
    public void Fired(AlertKind kind) => _fired.Add(1, Tag("kind", kind));

    /// <summary>Keeps which fire.</summary>
    public void Firing(IEnumerable<Alert> alerts) => _firing = [.. alerts.Select(alert => alert.Kind)];

    /// <summary>Counts a notice.</summary>
    public void Told(Notice outcome) => _notices.Add(1, Tag("outcome", outcome));

    /// <summary>Nothing before it is known: in a cluster one node watches.</summary>
    private IEnumerable<Measurement<int>> Measure() =>
        _firing is { } firing
            ? Enum.GetValues<AlertKind>().Select(kind => new Measurement<int>(firing.Count(one => one == kind), Tag("kind", kind)))
            : [];

    private static KeyValuePair<string, object?> Tag(string name, object value) => new(name, value.ToString());
}
