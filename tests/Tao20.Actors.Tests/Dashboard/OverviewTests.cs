using Tao20.Actors.Faults;
using Tao20.Actors.Status;
using Tao20.Dashboard;
using Tao20.Dashboard.Live;
using Tao20.Dashboard.Pages;
using Tao20.Domain.Ranking;

namespace Tao20.Actors.Tests.Dashboard;

/// <summary>The first page.</summary>
[Trait("Category", "Fast")]
public sealed class OverviewTests
{
    private static readonly NodeFault Fault = new(FaultKind.ChainUnavailable, "nobody answers", DateTimeOffset.UnixEpoch);

    [Fact]
    public async Task It_stays_the_same_page_whoever_comes_and_goes_and_whatever_is_wrong()
    {
        var first = await PageAsync(5);
        foreach (var (ranked, faults) in new (int, IReadOnlyList<NodeFault>)[] { (0, []), (1, []), (2, [Fault]), (5, [Fault, Fault]) })
        {
            var changes = (await PageAsync(ranked, faults)).Parts.ChangesSince(first.Parts);
            Assert.NotNull(changes);
            Assert.Equal(
                ranked == 5 ? ["health"]
                    : faults.Count > 0 ? ["first", "health"]
                    : ["first"],
                changes.Keys.Order()
            );
        }
    }

    private static async Task<RenderedPage> PageAsync(int ranked, IReadOnlyList<NodeFault>? faults = null)
    {
        IReadOnlyList<RankedMiner> miners = [.. Rankings.Random(ranked, new Random(7)).Select(one => one.Miner)];
        var node = new NodeOverview(null, null, null, null, null, new FaultSources([], null, null, null, null, null), null, []);
        return RenderedPage.Of(
            await Page.RenderAsync<OverviewPage>(
                new Dictionary<string, object?>
                {
                    [nameof(OverviewPage.Frame)] = Rankings.Frame(),
                    [nameof(OverviewPage.Node)] = node,
                    [nameof(OverviewPage.Faults)] = faults ?? [],
                    [nameof(OverviewPage.First)] = miners,
                }
            )
        );
    }
}
