using Google.Protobuf;
using Tao20.Actors.Serialization;
using Tao20.Domain.Alerts;
using Wire = Tao20.Actors.Serialization.Wire;

namespace Tao20.Actors.Alerts;

/// <summary>Alerts, to and from their wire form.</summary>
internal static class AlertWire
{
    /// <summary>What is persisted or sent of this room, each with its manifest.</summary>
    public static readonly WireForm[] Forms =
    [
        WireForm.Of<AlertEvent.Fired, Wire.AlertFired>(
            "alert-fired",
            fired => new Wire.AlertFired { Alert = ToWire(fired.Alert) },
            wire => new AlertEvent.Fired(FromWire(wire.Alert))
        ),
        WireForm.Of<AlertEvent.Cleared, Wire.AlertCleared>(
            "alert-cleared",
            cleared => new Wire.AlertCleared
            {
                Id = Bytes(cleared.Id),
                Value = Bytes(cleared.Value ?? 0),
                HasValue = cleared.Value is not null,
                At = cleared.At,
                Notice = (int)cleared.Notice,
            },
            wire => new AlertEvent.Cleared(Id(wire.Id), wire.HasValue ? Value(wire.Value) : null, wire.At, (Notice)wire.Notice)
        ),
        WireForm.Of<AlertEvent.Told, Wire.AlertTold>(
            "alert-told",
            told => new Wire.AlertTold
            {
                Id = Bytes(told.Id),
                OfClearing = told.OfClearing,
                Notice = (int)told.Notice,
            },
            wire => new AlertEvent.Told(Id(wire.Id), wire.OfClearing, (Notice)wire.Notice)
        ),
        WireForm.Of<AlertState, Wire.AlertStateData>(
            "alerts",
            state =>
            {
                var wire = new Wire.AlertStateData { Count = state.Count };
                wire.Latest.AddRange(state.Latest.Select(ToWire));
                return wire;
            },
            wire => new AlertState([.. wire.Latest.Select(FromWire)], wire.Count)
        ),
        WireForm.Of<GetAlerts, Wire.GetAlerts>(
            "get-alerts",
            query => new Wire.GetAlerts { Before = query.Before is { } before ? Bytes(before) : ByteString.Empty, Limit = query.Limit },
            wire => new GetAlerts(wire.Before.IsEmpty ? null : Id(wire.Before), wire.Limit)
        ),
        WireForm.Of<AlertPage, Wire.AlertPage>(
            "alert-page",
            page =>
            {
                var wire = new Wire.AlertPage { IsUnknown = page.Alerts is null, Count = page.Count };
                wire.Firing.AddRange(page.Firing.Select(ToWire));
                wire.Alerts.AddRange((page.Alerts ?? []).Select(ToWire));
                return wire;
            },
            wire => new AlertPage([.. wire.Firing.Select(FromWire)], wire.IsUnknown ? null : [.. wire.Alerts.Select(FromWire)], wire.Count)
        ),
    ];

    private static Wire.AlertData ToWire(Alert alert) =>
        new()
        {
            Id = Bytes(alert.Id),
            Kind = (int)alert.Kind,
            Subject = alert.Subject,
            Value = Bytes(alert.Value),
            Bound = Bytes(alert.Bound),
            Since = alert.Since,
            FiredAt = alert.FiredAt,
            IsCleared = !alert.IsFiring,
            ClearedAt = alert.ClearedAt ?? 0,
            ClearedValue = Bytes(alert.ClearedValue ?? 0),
            HasClearedValue = alert.ClearedValue is not null,
            FiredNotice = (int)alert.FiredNotice,
            ClearedNotice = (int)alert.ClearedNotice,
        };

    private static Alert FromWire(Wire.AlertData wire) =>
        new(Id(wire.Id), (AlertKind)wire.Kind, wire.Subject, Value(wire.Value), Value(wire.Bound), wire.Since, wire.FiredAt)
        {
            ClearedAt = wire.IsCleared ? wire.ClearedAt : null,
            ClearedValue = wire.HasClearedValue ? Value(wire.ClearedValue) : null,
            FiredNotice = (Notice)wire.FiredNotice,
            ClearedNotice = (Notice)wire.ClearedNotice,
        };

    private static ByteString Bytes(AlertId id) => Values.Bytes(id.Value);

    private static AlertId Id(ByteString bytes) => new(Values.UInt128(bytes));

    private static ByteString Bytes(Int128 value) => Values.Bytes((UInt128)value);

    private static Int128 Value(ByteString bytes) => (Int128)Values.UInt128(bytes);
}
