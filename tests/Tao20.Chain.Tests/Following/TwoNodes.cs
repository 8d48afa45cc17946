using System.Buffers;
using Microsoft.Extensions.Logging.Abstractions;
using Tao20.Chain.Following;
using Tao20.Domain.Ingestion;
using Tao20.Domain.Trades;

namespace Tao20.Chain.Tests.Following;

/// <summary>Two nodes of one chain of 200 blocks, of which tests bend the first, and how they are read.</summary>
public abstract class TwoNodes : IAsyncLifetime
{
    private readonly CancellationTokenSource _timeout = new(TimeSpan.FromSeconds(60));

    /// <summary>The one that is bent.</summary>
    internal ScriptedNode Odd { get; private set; } = null!;

    /// <summary>The other.</summary>
    internal ScriptedNode Plain { get; private set; } = null!;

    /// <summary>Ends what takes too long.</summary>
    protected CancellationToken Limit => _timeout.Token;

    public async Task InitializeAsync()
    {
        Odd = (await ScriptedNode.StartAsync()).Grow(200);
        Plain = (await ScriptedNode.StartAsync()).Grow(200);
    }

    public async Task DisposeAsync()
    {
        await Odd.DisposeAsync();
        await Plain.DisposeAsync();
        _timeout.Dispose();
    }

    private protected static ChainOptions Options(params ScriptedNode[] nodes) =>
        new()
        {
            Endpoints = [.. nodes.Select(node => node.Uri)],
            Contract = ScriptedNode.Contract,
            FromBlock = 1,
            WebSocket = false,
            Retries = 2,
            RetryDelay = TimeSpan.FromMilliseconds(5),
            PollInterval = TimeSpan.FromMilliseconds(50),
            TargetReplyBytes = 128 * 1024,
        };

    protected static ChainConnection Open(ChainOptions options) => ChainConnection.Http(options, NullLogger.Instance);

    protected async Task<List<TradeRange>> ReadAsync(ChainOptions options, Cursor? cursor = null)
    {
        await using var chain = Open(options);
        return await ReadAsync(chain, cursor);
    }

    protected async Task<List<TradeRange>> ReadAsync(ChainConnection chain, Cursor? cursor = null)
    {
        var ranges = new List<TradeRange>();
        await ReadAsync(chain, ranges, cursor);
        return ranges;
    }

    protected async Task ReadAsync(ChainConnection chain, List<TradeRange> ranges, Cursor? cursor = null)
    {
        await chain.Head.RefreshAsync(Limit);
        await foreach (var range in chain.Ranges.ReadAsync(cursor ?? new Cursor(1, null), chain.Head.Finalized!.Number, Limit))
            ranges.Add(range);
    }

    protected void AssertWhole(List<TradeRange> ranges, ulong? except = null) =>
        Assert.Equal(Expected(Plain, 200).Where(trade => trade.Position.Block != except), Trades(ranges));

    private protected static IEnumerable<(Position Position, ulong Timestamp, bool IsMint)> Expected(ScriptedNode node, int blocks) =>
        node
            .Blocks.Skip(1)
            .Take(blocks - 1)
            .SelectMany(block =>
                block.Trades.Select((trade, i) => (new Position(block.Number, (uint)(2 * i)), block.Timestamp, trade.IsMint))
            );

    protected static IEnumerable<(Position Position, ulong Timestamp, bool IsMint)> Trades(List<TradeRange> ranges) =>
        ranges.SelectMany(range => range.Trades.ToArray()).Select(trade => (trade.Position, trade.Timestamp, trade.Side == TradeSide.Mint));
}
