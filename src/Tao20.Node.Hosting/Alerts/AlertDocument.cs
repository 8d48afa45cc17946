using Tao20.Actors.Alerts;
using Tao20.Domain.Alerts;

namespace Tao20.Node.Alerts;

/// <summary>An alert, as it is told over HTTP and to webhooks.</summary>
/// <param name="Id">Its identifier.</param>
/// <param name="Kind">What it is about.</param>
/// <param name="Subject">Whom: an address; null for the market.</param>
/// <param name="State"><c>firing</c> or <c>cleared</c>.</param>
/// <param name="Text">The same for people.</param>
/// <param name="Value">What was measured when it fired: a fraction of NAV times 1e18, or wei.</param>
/// <param name="Bound">What it is held against, in the same unit.</param>
/// <param name="Since">The chain's time from which on it was so, in Unix seconds.</param>
/// <param name="FiredAt">The chain's time at which it fired.</param>
/// <param name="ClearedAt">The chain's time at which it was cleared; null while it fires.</param>
/// <param name="ClearedValue">What was measured then; null where it is measured no more.</param>
internal sealed record AlertDocument(
    string Id,
    string Kind,
    string? Subject,
    string State,
    string Text,
    string Value,
    string Bound,
    ulong Since,
    ulong FiredAt,
    ulong? ClearedAt,
    string? ClearedValue
)
{
    /// <summary>
    /// What has become of telling a webhook that it fires, and that it is cleared: <c>None</c>, <c>Due</c>, <c>Delivered</c> or
    /// <c>GivenUp</c>.
    /// </summary>
    public IReadOnlyList<string>? Notices { get; init; }

    /// <summary>An alert as it is now.</summary>
    public static AlertDocument Of(Alert alert) =>
        Of(alert, !alert.IsFiring) with
        {
            Notices = [alert.FiredNotice.ToString(), alert.ClearedNotice.ToString()],
        };

    /// <summary>An alert as it was when it fired, or when it was cleared.</summary>
    public static AlertDocument Of(Alert alert, bool isCleared) =>
        new(
            alert.Id.ToString(),
            alert.Kind.ToString(),
            alert.Subject.Length == 0 ? null : alert.Subject,
            isCleared ? "cleared" : "firing",
            isCleared ? AlertText.Cleared(alert) : AlertText.Fired(alert),
            alert.Value.ToString(),
            alert.Bound.ToString(),
            alert.Since,
            alert.FiredAt,
            isCleared ? alert.ClearedAt : null,
            isCleared ? alert.ClearedValue?.ToString() : null
        );
}

/// <summary>A page of alerts.</summary>
/// <param name="Count">How many there ever were.</param>
/// <param name="Firing">All that fire, oldest first.</param>
/// <param name="Alerts">Those asked for, newest first.</param>
/// <param name="Next">What to give as <c>before</c> for the next page; null after the last.</param>
internal sealed record AlertsDocument(long Count, IReadOnlyList<AlertDocument> Firing, IReadOnlyList<AlertDocument> Alerts, string? Next)
{
    /// <summary>The longest page.</summary>
    public const int MostOnPage = 200;

    /// <summary>The error where something is given that identifies no alert.</summary>
    public static string NoId(string text) => $"'{text}' is no identifier of an alert: give one as it is shown with each.";

    /// <summary>The error where there is none with an identifier.</summary>
    public static string Unknown(string? id) => $"There is no alert {id} among the latest; the journal has all.";

    /// <summary>A page.</summary>
    /// <param name="page">What the node has said.</param>
    /// <param name="limit">How many were asked for.</param>
    public static AlertsDocument Of(AlertPage page, int limit)
    {
        var alerts = page.Alerts ?? [];
        return new AlertsDocument(
            page.Count,
            [.. page.Firing.Select(AlertDocument.Of)],
            [.. alerts.Select(AlertDocument.Of)],
            alerts.Count == limit ? alerts[^1].Id.ToString() : null
        );
    }
}
