using Tao20.Chain.JsonRpc;
using Tao20.Domain.Ingestion;
using Tao20.Domain.Units;

namespace Tao20.Chain.Following;

/// <summary>Settles who is right where a range does not follow on the one before.</summary>
/// <param name="reader">Reads ranges, and knows the endpoints.</param>
internal sealed class RangeLinks(RangeReader reader)
{
    /// <summary>
    /// Whether a more preferred endpoint than the one that gave a range has another block where the range ends: it is believed, and the
    /// other dropped. Nothing of the range may have been handed out.
    /// </summary>
    /// <remarks>One that does not answer rests, and has no say: as when it fails to give a range, the next one is believed.</remarks>
    public async Task<bool> IsContradictedAsync(TradeRange range, CancellationToken cancel)
    {
        foreach (var endpoint in reader.Pool.InTurn)
        {
            if (endpoint.Name.ToString() == range.By)
                return false;
            BlockHeader? header = null;
            try
            {
                await reader
                    .Pool.Only(endpoint)
                    .SendAsync([EthCalls.Header(range.Last.Number, found => header = found)], cancel)
                    .ConfigureAwait(false);
            }
            catch (ChainException)
            {
                // It rests now, or is dropped: the pool has noted that.
                continue;
            }

            if (header is null)
                continue;
            if (header.Hash == range.Last.Hash)
                return false;
            reader.Pool.Drop(
                new NodeMisbehaviourException(
                    reader.Pool.All.First(other => other.Name.ToString() == range.By).Name,
                    $"block {range.Last.Number} has hash {range.Last.Hash}, and at {endpoint.Name} it has {header.Hash}"
                )
            );
            return true;
        }

        return false;
    }

    /// <summary>
    /// A range does not follow on what was read before. Endpoints that have our block are believed, the others dropped; when none
    /// has it, the chain has been reorganised below finality.
    /// </summary>
    public async Task<TradeRange> SettleForkAsync(ulong block, Hash256 expected, TradeRange range, CancellationToken cancel)
    {
        var agreed = false;
        Hash256? other = null;
        foreach (var endpoint in reader.Pool.All)
        {
            try
            {
                BlockHeader? header = null;
                await endpoint.SendAsync([EthCalls.Header(block, found => header = found)], cancel).ConfigureAwait(false);

                // One that does not have the block has no say: it may be behind, or have forgotten it.
                if (header is null)
                    continue;
                if (header.Hash == expected && endpoint.Name.ToString() != range.By)
                    agreed = true;
                else if (header.Hash == expected)
                    reader.Pool.Drop(
                        new NodeMisbehaviourException(
                            endpoint.Name,
                            $"block {range.First.Number} has parent {range.First.ParentHash}, and block {block} is {expected}"
                        )
                    );
                else
                {
                    other = header.Hash;
                    reader.Pool.Drop(
                        new NodeMisbehaviourException(endpoint.Name, $"block {block} has hash {header.Hash}, and {expected} was final")
                    );
                }
            }
            catch (ChainException)
            {
                // An endpoint that does not answer has no say; the pool notes that when it is next asked for something.
                continue;
            }
        }

        if (!agreed && other is not null)
            throw new ReorgBelowFinalityException(block, expected, other.Value);
        if (!agreed)
            throw reader.Pool.AnyTrusted
                ? new IncompleteAnswerException(reader.Pool.All[0].Name, $"no endpoint has block {block} to settle who is right about it")
                : reader.Pool.NobodyLeft();
        var (again, _) = await reader.ReadAsync(range.First.Number, range.Last.Number, cancel).ConfigureAwait(false);
        return again.First.ParentHash == expected ? again : throw new ReorgBelowFinalityException(block, expected, again.First.ParentHash);
    }
}
