using System.Collections.Immutable;

namespace Tao20.Domain.Alerts;

/// <summary>
/// Decides when an alert fires and when it is cleared. What has not been too far for long enough is remembered here and in no journal:
/// after a restart its time begins anew.
/// </summary>
/// <param name="Since">Since when what does not fire yet has been too far, by the chain's time.</param>
public sealed record AlertWatch(ImmutableDictionary<(AlertKind Kind, string Subject), ulong> Since)
{
    /// <summary>Nothing is too far.</summary>
    public static readonly AlertWatch Initial = new(ImmutableDictionary<(AlertKind, string), ulong>.Empty);

    /// <summary>What follows from readings.</summary>
    /// <param name="state">The alerts.</param>
    /// <param name="readings">What was measured, each kind and subject at most once.</param>
    /// <param name="rules">From where on it is too far.</param>
    /// <param name="notice">What is to become of telling somebody: <see cref="Notice.Due"/>, or <see cref="Notice.None"/>.</param>
    /// <param name="newId">Makes the identifier of an alert.</param>
    public (IReadOnlyList<AlertEvent> Events, AlertWatch After) Decide(
        AlertState state,
        IReadOnlyList<AlertReading> readings,
        AlertRules rules,
        Notice notice,
        Func<AlertId> newId
    )
    {
        var (events, since) = (new List<AlertEvent>(), Since);
        foreach (var reading in readings)
        {
            var (subject, bound) = ((reading.Kind, reading.Subject), rules.BoundOf(reading.Kind));
            if (state.FiringOf(reading.Kind, reading.Subject) is { } firing)
            {
                if (bound?.IsRegainedBy(reading.Value) ?? true)
                    events.Add(new AlertEvent.Cleared(firing.Id, reading.Value, reading.Time, notice));
                continue;
            }

            if (bound is not { } limit || !limit.IsPassedBy(reading.Value))
            {
                since = since.Remove(subject);
                continue;
            }

            var began = Math.Min(since.GetValueOrDefault(subject, reading.Time), reading.Time);
            if (reading.Time - began < rules.SecondsBefore(reading.Kind))
            {
                since = since.SetItem(subject, began);
                continue;
            }

            since = since.Remove(subject);
            var alert = new Alert(newId(), reading.Kind, reading.Subject, reading.Value, limit.Value, began, reading.Time)
            {
                FiredNotice = notice,
            };
            events.Add(new AlertEvent.Fired(alert));
        }

        // Whoever is measured no more, as a validator that has left, is not told of for ever.
        var measured = readings.ToLookup(reading => reading.Kind);
        events.AddRange(
            state
                .Firing.Where(alert => measured.Contains(alert.Kind) && measured[alert.Kind].All(one => one.Subject != alert.Subject))
                .Select(alert => new AlertEvent.Cleared(alert.Id, null, measured[alert.Kind].Max(one => one.Time), notice))
        );
        return (events, new AlertWatch(since));
    }
}
