using Tao20.Actors.Serialization;
using Tao20.Domain.Arbitrage;
using Wire = Tao20.Actors.Serialization.Wire;

namespace Tao20.Actors.Arbitrage;

/// <summary>What an account remembers of its trades, to and from its wire form.</summary>
internal static class AccountHistoryWire
{
    public static Wire.TradingHour ToWire(TradingHour hour) =>
        new()
        {
            Hour = hour.Hour,
            Minted = Values.Bytes(hour.Minted.Value),
            Redeemed = Values.Bytes(hour.Redeemed.Value),
            Profit = Values.Bytes(hour.Profit),
            AtRisk = Values.Bytes(hour.AtRisk),
            Neutral = Values.Bytes(hour.Neutral),
        };

    public static TradingHour FromWire(Wire.TradingHour wire) =>
        new(wire.Hour, Values.Amount(wire.Minted), Values.Amount(wire.Redeemed), Values.Delta(wire.Profit), Values.Delta(wire.AtRisk))
        {
            Neutral = Values.Delta(wire.Neutral),
        };

    public static Wire.CountedTrade ToWire(CountedTrade trade) =>
        new()
        {
            Time = trade.Time,
            Mints = trade.Mints,
            Tokens = Values.Bytes(trade.Tokens.Value),
        };

    public static CountedTrade FromWire(Wire.CountedTrade wire) => new(wire.Time, wire.Mints, Values.Amount(wire.Tokens));
}
