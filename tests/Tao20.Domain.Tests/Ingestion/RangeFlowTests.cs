using System.Buffers;
using CsCheck;
using Tao20.Domain.Ingestion;
using Tao20.Domain.Parameters;
using Tao20.Domain.Trades;
using Tao20.Domain.Units;
using Tao20.Domain.Volume;
using static Tao20.Domain.Ingestion.RangeFlowCommand;
using static Tao20.Domain.Ingestion.RangeFlowEvent;
using static Tao20.Domain.Tests.Ingestion.Ranges;

namespace Tao20.Domain.Tests.Ingestion;

[Trait("Category", "Fast")]
public sealed class RangeFlowTests
{
    private static readonly MinerHead Head = new(1, Ranges.Hash(7));
    private static readonly CursorState Durable = CursorState.Initial with { Schedule = Schedule };
    private RangeFlow _flow = RangeFlow.Initial(followsRegistry: false);

    [Fact]
    public void What_is_before_a_running_total_that_does_not_go_on_is_folded_by_itself()
    {
        var tao = Wei.OneTao.Value;
        When(new Take(Counted(1, 0, tao), Final: 3));
        When(new Take(Counted(2, tao, 2 * tao), Final: 3));
        When(new Take(Counted(3, 5 * tao, 6 * tao), Final: 3));
        var first = Dispatched()!;
        Assert.Equal((2UL, 2), (first.Last.Number, first.Trades));
        When(new AcknowledgeBatch(first.Number, Miner, 0, Head));
        Assert.Equal((3UL, 1), (Dispatched()!.Last.Number, _flow.UnderWay!.Trades));
        Assert.Empty(_flow.Waiting);

        static TradeRange Counted(int block, UInt128 before, UInt128 after) =>
            Range(block, new ReadOnlySequence<Trade>([.. Mints(block)]), new() { [Miner] = new ChainCounter(before, after) });
    }

    [Fact]
    public void An_epoch_that_ends_without_having_begun_shows_that_the_end_of_the_one_before_is_missing()
    {
        _flow = _flow with { FromGenesis = true };
        When(new Take(Range(2), Final: 3));
        When(new Take(Range(3, [], End(1, 3)), Final: 3));
        Assert.Null(_flow.MissingBefore(0));

        // What is before it is folded first.
        var first = Dispatched()!;
        Assert.Equal(2UL, first.Last.Number);
        Assert.Null(_flow.MissingBefore(0));
        When(new AcknowledgeBatch(first.Number, Miner, 0, Head));
        Assert.Equal(new HistoryGap(null, 0, 1, 0, 3), _flow.MissingBefore(0));
    }

    [Fact]
    public void Where_reading_begins_in_the_middle_of_history_only_a_later_end_of_an_epoch_can_be_missing()
    {
        When(new Take(Range(3, [], End(7, 3)), Final: 3));
        Assert.Null(_flow.MissingBefore(3));
        Dispatched();
        When(new Take(Range(4, [], End(8, 4)), Final: 4));
        Assert.Null(_flow.MissingBefore(3));
        Dispatched();
        When(new Take(Range(5, [], End(10, 5)), Final: 5));
        Assert.Equal(new HistoryGap(null, 9, 10, 3, 5), _flow.MissingBefore(3));
    }

    [Fact]
    public void In_a_long_quiet_stretch_the_cursor_still_moves()
    {
        for (var block = 1; block <= RangeFlow.MaxWaitingRanges; block++)
        {
            Assert.True(_flow.WantsMore);
            Assert.Null(Dispatched());
            When(new Take(Range(block, trades: 0), Final: 1_000_000));
        }

        Assert.False(_flow.WantsMore);
        Assert.Equal((ulong)RangeFlow.MaxWaitingRanges, Dispatched()!.Last.Number);
        Assert.True(_flow.WantsMore);
    }

    [Fact]
    public void A_range_without_trades_is_complete_at_once()
    {
        When(new Take(Range(1, trades: 0), Final: 1));
        Assert.Collection(
            When(new Dispatch(Durable)),
            e => Assert.IsType<RangeDispatched>(e),
            e => Assert.Equal(1UL, Assert.IsType<RangeCompleted>(e).Work.Last.Number)
        );
    }

    [Fact]
    public void One_range_is_under_way_at_a_time()
    {
        When(new Take(Range(1), Final: 1));
        var first = Dispatched()!;
        When(new Take(Range(2), Final: 2));
        Assert.Null(Dispatched());
        Assert.Equal<RangeFlowEvent>(
            [new BatchAcknowledged(Miner, null, Head), new RangeCompleted(first)],
            When(new AcknowledgeBatch(first.Number, Miner, 0, Head))
        );
        Assert.Equal(2UL, Dispatched()!.Last.Number);
    }

    [Fact]
    public void An_acknowledgement_counts_once_and_only_for_the_range_under_way()
    {
        When(new Take(Range(1, Mints(1, [Miner, Account(7)])), Final: 1));
        var work = Dispatched()!;
        Assert.Empty(When(new AcknowledgeBatch(work.Number + 1, Miner, 0, Head)));
        Assert.Empty(When(new AcknowledgeBatch(work.Number, Miner, 1, Head)));
        Assert.Empty(When(new AcknowledgeBatch(work.Number, Account(8), 0, Head)));
        Assert.Empty(When(new AcknowledgeFacts(work.Number)));
        Assert.Single(When(new AcknowledgeBatch(work.Number, Miner, 0, Head)));
        Assert.Empty(When(new AcknowledgeBatch(work.Number, Miner, 0, Head)));
        Assert.Equal(1, _flow.Missing);
    }

    [Fact]
    public void With_a_registry_the_range_also_waits_for_its_facts()
    {
        _flow = RangeFlow.Initial(followsRegistry: true);
        When(new Take(Range(1, Mints(1), End(0, 1)), Final: 1));
        var work = Dispatched()!;
        Assert.Single(work.Facts!);
        Assert.Single(When(new AcknowledgeBatch(work.Number, Miner, 0, Head)));
        Assert.Equal<RangeFlowEvent>([new FactsAcknowledged(), new RangeCompleted(work)], When(new AcknowledgeFacts(work.Number)));
        Assert.Empty(When(new AcknowledgeFacts(work.Number)));
    }

    [Fact]
    public void A_later_part_waits_until_the_one_before_it_is_acknowledged()
    {
        // The rules change with epoch 1: the miner's trades of one range are two parts.
        var stricter = DomainParameters.Default with
        {
            Eligibility = EligibilityRules.Default with { BurstTrades = 5 },
        };
        var schedule = new ParameterSchedule([new(1, new EpochId(0), DomainParameters.Default), new(2, new EpochId(1), stricter)]);
        var trades = new ReadOnlySequence<Trade>([.. Mints(1), .. Mints(2), .. Mints(3)]);
        var totals = new Dictionary<Address, ChainCounter> { [Miner] = new(0, 3 * Wei.OneTao.Value) };
        When(new Take(Range(9, trades, totals, [End(0, 2)]), Final: 9));
        var work = Assert.IsType<RangeDispatched>(Assert.Single(When(new Dispatch(Durable with { Schedule = schedule })))).Work;

        Assert.Equal([2, 1], work.Batches[Miner].Select(part => part.Trades.Length));
        Assert.Equal(new ChainCounter(2 * Wei.OneTao.Value, 3 * Wei.OneTao.Value), work.Batches[Miner][1].Counter);
        Assert.Equal(0, _flow.Parts[Miner]);
        Assert.Equal<RangeFlowEvent>([new BatchAcknowledged(Miner, 1, Head)], When(new AcknowledgeBatch(work.Number, Miner, 0, Head)));
        Assert.Equal(1, _flow.Parts[Miner]);
        Assert.Empty(When(new AcknowledgeBatch(work.Number, Miner, 0, Head)));
        Assert.Equal<RangeFlowEvent>(
            [new BatchAcknowledged(Miner, null, Head), new RangeCompleted(work)],
            When(new AcknowledgeBatch(work.Number, Miner, 1, Head))
        );
    }

    [Fact]
    public void No_more_is_read_while_too_many_epochs_wait_to_be_settled()
    {
        for (var epoch = 0; epoch < RangeFlow.MaxUnsettledEpochs; epoch++)
        {
            Assert.True(_flow.WantsMore);
            When(new Take(Range(epoch + 1, Mints(epoch + 1, 0), End((ulong)epoch, epoch + 1)), Final: (ulong)epoch + 1));
            Assert.NotNull(Dispatched());
        }

        Assert.False(_flow.WantsMore);
        When(new AcknowledgeSettlement());
        Assert.True(_flow.WantsMore);
    }

    [Fact]
    public void What_is_on_its_way_is_untouched_when_the_memory_it_was_read_into_is_used_again()
    {
        var memory = Mints(1, 600).ToArray();
        When(new Take(Range(1, new ReadOnlySequence<Trade>(memory)), Final: 1));
        var work = Dispatched()!;
        Array.Clear(memory);
        Assert.Equal(Mints(1, 600), Assert.Single(work.Batches[Miner]).Trades.ToArray());
    }

    /// <summary>
    /// Miners answer in any order, twice, late or never; reading begins again at any time. Each still folds each of its trades once and
    /// in order (the journal of a miner drops what it has), and the cursor moves over every block in order.
    /// </summary>
    [Fact]
    public void Whatever_is_lost_or_repeated_every_trade_is_folded_once_and_in_order() =>
        Gen.Select(Gen.Int[0, 4].Array[0, 6].Array[1, 25], Gen.Int[0, int.MaxValue])
            .Sample(
                (blocks, seed) =>
                {
                    var random = new Random(seed);
                    var world = new World([.. blocks.Select(miners => miners.Select(Account).ToArray())]);
                    for (var step = 0; step < 2_000 && !world.IsDone; step++)
                        world.Step(random);
                    world.Finish();
                    Assert.Equal(world.Expected, world.Folded);
                    Assert.True(world.HeadsAgree);
                },
                iter: 300
            );

    private InFlightRange? Dispatched() => When(new Dispatch(Durable)) is [RangeDispatched(var work, _), ..] ? work : null;

    private IReadOnlyList<RangeFlowEvent> When(RangeFlowCommand command)
    {
        var events = _flow.Decide(command);
        _flow = events.Aggregate(_flow, (flow, e) => flow.Evolve(e));
        return events;
    }

    /// <summary>A chain, a follower that may begin again, and miners with their journals.</summary>
    private sealed class World(Address[][] blocks)
    {
        private readonly Dictionary<Address, List<Position>> _folded = [];
        private readonly List<(long Range, int Part, FoldTrades Trades)> _mail = [];
        private CursorState _cursor = CursorState.Initial;
        private static readonly MinerHead Head = new(1, Ranges.Hash(7));
        private static readonly CursorState Durable = CursorState.Initial with { Schedule = Schedule };
        private RangeFlow _flow = RangeFlow.Initial(followsRegistry: false);
        private int _read;

        public bool IsDone => _cursor.Last?.Number == (ulong)blocks.Length;

        public IEnumerable<string> Expected =>
            blocks
                .SelectMany((miners, i) => Mints(i + 1, miners))
                .GroupBy(trade => trade.Miner, trade => trade.Position)
                .Select(miner => $"{miner.Key}: {string.Join(' ', miner)}")
                .Order();

        /// <summary>What the cursor says of each miner is what the miner has folded.</summary>
        public bool HeadsAgree =>
            _cursor.Known.Count == _folded.Count && _cursor.Known.All(one => one.Value.Trades == _folded[one.Key].Count);

        public IEnumerable<string> Folded => _folded.Select(miner => $"{miner.Key}: {string.Join(' ', miner.Value)}").Order();

        public void Step(Random random)
        {
            switch (random.Next(10))
            {
                case < 3 when _read < blocks.Length && _flow.WantsMore:
                    Read();
                    break;
                case < 8 when _mail.Count > 0:
                    Deliver(random.Next(_mail.Count), random);
                    break;
                case 8 when _mail.Count > 0:
                    _mail.RemoveAt(random.Next(_mail.Count));
                    break;
                case 9 when random.Next(8) == 0:
                    Restart();
                    break;
            }
        }

        /// <summary>From here on nothing is lost: what is left is read again and folded.</summary>
        public void Finish()
        {
            Restart();
            while (!IsDone)
            {
                if (_read < blocks.Length)
                    Read();
                while (_mail.Count > 0)
                    Deliver(0, random: null);
            }
        }

        private void Read()
        {
            _read++;
            When(new Take(Range(_read, Mints(_read, blocks[_read - 1])), (ulong)blocks.Length));
            When(new Dispatch(Durable));
        }

        private void Restart()
        {
            _read = (int)(_cursor.Last?.Number ?? 0);
            When(new Restart(_cursor));
        }

        private void Deliver(int which, Random? random)
        {
            var (range, part, fold) = _mail[which];
            if (random is null || random.Next(3) > 0)
                _mail.RemoveAt(which);
            var folded = _folded.TryGetValue(fold.Miner, out var known) ? known : _folded[fold.Miner] = [];
            foreach (var trade in fold.Trades.ToArray().Where(trade => folded.Count == 0 || trade.Position > folded[^1]))
                folded.Add(trade.Position);
            When(new AcknowledgeBatch(range, fold.Miner, part, new MinerHead(folded.Count, null)));
        }

        private void When(RangeFlowCommand command)
        {
            foreach (var e in _flow.Decide(command))
            {
                _flow = _flow.Evolve(e);
                switch (e)
                {
                    case RangeDispatched(var work, _):
                        _mail.AddRange(work.Batches.Values.Select(parts => (work.Number, 0, parts[0])));
                        break;
                    case BatchAcknowledged(var miner, { } next, _):
                        _mail.Add((_flow.UnderWay!.Number, next, _flow.UnderWay.Batches[miner][next]));
                        break;
                    case RangeCompleted(var work):
                        foreach (var moved in _cursor.Decide(new CursorCommand.Complete(work, _flow.Heads)))
                            _cursor = _cursor.Evolve(moved);
                        When(new Dispatch(Durable));
                        break;
                }
            }
        }
    }
}
