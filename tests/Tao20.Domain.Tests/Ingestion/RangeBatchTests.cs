using Tao20.Domain.Epochs;
using Tao20.Domain.Ingestion;
using Tao20.Domain.Units;
using static Tao20.Domain.Ingestion.RangeFlowCommand;
using static Tao20.Domain.Tests.Ingestion.Ranges;

namespace Tao20.Domain.Tests.Ingestion;

/// <summary>How many ranges are folded together: one at the head, many far behind it.</summary>
[Trait("Category", "Fast")]
public sealed class RangeBatchTests
{
    private RangeFlow _flow = RangeFlow.Initial(followsRegistry: false);

    [Fact]
    public void At_the_head_a_range_goes_at_once()
    {
        When(new Take(Range(7), Final: 7));
        Assert.Equal(7UL, Dispatched()!.Last.Number);
    }

    [Fact]
    public void A_range_waits_for_those_that_were_final_when_it_came_and_for_no_later_ones()
    {
        When(new Take(Range(1), Final: 3));
        Assert.Null(Dispatched());
        When(new Take(Range(2), Final: 9));
        Assert.Null(Dispatched());
        When(new Take(Range(3), Final: 9));
        var work = Dispatched()!;
        Assert.Equal((3UL, 3), (work.Last.Number, work.Trades));
    }

    [Fact]
    public void The_first_of_a_start_wait_for_few_trades()
    {
        When(new Take(Range(1, RangeFlow.FirstBatchTrades - 1), Final: 1_000_000));
        Assert.Null(Dispatched());
        When(new Take(Range(2), Final: 1_000_000));
        Assert.Equal(RangeFlow.FirstBatchTrades, Dispatched()!.Trades);
    }

    [Fact]
    public void Far_behind_so_many_trades_as_are_worth_an_entry_are_enough()
    {
        _flow = _flow with { Dispatched = 1 };
        When(new Take(Range(1, RangeFlow.LeastBatchTrades - 1), Final: 1_000_000));
        Assert.Null(Dispatched());
        When(new Take(Range(2), Final: 1_000_000));
        Assert.Equal(RangeFlow.LeastBatchTrades, Dispatched()!.Trades);
    }

    [Theory]
    [InlineData(0, RangeFlow.LeastBatchTrades)]
    [InlineData(250, RangeFlow.LeastBatchTrades)]
    [InlineData(500, 500 * RangeFlow.BatchTradesPerMiner)]
    [InlineData(100_000, RangeFlow.MostBatchTrades)]
    public void The_more_miners_trade_the_more_trades_are_worth_an_entry_of_each(int miners, int trades)
    {
        var active = Enumerable.Range(0, miners).Select(i => Address.Parse($"0x{i:x40}")).ToHashSet();
        _flow = _flow with { Book = new EpochBook(default, active), Dispatched = 1 };
        When(new Take(Range(1, trades - 1), Final: 1_000_000));
        Assert.True(_flow.WantsMore);
        Assert.Null(Dispatched());
        When(new Take(Range(2), Final: 1_000_000));
        Assert.Equal(trades, Dispatched()!.Trades);
    }

    private InFlightRange? Dispatched()
    {
        When(new Dispatch(CursorState.Initial with { Schedule = Schedule }));
        return _flow.UnderWay;
    }

    private void When(RangeFlowCommand command) => _flow = _flow.Decide(command).Aggregate(_flow, (flow, e) => flow.Evolve(e));
}
