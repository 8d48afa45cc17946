using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Akka.Actor;
using Tao20.Actors.Alerts;
using Tao20.Actors.Ingestion;
using Tao20.Actors.Inspection;
using Tao20.Actors.Metrics;
using Tao20.Actors.Miners;
using Tao20.Actors.Status;
using Tao20.Chain.Following;
using Tao20.Domain.Alerts;
using Tao20.Node.Alerts;
using Tao20.Node.Hosting;
using Tao20.Node.Http;

namespace Tao20.Node.Inspection;

/// <summary>What a node knows of miners, epochs, rounds, its transactions and the chain: commands without the name of a palette.</summary>
/// <param name="actors">The node's actors.</param>
/// <param name="chain">Its connection to the chain.</param>
/// <param name="metrics">What it counts.</param>
internal sealed class NodePalette(NodeActors actors, ChainConnection chain, PipelineMetrics metrics)
{
    private static readonly TimeSpan MinerAnswersWithin = TimeSpan.FromMilliseconds(300);

    /// <summary>The palette.</summary>
    public Palette Create() =>
        new(
            "node",
            "Miners, epochs, rounds, transactions and the chain",
            [
                new("miner", "A miner's totals", MinerAsync)
                {
                    Parameters = [new("ADDRESS", "the miner's address, 0x and 40 hex digits") { IsRequired = true }],
                },
                new("epoch", "A settled epoch: who was paid what", EpochAsync)
                {
                    Parameters = [new("EPOCH", "its number (default the last that is settled)")],
                },
                new("round", "The round in which validators agree on an epoch", RoundAsync)
                {
                    Parameters = [new("EPOCH", "the number of its epoch (default the last)")],
                },
                new("validators", "The validators: stake, standing, reputation", (_, cancel) => ValidatorsAsync(cancel)),
                new("outbox", "This node's transactions", (_, cancel) => OutboxAsync(cancel)),
                new("cursor", "How far the chain is folded", (_, cancel) => CursorAsync(cancel)),
                new("endpoints", "This node's endpoints", (_, _) => Task.FromResult(Endpoints())),
                new("faults", "What is wrong, and what to do", (_, cancel) => FaultsAsync(cancel)),
                new("alerts", "What is, or was, too far from what it should be", AlertsAsync)
                {
                    Parameters =
                    [
                        new("COUNT", $"how many at most, 1 to {AlertsDocument.MostOnPage} (default 20)") { Option = "-n" },
                        new("ID", "only those before this one: the next page") { Option = "-b" },
                    ],
                },
                new("check", "The check of the chain: what does not hold", (_, cancel) => CheckAsync(cancel)),
            ]
        )
        {
            IsDirect = true,
        };

    private async Task<Answer> MinerAsync(Invocation call, CancellationToken cancel)
    {
        var miner = call.Address("ADDRESS");
        try
        {
            var (follower, miners) = (actors.Of<ChainFollowerKey>(), actors.Of<MinersKey>());
            return await MinerLookup.FindAsync(follower, miners, miner, MinerAnswersWithin, cancel) is { } summary
                ? Answer.Of(Json(MinerDocument.Of(summary)))
                : throw new InspectionException(InspectionProblem.NotFound, NothingThere.OfMiner(miner));
        }
        catch (Exception e) when (e is AskTimeoutException or StreamIncompleteException)
        {
            throw new InspectionException(
                InspectionProblem.NotAnswered,
                e is StreamIncompleteException
                    ? e.Message
                    : $"{miner} does not answer yet: its state is being read from the journal, or who reads the chain is away; ask again."
            );
        }
    }

    private async Task<Answer> EpochAsync(Invocation call, CancellationToken cancel)
    {
        var overview = await OverviewAsync(cancel, withSettled: true);
        var settled = Require(overview.Settled, overview);
        var last = settled.Recent.LastOrDefault()?.Closed.Epoch.Value ?? 0;
        var wanted = (ulong)call.Number("EPOCH", (long)last, 0, long.MaxValue);
        var report = settled.Recent.FirstOrDefault(one => one.Closed.Epoch.Value == wanted);
        return report is not null
            ? Of(settled.Document(report), overview)
            : throw new InspectionException(
                InspectionProblem.NotFound,
                settled.Recent.Count == 0
                    ? "No epoch is settled yet."
                    : $"Epoch {wanted} is not among the last that are settled ({settled.Recent[0].Closed.Epoch} to {last}); "
                        + "'tao20 audit replay' and 'tao20 audit at' compute older ones anew."
            );
    }

    private async Task<Answer> RoundAsync(Invocation call, CancellationToken cancel)
    {
        var overview = await OverviewAsync(cancel, withSettled: true);
        var rounds = Consensus(overview).Rounds;
        var wanted = (ulong)call.Number("EPOCH", (long)(rounds.Count == 0 ? 0 : rounds[^1].Epoch), 0, long.MaxValue);
        return rounds.FirstOrDefault(round => round.Epoch == wanted) is { } round
            ? Of(round, overview)
            : throw new InspectionException(
                InspectionProblem.NotFound,
                rounds.Count == 0
                    ? "No round is open yet."
                    : $"There is no round of epoch {wanted} among the last ({rounds[0].Epoch} to {rounds[^1].Epoch}); 'tao20 consensus "
                        + "verify --epoch N' computes one anew."
            );
    }

    private async Task<Answer> ValidatorsAsync(CancellationToken cancel)
    {
        var overview = await OverviewAsync(cancel, withSettled: true);
        return Answer.Table(
            ["Validator", "Standing", "StakeWei", "Reputation", "Rounds", "Agreed", "Violations", "Slashes", "LastAttested"],
            Consensus(overview)
                .Validators.Select(one =>
                    (IReadOnlyList<string>)
                        [
                            one.Address,
                            one.Standing,
                            one.StakeWei,
                            one.Reputation,
                            $"{one.Rounds}",
                            $"{one.Agreed}",
                            $"{one.Violations}",
                            $"{one.Slashes}",
                            $"{one.LastAttested}",
                        ]
                )
        ) with
        {
            Remark = RemarkOf(overview),
        };
    }

    private async Task<Answer> OutboxAsync(CancellationToken cancel)
    {
        var overview = await OverviewAsync(cancel);
        return (overview.Validator?.Sender ?? overview.Market?.Sender) is { } sender ? Of(TransactionsDocument.Of(sender), overview)
            : overview.Unanswered.Count > 0 ? throw NotAnswered(overview)
            : throw new InspectionException(InspectionProblem.NotFound, NothingThere.NoTransactions);
    }

    private async Task<Answer> CursorAsync(CancellationToken cancel)
    {
        var overview = await OverviewAsync(cancel);
        var follower = Require(overview.Follower, overview);
        var last = follower.State.Last;
        return Of(
            new
            {
                block = last?.Number,
                hash = last?.Hash.ToString(),
                timestamp = last?.Timestamp,
                trades = follower.State.Trades,
                miners = follower.Miners,
                openEpoch = follower.State.Book.Open.Value,
                head = follower.Latest?.Number,
                finalized = follower.Finalized?.Number,
                lagBlocks = follower.Finalized is null ? (ulong?)null : follower.LagBlocks,
                reorgs = follower.Reorgs,
                quarantined = follower.State.QuarantinedCount,
                ready = overview.NotReady is null,
                notReady = overview.NotReady,
                progress = ProgressDocument.Of(metrics.CatchUp.Progress, chain.Pool.Status),
            },
            overview
        );
    }

    private Answer Endpoints() => Answer.Of(Json(chain.Pool.Status.Select(EndpointDocument.Of).ToList()));

    private async Task<Answer> FaultsAsync(CancellationToken cancel)
    {
        var overview = await OverviewAsync(cancel);
        var faults = FaultDocument.AllOf(overview.Faults);
        return faults.Count == 0 && RemarkOf(overview) is null
            ? Answer.Say("Nothing is wrong.")
            : Answer.Of(Json(faults)) with
            {
                Remark = RemarkOf(overview),
            };
    }

    private async Task<Answer> AlertsAsync(Invocation call, CancellationToken cancel)
    {
        var limit = (int)call.Number("COUNT", 20, 1, AlertsDocument.MostOnPage);
        var before = call.Text("ID");
        var from = before is null ? null : AlertId.Parse(before);
        if (before is not null && from is null)
            throw new InspectionException(InspectionProblem.Usage, AlertsDocument.NoId(before));
        var query = new GetAlerts(from, limit);
        AlertPage page;
        try
        {
            page = await actors.Of<AlertsKey>().Ask<AlertPage>(query, InspectionEndpoints.AnsweredWithin, cancel);
        }
        catch (AskTimeoutException)
        {
            throw new InspectionException(InspectionProblem.NotAnswered, NothingThere.NoAlertsYet);
        }

        if (page.Alerts is not { } alerts)
            throw new InspectionException(InspectionProblem.NotFound, AlertsDocument.Unknown(before));
        return Answer.Table(
            ["Id", "Kind", "Fired", "Cleared", "Notices", "Text"],
            alerts
                .Select(AlertDocument.Of)
                .Select(one =>
                    (IReadOnlyList<string>)
                        [
                            one.Id,
                            one.Kind,
                            Time(one.FiredAt),
                            one.ClearedAt is { } cleared ? Time(cleared) : "",
                            string.Join(", ", one.Notices!),
                            one.Text,
                        ]
                )
        ) with
        {
            Remark = $"{page.Firing.Count} fire; there were {page.Count} ever",
        };

        static string Time(ulong seconds) =>
            DateTimeOffset.FromUnixTimeSeconds((long)seconds).ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
    }

    private async Task<Answer> CheckAsync(CancellationToken cancel)
    {
        var overview = await OverviewAsync(cancel);
        return CheckStatusDocument.Of(overview.Check) is { } check ? Of(check, overview) : throw NotAnswered(overview);
    }

    private async Task<NodeOverview> OverviewAsync(CancellationToken cancel, bool withSettled = false)
    {
        try
        {
            return await actors.Of<StatusKey>().Ask<NodeOverview>(new GetOverview(withSettled), InspectionEndpoints.AnsweredWithin, cancel);
        }
        catch (AskTimeoutException)
        {
            throw new InspectionException(
                InspectionProblem.NotAnswered,
                "The node is busy and has not answered; ask again, or see system threads."
            );
        }
    }

    private static ConsensusDocument Consensus(NodeOverview overview) =>
        Require(overview.Settled, overview) is { Book: { } book } settled
            ? ConsensusDocument.Of(overview.Follower?.State.Identity?.Registry, book, settled.LastRound)
            : throw new InspectionException(InspectionProblem.NotFound, NothingThere.NoRegistry);

    private static T Require<T>(T? known, NodeOverview overview)
        where T : class => known ?? throw NotAnswered(overview);

    private static InspectionException NotAnswered(NodeOverview overview) =>
        new(
            InspectionProblem.NotAnswered,
            $"Nothing is known yet: {NotAnsweredBy(overview)}. "
                + $"{string.Join(" ", FaultDocument.AllOf(overview.Faults).Select(fault => fault.Message))}".TrimEnd()
        );

    private static Answer Of<T>(T document, NodeOverview overview) => Answer.Of(Json(document)) with { Remark = RemarkOf(overview) };

    private static JsonNode Json<T>(T document) => JsonSerializer.SerializeToNode(document, NodeEndpoints.Json)!;

    private static string NotAnsweredBy(NodeOverview overview) =>
        $"{string.Join(", ", overview.Unanswered)} {(overview.Unanswered.Count == 1 ? "has" : "have")} not answered";

    /// <summary>Who has not answered: what is told of it is as it was.</summary>
    private static string? RemarkOf(NodeOverview overview) =>
        overview.Unanswered.Count == 0 ? null : $"As it was last known: {NotAnsweredBy(overview)}";
}
