namespace Tao20.Domain.Alerts;

/// <summary>What happens to alerts; persisted.</summary>
public abstract record AlertEvent
{
    private AlertEvent() { }

    /// <summary>Something is too far from what it should be.</summary>
    public sealed record Fired(Alert Alert) : AlertEvent;

    /// <summary>It is no longer.</summary>
    /// <param name="Id">Which.</param>
    /// <param name="Value">What is measured now; null where it is measured no more.</param>
    /// <param name="At">The chain's time, in Unix seconds.</param>
    /// <param name="Notice">Whether somebody is to be told.</param>
    public sealed record Cleared(AlertId Id, Int128? Value, ulong At, Notice Notice) : AlertEvent;

    /// <summary>Somebody was told, or could not be.</summary>
    /// <param name="Id">Of which alert.</param>
    /// <param name="OfClearing">Whether that it is cleared, instead of that it fires.</param>
    /// <param name="Notice">What has become of it.</param>
    public sealed record Told(AlertId Id, bool OfClearing, Notice Notice) : AlertEvent;
}
