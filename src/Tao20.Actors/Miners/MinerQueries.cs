using Akka.Actor;
using Tao20.Actors.Journal;
using Tao20.Domain.Ingestion;
using Tao20.Domain.Units;
using Tao20.Domain.Volume;
using Address = Tao20.Domain.Units.Address;

namespace Tao20.Actors.Miners;

/// <summary>What is asked of miners by those who know how far each must be.</summary>
public static class MinerQueries
{
    /// <summary>Asks a miner where it stands.</summary>
    /// <param name="miners">The miners.</param>
    /// <param name="miner">Which.</param>
    /// <param name="epoch">The epoch whose volume is wanted with it.</param>
    /// <param name="state">What the cursor knows.</param>
    /// <param name="patience">How long it is waited for.</param>
    /// <param name="cancel">Cancels the operation.</param>
    /// <exception cref="AskTimeoutException">It does not answer.</exception>
    /// <exception cref="StreamIncompleteException">Its stream in the journal is not what the cursor knows.</exception>
    public static async Task<MinerSummary> SummaryAsync(
        this IActorRef miners,
        Address miner,
        EpochId epoch,
        CursorState state,
        TimeSpan patience,
        CancellationToken cancel = default
    )
    {
        var query = new GetMinerSummary(miner, epoch, state.Known.Of(miner));
        return await miners.Ask<object>(query, patience, cancel).ConfigureAwait(false) switch
        {
            MinerSummary summary => summary,
            StreamIncomplete incomplete => throw new StreamIncompleteException(incomplete),
            var other => throw new InvalidOperationException($"A miner has answered with a {other.GetType().Name}."),
        };
    }
}

/// <summary>A stream of the journal is not complete.</summary>
/// <param name="stream">Which, and what it lacks.</param>
public sealed class StreamIncompleteException(StreamIncomplete stream) : Exception($"The stream {stream.Stream} {stream.Reason}.")
{
    /// <summary>Which, and what it lacks.</summary>
    public StreamIncomplete Stream => stream;
}
