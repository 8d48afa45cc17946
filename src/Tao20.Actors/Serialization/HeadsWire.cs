using System.Collections.Immutable;
using Tao20.Domain.Units;
using Tao20.Domain.Volume;

namespace Tao20.Actors.Serialization;

/// <summary>How far miners' trades are folded, to and from the wire form.</summary>
internal static class HeadsWire
{
    /// <summary>The heads that are known, by address.</summary>
    public static Wire.MinerHeads ToWire(IReadOnlyDictionary<Address, MinerHead> heads)
    {
        var known = heads.Where(one => one.Value.Hash is not null).OrderBy(one => one.Key).ToList();
        return new Wire.MinerHeads
        {
            Miners = Values.Bytes(known.Select(one => one.Key)),
            Trades = { known.Select(one => one.Value.Trades) },
            Hashes = Values.Bytes([.. known.Select(one => one.Value.Hash!.Value)]),
        };
    }

    public static ImmutableDictionary<Address, MinerHead> FromWire(Wire.MinerHeads? wire)
    {
        if (wire is null)
            return ImmutableDictionary<Address, MinerHead>.Empty;
        var (miners, hashes) = (Values.Addresses(wire.Miners), Values.Hashes(wire.Hashes));
        if (miners.Count != hashes.Count || miners.Count != wire.Trades.Count)
            throw new InvalidDataException($"The heads of {miners.Count} miners' trades have other counts.");
        return miners.Select((miner, i) => KeyValuePair.Create(miner, new MinerHead(wire.Trades[i], hashes[i]))).ToImmutableDictionary();
    }

    /// <summary>One of them; none for a miner that is not known.</summary>
    public static Wire.MinerHead? ToWire(MinerHead? head) =>
        head is { } known ? new() { Trades = known.Trades, Hash = Values.Bytes(known.Hash) } : null;

    public static MinerHead? FromWire(Wire.MinerHead? wire) =>
        wire is null ? null : new MinerHead(wire.Trades, Values.HashOrNull(wire.Hash));
}
