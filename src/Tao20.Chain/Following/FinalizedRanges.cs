using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Tao20.Chain.JsonRpc;
using Tao20.Domain.Ingestion;

namespace Tao20.Chain.Following;

/// <summary>
/// Reads finalized blocks in ranges, several at once, and hands them out in order, each the child of the one before. The history is read
/// from all endpoints that are quick enough, the newest blocks from the preferred one.
/// </summary>
public sealed class FinalizedRanges(RangeReader reader, ChainHead head, ChainOptions options)
{
    /// <summary>How many ranges of one endpoint may be read and waiting: what a busy journal takes at once.</summary>
    public const int ReadAhead = 6;

    /// <summary>How many may be read and waiting, however many endpoints there are.</summary>
    public const int MostReadAhead = 18;

    private const int TriesOfBlock = 4;
    private const int MostUnconfirmed = 8;
    private readonly long _started = Stopwatch.GetTimestamp();
    private readonly Lock _learning = new();
    private readonly Dictionary<EndpointName, EndpointPace> _paces = [];
    private readonly RangeLinks _links = new(reader);

    /// <summary>The size of the next range, in blocks: what the lag is measured in.</summary>
    public int RangeBlocks => PaceOf((reader.Pool.Preferred ?? reader.Pool.All[0]).Name).Planner.Size;

    private TimeSpan Now => Stopwatch.GetElapsedTime(_started);

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
        var handedOut = (cursor.Block, cursor.Hash);
        bool isContradicted;
        do
        {
            isContradicted = false;
            var (at, hash) = handedOut;
            var unconfirmed = new List<TradeRange>();
            await foreach (var read in DownloadAsync(hash is null ? at : at + 1, until, cancel).ConfigureAwait(false))
            {
                var follows = hash is null || read.First.ParentHash == hash;
                var waits = WaitsToBeConfirmed(read, until);
                if (unconfirmed is [.., var last] && (!follows || !waits || unconfirmed.Count >= MostUnconfirmed))
                {
                    // A range of the preferred endpoint that follows confirms all before it.
                    if (!(follows && IsPreferred(read)) && await _links.IsContradictedAsync(last, cancel).ConfigureAwait(false))
                    {
                        isContradicted = true;
                        break;
                    }

                    foreach (var confirmed in unconfirmed)
                        yield return confirmed;
                    unconfirmed.Clear();
                    handedOut = (at, hash);
                }

                var range = follows ? read : await _links.SettleForkAsync(at, hash!.Value, read, cancel).ConfigureAwait(false);
                (at, hash) = (range.Last.Number, range.Last.Hash);
                unconfirmed.Add(range);
                if (waits)
                    continue;
                unconfirmed.Clear();
                handedOut = (at, hash);
                yield return range;
            }
        } while (isContradicted);
    }

    /// <summary>
    /// Whether a range waits for another endpoint's word: any but the preferred one does not tell alone which chain is followed. One that
    /// nothing follows yet does not wait.
    /// </summary>
    private bool WaitsToBeConfirmed(TradeRange range, ulong? until) =>
        range.Last.Number < Math.Min(Newest, until ?? ulong.MaxValue) && !IsPreferred(range);

    private bool IsPreferred(TradeRange range) => reader.Pool.Preferred is not { } preferred || range.By == preferred.Name.ToString();

    /// <summary>Ranges in order, as they are downloaded.</summary>
    private async IAsyncEnumerable<TradeRange> DownloadAsync(ulong first, ulong? until, [EnumeratorCancellation] CancellationToken cancel)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var downloads = new DownloadSlots(reader.Pool, SharesOf);
        var ahead = Math.Min(ReadAhead + (reader.Pool.All.Count - 1) * options.Parallelism, Math.Max(MostReadAhead, options.Parallelism));
        var underWay = Channel.CreateBounded<Task<IReadOnlyList<TradeRange>>>(ahead);
        var planning = PlanAsync(first, until, underWay.Writer, downloads, stop.Token);
        try
        {
            await foreach (var reading in underWay.Reader.ReadAllAsync(cancel).ConfigureAwait(false))
            {
                foreach (var range in await reading.ConfigureAwait(false))
                    yield return range;
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
                var slot = await downloads.TakeAsync(SharedFrom(next), cancel).ConfigureAwait(false);
                var end = reader.EndOfPart(next, Math.Min(EndOfPart(next), until ?? ulong.MaxValue));
                var (from, to) = PaceOf(slot.Endpoint.Name).Planner.Next(next, end);
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

    /// <summary>What an endpoint has to have that a range may be asked of; null for what only the preferred one is asked.</summary>
    private ulong? SharedFrom(ulong next) => next <= Newest ? Newest : null;

    /// <summary>A range is of the history or of the newest blocks, which are read with all their headers.</summary>
    private ulong EndOfPart(ulong next) => next <= Newest ? Newest : head.Finalized!.Number;

    /// <summary>Whether blooms are held against logs: in the history only where no running total would show what is missing.</summary>
    private bool IsWatched(ulong end) => end > Newest || !reader.SeesTotals;

    private EndpointPace PaceOf(EndpointName endpoint)
    {
        lock (_learning)
            return _paces.TryGetValue(endpoint, out var pace) ? pace : FirstPace;
    }

    private EndpointPace FirstPace =>
        new(RangePlanner.Start(options.FirstRangeBlocks, options.MaxRangeBlocks, options.TargetReplyBytes), options.Parallelism);

    private void Learn(EndpointName endpoint, Func<EndpointPace, EndpointPace> learn)
    {
        lock (_learning)
            _paces[endpoint] = learn(_paces.GetValueOrDefault(endpoint) ?? FirstPace);
    }

    private IReadOnlyList<int> SharesOf(IReadOnlyList<RpcEndpoint> endpoints) =>
        EndpointPace.Shares([.. endpoints.Select(endpoint => PaceOf(endpoint.Name))], Now);

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
                var (begun, delayed) = (Now, slot.Endpoint.Delayed);
                try
                {
                    var (range, by) = await reader
                        .ReadAsync(next, end, cancel, IsWatched(end), slot.Free, slot.Endpoint)
                        .ConfigureAwait(false);
                    if (range.Advances.Count <= RangeFlow.MaxEpochsPerRange || blocks == 1)
                    {
                        // What another endpoint has not given took its time, too: that says nothing about who gave it.
                        var now = Now;
                        if (by == slot.Endpoint)
                            Learn(by.Name, pace => pace.Answered(blocks, range.Bytes, now - begun, now));
                        pieces.Add(range);
                        if (end == to)
                            return pieces;
                        (next, tries) = (end + 1, 0);
                        end = PaceOf(by.Name).Planner.Next(next, to).To;
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
                    Learn(e.Endpoint, pace => pace.Refused(blocks, e.Limits, e.InnerException!.Message));
                    end = Math.Min(half, PaceOf(e.Endpoint).Planner.Next(next, to).To);
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
                finally
                {
                    if (slot.Endpoint.Delayed > delayed)
                        Learn(slot.Endpoint.Name, pace => pace.AskedToWait(begun, Now));
                }
            }

            if (pause > TimeSpan.Zero)
                await Task.Delay(pause, cancel).ConfigureAwait(false);
            slot = await downloads.TakeAsync(SharedFrom(next), cancel).ConfigureAwait(false);
        }
    }
}
