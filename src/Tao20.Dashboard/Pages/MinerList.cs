using Tao20.Domain.Ranking;
using Tao20.Domain.Rewards;

namespace Tao20.Dashboard.Pages;

/// <summary>A page of a ranking, in an order.</summary>
/// <param name="Epoch">The settled epoch it is of; null for the open one.</param>
/// <param name="Rows">The rows of the page.</param>
/// <param name="Ranked">How many are ranked.</param>
/// <param name="Unranked">Who traded and is not ranked.</param>
/// <param name="Page">Which page, from 1.</param>
/// <param name="Sort">What it is sorted by: one of <see cref="Orders"/>.</param>
/// <param name="IsDescending">Whether from the end.</param>
public sealed record MinerList(
    ulong? Epoch,
    IReadOnlyList<MinerPayout> Rows,
    int Ranked,
    IReadOnlyList<UnrankedMiner> Unranked,
    int Page,
    string Sort,
    bool IsDescending
)
{
    /// <summary>So many rows are on a page: what changes of them at once stays small.</summary>
    public const int PageSize = 20;

    /// <summary>What a ranking can be sorted by; the first is the default.</summary>
    public static readonly IReadOnlyList<string> Orders = ["rank", "miner", "score", "volume", "trades"];

    /// <summary>How many pages there are; at least one.</summary>
    public int Pages => Math.Max(1, (Ranked + PageSize - 1) / PageSize);

    /// <summary>How many miners have not answered: they are missing.</summary>
    public int Unanswered { get; init; }

    /// <summary>A page of a ranking.</summary>
    /// <param name="epoch">The settled epoch it is of; null for the open one.</param>
    /// <param name="payouts">All that are ranked.</param>
    /// <param name="unranked">All that are not.</param>
    /// <param name="sort">One of <see cref="Orders"/>.</param>
    /// <param name="isDescending">Whether from the end.</param>
    /// <param name="page">Which page, from 1; the last where there are fewer.</param>
    public static MinerList Of(
        ulong? epoch,
        IReadOnlyList<MinerPayout> payouts,
        IReadOnlyList<UnrankedMiner> unranked,
        string sort,
        bool isDescending,
        int page
    )
    {
        var ordered = sort switch
        {
            "miner" => payouts.OrderBy(one => one.Miner.Miner),
            "score" => payouts.OrderBy(one => one.Miner.Score.Final),
            "volume" => payouts.OrderBy(one => one.Miner.Score.WeightedVolume),
            "trades" => payouts.OrderBy(one => one.Miner.Activity.EligibleTrades),
            _ => payouts.OrderBy(one => one.Miner.Rank),
        };
        var list = new MinerList(epoch, [], payouts.Count, unranked, page, sort, isDescending);
        list = list with { Page = Math.Clamp(page, 1, list.Pages) };
        var all = isDescending ? ordered.Reverse() : ordered;
        return list with { Rows = [.. all.Skip((list.Page - 1) * PageSize).Take(PageSize)] };
    }
}
