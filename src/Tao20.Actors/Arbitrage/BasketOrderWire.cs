using Tao20.Domain.Index;
using Wire = Tao20.Actors.Serialization.Wire;

namespace Tao20.Actors.Arbitrage;

/// <summary>How the index's legs take part in a trade, to and from its wire form.</summary>
internal static class BasketOrderWire
{
    public static Wire.BasketOrder ToWire(BasketOrder order)
    {
        var wire = new Wire.BasketOrder
        {
            Revision = order.Revision,
            LegGas = order.LegGas,
            Gifts = order.Gifts,
            Sell = order.Sell,
            Leave = order.Leave,
        };
        wire.Tao.AddRange(order.Tao);
        wire.Limit.AddRange(order.Limit);
        return wire;
    }

    public static BasketOrder FromWire(Wire.BasketOrder wire) =>
        new(wire.Revision, wire.LegGas)
        {
            Tao = [.. wire.Tao],
            Limit = [.. wire.Limit],
            Gifts = wire.Gifts,
            Sell = wire.Sell,
            Leave = wire.Leave,
        };
}
