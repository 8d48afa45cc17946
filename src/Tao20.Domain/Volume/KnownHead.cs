using Tao20.Domain.Trades;
using Tao20.Domain.Units;

namespace Tao20.Domain.Volume;

/// <summary>
/// How far the cursor knows a miner's trades to be folded, held against what the miner's own stream of events has come to. A stream may
/// be ahead of the cursor, which moves last; one that is behind it, or as far with other trades, has lost something.
/// </summary>
/// <param name="Head">How many trades, and their running hash; without a hash nothing is known but whether there are any.</param>
/// <param name="HasTrades">Whether there are any.</param>
public readonly record struct KnownHead(MinerHead Head, bool HasTrades)
{
    /// <summary>What is known of a miner, as the cursor has it.</summary>
    public static KnownHead Of(MinerHead known) => new(known, HasTrades: true);

    /// <summary>What is known after trades that the stream has folded and the cursor has not taken yet.</summary>
    /// <param name="known">What the cursor knows before them; null when it does not know the miner.</param>
    /// <param name="folded">The trades.</param>
    /// <param name="baseline">What the chain had counted before the first trade of the stream, in TAO wei; null when unknown.</param>
    /// <param name="keccak">The chain's hash function.</param>
    public static KnownHead After(MinerHead? known, ReadOnlySpan<Trade> folded, UInt128? baseline, Keccak256 keccak)
    {
        if (known is { Hash: null } || folded.IsEmpty)
            return new KnownHead(known ?? default, known is not null);
        var hash = known?.Hash ?? TradeHash.First(baseline ?? 0, keccak);
        foreach (ref readonly var trade in folded)
            hash = TradeHash.After(hash, in trade, keccak);
        return new KnownHead(new MinerHead((known?.Trades ?? 0) + folded.Length, hash), HasTrades: true);
    }

    /// <summary>Whether a volume has all of it.</summary>
    public bool IsHeldBy(MinerVolume volume)
    {
        var found = volume.Head;
        if (Head.Hash is not { } hash)
            return found.Trades > 0 || !HasTrades;
        return found.Trades > Head.Trades || (found.Trades == Head.Trades && (found.Hash is null || found.Hash == hash));
    }

    /// <summary>Whether a volume has more than that.</summary>
    public bool IsExceededBy(MinerVolume volume) => Head.Hash is not null && volume.Head.Trades > Head.Trades;
}
