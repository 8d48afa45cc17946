using System.Buffers;
using Tao20.Actors.Ingestion;
using Tao20.Actors.Miners;
using Tao20.Chain.Contracts;
using Tao20.Domain.Parameters;
using Tao20.Domain.Units;
using static Tao20.Actors.Tests.Ingestion.Given;

namespace Tao20.Actors.Tests.Ingestion;

[Trait("Category", "Fast")]
public sealed class RangeBatcherTests
{
    private static readonly ParameterSchedule Schedule = new([new(1, new EpochId(0), DomainParameters.Default)]);
    private readonly RangeBatcher _flow = new(followsRegistry: false);

    [Fact]
    public void At_the_head_a_range_goes_at_once()
    {
        _flow.Add(Range(7), final: 7);
        Assert.Equal(7UL, _flow.Next(Schedule)!.Last.Number);
    }

    [Fact]
    public void A_range_waits_for_those_that_were_final_when_it_came_and_for_no_later_ones()
    {
        _flow.Add(Range(1), final: 3);
        Assert.Null(_flow.Next(Schedule));
        _flow.Add(Range(2), final: 9);
        Assert.Null(_flow.Next(Schedule));
        _flow.Add(Range(3), final: 9);
        var work = _flow.Next(Schedule)!;
        Assert.Equal((3UL, 3), (work.Last.Number, work.Trades));
    }

    [Fact]
    public void Far_behind_so_many_trades_as_are_worth_an_entry_are_enough()
    {
        _flow.Add(Range(1, RangeBatcher.MinBatchTrades - 1), final: 1_000_000);
        Assert.Null(_flow.Next(Schedule));
        _flow.Add(Range(2), final: 1_000_000);
        Assert.Equal(RangeBatcher.MinBatchTrades, _flow.Next(Schedule)!.Trades);
    }

    [Fact]
    public void In_a_long_quiet_stretch_the_cursor_still_moves()
    {
        for (var block = 1; block <= RangeBatcher.MaxWaitingRanges; block++)
        {
            Assert.True(_flow.WantsMore);
            Assert.Null(_flow.Next(Schedule));
            _flow.Add(Range(block, trades: 0), final: 1_000_000);
        }

        Assert.False(_flow.WantsMore);
        Assert.Equal((ulong)RangeBatcher.MaxWaitingRanges, _flow.Next(Schedule)!.Last.Number);
        Assert.True(_flow.WantsMore);
    }

    [Fact]
    public void One_work_is_under_way_at_a_time()
    {
        _flow.Add(Range(1), final: 1);
        var first = _flow.Next(Schedule)!;
        _flow.Add(Range(2), final: 2);
        Assert.Null(_flow.Next(Schedule));
        Assert.Null(_flow.Complete());
        _flow.Acknowledge(new FoldAcknowledged(first.Number, 0, Miner));
        Assert.Same(first, _flow.Complete());
        Assert.Equal(2UL, _flow.Next(Schedule)!.Last.Number);
    }

    [Fact]
    public void What_is_on_its_way_is_untouched_when_the_memory_it_was_read_into_is_used_again()
    {
        var (read, later) = (new TradeBuffer(), new TradeBuffer());
        foreach (var trade in Trades(1, 600))
            read.Add(trade);
        var range = Range(1, read.ToSequence()) with { Memory = read };
        _flow.Add(range, final: 1);
        var work = _flow.Next(Schedule)!;
        Assert.Throws<ObjectDisposedException>(() => range.Trades);
        foreach (var trade in Trades(2, 600))
            later.Add(trade);
        Assert.Equal(Trades(1, 600), Assert.Single(work.Pending).Trades.Trades.ToArray());
        Assert.Equal(Trades(2, 600), later.ToSequence().ToArray());
    }
}
