using CsCheck;
using Tao20.Domain.Index;
using Tao20.Domain.Units;

namespace Tao20.Domain.Tests.Index;

[Trait("Category", "Fast")]
public sealed class IndexCompositionTests
{
    private static readonly DateOnly Day = new(2026, 11, 22);

    [Fact]
    public void The_window_is_the_day_and_the_thirteen_before_it()
    {
        var window = IndexComposition.Window(Day);
        Assert.Equal((14, new DateOnly(2026, 11, 9), Day), (window.Count, window[0], window[^1]));
    }

    [Fact]
    public void The_twenty_largest_are_in_and_the_root_subnet_never_is()
    {
        var emissions = Enumerable.Range(0, 30).ToDictionary(i => (ushort)i, i => (UInt128)(i == 0 ? 1_000_000 : 100 + i));
        var index = IndexComposition.Compose([new EmissionSnapshot(Day, emissions)]);
        Assert.Equal(Enumerable.Range(10, 20).Reverse(), index.Select(constituent => (int)constituent.Netuid));
    }

    [Fact]
    public void A_day_on_which_a_subnet_is_absent_does_not_lower_its_average()
    {
        var index = IndexComposition.Compose([
            new EmissionSnapshot(Day, new Dictionary<ushort, UInt128> { [1] = 100, [2] = 80 }),
            new EmissionSnapshot(Day.AddDays(-1), new Dictionary<ushort, UInt128> { [2] = 100 }),
        ]);
        Assert.Equal(
            [(1, (UInt128)100), (2, (UInt128)90)],
            index.Select(constituent => ((int)constituent.Netuid, constituent.AverageEmission))
        );
    }

    [Fact]
    public void Ties_go_to_the_lower_netuid() =>
        Assert.Equal(
            Enumerable.Range(3, 20),
            IndexComposition
                .Compose([new EmissionSnapshot(Day, Enumerable.Range(3, 30).ToDictionary(i => (ushort)i, _ => (UInt128)7))])
                .Select(constituent => (int)constituent.Netuid)
        );

    [Fact]
    public void Weights_sum_to_one_exactly() =>
        Gen.Select(Gen.UShort, Gen.ULong[0, 1_000_000_000_000])
            .Array[0, 60]
            .Array[1, 14]
            .Sample(days =>
            {
                var snapshots = days.Select(
                        (day, i) =>
                            new EmissionSnapshot(
                                Day.AddDays(-i),
                                day.DistinctBy(pair => pair.Item1).ToDictionary(pair => pair.Item1, pair => (UInt128)pair.Item2)
                            )
                    )
                    .ToList();
                var index = IndexComposition.Compose(snapshots);
                Assert.True(index.Count <= IndexComposition.Size);
                Assert.Equal(index.Count == 0 ? 0 : Ratio.Scale, index.Sum(constituent => (long)constituent.Weight.Value));
                Assert.Equal(
                    index.OrderByDescending(constituent => constituent.AverageEmission).ThenBy(constituent => constituent.Netuid),
                    index
                );
            });

    [Fact]
    public void Two_snapshots_of_one_day_are_refused() =>
        Assert.Throws<ArgumentException>(() =>
            IndexComposition.Compose([
                new EmissionSnapshot(Day, new Dictionary<ushort, UInt128>()),
                new EmissionSnapshot(Day, new Dictionary<ushort, UInt128>()),
            ])
        );
}
