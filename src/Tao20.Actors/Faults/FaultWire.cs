using Tao20.Actors.Serialization;
using Wire = Tao20.Actors.Serialization.Wire;

namespace Tao20.Actors.Faults;

/// <summary>A fault, to and from its wire form.</summary>
internal static class FaultWire
{
    public static Wire.Fault? ToWire(NodeFault? fault) =>
        fault is null
            ? null
            : new()
            {
                Kind = (int)fault.Kind,
                Message = fault.Message,
                AtUnixMs = fault.At.ToUnixTimeMilliseconds(),
                Gap = GapWire.ToWire(fault.Gap),
            };

    public static NodeFault? FromWire(Wire.Fault? wire) =>
        wire is null
            ? null
            : new((FaultKind)wire.Kind, wire.Message, DateTimeOffset.FromUnixTimeMilliseconds(wire.AtUnixMs))
            {
                Gap = GapWire.FromWire(wire.Gap),
            };
}
