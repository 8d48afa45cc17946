using CsCheck;
using Tao20.Actors.Metrics;

namespace Tao20.Actors.Tests.Metrics;

[Trait("Category", "Fast")]
public sealed class CatchUpTests
{
    private static readonly CatchUp Fresh = new(Processors: 2);

    [Fact]
    public void One_sample_shows_no_speed()
    {
        Assert.Null(Fresh.Progress);
        Assert.Null(Fresh.With(Sample(0, 100, 5_000)).Progress);
    }

    [Fact]
    public void Two_ranges_that_come_at_the_same_moment_show_no_speed()
    {
        var both = Fresh.With(Sample(0, 100, 5_000)).With(Sample(0.01, 200, 5_000));
        Assert.Null(both.Progress);
        Assert.Equal(200, both.With(Sample(1, 300, 5_000)).Progress!.BlocksPerSecond);
    }

    [Fact]
    public void Speed_and_time_left_are_those_between_the_first_and_the_last_sample()
    {
        var progress = Fresh.With(Sample(0, 1_000, 10_000, trades: 50)).With(Sample(10, 3_000, 10_010, trades: 550)).Progress!;
        Assert.Equal((200.0, 50.0), (progress.BlocksPerSecond, progress.TradesPerSecond));
        Assert.Equal(7_010UL, progress.Lag);

        // The chain itself grows by a block a second.
        Assert.Equal(7_010 / 199.0, progress.LevelIn!.Value.TotalSeconds, 3);
    }

    [Fact]
    public void Who_is_no_faster_than_the_chain_is_never_level() =>
        Assert.Null(Fresh.With(Sample(0, 1_000, 10_000)).With(Sample(10, 1_010, 10_010)).Progress!.LevelIn);

    [Fact]
    public void Blocks_that_have_just_become_final_are_no_catching_up()
    {
        var level = Fresh.With(Sample(0, 1_000, 5_000));
        Assert.Null(level.With(Sample(10, 4_968, 5_000)).Progress);
        Assert.NotNull(level.With(Sample(10, 4_967, 5_000)).Progress);
    }

    [Theory]
    [InlineData(5.0, 16.9, CatchUpLimit.Endpoints)]
    [InlineData(4.9, 16.9, CatchUpLimit.Journal)]
    [InlineData(9.9, 17.0, CatchUpLimit.Processor)]
    public void It_is_limited_by_what_takes_its_time(double waited, double processor, CatchUpLimit limit) =>
        Assert.Equal(
            limit,
            Fresh.With(Sample(0, 1_000, 10_000)).With(Sample(10, 2_000, 10_000, waited: waited, processor: processor)).Progress!.LimitedBy
        );

    [Fact]
    public void What_was_more_than_half_a_minute_ago_does_not_count()
    {
        var stalled = Fresh.With(Sample(0, 1_000, 90_000)).With(Sample(5, 50_000, 90_000));
        for (var second = 6; second <= 40; second++)
            stalled = stalled.With(Sample(second, 50_000, 90_000));
        Assert.Equal(0, stalled.Progress!.BlocksPerSecond);
    }

    [Fact]
    public void Another_journal_or_a_head_that_goes_back_begins_anew()
    {
        var before = Fresh.With(Sample(0, 50_000, 90_000)).With(Sample(1, 51_000, 90_000));
        Assert.Null(before.With(Sample(2, 1_000, 90_000)).Progress);
        Assert.Null(before.With(Sample(2, 52_000, 80_000)).Progress);
    }

    [Fact]
    public void At_a_steady_speed_it_is_level_when_it_said() =>
        Gen.Select(Gen.Int[1, 5_000], Gen.Double[0, 0.9], Gen.Int[1_000, 1_000_000], Gen.Double[0.1, 25])
            .Sample(
                (speed, growth, behind, after) =>
                {
                    // Blocks are whole: what is said differs from what comes by what rounding takes from both ends.
                    ulong Block(double seconds) => (ulong)(speed * seconds);
                    ulong Head(double seconds) => (ulong)behind + (ulong)(speed * growth * seconds);
                    var progress = Fresh.With(Sample(0, 0, Head(0))).With(Sample(after, Block(after), Head(after))).Progress;
                    if (progress?.LevelIn is not { TotalSeconds: var left } || Block(after) < 1_000)
                        return true;
                    var (block, head) = (Block(after + left), Head(after + left));
                    var missed = Math.Abs((double)head - block);
                    return missed <= 2 + (left / after + 1) * 4;
                }
            );

    private static CatchUpSample Sample(
        double seconds,
        ulong block,
        ulong finalized,
        long trades = 0,
        double waited = 0,
        double processor = 0
    ) => new(TimeSpan.FromSeconds(seconds), block, finalized, trades, TimeSpan.FromSeconds(waited), TimeSpan.FromSeconds(processor));
}
