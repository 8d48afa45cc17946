using System.Collections.Immutable;

namespace Tao20.Domain.Alerts;

/// <summary>The alerts that fire, and the latest of those that did: folded from their events.</summary>
/// <param name="Latest">Them, oldest first.</param>
/// <param name="Count">How many there ever were.</param>
public sealed record AlertState(ImmutableList<Alert> Latest, long Count)
{
    /// <summary>So many are kept in memory and can be asked for, besides those that are not over; the journal has all.</summary>
    public const int Kept = 1_000;

    /// <summary>None yet.</summary>
    public static readonly AlertState Initial = new([], 0);

    /// <summary>Those that fire, oldest first.</summary>
    public IEnumerable<Alert> Firing => Latest.Where(alert => alert.IsFiring);

    /// <summary>The first of which somebody is still to be told, and of what; null when nobody is.</summary>
    public (Alert Alert, bool OfClearing)? Due =>
        Latest.Find(alert => alert.FiredNotice == Notice.Due || alert.ClearedNotice == Notice.Due) is { } alert
            ? (alert, alert.FiredNotice != Notice.Due)
            : null;

    /// <summary>That of a kind and a subject that fires; null when none does.</summary>
    public Alert? FiringOf(AlertKind kind, string subject) =>
        Latest.FindLast(alert => alert.IsFiring && alert.Kind == kind && alert.Subject == subject);

    /// <summary>A page of them, newest first.</summary>
    /// <param name="before">Only those before this one; null begins with the newest.</param>
    /// <param name="limit">How many at most.</param>
    /// <returns>Null where there is no such alert among those that are kept.</returns>
    public IReadOnlyList<Alert>? Page(AlertId? before, int limit)
    {
        var end = before is { } id ? Latest.FindIndex(alert => alert.Id == id) : Latest.Count;
        return end < 0 ? null : [.. Latest.Take(end).Reverse().Take(limit)];
    }

    /// <summary>The state after an event.</summary>
    public AlertState Evolve(AlertEvent e) =>
        e switch
        {
            AlertEvent.Fired fired => new AlertState(Bounded(Latest.Add(fired.Alert)), Count + 1),
            AlertEvent.Cleared cleared => With(
                cleared.Id,
                alert => alert with { ClearedAt = cleared.At, ClearedValue = cleared.Value, ClearedNotice = cleared.Notice }
            ),
            AlertEvent.Told { OfClearing: true } told => With(told.Id, alert => alert with { ClearedNotice = told.Notice }),
            AlertEvent.Told told => With(told.Id, alert => alert with { FiredNotice = told.Notice }),
            _ => throw new ArgumentException($"A {e.GetType().Name} is no event of an alert.", nameof(e)),
        };

    private AlertState With(AlertId id, Func<Alert, Alert> change)
    {
        var place = Latest.FindLastIndex(alert => alert.Id == id);
        return place < 0 ? this : this with { Latest = Latest.SetItem(place, change(Latest[place])) };
    }

    private static ImmutableList<Alert> Bounded(ImmutableList<Alert> alerts) =>
        alerts.Count > Kept && alerts.FindIndex(alert => alert.IsOver) is >= 0 and var oldest ? alerts.RemoveAt(oldest) : alerts;
}
