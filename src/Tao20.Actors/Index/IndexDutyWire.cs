using Tao20.Actors.Serialization;
using Tao20.Domain.Index;
using Wire = Tao20.Actors.Serialization.Wire;

namespace Tao20.Actors.Index;

/// <summary>What an account has spent on an index's duties, to and from its wire form.</summary>
internal static class IndexDutyWire
{
    /// <summary>What is persisted or sent of this room, each with its manifest.</summary>
    public static readonly WireForm[] Forms =
    [
        WireForm.Of<DutyCounted, Wire.DutyCounted>(
            "duty-counted",
            counted => new Wire.DutyCounted
            {
                Duty = counted.Duty,
                Time = counted.Time,
                Wei = Values.Bytes(counted.Wei),
            },
            wire => new DutyCounted(wire.Duty, wire.Time, Values.Delta(wire.Wei))
        ),
        WireForm.Of<IndexDutyBudget, Wire.IndexDutyBudget>("duty-budget", ToWire, FromWire),
    ];

    private static Wire.IndexDutyBudget ToWire(IndexDutyBudget budget)
    {
        var wire = new Wire.IndexDutyBudget();
        wire.Hours.AddRange(budget.Hours.Select(hour => new Wire.DutyHour { Hour = hour.Hour, Wei = Values.Bytes(hour.Wei) }));
        return wire;
    }

    private static IndexDutyBudget FromWire(Wire.IndexDutyBudget wire) =>
        new([.. wire.Hours.Select(hour => new DutyHour(hour.Hour, Values.Delta(hour.Wei)))]);
}
