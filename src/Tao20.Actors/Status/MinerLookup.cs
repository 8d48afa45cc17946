using Akka.Actor;
using Tao20.Actors.Ingestion;
using Tao20.Actors.Miners;
using Address = Tao20.Domain.Units.Address;

namespace Tao20.Actors.Status;

/// <summary>Finds one miner, wherever in the cluster it and the reader of the chain are.</summary>
public static class MinerLookup
{
    /// <summary>What a miner says of itself, held against what the reader of the chain knows of it.</summary>
    /// <param name="follower">The reader of the chain.</param>
    /// <param name="miners">The miners.</param>
    /// <param name="miner">Which.</param>
    /// <param name="patience">How long each of the two is waited for.</param>
    /// <param name="cancel">Cancels the operation.</param>
    /// <returns>Null where it has not traded.</returns>
    /// <exception cref="AskTimeoutException">One of them does not answer.</exception>
    /// <exception cref="StreamIncompleteException">Its stream in the journal is not what the cursor knows.</exception>
    public static async Task<MinerSummary?> FindAsync(
        IActorRef follower,
        IActorRef miners,
        Address miner,
        TimeSpan patience,
        CancellationToken cancel
    )
    {
        var query = new GetFollowerStatus(WithMiners: false, miner);
        var state = (await follower.Ask<FollowerStatus>(query, patience, cancel).ConfigureAwait(false)).State;
        return state.Known.ContainsKey(miner)
            ? await miners.SummaryAsync(miner, state.Book.Open, state, patience, cancel).ConfigureAwait(false)
            : null;
    }
}
