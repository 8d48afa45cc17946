using Xunit.Abstractions;

[assembly: TestCollectionOrderer("Tao20.EndToEnd.Tests." + nameof(Tao20.EndToEnd.Tests.LongestFirst), "Tao20.EndToEnd.Tests")]

namespace Tao20.EndToEnd.Tests;

/// <summary>
/// The classes that take minutes begin first, those that mostly wait before all others: what comes last would run alone, with a processor
/// that has nothing to do.
/// </summary>
public sealed class LongestFirst : ITestCollectionOrderer
{
    private static readonly string[] First =
    [
        nameof(ClusterTests),
        nameof(DevnetValidatorsTests),
        nameof(DevnetTests),
        nameof(UpgradeTests),
        nameof(RebuildTests),
        nameof(OperationsTests),
        nameof(MinerKillTests),
    ];

    public IEnumerable<ITestCollection> OrderTestCollections(IEnumerable<ITestCollection> testCollections) =>
        testCollections.OrderBy(PlaceOf).ThenBy(collection => collection.DisplayName, StringComparer.Ordinal);

    private static int PlaceOf(ITestCollection collection)
    {
        var place = Array.FindIndex(First, name => collection.DisplayName.EndsWith($".{name}", StringComparison.Ordinal));
        return place < 0 ? First.Length : place;
    }
}
