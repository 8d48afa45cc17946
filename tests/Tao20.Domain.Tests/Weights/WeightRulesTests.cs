using System.Numerics;
using CsCheck;
using Tao20.Domain.Weights;

namespace Tao20.Domain.Tests.Weights;

[Trait("Category", "Fast")]
public sealed class WeightRulesTests
{
    private static readonly WeightRules Rules = new(1, 100, false, 1, 1, ushort.MaxValue, 256, 360);

    private static readonly Gen<SubnetWeight[]> SomeWeights = Gen.UShort[1, ushort.MaxValue]
        .Array[1, 200]
        .Select(values => values.Select((value, uid) => new SubnetWeight((ushort)uid, value)).ToArray());

    [Fact]
    public void Weights_within_the_limits_are_taken_as_they_are()
    {
        SubnetWeight[] weights = [new(1, 65535), new(7, 21845)];
        Assert.Equal(weights, Rules.Fit(weights, out var problem));
        Assert.Null(problem);
    }

    [Fact]
    public void No_weight_gets_more_than_its_limit_and_the_cut_is_as_high_as_can_be() =>
        Gen.Select(SomeWeights, Gen.UShort[1, ushort.MaxValue])
            .Sample(
                (weights, limit) =>
                {
                    var rules = Rules with { MaxLimit = limit };
                    if (rules.Fit(weights, out var problem) is not { } fit)
                    {
                        // Even all alike they break it.
                        Assert.NotNull(problem);
                        Assert.True(weights.Length * (long)limit < ushort.MaxValue);
                        return;
                    }

                    Assert.True(Keeps(fit.Select(weight => weight.Weight), limit));
                    var height = fit.Max(weight => weight.Weight);
                    Assert.All(
                        weights.Zip(fit),
                        pair => Assert.Equal((pair.First.Uid, Math.Min(pair.First.Weight, height)), (pair.Second.Uid, pair.Second.Weight))
                    );
                    if (height < weights.Max(weight => weight.Weight))
                        Assert.False(Keeps(weights.Select(weight => (ushort)Math.Min(weight.Weight, height + 1)), limit));
                }
            );

    [Theory]
    [InlineData(0, 1, 65535, 256, "nobody")]
    [InlineData(2, 3, 65535, 256, "no fewer than 3")]
    [InlineData(2, 8, 65535, 2, null)]
    [InlineData(2, 1, 20000, 256, "cannot each keep below 20000")]
    [InlineData(9, 1, 65535, 8, "UID 8 is not on the subnet")]
    public void What_a_subnet_does_not_take_is_said(int count, int least, int limit, int neurons, string? words)
    {
        var rules = Rules with { MinWeights = (ushort)least, MaxLimit = (ushort)limit, Neurons = (ushort)neurons };
        var fit = rules.Fit([.. Enumerable.Range(0, count).Select(uid => new SubnetWeight((ushort)uid, 65535))], out var problem);
        Assert.Equal(words is null, fit is not null);
        if (words is not null)
            Assert.Contains(words, problem, StringComparison.Ordinal);
    }

    [Fact]
    public void A_commit_is_revealed_in_exactly_the_tempo_that_is_so_many_after_its_own() =>
        Gen.Select(Gen.ULong[1, 5_000_000], Gen.UShort, Gen.ULong[1, 720], Gen.ULong[1, 10])
            .Sample(
                (block, netuid, tempo, tempos) =>
                {
                    var (first, last) = (Rules with { TempoBlocks = tempo, RevealTempos = tempos }).RevealWindow(netuid, block);

                    // As the runtime counts: from the window's first block to its last it is that tempo, and in neither of the
                    // blocks beside.
                    ulong tempoOf(ulong at) => (at + netuid + 1) / (tempo + 1);
                    var due = tempoOf(block) + tempos;
                    Assert.Equal(
                        [due - 1, due, due, due + 1],
                        new[] { tempoOf(first - 1), tempoOf(first), tempoOf(last), tempoOf(last + 1) }
                    );
                    Assert.True(first > block);
                }
            );

    private static bool Keeps(IEnumerable<ushort> weights, ushort limit)
    {
        var all = weights.Select(weight => (BigInteger)weight).ToList();
        return limit == ushort.MaxValue || all.Max() * ushort.MaxValue <= all.Aggregate(BigInteger.Add) * limit;
    }
}
