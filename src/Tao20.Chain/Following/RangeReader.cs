using System.Buffers;
using System.Text.Json;
using Tao20.Chain.Contracts;
using Tao20.Chain.JsonRpc;
using Tao20.Domain.Epochs;
using Tao20.Domain.Ingestion;
using Tao20.Domain.Slashing;
using Tao20.Domain.Trades;
using Tao20.Domain.Units;

namespace Tao20.Chain.Following;

/// <summary>
/// Fetches one range from one endpoint and checks it. What it returns can be folded; what cannot be right it drops with its node.
/// </summary>
public sealed class RangeReader(EndpointPool pool, ChainOptions options)
{
    /// <summary>Up to this many blocks, every header is read and the whole chain of parent hashes is checked.</summary>
    public const int EveryHeaderUpTo = 32;

    private const int HeadersPerRequest = 100;

    /// <summary>The registry whose logs are read too, on the chain found; null for none.</summary>
    public RegistryIdentity? Registry { get; internal set; }

    /// <summary>The pool asked.</summary>
    public EndpointPool Pool => pool;

    /// <summary>
    /// Reads a range, both ends included, from the best endpoint; a node whose answer cannot be right is dropped for the next.
    /// </summary>
    /// <param name="from">The first block.</param>
    /// <param name="to">The last block.</param>
    /// <param name="cancel">Cancels the operation.</param>
    /// <param name="arrived">Called when the logs have arrived, before they are read: another download may begin.</param>
    /// <exception cref="ChainException">No endpoint gave it. <see cref="RangeLimits"/> tells whether a smaller one may be had.</exception>
    public async Task<TradeRange> ReadAsync(ulong from, ulong to, CancellationToken cancel, Action? arrived = null)
    {
        while (true)
        {
            try
            {
                return await ReadOnceAsync(from, to, cancel, arrived: arrived).ConfigureAwait(false);
            }
            catch (NodeMisbehaviourException misbehaviour)
            {
                pool.Drop(misbehaviour);
                if (!pool.AnyTrusted)
                    throw pool.NobodyLeft();
            }
        }
    }

    /// <summary>Reads what is above the finalized block; null when the chain changed under the reading, as it may there.</summary>
    /// <exception cref="ChainException">No endpoint answers.</exception>
    public async Task<HeadOverlay?> ReadOverlayAsync(BlockHeader final, BlockHeader latest, CancellationToken cancel)
    {
        var headers = new BlockHeader?[latest.Number - final.Number];
        try
        {
            using var range = await ReadOnceAsync(final.Number + 1, latest.Number, cancel, headers).ConfigureAwait(false);
            return range.First.ParentHash == final.Hash
                ? new HeadOverlay(final, [.. headers.Select(header => header!)], range.Trades.ToArray())
                : null;
        }
        catch (NodeMisbehaviourException)
        {
            // Above finality an answer may contradict itself without anyone's fault: a reorg between two reads.
            return null;
        }
    }

    private async Task<TradeRange> ReadOnceAsync(
        ulong from,
        ulong to,
        CancellationToken cancel,
        BlockHeader?[]? all = null,
        Action? arrived = null
    )
    {
        var every = all is not null || options.VerifyEveryHeader || to - from < EveryHeaderUpTo;
        List<ulong> asked = every ? [.. Blocks(from, to)] : [from, to];
        var headers = all ?? new BlockHeader?[asked.Count];
        var decoder = new LogDecoder(options.Contract, from, to, Registry);

        // Logs and headers in one request, so that one node answers for both at one moment.
        var first = Math.Min(asked.Count, HeadersPerRequest);
        var calls = new List<RpcCall>(first + 1) { EthCalls.Logs(options.Contract, Registry?.Registry, from, to, ReadLogs) };
        calls.AddRange(Enumerable.Range(0, first).Select(HeaderCall));
        var (by, bytes) = await pool.SendAsync(calls, cancel, arrived).ConfigureAwait(false);
        for (var at = first; at < asked.Count; at += HeadersPerRequest)
        {
            var more = Enumerable.Range(at, Math.Min(HeadersPerRequest, asked.Count - at)).Select(HeaderCall).ToList();
            await EndpointPool.SendToAsync(by, more, cancel).ConfigureAwait(false);
        }

        Require(by, RangeChecks.Headers(headers, asked));
        var known = headers.ToDictionary(header => header!.Number, header => header!);
        await ReadEpochEndsAsync(by, decoder.Advances, known, cancel).ConfigureAwait(false);
        var trades = decoder.Trades;
        if (decoder.LacksTimestamps)
            trades = await WithTimestampsAsync(by, decoder, known, cancel).ConfigureAwait(false);
        Require(by, RangeChecks.BlockHashes(decoder.Blocks, known));
        Require(by, RangeChecks.Times(trades, headers[0]!, headers[^1]!));
        if (decoder.Quarantined.Count == 0)
            Require(by, RangeChecks.Totals(trades, decoder.Totals));
        return new TradeRange(
            headers[0]!,
            headers[^1]!,
            trades,
            decoder.Advances,
            decoder.Totals,
            decoder.Facts,
            decoder.Quarantined,
            decoder.Count,
            bytes,
            by.Endpoint
        )
        {
            Memory = decoder.Memory,
        };

        RpcCall HeaderCall(int i) => EthCalls.Header(asked[i], header => headers[i] = header);

        void ReadLogs(ref Utf8JsonReader reader, ReadOnlySpan<byte> reply)
        {
            try
            {
                decoder.Read(ref reader, reply);
            }
            catch (LogViolationException e)
            {
                // Where the reply is read, the endpoint is known, and this becomes its misbehaviour.
                throw new FormatException(e.Message);
            }
        }
    }

    /// <summary>An epoch's last block is the parent of the one with the closing log: its hash is in that one's header.</summary>
    private static async Task ReadEpochEndsAsync(
        IRpcTransport by,
        List<ClosedEpoch> advances,
        Dictionary<ulong, BlockHeader> known,
        CancellationToken cancel
    )
    {
        await ReadMissingAsync(by, advances.Select(advance => advance.ClosedAt.Block), known, cancel).ConfigureAwait(false);
        for (var i = 0; i < advances.Count; i++)
            advances[i] = advances[i] with { LastBlockHash = known[advances[i].ClosedAt.Block].ParentHash };
    }

    /// <summary>Older nodes give logs without the time of their block: it is read from the header of each block that has a log.</summary>
    private static async Task<ReadOnlySequence<Trade>> WithTimestampsAsync(
        IRpcTransport by,
        LogDecoder decoder,
        Dictionary<ulong, BlockHeader> known,
        CancellationToken cancel
    )
    {
        await ReadMissingAsync(by, decoder.Blocks.Select(block => block.Number), known, cancel).ConfigureAwait(false);
        var trades = decoder.Trades.ToArray();
        foreach (ref var trade in trades.AsSpan())
            trade = trade with { Timestamp = known[trade.Position.Block].Timestamp };
        return new ReadOnlySequence<Trade>(trades);
    }

    /// <summary>Reads the headers of these blocks, ascending, that are not known yet.</summary>
    private static async Task ReadMissingAsync(
        IRpcTransport by,
        IEnumerable<ulong> blocks,
        Dictionary<ulong, BlockHeader> known,
        CancellationToken cancel
    )
    {
        foreach (var chunk in blocks.Where(block => !known.ContainsKey(block)).Distinct().ToList().Chunk(HeadersPerRequest))
        {
            var headers = new BlockHeader?[chunk.Length];
            var calls = chunk.Select((number, i) => EthCalls.Header(number, header => headers[i] = header)).ToList();
            await EndpointPool.SendToAsync(by, calls, cancel).ConfigureAwait(false);
            Require(by, RangeChecks.Headers(headers, chunk));
            foreach (var header in headers)
                known[header!.Number] = header;
        }
    }

    private static void Require(IRpcTransport by, string? violation)
    {
        if (violation is not null)
            throw new NodeMisbehaviourException(by.Endpoint, violation);
    }

    private static IEnumerable<ulong> Blocks(ulong from, ulong to)
    {
        for (var block = from; block <= to; block++)
            yield return block;
    }
}
