using System.Buffers;
using System.Text.Json;
using Tao20.Chain.Contracts;
using Tao20.Chain.JsonRpc;
using Tao20.Domain.Epochs;
using Tao20.Domain.Ingestion;
using Tao20.Domain.Registry;
using Tao20.Domain.Trades;
using Tao20.Domain.Units;
using Tao20.Domain.Volume;

namespace Tao20.Chain.Following;

/// <summary>
/// Fetches one range from one endpoint and checks it. What it returns can be folded; what cannot be right it drops with its node.
/// </summary>
public sealed class RangeReader(EndpointPool pool, ChainOptions options)
{
    /// <summary>Up to this many blocks, every header is read and the whole chain of parent hashes is checked.</summary>
    public const int EveryHeaderUpTo = 32;

    private const int HeadersPerRequest = 100;
    private LogFilter? _filter;

    private readonly SilentBlocks _silent = new(pool);
    private readonly DoubtedBlocks _doubted = new(pool);

    /// <summary>The registry whose logs are read too, on the chain found; null for none.</summary>
    public RegistryIdentity? Registry { get; internal set; }

    /// <summary>
    /// Whether the contract keeps running totals, as its latest trades show: with them a missing log of an earlier block comes to light
    /// at the miner's next trade. False before the first trade is seen.
    /// </summary>
    public bool SeesTotals { get; private set; }

    /// <summary>Blocks whose logs a node had not given though they were there.</summary>
    public long BlocksWithheld => _silent.Withheld;

    /// <summary>Blocks whose bloom said that there may be logs of ours, and there were none.</summary>
    public long FalseBlooms => _silent.FalseBlooms;

    /// <summary>Where logs have not come that the contract has counted: such blocks are read from the receipts of all endpoints.</summary>
    public IReadOnlyList<HistoryGap> Doubted
    {
        get => _doubted.Gaps;
        set => _doubted.Gaps = value;
    }

    /// <summary>The pool asked.</summary>
    public EndpointPool Pool => pool;

    /// <summary>
    /// Reads a range, both ends included, from the best endpoint that gives it; a node whose answer cannot be right is dropped.
    /// </summary>
    /// <param name="from">The first block.</param>
    /// <param name="to">The last block.</param>
    /// <param name="cancel">Cancels the operation.</param>
    /// <param name="everyHeader">Whether each block's header is read, and its bloom held against its logs.</param>
    /// <param name="arrived">Called when the logs have arrived, before they are read: another download may begin.</param>
    /// <param name="first">The endpoint to begin with; null for the preferred one.</param>
    /// <returns>What was read, and who gave it.</returns>
    /// <exception cref="RangeRefusedException">It is too much for the endpoint asked, which may give it in pieces.</exception>
    /// <exception cref="ChainException">No endpoint gave it.</exception>
    public Task<(TradeRange Range, RpcEndpoint By)> ReadAsync(
        ulong from,
        ulong to,
        CancellationToken cancel,
        bool everyHeader = false,
        Action? arrived = null,
        RpcEndpoint? first = null
    )
    {
        var every = everyHeader || options.VerifyEveryHeader || to - from < EveryHeaderUpTo;
        return pool.AskAsync(
            endpoint =>
                RangeRefusals.ToldAsync(
                    endpoint,
                    from,
                    to,
                    () => ReadOnceAsync(endpoint, from, to, every, cancel, arrived: arrived),
                    cancel
                ),
            cancel,
            e => e is RangeRefusedException,
            first
        );
    }

    /// <summary>Where a range that begins at a block ends at the latest.</summary>
    internal ulong EndOfPart(ulong next, ulong end) => _doubted.EndOfPart(next, end);

    /// <summary>Reads what is above the finalized block; null when the chain changed under the reading, as it may there.</summary>
    /// <exception cref="ChainException">No endpoint answers.</exception>
    public async Task<HeadOverlay?> ReadOverlayAsync(BlockHeader final, BlockHeader latest, CancellationToken cancel)
    {
        try
        {
            var (overlay, _) = await pool.AskAsync(ReadAsync, cancel, e => e is NodeMisbehaviourException or NoAnswerYetException)
                .ConfigureAwait(false);
            return overlay;
        }
        catch (EndpointException e) when (e is NodeMisbehaviourException or NoAnswerYetException)
        {
            // Above finality an answer may contradict itself without anyone's fault: a reorg between two reads.
            return null;
        }

        async Task<HeadOverlay?> ReadAsync(RpcEndpoint endpoint)
        {
            var headers = new BlockHeader?[latest.Number - final.Number];
            using var range = await ReadOnceAsync(endpoint, final.Number + 1, latest.Number, true, cancel, headers).ConfigureAwait(false);
            return range.First.ParentHash == final.Hash
                ? new HeadOverlay(final, [.. headers.Select(header => header!)], range.Trades.ToArray())
                : null;
        }
    }

    private async Task<TradeRange> ReadOnceAsync(
        RpcEndpoint by,
        ulong from,
        ulong to,
        bool every,
        CancellationToken cancel,
        BlockHeader?[]? all = null,
        Action? arrived = null
    )
    {
        List<ulong> asked = every ? [.. Blocks(from, to)] : [from, to];
        var headers = all ?? new BlockHeader?[asked.Count];
        var mayHaveLogs = new bool[asked.Count];
        var filter = Filter;
        var decoder = new LogDecoder(options.Contract, from, to, Registry?.Registry);

        // Logs and headers in one request, so that one node answers for both at one moment.
        var first = Math.Min(asked.Count, HeadersPerRequest);
        var calls = new List<RpcCall>(first + 1) { EthCalls.Logs(filter, from, to, ReadLogs) };
        calls.AddRange(Enumerable.Range(0, first).Select(HeaderCall));
        var bytes = await by.SendAsync(calls, cancel, arrived).ConfigureAwait(false);
        for (var at = first; at < asked.Count; at += HeadersPerRequest)
        {
            var more = Enumerable.Range(at, Math.Min(HeadersPerRequest, asked.Count - at)).Select(HeaderCall).ToList();
            await by.SendAsync(more, cancel).ConfigureAwait(false);
        }

        var there = There(by, headers, asked);
        Require(by, RangeChecks.Headers(there, asked));
        var known = there.ToDictionary(header => header.Number);

        // What is above finality is only shown, and a block there may be replaced while it is asked for.
        if (all is null && from == to && _doubted.Covers(from))
            decoder = Decoded(by, from, to, await _doubted.ReadAsync(filter, there[0], cancel).ConfigureAwait(false));
        else if (
            all is null
            && await _silent.ReadAsync(by, filter, there, mayHaveLogs, decoder.Blocks, cancel).ConfigureAwait(false) is { } missed
        )
            decoder = Decoded(by, from, to, missed);
        await ReadEpochEndsAsync(by, decoder.Advances, known, cancel).ConfigureAwait(false);
        var trades = decoder.Trades;
        IReadOnlyList<RegistryLog> facts = decoder.Facts;
        if (decoder.LacksTimestamps)
        {
            trades = await WithTimestampsAsync(by, decoder, known, cancel).ConfigureAwait(false);
            facts = [.. facts.Select(log => log with { Fact = log.Fact with { Time = known[log.At.Block].Timestamp } })];
        }

        Require(by, RangeChecks.BlockHashes(decoder.Blocks, known));
        Require(by, RangeChecks.Times(trades, there[0], there[^1]));
        if (decoder.Quarantined.Count == 0 && Missing(decoder, trades) is { } missing)
        {
            // The blooms tell whether the node has the logs of whole blocks not yet, or has given a part of a block's.
            if (!every)
                return await ReadOnceAsync(by, from, to, every: true, cancel).ConfigureAwait(false);
            if (from < to)
                throw new LogsMissingException(by.Name, missing);
            Require(by, missing);
        }

        if (!trades.IsEmpty)
            SeesTotals = decoder.Totals.Count > 0;
        return new TradeRange(
            there[0],
            there[^1],
            trades,
            decoder.Advances,
            decoder.Totals,
            facts,
            decoder.Quarantined,
            decoder.Count,
            bytes,
            by.Name.ToString()
        )
        {
            Memory = decoder.Memory,
        };

        RpcCall HeaderCall(int i) =>
            EthCalls.Header(asked[i], filter, (header, mayHave) => (headers[i], mayHaveLogs[i]) = (header, mayHave));

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

    private static string? Missing(LogDecoder decoder, in ReadOnlySequence<Trade> trades) =>
        decoder.Gap ?? RangeChecks.Totals(trades, decoder.Totals) ?? RangeChecks.Epochs(decoder.Advances);

    private LogFilter Filter
    {
        get
        {
            if (_filter is not { } filter || filter.Registry != Registry?.Registry)
                _filter = filter = new LogFilter(options.Contract, Registry?.Registry);
            return filter;
        }
    }

    /// <summary>The logs of a block that were not given with its range.</summary>
    private LogDecoder Decoded(RpcEndpoint by, ulong from, ulong to, byte[] logs)
    {
        var decoder = new LogDecoder(options.Contract, from, to, Registry?.Registry);
        try
        {
            var reader = new Utf8JsonReader(logs);
            reader.Read();
            decoder.Read(ref reader, logs);
            return decoder;
        }
        catch (Exception e) when (e is LogViolationException or FormatException)
        {
            throw new NodeMisbehaviourException(by.Name, e.Message);
        }
    }

    /// <summary>An epoch's last block is the parent of the one with the closing log: its hash is in that one's header.</summary>
    private static async Task ReadEpochEndsAsync(
        RpcEndpoint by,
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
        RpcEndpoint by,
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
        RpcEndpoint by,
        IEnumerable<ulong> blocks,
        Dictionary<ulong, BlockHeader> known,
        CancellationToken cancel
    )
    {
        foreach (var chunk in blocks.Where(block => !known.ContainsKey(block)).Distinct().ToList().Chunk(HeadersPerRequest))
        {
            var headers = new BlockHeader?[chunk.Length];
            var calls = chunk.Select((number, i) => EthCalls.Header(number, header => headers[i] = header)).ToList();
            await by.SendAsync(calls, cancel).ConfigureAwait(false);
            var there = There(by, headers, chunk);
            Require(by, RangeChecks.Headers(there, chunk));
            foreach (var header in there)
                known[header.Number] = header;
        }
    }

    /// <summary>Nodes behind one address are not all equally far, and a header may come late: that is no lie.</summary>
    private static BlockHeader[] There(RpcEndpoint by, BlockHeader?[] headers, IReadOnlyList<ulong> asked) =>
        [
            .. headers.Select(
                (header, i) =>
                    header ?? throw new IncompleteAnswerException(by.Name, $"block {asked[i]} is missing, though a later one is final")
            ),
        ];

    private static void Require(RpcEndpoint by, string? violation)
    {
        if (violation is not null)
            throw new NodeMisbehaviourException(by.Name, violation);
    }

    private static IEnumerable<ulong> Blocks(ulong from, ulong to)
    {
        for (var block = from; block <= to; block++)
            yield return block;
    }
}
