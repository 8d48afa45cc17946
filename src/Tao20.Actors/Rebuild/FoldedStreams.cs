using Tao20.Actors.Consensus;
using Tao20.Actors.Ingestion;
using Tao20.Actors.Miners;

namespace Tao20.Actors.Rebuild;

/// <summary>
/// What of a journal follows from the chain alone: the cursor, the miners, and the settled epochs with the book of validators. The rest,
/// what was sent and what was traded, no chain gives back.
/// </summary>
internal static class FoldedStreams
{
    /// <summary>The condition in SQL by which a row is of one of them.</summary>
    public static readonly string Condition =
        $"(persistence_id = '{ChainFollowerKey.Stream}' OR persistence_id = '{ConsensusKey.Name}' "
        + $"OR persistence_id LIKE '{MinerActor.StreamPrefix}%')";
}
