using Tao20.Chain.Following;
using Tao20.Chain.JsonRpc;

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
    public void A_refused_size_is_not_tried_again()
    {
        var planner = new RangePlanner(100, 5_000, 1_000_000).Refused(100);
        Assert.Equal(50, planner.Size);
        for (var i = 0; i < 20; i++)
            planner = planner.Answered(planner.Size, 10, Quick);
        Assert.Equal(99, planner.Size);
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
    [InlineData("query returned more than 10000 results", -32005, true, false)]
    [InlineData("Too Many Requests", 429, false, true)]
    [InlineData("daily request count exceeded, request rate limited", -32005, false, true)]
    [InlineData("exceed maximum block range: 2000", -32000, true, false)]
    [InlineData("execution reverted", 3, false, false)]
    public void Providers_words_are_understood(string text, int code, bool tooLarge, bool rateLimit)
    {
        var error = new RpcErrorException(new Uri("http://node"), "eth_getLogs", code, text);
        Assert.Equal((tooLarge, rateLimit), (RangeLimits.IsTooLarge(error), RangeLimits.IsRateLimit(error)));
    }
}
