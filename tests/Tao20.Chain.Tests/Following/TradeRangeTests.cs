using System.Buffers;
using CsCheck;
using Tao20.Chain.Abi;
using Tao20.Chain.Contracts;
using Tao20.Domain.Epochs;
using Tao20.Domain.Ingestion;
using Tao20.Domain.Trades;
using Tao20.Domain.Units;
using Tao20.Domain.Volume;

namespace Tao20.Chain.Tests.Following;

[Trait("Category", "Fast")]
public sealed class TradeRangeTests
{
    private static readonly Address[] Miners = [.. Enumerable.Range(1, 3).Select(i => Address.Parse($"0x{i:x40}"))];

    /// <summary>A history of blocks: how many trades each has, and whether an epoch ends in it, before its last trade.</summary>
    private static readonly Gen<(int Trades, bool Ends)[]> Blocks = Gen.Select(
        Gen.Int[0, 5],
        Gen.Int[0, 4].Select(ends => ends == 0)
    ).Array[1, 30];

    [Fact]
    public void Ranges_joined_are_what_one_range_over_all_their_blocks_would_be() =>
        Gen.Select(Blocks, Gen.Int[1, 6].Array[1, 8])
            .Sample(
                (blocks, cuts) =>
                {
                    var ranges = new List<TradeRange>();
                    for (var at = 0; at < blocks.Length; at += ranges[^1].Logs)
                        ranges.Add(Range(blocks, at, Math.Min(cuts[ranges.Count % cuts.Length], blocks.Length - at)));
                    var (joined, whole) = (TradeRange.Joined(ranges), Range(blocks, 0, blocks.Length));
                    Assert.Equal(whole.Trades.ToArray(), joined.Trades.ToArray());
                    Assert.Equal((whole.First, whole.Last, whole.Logs), (joined.First, joined.Last, joined.Logs));

                    // And so are the epochs of the trades, read at once or range by range.
                    var book = EpochBook.Initial;
                    var one = Miners.ToDictionary(miner => miner, _ => new List<Trade>());
                    foreach (var range in ranges)
                    {
                        var progress = book.Read(range.Trades, range.Advances);
                        book = book.After(progress.Closed.Count > 0, progress.Open, progress.Joined);
                        foreach (var (miner, trades) in progress.ByMiner())
                            one[miner].AddRange(trades);
                    }

                    var all = EpochBook.Initial.Read(joined.Trades, joined.Advances);
                    Assert.Equal(
                        one.Where(miner => miner.Value.Count > 0).ToDictionary(miner => miner.Key, miner => miner.Value.ToArray()),
                        all.ByMiner()
                    );
                    Assert.Equal(book.Open, all.Open);
                    Assert.Equal(book.Active.Order(), all.Joined);
                }
            );

    [Fact]
    public void A_range_that_does_not_follow_on_the_one_before_is_not_joined()
    {
        (int, bool)[] blocks = [(1, false), (1, false), (1, false)];
        var error = Assert.Throws<ArgumentException>(() => TradeRange.Joined([Range(blocks, 0, 1), Range(blocks, 2, 1)]));
        Assert.StartsWith("Block 3 does not follow on block 1.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_buffer_gives_out_what_was_put_in_and_its_memory_once() =>
        Gen.Int[0, 2_000]
            .Sample(
                count =>
                {
                    var trades = Range([(count, false)], 0, 1).Trades.ToArray();
                    using var buffer = new TradeBuffer();
                    foreach (var trade in trades)
                        buffer.Add(trade);
                    Assert.Equal(trades, buffer.ToSequence().ToArray());
                    buffer.Dispose();
                    Assert.True(buffer.ToSequence().IsEmpty);
                },
                iter: 50
            );

    private static TradeRange Range((int Trades, bool Ends)[] blocks, int first, int count)
    {
        var (trades, advances) = (new List<Trade>(), new List<ClosedEpoch>());
        for (var i = first; i < first + count; i++)
        {
            var (number, epoch) = ((ulong)i + 1, (ulong)blocks.Take(i).Count(block => block.Ends));
            var last = (uint)blocks[i].Trades;
            if (blocks[i].Ends)
                advances.Add(
                    new ClosedEpoch(new EpochId(epoch), new EpochId(epoch + 1), new Position(number, last * 2), 1_700_000_000 + number)
                );
            trades.AddRange(
                Enumerable
                    .Range(0, blocks[i].Trades)
                    .Select(k => new Trade(
                        new Position(number, (uint)k * 2 + (k == last - 1 ? 3u : 0u)),
                        default,
                        Keccak.Hash(BitConverter.GetBytes(number * 100 + (ulong)k)),
                        Miners[(i + k) % 3],
                        TradeSide.Mint,
                        Wei.OneTao,
                        Wei.OneTao,
                        TaoPerToken.From(1),
                        1_700_000_000 + number
                    ))
            );
        }

        return new TradeRange(
            Header(first + 1),
            Header(first + count),
            new ReadOnlySequence<Trade>([.. trades]),
            advances,
            new Dictionary<Address, ChainCounter>(),
            [],
            [],
            count,
            0,
            "#1 node"
        );
    }

    private static BlockHeader Header(int number) =>
        new(
            (ulong)number,
            Keccak.Hash(BitConverter.GetBytes(number)),
            Keccak.Hash(BitConverter.GetBytes(number - 1)),
            1_700_000_000 + (ulong)number
        );
}
