using Tao20.Chain.JsonRpc;
using Tao20.Domain.Units;

namespace Tao20.Chain.Following;

/// <summary>How far the chain is, as one endpoint tells it.</summary>
/// <param name="Latest">Its latest block.</param>
/// <param name="Finalized">Its last final block; null while the chain is shorter than <c>Chain:FinalityDepth</c>.</param>
public sealed record EndpointHead(BlockHeader Latest, BlockHeader? Finalized);

/// <summary>
/// Reads the head of the chain from one endpoint, and does not believe what cannot be: a final block above the latest, or more new
/// blocks than the time since allows. Nodes behind one address may be some blocks apart.
/// </summary>
internal sealed class HeadReader(ChainOptions options, TimeProvider clock)
{
    /// <summary>How far nodes behind one address may be apart, in blocks.</summary>
    public const ulong SlackBlocks = 16;

    /// <summary>After a jump of more blocks than this, one just below the new head has to be there.</summary>
    public const ulong JumpBlocks = 64;

    /// <summary>No chain that is followed makes more blocks in a second, of its own time or of ours.</summary>
    public const double BlocksPerSecond = 10;

    private readonly Dictionary<RpcEndpoint, (BlockHeader Latest, DateTimeOffset At)> _known = [];
    private readonly Lock _lock = new();

    /// <summary>Reads and checks the head of one endpoint.</summary>
    /// <exception cref="FinalityUnknownException">It does not say what is final.</exception>
    /// <exception cref="IncompleteAnswerException">It has no latest block at the moment, or not those below it.</exception>
    /// <exception cref="NodeMisbehaviourException">What it says cannot be.</exception>
    /// <exception cref="EndpointException">It does not answer.</exception>
    public async Task<EndpointHead> ReadAsync(RpcEndpoint endpoint, CancellationToken cancel)
    {
        BlockHeader? latest = null,
            finalized = null;
        RpcErrorException? refused = null;
        List<RpcCall> calls = [EthCalls.Header("latest", header => latest = header)];
        if (options.FinalityDepth is null)
            calls.Add(EthCalls.Header("finalized", header => finalized = header) with { Refused = error => refused = error });
        await endpoint.SendAsync(calls, cancel).ConfigureAwait(false);
        if (latest is null)
            throw new IncompleteAnswerException(endpoint.Name, "it has no latest block");
        if (refused is not null && RateLimits.IsOfRate(refused))
            throw refused;
        if (options.FinalityDepth is { } depth)
            finalized = await ReadDeepAsync(endpoint, latest, (ulong)depth, cancel).ConfigureAwait(false);
        else if (finalized is null)
            throw new FinalityUnknownException(
                endpoint.Name,
                refused is null ? "it has no finalized block" : $"it does not know the finalized block ({refused.Text})",
                isRefused: refused is not null
            );
        if (finalized?.Number > latest.Number + SlackBlocks)
            throw new NodeMisbehaviourException(endpoint.Name, $"block {finalized.Number} is final and block {latest.Number} the latest");
        if (finalized?.Number > latest.Number)
            latest = finalized;
        await RequirePossibleAsync(endpoint, latest, cancel).ConfigureAwait(false);
        lock (_lock)
            _known[endpoint] = (latest, clock.GetUtcNow());
        return new EndpointHead(latest, finalized);
    }

    private static async Task<BlockHeader?> ReadDeepAsync(RpcEndpoint endpoint, BlockHeader latest, ulong depth, CancellationToken cancel)
    {
        if (latest.Number < depth)
            return null;
        if (depth == 0)
            return latest;
        BlockHeader? header = null;
        await endpoint.SendAsync([EthCalls.Header(latest.Number - depth, found => header = found)], cancel).ConfigureAwait(false);
        return header ?? throw new IncompleteAnswerException(endpoint.Name, $"it does not have block {latest.Number - depth}");
    }

    private async Task RequirePossibleAsync(RpcEndpoint endpoint, BlockHeader latest, CancellationToken cancel)
    {
        bool isKnown;
        (BlockHeader Latest, DateTimeOffset At) known;
        lock (_lock)
            isKnown = _known.TryGetValue(endpoint, out known);
        if (isKnown && latest.Number <= known.Latest.Number + JumpBlocks)
            return;
        if (isKnown)
        {
            var ours = (clock.GetUtcNow() - known.At).TotalSeconds;
            var theirs = (double)latest.Timestamp - known.Latest.Timestamp;
            var most = Math.Max(ours, theirs) * BlocksPerSecond + SlackBlocks;
            if (latest.Number - known.Latest.Number > most)
                throw new NodeMisbehaviourException(
                    endpoint.Name,
                    $"block {latest.Number} is the latest, {ours:0} s after block {known.Latest.Number} was: at most {most:0} can be new"
                );
        }

        BlockHeader? below = null;
        var number = latest.Number - Math.Min(latest.Number, SlackBlocks);
        await endpoint.SendAsync([EthCalls.Header(number, header => below = header)], cancel).ConfigureAwait(false);
        if (below is null)
            throw new IncompleteAnswerException(endpoint.Name, $"block {latest.Number} is its latest, and it does not have block {number}");
    }
}
