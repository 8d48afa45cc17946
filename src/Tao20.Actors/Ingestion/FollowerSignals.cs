using Tao20.Chain.Following;
using Tao20.Chain.JsonRpc;
using Tao20.Domain.Ingestion;
using Tao20.Domain.Units;

namespace Tao20.Actors.Ingestion;

// What the follower tells itself: outcomes of what it has asked the chain, and times that have come.

/// <summary>What the chain has at the height of the cursor.</summary>
internal sealed record CursorChecked(BlockHeader? OnChain)
{
    /// <summary>Asks the chain for the last folded block.</summary>
    public static async Task<CursorChecked> AskAsync(ChainConnection chain, BlockHeader? folded, CancellationToken cancel)
    {
        BlockHeader? header = null;
        if (folded is not null)
            await chain.Pool.SendAsync([EthCalls.Header(folded.Number, found => header = found)], cancel).ConfigureAwait(false);
        return new CursorChecked(header);
    }
}

/// <summary>A range has been read; without one, all that was wanted has been.</summary>
internal sealed record RangeRead(RangeReadSession By, TradeRange? Range);

/// <summary>Something could not be read; without a session, it was none of its ranges.</summary>
internal sealed record ReadingFailed(RangeReadSession? By, Exception Cause);

/// <summary>What is not acknowledged is to be sent again.</summary>
internal sealed record Resend;

/// <summary>The pause after a failure is over.</summary>
internal sealed record ReadAgain;
