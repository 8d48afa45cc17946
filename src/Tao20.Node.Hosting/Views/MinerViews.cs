using Tao20.Actors.Status;
using Tao20.Chain.Abi;
using Tao20.Dashboard.Live;
using Tao20.Dashboard.Pages;
using Tao20.Dashboard.Parts;
using Tao20.Domain.Units;
using Tao20.Node.Http;

namespace Tao20.Node.Views;

/// <summary>The overview, and the pages of miners.</summary>
/// <param name="readings">What they show.</param>
/// <param name="frame">What stands around them.</param>
internal sealed class MinerViews(NodeReadings readings, ViewFrame frame)
{
    private readonly MinerTrades _trades = new(readings);

    /// <summary>Health in one glance.</summary>
    public async Task<RenderedPage> OverviewAsync(PageAddress address, CancellationToken cancel)
    {
        var overview = await readings.OverviewAsync(withSettled: true, cancel);
        var ranking = await readings.RankingAsync(cancel);
        return await ViewFrame.RenderAsync<OverviewPage>(
            frame.Of(address, "Overview", overview),
            new()
            {
                [nameof(OverviewPage.Node)] = overview,
                [nameof(OverviewPage.Faults)] = FaultDocument.FaultsOf(overview.Faults),
                [nameof(OverviewPage.Firing)] = await readings.FiringAsync(cancel),
                [nameof(OverviewPage.First)] = (IReadOnlyList<Domain.Ranking.RankedMiner>)[.. (ranking?.Ranking.Ranked ?? []).Take(5)],
            }
        );
    }

    /// <summary>The ranking of an epoch.</summary>
    public async Task<RenderedPage> MinersAsync(PageAddress address, CancellationToken cancel)
    {
        var (sort, page) = (address.Choice("sort", MinerList.Orders), address.PageNumber);
        var isDescending = address.Choice("desc", ["false", "true"]) == "true";
        MinerList list;
        var wanted = address.Number("epoch");
        var overview = await readings.OverviewAsync(withSettled: wanted is not null, cancel);
        if (wanted is { } epoch)
        {
            var report = await readings.RequireEpochAsync(overview, new EpochId((ulong)epoch), cancel);
            list = MinerList.Of((ulong)epoch, report.Rewards.Payouts, report.Ranking.Unranked, sort, isDescending, page);
        }
        else
        {
            var status = await readings.RankingAsync(cancel) ?? throw NodeReadings.NotKnown();
            list = MinerList.Of(null, status.Expected, status.Ranking.Unranked, sort, isDescending, page) with
            {
                Unanswered = status.UnansweredMiners,
            };
        }

        return await ViewFrame.RenderAsync<MinersPage>(frame.Of(address, "Miners", overview), new() { [nameof(MinersPage.List)] = list });
    }

    /// <summary>A miner.</summary>
    public async Task<RenderedPage> MinerAsync(PageAddress address, Address miner, CancellationToken cancel)
    {
        var summary = await readings.MinerAsync(miner, cancel) ?? throw new PageException(404, NothingThere.OfMiner(miner));
        var overview = await readings.OverviewAsync(withSettled: true, cancel);
        var ranking = await readings.RankingAsync(cancel);
        var from = address.Given("from");
        var (trades, next) = await _trades.PageAsync(miner, from, cancel);
        var own = $"{Links.Miners}/{miner}";
        return await ViewFrame.RenderAsync<MinerPage>(
            frame.Of(address, frame.TitleOf("Miner", miner), overview),
            new()
            {
                [nameof(MinerPage.Miner)] = summary,
                [nameof(MinerPage.Now)] = ranking?.Expected.FirstOrDefault(one => one.Miner.Miner == miner),
                [nameof(MinerPage.Trades)] = trades,
                [nameof(MinerPage.Older)] = next is null ? null : $"{own}?from={next}",
                [nameof(MinerPage.Newest)] = from is null ? null : own,
                [nameof(MinerPage.Paid)] =
                    (IReadOnlyList<(EpochId, Domain.Rewards.MinerPayout)>)
                        [
                            .. (overview.Settled?.Recent ?? [])
                                .Reverse()
                                .Select(report =>
                                    (report.Closed.Epoch, Paid: report.Rewards.Payouts.FirstOrDefault(one => one.Miner.Miner == miner))
                                )
                                .Where(one => one.Paid is not null)
                                .Select(one => (one.Epoch, one.Paid!))
                                .Take(ViewFrame.Rows),
                        ],
            }
        );
    }

    /// <summary>Why a miner's score is what it is.</summary>
    public async Task<RenderedPage> ScoreAsync(PageAddress address, Address miner, EpochId epoch, CancellationToken cancel)
    {
        var overview = await readings.OverviewAsync(withSettled: true, cancel);
        var report = await readings.RequireEpochAsync(overview, epoch, cancel);
        var schedule = overview.Follower?.State.Schedule ?? throw NodeReadings.NotKnown();
        var why = await _trades.ExplainAsync(miner, report, schedule, Keccak.Hash, cancel);
        return await ViewFrame.RenderAsync<ScorePage>(
            frame.Of(address, "Why this score?", overview) with
            {
                IsLive = false,
            },
            new() { [nameof(ScorePage.Why)] = why, [nameof(ScorePage.PageNumber)] = address.PageNumber }
        );
    }
}
