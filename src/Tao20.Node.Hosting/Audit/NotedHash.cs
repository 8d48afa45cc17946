using System.Globalization;
using Tao20.Chain.Abi;
using Tao20.Domain.Ingestion;
using Tao20.Domain.Units;
using Tao20.Domain.Volume;

namespace Tao20.Node.Audit;

/// <summary>A hash that somebody has noted of a node, and that its journal must have.</summary>
/// <param name="Hash">The hash.</param>
/// <param name="Block">The block up to which it is of all trades; null where it is of an epoch or a round.</param>
internal sealed record NotedHash(Hash256 Hash, ulong? Block)
{
    /// <summary>A hash as it is given on the command line.</summary>
    /// <exception cref="NodeException">It is none.</exception>
    public static NotedHash Read(string text)
    {
        var (block, hash) = text.Split(':') is [var before, var after] ? (before, after) : (null, text);
        var number = 0UL;
        if (block is not null && !ulong.TryParse(block, NumberStyles.None, CultureInfo.InvariantCulture, out number))
            throw new NodeException(ExitCodes.Usage, $"--expect = {text}: '{block}' is not a block; give HASH or BLOCK:HASH.");
        try
        {
            return new NotedHash(Hash256.Parse(hash), block is null ? null : number);
        }
        catch (FormatException e)
        {
            throw new NodeException(ExitCodes.Usage, $"--expect: {e.Message}", e);
        }
    }
}

/// <summary>Hashes that were noted, held against a journal while it is folded.</summary>
/// <param name="noted">The hashes.</param>
internal sealed class NotedHashes(IReadOnlyList<NotedHash> noted)
{
    private readonly Dictionary<ulong, Hash256?> _trades = [];

    /// <summary>Takes how far the cursor is.</summary>
    public void Take(CursorState cursor)
    {
        if (cursor.Last is { Number: var block } && noted.Any(one => one.Block == block))
            _trades[block] = HeadsHash.Of(block, cursor.Known, Keccak.Hash);
    }

    /// <summary>Those that the journal does not have, in words.</summary>
    /// <param name="hashes">The hashes of its epochs and rounds.</param>
    public IEnumerable<string> Unknown(IReadOnlySet<Hash256> hashes)
    {
        foreach (var one in noted)
        {
            if (one.Block is not { } block)
            {
                if (!hashes.Contains(one.Hash))
                    yield return $"{one.Hash} is the hash of no epoch and no round of this journal";
            }
            else if (!_trades.TryGetValue(block, out var found))
                yield return $"no range of this journal ends with block {block}: 'tao20 audit at --block {block}' says the hash of all "
                    + "trades up to it, from a journal that has all entries or from the chain";
            else if (found != one.Hash)
                yield return $"all trades up to block {block} have the hash {found?.ToString() ?? "that is not known"}, and "
                    + $"{one.Hash} was noted";
        }
    }
}
