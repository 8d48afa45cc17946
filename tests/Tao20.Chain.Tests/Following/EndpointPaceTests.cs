using Tao20.Chain.Following;

namespace Tao20.Chain.Tests.Following;

[Trait("Category", "Fast")]
public sealed class EndpointPaceTests
{
    private static readonly TimeSpan Now = TimeSpan.FromSeconds(100);

    [Fact]
    public void Before_anything_is_known_the_preferred_one_is_asked_and_each_other_tried_with_one_range() =>
        Assert.Equal([4, 1, 1], EndpointPace.Shares([New(), New(), New()], Now));

    [Theory]
    [InlineData(100, 1000, 100, 1000, 4, 4)] // alike: both
    [InlineData(100, 1000, 199, 1000, 4, 4)] // within twice the time and half the blocks a second: both
    [InlineData(100, 1000, 201, 1900, 4, 0)] // its ranges take too long: all would wait for them
    [InlineData(201, 1900, 100, 1000, 0, 4)] // the same of the preferred one
    [InlineData(100, 1000, 100, 490, 4, 1)] // its ranges are still growing: one at a time
    public void Who_is_read_from_goes_by_how_quick_each_is(int tookA, int blocksA, int tookB, int blocksB, int shareA, int shareB) =>
        Assert.Equal([shareA, shareB], EndpointPace.Shares([Measured(tookA, blocksA), Measured(tookB, blocksB)], Now));

    [Fact]
    public void One_that_takes_only_small_ranges_is_left_out()
    {
        var small = Measured(100, 400).Refused(400, limits: true, hint: "");
        for (var i = 0; i < 8; i++)
            small = small.Answered(small.Planner.Size, 10, TimeSpan.FromMilliseconds(100), Now);
        Assert.Equal([4, 0], EndpointPace.Shares([Measured(100, 1000), small], Now));
    }

    [Fact]
    public void What_was_measured_long_ago_does_not_count()
    {
        var slow = Measured(5_000, 1000);
        Assert.Equal([4, 0], EndpointPace.Shares([Measured(100, 1000), slow], Now + EndpointPace.Remembered));
        var later = Now + slow.Takes!.Value * EndpointPace.RememberedRanges;
        var quick = New().Answered(1000, 10, TimeSpan.FromMilliseconds(100), later);
        Assert.Equal([4, 0], EndpointPace.Shares([quick, slow], later));
        later += TimeSpan.FromSeconds(1);
        Assert.Equal([4, 1], EndpointPace.Shares([quick, slow], later));
        Assert.Equal([4, 4], EndpointPace.Shares([quick, slow.Answered(1000, 10, TimeSpan.FromMilliseconds(100), later)], later));
    }

    [Fact]
    public void One_that_asks_to_wait_is_asked_half_as_much_once_for_all_that_were_under_way_together()
    {
        var pace = New().AskedToWait(begun: Seconds(1), Seconds(3));
        Assert.Equal(2, pace.AtOnce);
        Assert.Equal(2, pace.AskedToWait(begun: Seconds(2), Seconds(4)).AtOnce);
        pace = pace.AskedToWait(begun: Seconds(3.5), Seconds(4));
        Assert.Equal(1, pace.AtOnce);
        Assert.Equal(1, pace.AskedToWait(begun: Seconds(5), Seconds(6)).AtOnce);
    }

    [Fact]
    public void One_that_no_longer_asks_to_wait_is_asked_more_again_slowly()
    {
        var pace = New().AskedToWait(begun: Seconds(1), Seconds(3)).AskedToWait(begun: Seconds(3.5), Seconds(4));
        var atOnce = new List<int>();
        for (var i = 0; i < 4 * EndpointPace.RangesBeforeMore; i++)
        {
            pace = pace.Answered(1, 10, Seconds(0.1), Seconds(5 + i));
            atOnce.Add(pace.AtOnce);
        }

        Assert.Equal(
            Enumerable.Range(1, 4 * EndpointPace.RangesBeforeMore).Select(i => Math.Min(4, 1 + i / EndpointPace.RangesBeforeMore)),
            atOnce
        );
    }

    private static TimeSpan Seconds(double seconds) => TimeSpan.FromSeconds(seconds);

    private static EndpointPace New() => new(RangePlanner.Start(16, 10_000, 1_000_000), 4);

    private static EndpointPace Measured(int tookMs, int blocks) =>
        (New() with { Planner = new RangePlanner(blocks, 10_000, 1_000_000) }).Answered(
            blocks,
            1_000_000,
            TimeSpan.FromMilliseconds(tookMs),
            Now
        );
}
