using System.Globalization;
using Spectre.Console;
using Tao20.Actors.Status;
using Tao20.Devnet.Commands.Terminal;
using Tao20.Domain.Registry;
using Tao20.Domain.Rewards;
using Tao20.Node;
using Tao20.Node.Http;

namespace Tao20.Devnet.Commands;

/// <summary>What a person sees of a node while the devnet runs, part by part.</summary>
internal static class DevnetParts
{
    private const int ExclusionsShown = 50;

    /// <summary>The lines at the top: where the chain and the node are, and what is wrong.</summary>
    public static IReadOnlyList<string> Top(int seed, NodeStatus status, double rate)
    {
        var follower = status.Follower;
        var time = DateTimeOffset.FromUnixTimeSeconds((long)(follower.State.Last?.Timestamp ?? 0));
        return
        [
            string.Create(
                CultureInfo.InvariantCulture,
                $"TAO20 devnet, seed {seed}   head {follower.Latest?.Number}  final {follower.Finalized?.Number}  folded "
                    + $"{follower.State.Last?.Number}   {time:HH:mm} on chain"
            ),
            string.Create(
                CultureInfo.InvariantCulture,
                $"epoch {status.Open}, {status.Settled.Count} settled   {follower.State.Trades} trades, {rate:0.0}/s, "
                    + $"+{follower.Overlay?.Values.Sum(miner => miner.Trades) ?? 0} above finality"
            ),
            .. follower.Fault is { } fault ? [$"{fault.Kind}: {fault.Message}"] : Array.Empty<string>(),
        ];
    }

    /// <summary>The parts, those that matter most first.</summary>
    public static IReadOnlyList<PicturePart> Of(NodeStatus status, PicturePart? market, PicturePart? traders)
    {
        PicturePart?[] parts =
        [
            Ranking(status),
            market,
            traders,
            status.Settled.Book is { } book ? Validators(book) : null,
            Exclusions(status),
            Settled(status),
        ];
        return [.. parts.OfType<PicturePart>()];
    }

    /// <summary>A part that is a table.</summary>
    /// <param name="name">What it is called beside its key.</param>
    /// <param name="title">The line above it.</param>
    /// <param name="summary">It in a line.</param>
    /// <param name="table">The table.</param>
    public static PicturePart Table(string name, string title, string summary, FittedTable table) =>
        new(
            name,
            summary,
            table.Count,
            (width, rows) => new Rows(new Text(Words.Cut(title, width), new Style(decoration: Decoration.Bold)), table.Draw(width, rows))
        );

    private static PicturePart Ranking(NodeStatus status)
    {
        var table = new FittedTable(
            ("rank", ColumnKind.Kept),
            ("miner", ColumnKind.Address),
            ("score", ColumnKind.Kept),
            ("TAO counted", ColumnKind.Kept),
            ("tier", ColumnKind.Spare),
            ("trades", ColumnKind.Spare),
            ("volume", ColumnKind.Spare),
            ("frequency", ColumnKind.Spare),
            ("consistency", ColumnKind.Spare)
        );
        foreach (var miner in status.Ranking.Ranked)
        {
            table.AddRow(
                $"{miner.Rank}",
                miner.Miner.ToString(),
                FixedPoint.Tao(miner.Score.Final.ToString(), 18),
                FixedPoint.Tao(miner.Activity.EligibleWei.ToString(CultureInfo.InvariantCulture), 18),
                RewardRules.TierOf(miner.Rank).ToString(),
                $"{miner.Activity.EligibleTrades}",
                FixedPoint.Tao(miner.Score.Volume.ToString(), 18),
                FixedPoint.Tao(miner.Score.Frequency.ToString(), 18),
                FixedPoint.Tao(miner.Score.Consistency.ToString(), 18)
            );
        }

        foreach (var miner in status.Ranking.Unranked)
            table.AddRow("-", miner.Miner.ToString(), miner.Reason.ToString(), "", "", $"{miner.Activity.AllTrades}", "", "", "");
        var first = status.Ranking.Ranked.Count > 0 ? $", first {FittedTable.Short(status.Ranking.Ranked[0].Miner.ToString())}" : "";
        return Table(
            "ranking",
            "Ranking if the epoch ended now",
            $"Ranking if the epoch ended now: {status.Ranking.Ranked.Count} ranked, {status.Ranking.Unranked.Count} not{first}",
            table
        );
    }

    private static PicturePart Validators(RegistryBook book)
    {
        var last = book.Rounds.LastOrDefault();
        var table = new FittedTable(
            ("validator", ColumnKind.Address),
            ("standing", ColumnKind.Kept),
            ("committed", ColumnKind.Kept),
            ("stated", ColumnKind.Kept),
            ("stake", ColumnKind.Spare),
            ("deviations", ColumnKind.Spare),
            ("reputation", ColumnKind.Spare)
        );
        foreach (var validator in book.Validators.Keys)
        {
            var document = ValidatorDocument.Of(book, validator, book.Validators[validator]);
            table.AddRow(
                document.Address,
                document.Dormant ? "dormant" : document.Standing,
                last?.Entries.GetValueOrDefault(validator)?.Commitment is null ? "-" : "yes",
                document.LastAttested is { } epoch ? $"epoch {epoch}" : "-",
                FixedPoint.Tao(document.StakeWei, 18),
                $"{document.Violations}",
                FixedPoint.Tao(document.Reputation, 18)
            );
        }

        var title = $"Validators; round of epoch {last?.Epoch}: {last?.Standing}";
        return Table("validators", title, $"{title}, {book.Validators.Count} validators", table);
    }

    private static PicturePart Exclusions(NodeStatus status)
    {
        var table = new FittedTable(
            ("miner", ColumnKind.Address),
            ("reason", ColumnKind.Kept),
            ("TAO", ColumnKind.Kept),
            ("not counted", ColumnKind.Kept),
            ("position", ColumnKind.Spare)
        );
        var latest = status
            .Miners.SelectMany(miner => miner.Exclusions.Select(exclusion => (miner.Miner, exclusion)))
            .OrderByDescending(pair => pair.exclusion.Position)
            .Take(ExclusionsShown);
        foreach (var (miner, exclusion) in latest)
            table.AddRow(
                miner.ToString(),
                exclusion.Reason.ToString(),
                FixedPoint.Tao(exclusion.Value.ToString(), 18),
                FixedPoint.Tao((exclusion.Uncounted + exclusion.UncountedBefore).ToString(CultureInfo.InvariantCulture), 18),
                exclusion.Position.ToString()
            );
        const string title = "Latest trades that do not count in full";
        return Table("exclusions", title, $"{title}: {table.Count}", table);
    }

    private static PicturePart? Settled(NodeStatus status)
    {
        if (status.Settled.Recent.Count == 0)
            return null;
        var table = new FittedTable(
            ("epoch", ColumnKind.Kept),
            ("ranked", ColumnKind.Kept),
            ("won by", ColumnKind.Address),
            ("ranking root", ColumnKind.Address)
        );
        foreach (var report in status.Settled.Recent.Reverse())
            table.AddRow(
                $"{report.Closed.Epoch}",
                $"{report.Ranking.Ranked.Count}",
                report.Ranking.Ranked.Count > 0 ? report.Ranking.Ranked[0].Miner.ToString() : "nobody",
                report.RankingRoot.ToString()
            );
        var last = status.Settled.Recent[^1];
        return Table(
            "settled",
            "The latest settled epochs",
            $"Last settled: epoch {last.Closed.Epoch}, {last.Ranking.Ranked.Count} ranked, root "
                + FittedTable.Short(last.RankingRoot.ToString()),
            table
        );
    }
}
