namespace Tao20.Domain.Alerts;

/// <summary>What has become of telling somebody.</summary>
public enum Notice : byte
{
    /// <summary>Nobody is to be told: nothing has happened yet, or there is no webhook.</summary>
    None = 0,

    /// <summary>Somebody is to be told.</summary>
    Due = 1,

    /// <summary>Whoever is told has taken it.</summary>
    Delivered = 2,

    /// <summary>Nobody has taken it, however often it was tried.</summary>
    GivenUp = 3,
}

/// <summary>Something is, or was, too far from what it should be.</summary>
/// <param name="Id">Its identifier, the same wherever it is told.</param>
/// <param name="Kind">What it is about.</param>
/// <param name="Subject">Whom: the address of a validator or of a miner; empty for the market.</param>
/// <param name="Value">What was measured when it fired: a fraction of NAV times 1e18, or wei.</param>
/// <param name="Bound">What it is held against, in the same unit.</param>
/// <param name="Since">The chain's time from which on it was so, in Unix seconds.</param>
/// <param name="FiredAt">The chain's time at which it fired.</param>
public sealed record Alert(AlertId Id, AlertKind Kind, string Subject, Int128 Value, Int128 Bound, ulong Since, ulong FiredAt)
{
    /// <summary>The chain's time at which it was cleared; null while it fires.</summary>
    public ulong? ClearedAt { get; init; }

    /// <summary>What was measured then; null where it is measured no more.</summary>
    public Int128? ClearedValue { get; init; }

    /// <summary>What has become of telling that it fires.</summary>
    public Notice FiredNotice { get; init; }

    /// <summary>What has become of telling that it is cleared.</summary>
    public Notice ClearedNotice { get; init; }

    /// <summary>Whether it still fires.</summary>
    public bool IsFiring => ClearedAt is null;

    /// <summary>Whether nothing more comes of it.</summary>
    public bool IsOver => !IsFiring && FiredNotice != Notice.Due && ClearedNotice != Notice.Due;
}

/// <summary>A value that is watched.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Subject">Whose; empty for the market.</param>
/// <param name="Value">How much: a fraction of NAV times 1e18, or wei.</param>
/// <param name="Time">The chain's time at which it was so, in Unix seconds.</param>
public sealed record AlertReading(AlertKind Kind, string Subject, Int128 Value, ulong Time);
