using CsCheck;
using Tao20.Domain.Weights;

namespace Tao20.Domain.Tests.Weights;

[Trait("Category", "Fast")]
public sealed class WeightRulesTests
{
    private static readonly WeightRules Rules = new(1, 100, false, 1, 1, 256, new EpochClock(2, 900, 0, 360));

    private static readonly Gen<SubnetWeight[]> SomeWeights =
        from values in Gen.UShort[1, ushort.MaxValue].Array[1, 100]
        from gaps in Gen.Int[1, 3].Array[values.Length]
        select values.Select((value, i) => new SubnetWeight((ushort)(gaps.Take(i + 1).Sum() - 1), value)).ToArray();

    [Fact]
    public void As_many_as_are_wanted_are_taken_as_they_are()
    {
        SubnetWeight[] weights = [new(1, 65535), new(7, 21845)];
        Assert.Equal(weights, Rules.Fit(weights, out var problem));
        Assert.Null(problem);
    }

    [Fact]
    public void Too_few_are_filled_up_with_zeros_for_those_who_are_paid_nothing() =>
        Gen.Select(SomeWeights, Gen.UShort[0, 300], Gen.UShort[300, 400])
            .Sample(
                (weights, least, neurons) =>
                {
                    var fit = (Rules with { MinWeights = least, Neurons = neurons }).Fit(weights, out _)!;
                    Assert.Equal(Math.Max(weights.Length, least), fit.Count);
                    Assert.Equal(weights, fit.Where(weight => weight.Weight > 0));
                    Assert.Equal(fit.Select(weight => weight.Uid).Distinct().Order(), fit.Select(weight => weight.Uid));
                    Assert.All(fit, weight => Assert.InRange(weight.Uid, 0, neurons - 1));
                }
            );

    [Theory]
    [InlineData(0, 1, 256, "nobody")]
    [InlineData(2, 8, 2, null)]
    [InlineData(9, 1, 8, "UID 8 is not on the subnet")]
    public void What_a_subnet_does_not_take_is_said(int count, int least, int neurons, string? words)
    {
        var rules = Rules with { MinWeights = (ushort)least, Neurons = (ushort)neurons };
        var fit = rules.Fit([.. Enumerable.Range(0, count).Select(uid => new SubnetWeight((ushort)uid, 65535))], out var problem);
        Assert.Equal(words is null, fit is not null);
        if (words is not null)
            Assert.Contains(words, problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Where_an_epoch_that_is_due_has_been_put_off_weights_count_for_it_already()
    {
        Assert.Equal((2UL, 1_259UL), (Rules.Clock.Current, Rules.Clock.LastBlock));
        var deferred = Rules.Clock with { PendingAt = 1_261 };
        Assert.Equal((3UL, 1_620UL), (deferred.Current, deferred.LastBlock));
    }
}
