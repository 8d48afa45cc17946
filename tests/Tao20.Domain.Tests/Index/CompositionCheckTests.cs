using Tao20.Domain.Index;
using Tao20.Domain.Units;

namespace Tao20.Domain.Tests.Index;

[Trait("Category", "Fast")]
public sealed class CompositionCheckTests
{
    private static readonly DateOnly Later = new(2026, 11, 22);
    private static readonly DateOnly Earlier = new(2026, 11, 15);

    [Theory]
    [InlineData("2026-11-22T16:29:59Z", "2026-11-15", "2026-11-08")]
    [InlineData("2026-11-22T16:30:00Z", "2026-11-22", "2026-11-15")]
    [InlineData("2026-11-25T00:00:00Z", "2026-11-22", "2026-11-15")]
    [InlineData("2026-11-28T23:59:59Z", "2026-11-22", "2026-11-15")]
    public void The_last_two_sundays_at_half_past_four_can_have_been_the_rebalance(string time, string later, string earlier)
    {
        var seconds = (ulong)DateTimeOffset.Parse(time, null).ToUnixTimeSeconds();
        Assert.Equal([DateOnly.Parse(later, null), DateOnly.Parse(earlier, null)], CompositionCheck.RebalanceDays(seconds));
    }

    [Fact]
    public void A_composition_by_the_rule_of_either_day_is_right()
    {
        var check = CompositionCheck.Of(
            [(1, Part(75)), (2, Part(25))],
            [(Later, Rule((1, 50), (2, 50))), (Earlier, Rule((1, 75), (2, 25)))]
        );
        Assert.Equal(Earlier, check.AsOf);
        Assert.Empty(check.Differences);
    }

    [Fact]
    public void What_differs_is_named_subnet_by_subnet()
    {
        var check = CompositionCheck.Of([(1, Part(60)), (9, Part(40))], [(Later, Rule((1, 75), (2, 25)))]);
        Assert.Equal(3, check.Differences.Count);
        Assert.Contains(
            check.Differences,
            difference => difference.StartsWith("subnet 2 is rank 2 by the rule and not held", StringComparison.Ordinal)
        );
        Assert.Contains(
            check.Differences,
            difference => difference.StartsWith("subnet 9 is held and not among the largest 2", StringComparison.Ordinal)
        );
        Assert.Contains(
            check.Differences,
            difference =>
                difference.StartsWith(
                    "subnet 1 has the weight 600000000000000000, by the rule 750000000000000000",
                    StringComparison.Ordinal
                )
        );
    }

    [Fact]
    public void A_weight_that_differs_in_the_last_digits_is_right() =>
        Assert.Empty(
            CompositionCheck.Of([(1, new Ratio(Part(75).Value + 1_000_000)), (2, Part(25))], [(Later, Rule((1, 75), (2, 25)))]).Differences
        );

    private static Ratio Part(int percent) => new((Int128)Ratio.Scale * percent / 100);

    private static IReadOnlyList<Constituent> Rule(params (ushort Netuid, int Percent)[] parts) =>
        [.. parts.Select((part, i) => new Constituent(i + 1, part.Netuid, 1, Part(part.Percent)))];
}
