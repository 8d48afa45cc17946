using Tao20.Actors.Serialization;
using Tao20.Domain.Arbitrage;
using Tao20.Domain.Nav;
using Tao20.Domain.Units;
using Wire = Tao20.Actors.Serialization.Wire;

namespace Tao20.Actors.Pricing;

/// <summary>The price feed's event and snapshot, to and from their wire form.</summary>
internal static class PricingWire
{
    /// <summary>What is persisted or sent of this room, each with its manifest.</summary>
    public static readonly WireForm[] Forms =
    [
        WireForm.Of<PriceNoted, Wire.PriceNoted>("price-noted", ToWire, FromWire),
        WireForm.Of<PriceHistory, Wire.PriceHistory>("price-history", ToWire, FromWire),
    ];

    public static Wire.PriceNoted ToWire(PriceNoted noted)
    {
        var wire = new Wire.PriceNoted
        {
            Block = noted.Block,
            Time = noted.Time,
            Nav = Values.Bytes(noted.Nav.Value),
            Market = Values.Bytes(noted.Market.Value),
            Used = noted.Used,
            Of = noted.Of,
            Move = (uint)noted.Move,
        };
        if (noted.Alert is { } alert)
            wire.Alert = alert;
        return wire;
    }

    public static PriceNoted FromWire(Wire.PriceNoted wire) =>
        new(
            wire.Block,
            wire.Time,
            TaoPerToken.From(Values.UInt128(wire.Nav)),
            TaoPerToken.From(Values.UInt128(wire.Market)),
            wire.Used,
            wire.Of,
            (NavMove)wire.Move,
            wire.HasAlert ? wire.Alert : null
        );

    public static Wire.PriceHistory ToWire(PriceHistory history)
    {
        var wire = new Wire.PriceHistory
        {
            Noted = history.Noted,
            GapsClosed = history.Watch.Closed,
            GapSeconds = history.Watch.Seconds,
        };
        wire.Prices.AddRange(history.Prices.Select(ToWire));
        wire.Alerts.AddRange(history.Alerts.Select(ToWire));
        if (history.Watch.OpenSince is { } since)
            wire.GapOpenSince = since;
        return wire;
    }

    public static PriceHistory FromWire(Wire.PriceHistory wire) =>
        new(
            [.. wire.Prices.Select(FromWire)],
            [.. wire.Alerts.Select(FromWire)],
            wire.Noted,
            new SpreadWatch(wire.HasGapOpenSince ? wire.GapOpenSince : null, wire.GapsClosed, wire.GapSeconds)
        );
}
