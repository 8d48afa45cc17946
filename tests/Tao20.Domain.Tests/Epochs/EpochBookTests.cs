using System.Buffers;
using Tao20.Domain.Epochs;
using Tao20.Domain.Parameters;
using Tao20.Domain.Trades;
using Tao20.Domain.Units;
using Tao20.Domain.Volume;
using static Tao20.Domain.Tests.Given;

namespace Tao20.Domain.Tests.Epochs;

[Trait("Category", "Fast")]
public sealed class EpochBookTests
{
    [Fact]
    public void A_trade_belongs_to_the_epoch_opened_by_the_last_change_before_it()
    {
        var trades = new[] { Mint(100, 0, block: 5), Mint(100, 1, block: 6), Mint(100, 2, block: 7) };
        var progress = Read(EpochBook.Initial, trades, [Change(0, 1, block: 6, index: 9), Change(1, 2, block: 8, index: 0)]);
        Assert.Equal([0UL, 0UL, 1UL], Epochs(progress));
        Assert.Equal([0UL, 1UL], progress.Closed.Select(epoch => epoch.Closed.Epoch.Value));
        Assert.Equal(2UL, progress.Open.Value);
    }

    [Fact]
    public void The_order_within_the_block_of_the_change_decides()
    {
        var before = Mint(100, 0, block: 6) with { Position = new Position(6, 3) };
        var after = Mint(100, 0, block: 6) with { Position = new Position(6, 5) };
        var progress = Read(EpochBook.Initial, [before, after], [Change(0, 1, block: 6, index: 4)]);
        Assert.Equal([0UL, 1UL], Epochs(progress));
    }

    [Fact]
    public void An_epoch_is_settled_with_those_who_traded_in_it_and_no_others()
    {
        var other = Address.Parse("0x00000000000000000000000000000000000000bb");
        var first = Read(EpochBook.Initial, [Mint(100, 0, block: 5)], []);
        var book = EpochBook.Initial.After(false, first.Open, first.Joined);
        var progress = Read(book, [Mint(100, 1, block: 8) with { Miner = other }], [Change(0, 1, block: 7, index: 0)]);
        Assert.Equal([Miner], Assert.Single(progress.Closed).Miners);
        Assert.Equal([other], progress.Joined);
        Assert.Equal([other], book.After(true, progress.Open, progress.Joined).Active);
    }

    [Fact]
    public void An_epoch_whose_beginning_was_not_read_is_not_settled_and_the_next_one_is()
    {
        var progress = Read(
            EpochBook.Initial,
            [Mint(100, 0, block: 5), Mint(100, 1, block: 8)],
            [Change(41, 42, block: 6, index: 0), Change(42, 43, block: 9, index: 0)]
        );
        var settled = Assert.Single(progress.Closed);
        Assert.Equal((42UL, 42UL), (settled.Closed.Epoch.Value, Epochs(progress)[1]));

        // Read range by range, the same.
        var first = Read(EpochBook.Initial, [Mint(100, 0, block: 5)], [Change(41, 42, block: 6, index: 0)]);
        Assert.Empty(first.Closed);
        var book = EpochBook.Initial.After(false, first.Open, first.Joined);
        Assert.Empty(book.Active);
        Assert.Equal(
            42UL,
            Assert.Single(Read(book, [Mint(100, 1, block: 8)], [Change(42, 43, block: 9, index: 0)]).Closed).Closed.Epoch.Value
        );
    }

    [Fact]
    public void The_last_hour_is_that_of_the_second_before_the_change() =>
        Assert.Equal(
            (471L, 472L),
            (Change(0, 1, 5, 0, timestamp: 472 * 3600).LastHour, Change(0, 1, 5, 0, timestamp: 472 * 3600 + 1).LastHour)
        );

    [Fact]
    public void Changed_parameters_hold_from_the_next_epoch_on()
    {
        var stricter = DomainParameters.Default with { Eligibility = EligibilityRules.Default with { BurstTrades = 5 } };
        var schedule = new ParameterSchedule([new ParametersVersion(1, default, DomainParameters.Default)]).Adopt(stricter, new EpochId(7));
        Assert.Equal((1u, 2u), (schedule.At(new EpochId(7)).Version, schedule.At(new EpochId(8)).Version));
        Assert.Same(schedule, schedule.Adopt(stricter, new EpochId(9)));
        var thirdInTheSameEpoch = schedule.Adopt(DomainParameters.Default, new EpochId(7));
        Assert.Equal([1u, 3u], thirdInTheSameEpoch.Versions.Select(version => version.Version));
    }

    [Fact]
    public void A_parameter_out_of_range_is_named_with_its_value_and_what_is_allowed()
    {
        var error = Assert.Single(
            (DomainParameters.Default with { Eligibility = EligibilityRules.Default with { BurstTrades = 0 } }).Validate()
        );
        Assert.Equal("Scoring:Eligibility:BurstTrades = 0 is out of range: give 1 to 64 trades.", error.ToString());
        Assert.Empty(DomainParameters.Default.Validate());
    }

    private static EpochProgress Read(EpochBook book, Trade[] trades, ClosedEpoch[] advances) =>
        book.Read(new ReadOnlySequence<Trade>(trades), advances);

    private static List<ulong> Epochs(EpochProgress progress) =>
        [.. progress.ByMiner().Values.SelectMany(trades => trades).OrderBy(trade => trade.Position).Select(trade => trade.Epoch.Value)];

    private static ClosedEpoch Change(ulong closed, ulong opened, ulong block, uint index, ulong timestamp = 1_700_000_000) =>
        new(new EpochId(closed), new EpochId(opened), new Position(block, index), timestamp);
}
