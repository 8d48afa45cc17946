using System.Reflection;

namespace Tao20.Chain.Tests.Subtensor;

/// <summary>
/// What of the chain the mock is held to, point by point of its reference. For the next release of the chain each point is looked up at
/// the source its tests name; what has changed is a profile more, and its vectors are rows more.
/// </summary>
[Trait("Category", "Fast")]
public sealed class ConformanceTests
{
    private const int Points = 34;

    // Points that no test of the mock can hold: of the client, of the machine, of who makes the blocks.
    private static readonly IReadOnlyDictionary<int, string> Elsewhere = new Dictionary<int, string>
    {
        [27] = "the base fee is set by who makes the blocks (TransactionSenderTests)",
        [31] = "of the client: WeightsAlarmTests",
        [34] = "a measurement",
    };

    [Fact]
    public void Every_point_of_the_reference_has_a_test_that_names_its_source()
    {
        var tested = typeof(ConformanceTests)
            .Assembly.GetTypes()
            .SelectMany(type => type.GetMethods())
            .SelectMany(method => method.GetCustomAttributes<ReferencePointAttribute>())
            .ToList();
        Assert.All(tested, point => Assert.NotEqual("", point.Source));
        Assert.Equal(Enumerable.Range(1, Points), tested.Select(point => point.Point).Concat(Elsewhere.Keys).Distinct().Order());
        Assert.Empty(tested.Select(point => point.Point).Intersect(Elsewhere.Keys));
    }
}
