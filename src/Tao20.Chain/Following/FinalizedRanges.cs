using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Tao20.Chain.JsonRpc;
using Tao20.Domain.Ingestion;
using Tao20.Domain.Units;

namespace Tao20.Chain.Following;

/// <summary>Reads finalized blocks in ranges, several at once, and hands them out in order, each the child of the one before.</summary>
public sealed class FinalizedRanges(RangeReader reader, ChainHead head, ChainOptions options)
{
    /// <summary>How many ranges may be read and waiting: what a busy journal takes at once.</summary>
    public const int ReadAhead = 6;

    private readonly Lock _planning = new();
    private RangePlanner _planner = RangePlanner.Start(options.FirstRangeBlocks, options.MaxRangeBlocks, options.TargetReplyBytes);

    /// <summary>The size of the next range, in blocks: what the lag is measured in.</summary>
    public int RangeBlocks
    {
        get
        {
            lock (_planning)
                return _planner.Size;
        }
    }

    /// <summary>The ranges after <paramref name="cursor"/>, without end: at the finalized head it waits for the next.</summary>
    /// <param name="cursor">Where to go on.</param>
    /// <param name="until">Where to stop; null never stops.</param>
    /// <param name="cancel">Ends the reading.</param>
    /// <exception cref="ReorgBelowFinalityException">The chain no longer has the block of the cursor.</exception>
    /// <exception cref="ChainException">No endpoint gives what is needed.</exception>
    public async IAsyncEnumerable<TradeRange> ReadAsync(
        Cursor cursor,
        ulong? until = null,
        [EnumeratorCancellation] CancellationToken cancel = default
    )
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var downloads = new DownloadSlots(options.Parallelism);
        var underWay = Channel.CreateBounded<Task<IReadOnlyList<TradeRange>>>(ReadAhead);
        var first = cursor.Hash is null ? cursor.Block : cursor.Block + 1;
        var planning = PlanAsync(first, until, underWay.Writer, downloads, stop.Token);
        var (at, hash) = (cursor.Block, cursor.Hash);
        try
        {
            await foreach (var reading in underWay.Reader.ReadAllAsync(cancel).ConfigureAwait(false))
            {
                foreach (var range in await reading.ConfigureAwait(false))
                {
                    var linked = range;
                    if (hash is not null && range.First.ParentHash != hash)
                        linked = await SettleForkAsync(at, hash.Value, range, cancel).ConfigureAwait(false);
                    (at, hash) = (linked.Last.Number, linked.Last.Hash);
                    yield return linked;
                }
            }
        }
        finally
        {
            // Nothing is left running.
            await stop.CancelAsync().ConfigureAwait(false);
            await planning.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            while (underWay.Reader.TryRead(out var abandoned))
                await ((Task)abandoned).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Starts the download of one range after the other, as far as the chain is final and the reader keeps up.</summary>
    private async Task PlanAsync(
        ulong next,
        ulong? until,
        ChannelWriter<Task<IReadOnlyList<TradeRange>>> underWay,
        DownloadSlots downloads,
        CancellationToken cancel
    )
    {
        try
        {
            while (until is null || next <= until)
            {
                await head.PassedAsync(next, cancel).ConfigureAwait(false);
                var slot = await downloads.TakeAsync(cancel).ConfigureAwait(false);
                var (from, to) = Plan(next, Math.Min(head.Finalized!.Number, until ?? ulong.MaxValue));
                var reading = ReadSplittingAsync(from, to, slot, downloads, cancel);
                try
                {
                    await underWay.WriteAsync(reading, cancel).ConfigureAwait(false);
                }
                catch (OperationCanceledException)
                {
                    await ((Task)reading).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                    throw;
                }

                next = to + 1;
            }

            underWay.Complete();
        }
        catch (Exception e)
        {
            underWay.Complete(e);
        }
    }

    private (ulong From, ulong To) Plan(ulong next, ulong target)
    {
        lock (_planning)
            return _planner.Next(next, target);
    }

    /// <summary>Reads a range, in halves where it is refused as too large.</summary>
    private async Task<IReadOnlyList<TradeRange>> ReadSplittingAsync(
        ulong from,
        ulong to,
        DownloadSlot slot,
        DownloadSlots downloads,
        CancellationToken cancel
    )
    {
        using var held = slot;
        var blocks = (int)(to - from + 1);
        var started = Stopwatch.GetTimestamp();
        try
        {
            var range = await reader.ReadAsync(from, to, cancel, slot.Free).ConfigureAwait(false);
            if (range.Advances.Count <= RangeFlow.MaxEpochsPerRange || blocks == 1)
            {
                lock (_planning)
                    _planner = _planner.Answered(blocks, range.Bytes, Stopwatch.GetElapsedTime(started));
                return [range];
            }
        }
        catch (ChainException e)
            when (e is ReplyTooLargeException or EndpointTimeoutException || (e is RpcErrorException error && RangeLimits.IsTooLarge(error))
            )
        {
            if (blocks == 1)
            {
                if (e is EndpointTimeoutException)
                    throw;
                throw new BlockTooLargeException(from, e);
            }
        }

        lock (_planning)
            _planner = _planner.Refused(blocks);
        var middle = from + (ulong)(blocks / 2) - 1;
        slot.Free();
        var lower = await ReadHalfAsync(from, middle).ConfigureAwait(false);
        var upper = await ReadHalfAsync(middle + 1, to).ConfigureAwait(false);
        return [.. lower, .. upper];

        async Task<IReadOnlyList<TradeRange>> ReadHalfAsync(ulong first, ulong last) =>
            await ReadSplittingAsync(first, last, await downloads.TakeAsync(cancel).ConfigureAwait(false), downloads, cancel)
                .ConfigureAwait(false);
    }

    /// <summary>
    /// A range does not follow on what was read before. Endpoints that have our block are believed, the others dropped; when none
    /// has it, the chain has been reorganised below finality.
    /// </summary>
    private async Task<TradeRange> SettleForkAsync(ulong block, Hash256 expected, TradeRange range, CancellationToken cancel)
    {
        var agreed = false;
        Hash256? other = null;
        foreach (var transport in reader.Pool.All)
        {
            try
            {
                BlockHeader? header = null;
                await EndpointPool.SendToAsync(transport, [EthCalls.Header(block, found => header = found)], cancel).ConfigureAwait(false);
                if (header?.Hash == expected && transport.Endpoint != range.By)
                    agreed = true;
                else if (header?.Hash == expected)
                    reader.Pool.Drop(
                        new NodeMisbehaviourException(
                            transport.Endpoint,
                            $"block {range.First.Number} has parent {range.First.ParentHash}, and block {block} is {expected}"
                        )
                    );
                else
                {
                    other = header?.Hash ?? other;
                    reader.Pool.Drop(
                        new NodeMisbehaviourException(
                            transport.Endpoint,
                            $"block {block} has hash {header?.Hash}, and {expected} was final"
                        )
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
            throw reader.Pool.NobodyLeft();
        var again = await reader.ReadAsync(range.First.Number, range.Last.Number, cancel).ConfigureAwait(false);
        return again.First.ParentHash == expected ? again : throw new ReorgBelowFinalityException(block, expected, again.First.ParentHash);
    }
}
