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

    private const int TriesOfBlock = 4;
    private readonly Lock _planning = new();
    private readonly Dictionary<EndpointName, RangePlanner> _planners = [];

    /// <summary>The size of the next range, in blocks: what the lag is measured in.</summary>
    public int RangeBlocks => Planner.Size;

    /// <summary>The planner of the endpoint that the next range is asked of: each has limits of its own.</summary>
    private RangePlanner Planner => PlannerOf((reader.Pool.Preferred ?? reader.Pool.All[0]).Name);

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
                var (from, to) = Planner.Next(next, reader.EndOfPart(next, Math.Min(EndOfPart(next), until ?? ulong.MaxValue)));
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

    /// <summary>Where the newest blocks begin, in which a node's index of logs may not be as far as its blocks.</summary>
    private ulong Newest => head.Finalized!.Number - Math.Min(head.Finalized.Number, (ulong)options.VerifyHeadersWithin);

    /// <summary>A range is of the history or of the newest blocks, which are read with all their headers.</summary>
    private ulong EndOfPart(ulong next) => next <= Newest ? Newest : head.Finalized!.Number;

    /// <summary>Whether blooms are held against logs: in the history only where no running total would show what is missing.</summary>
    private bool IsWatched(ulong end) => end > Newest || !reader.SeesTotals;

    private RangePlanner PlannerOf(EndpointName endpoint)
    {
        lock (_planning)
            return _planners.TryGetValue(endpoint, out var planner) ? planner : FirstPlanner;
    }

    private RangePlanner FirstPlanner => RangePlanner.Start(options.FirstRangeBlocks, options.MaxRangeBlocks, options.TargetReplyBytes);

    private void Learn(EndpointName endpoint, Func<RangePlanner, RangePlanner> learn)
    {
        lock (_planning)
            _planners[endpoint] = learn(_planners.GetValueOrDefault(endpoint) ?? FirstPlanner);
    }

    /// <summary>Reads a range, in pieces where it is refused as a whole.</summary>
    private async Task<IReadOnlyList<TradeRange>> ReadSplittingAsync(
        ulong from,
        ulong to,
        DownloadSlot slot,
        DownloadSlots downloads,
        CancellationToken cancel
    )
    {
        var pieces = new List<TradeRange>();
        var (next, end) = (from, to);
        for (var tries = 1; ; tries++)
        {
            var pause = TimeSpan.Zero;
            var blocks = (int)(end - next + 1);
            var half = next + (ulong)Math.Max(1, blocks / 2) - 1;
            using (slot)
            {
                var started = Stopwatch.GetTimestamp();
                try
                {
                    var (range, by) = await reader.ReadAsync(next, end, cancel, IsWatched(end), slot.Free).ConfigureAwait(false);
                    if (range.Advances.Count <= RangeFlow.MaxEpochsPerRange || blocks == 1)
                    {
                        var elapsed = Stopwatch.GetElapsedTime(started);
                        Learn(by.Name, planner => planner.Answered(blocks, range.Bytes, elapsed));
                        pieces.Add(range);
                        if (end == to)
                            return pieces;
                        (next, tries) = (end + 1, 0);
                        end = Planner.Next(next, to).To;
                    }
                    else
                    {
                        // More epochs than are folded at once: nothing that the endpoint has to do with.
                        range.Dispose();
                        end = half;
                    }
                }
                catch (RangeRefusedException e)
                {
                    Learn(e.Endpoint, planner => planner.Refused(blocks, e.Limits, e.InnerException!.Message));
                    end = Math.Min(half, PlannerOf(e.Endpoint).Next(next, to).To);
                }
                catch (LogsMissingException) when (blocks > 1)
                {
                    // At no endpoint do they add up. In pieces it shows where they do not, and what is before that can be folded.
                    end = half;
                }
                catch (EndpointException e) when (e is NoAnswerYetException or HttpRefusalException && (blocks > 1 || tries < TriesOfBlock))
                {
                    // It answers now and then: what takes fewer requests gets through, and what else is being read is not given up.
                    if (blocks > 1)
                        (end, tries) = (half, 0);
                    pause = options.PollInterval;
                }
                catch (EndpointException e) when (blocks == 1 && e is ReplyTooLargeException or RpcErrorException { Method: "eth_getLogs" })
                {
                    throw new BlockTooLargeException(next, e);
                }
            }

            if (pause > TimeSpan.Zero)
                await Task.Delay(pause, cancel).ConfigureAwait(false);
            slot = await downloads.TakeAsync(cancel).ConfigureAwait(false);
        }
    }

    /// <summary>
    /// A range does not follow on what was read before. Endpoints that have our block are believed, the others dropped; when none
    /// has it, the chain has been reorganised below finality.
    /// </summary>
    private async Task<TradeRange> SettleForkAsync(ulong block, Hash256 expected, TradeRange range, CancellationToken cancel)
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
