using Tao20.Chain.Following;

namespace Tao20.Chain.Tests.Following;

[Trait("Category", "Fast")]
public sealed class RangePlannerTests
{
    private static readonly TimeSpan Quick = TimeSpan.FromMilliseconds(50);

    [Theory]
    [InlineData(100, 10_000, 200)] // small answer: twice the size, no more
    [InlineData(100, 1_000_000, 100)] // just right
    [InlineData(100, 4_000_000, 25)] // four times too much: a quarter
    [InlineData(100, 900_000_000, 1)] // one block is the least
    [InlineData(30, 10_000, 100)] // a range cut short by the head says nothing about larger ones
    public void The_size_follows_the_answers(int blocks, int bytes, int expected) =>
        Assert.Equal(expected, new RangePlanner(100, 5_000, 1_000_000).Answered(blocks, bytes, Quick).Size);

    [Fact]
    public void A_slow_answer_halves() =>
        Assert.Equal(50, new RangePlanner(100, 5_000, 1_000_000).Answered(100, 10, TimeSpan.FromSeconds(6)).Size);

    [Fact]
    public void A_refused_size_is_tried_again_after_a_hundred_answers_and_no_sooner()
    {
        var planner = new RangePlanner(100, 5_000, 1_000_000).Refused(100);
        Assert.Equal(50, planner.Size);
        for (var i = 1; i < RangePlanner.AnswersBeforeMore; i++)
            planner = planner.Answered(planner.Size, 10, Quick);
        Assert.Equal((99, 99), (planner.Size, planner.Ceiling));
        planner = planner.Answered(planner.Size, 10, Quick);
        Assert.Equal((198, 198), (planner.Size, planner.Ceiling));
        for (var i = 0; i < 10 * RangePlanner.AnswersBeforeMore; i++)
            planner = planner.Answered(planner.Size, 10, Quick);
        Assert.Equal(5_000, planner.Size);
    }

    [Theory]
    [InlineData(5_000, 120, 120)] // no further than the target
    [InlineData(5_000, 238, 238)] // a rest of less than half a range goes along
    [InlineData(5_000, 239, 189)] // half a range is worth one of its own
    [InlineData(120, 209, 209)] // as far as the provider allows
    [InlineData(120, 210, 189)]
    [InlineData(100, 190, 189)]
    public void A_range_ends_at_the_target(int ceiling, ulong target, ulong end) =>
        Assert.Equal((90UL, end), new RangePlanner(100, ceiling, 1).Next(90, target));

    [Theory]
    [InlineData("range 1000000 exceeds limit of 10000", 10_000)]
    [InlineData("You can make requests with up to a 500 block range. Try this: [0x10, 0x3ff]", 0x3f0)]
    [InlineData("eth_getLogs is limited to 1,024 blocks", 1_024)]
    [InlineData("maximum allowed is 2000", 2_000)]
    [InlineData("max is 1k", 50_000)]
    [InlineData("block range too large", 50_000)]
    [InlineData("limit of 70000", 50_000)] // more than half: half is tried
    [InlineData("limit of 0", 50_000)]
    [InlineData("[0x3ff, 0x10]", 50_000)]
    public void What_looks_like_a_limit_is_tried_first(string words, int expected)
    {
        var planner = new RangePlanner(100_000, 200_000, 1_000_000).Refused(100_000, hint: words);
        Assert.Equal((expected, 99_999), (planner.Size, planner.Ceiling));
    }

    [Fact]
    public void A_refusal_that_may_be_about_the_rate_teaches_no_limit()
    {
        var planner = new RangePlanner(100, 5_000, 1_000_000).Refused(100, limits: false);
        Assert.Equal((50, 5_000), (planner.Size, planner.Ceiling));
    }
}
