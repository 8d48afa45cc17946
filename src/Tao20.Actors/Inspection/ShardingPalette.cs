using System.Globalization;
using System.Text.Json.Nodes;
using Akka.Actor;
using Akka.Cluster.Sharding;
using Tao20.Actors.Miners;
using Tao20.Actors.Status;

namespace Tao20.Actors.Inspection;

/// <summary><c>cluster-sharding</c>: how miners are spread over the nodes of a cluster.</summary>
internal static class ShardingPalette
{
    private const int DefaultEntities = 50;
    private const int MostEntities = 10_000;
    private static readonly Parameter Type = new("TYPE", $"the name of a region (default {MinersKey.Name})");

    /// <summary>The palette of an actor system.</summary>
    public static Palette Of(ExtendedActorSystem system) =>
        new(
            "cluster-sharding",
            "How miners are spread over the nodes",
            [
                new("regions", "The regions of this node", (_, _) => Task.FromResult(Regions(system))),
                new("stats", "How many actors each shard has, on every node", (call, _) => StatsAsync(system, call))
                {
                    Parameters = [Type],
                },
                new("shards", "The shards of this node", (call, _) => ShardsAsync(system, call)) { Parameters = [Type] },
                new("entities", "The actors of this node's shards, by their ids", (call, _) => EntitiesAsync(system, call))
                {
                    Parameters = [Type, new("COUNT", $"how many (default {DefaultEntities})") { Option = "-n" }],
                },
                new("entity", "Where a miner lives", (call, _) => EntityAsync(system, call))
                {
                    Parameters = [new("ADDRESS", "the miner's address, 0x and 40 hex digits") { IsRequired = true }],
                },
            ]
        );

    private static Answer Regions(ExtendedActorSystem system) =>
        Answer.Table(
            ["Type", "Region"],
            Sharding(system)
                .ShardTypeNames.Order(StringComparer.Ordinal)
                .Select(type => (IReadOnlyList<string>)[type, $"/system/sharding/{type}"])
        );

    private static async Task<Answer> StatsAsync(ExtendedActorSystem system, Invocation call)
    {
        var stats = await AskAsync<ClusterShardingStats>(system, call, new GetClusterShardingStats(StatusActor.AnsweredWithin))
            .ConfigureAwait(false);
        var rows = stats
            .Regions.OrderBy(region => region.Key.ToString(), StringComparer.Ordinal)
            .SelectMany(region =>
                region
                    .Value.Stats.OrderBy(shard => shard.Key, Ids)
                    .Select(shard => (Node: region.Key, Shard: shard.Key, Actors: shard.Value))
            )
            .ToList();
        return Answer.Table(
            ["Node", "Shard", "Actors"],
            rows.Select(row => (IReadOnlyList<string>)[row.Node.ToString(), row.Shard, Text(row.Actors)])
        ) with
        {
            Remark =
                $"Count: {rows.Count} shards, {rows.Sum(row => row.Actors)} actors"
                + Unanswered(stats.Regions.Sum(region => region.Value.Failed.Count)),
        };
    }

    private static async Task<Answer> ShardsAsync(ExtendedActorSystem system, Invocation call)
    {
        var (shards, remark) = await LocalAsync(system, call).ConfigureAwait(false);
        return Answer.Table(
            ["Shard", "Actors"],
            shards.Select(shard => (IReadOnlyList<string>)[shard.ShardId, Text(shard.EntityIds.Count)])
        ) with
        {
            Remark = $"Count: {shards.Count}{remark}",
        };
    }

    private static async Task<Answer> EntitiesAsync(ExtendedActorSystem system, Invocation call)
    {
        var count = (int)call.Number("COUNT", DefaultEntities, 1, MostEntities);
        var (shards, remark) = await LocalAsync(system, call).ConfigureAwait(false);
        var all = shards
            .SelectMany(shard => shard.EntityIds.Order(StringComparer.Ordinal).Select(id => (IReadOnlyList<string>)[shard.ShardId, id]))
            .ToList();
        return Answer.Table(["Shard", "Entity"], all.Take(count)) with { Remark = $"{Math.Min(count, all.Count)} of {all.Count}{remark}" };
    }

    private static async Task<Answer> EntityAsync(ExtendedActorSystem system, Invocation call)
    {
        var miner = call.Address("ADDRESS").ToString();
        var place = await AskAsync<EntityLocation>(system, call, new GetEntityLocation(miner, StatusActor.AnsweredWithin))
            .ConfigureAwait(false);
        var isKnown = place.ShardRegion != Akka.Actor.Address.AllSystems;
        var node = place.ShardRegion.HasLocalScope ? system.Provider.DefaultAddress : place.ShardRegion;
        return Answer.Of(
            new JsonObject
            {
                ["miner"] = miner,
                ["shard"] = place.ShardId,
                ["node"] = isKnown ? node.ToString() : null,
                ["active"] = place.EntityRef.HasValue,
            }
        ) with
        {
            Remark =
                !isKnown ? "Its shard has no place yet: nobody has asked for it."
                : place.EntityRef.HasValue ? null
                : "It is not in memory: the next message brings it back.",
        };
    }

    private static async Task<(IReadOnlyList<ShardState> Shards, string Remark)> LocalAsync(ExtendedActorSystem system, Invocation call)
    {
        var state = await AskAsync<CurrentShardRegionState>(system, call, GetShardRegionState.Instance).ConfigureAwait(false);
        return ([.. state.Shards.OrderBy(shard => shard.ShardId, Ids)], Unanswered(state.Failed.Count));
    }

    private static string Unanswered(int shards) =>
        shards == 0 ? "" : $"; {shards} {(shards == 1 ? "shard has" : "shards have")} not answered";

    private static async Task<T> AskAsync<T>(ExtendedActorSystem system, Invocation call, object query)
    {
        var (sharding, type) = (Sharding(system), call.Text(Type.Name) ?? MinersKey.Name);
        if (!sharding.ShardTypeNames.Contains(type))
            throw new InspectionException(
                InspectionProblem.NotFound,
                $"There is no region {type} on this node: {string.Join(", ", sharding.ShardTypeNames.DefaultIfEmpty("none"))}."
            );
        try
        {
            return await sharding.ShardRegion(type).Ask<T>(query, StatusActor.AnsweredWithin).ConfigureAwait(false);
        }
        catch (AskTimeoutException)
        {
            throw new InspectionException(
                InspectionProblem.NotAnswered,
                $"The region {type} has not answered: its shards, or the node that places them, are away or recovering."
            );
        }
    }

    private static ClusterSharding Sharding(ExtendedActorSystem system) =>
        system.HasExtension<ClusterSharding>()
            ? ClusterSharding.Get(system)
            : throw new InspectionException(
                InspectionProblem.NotFound,
                "This node is by itself (Cluster:Enabled is false): its miners are children of one actor; see actor "
                    + "hierarchy -s /user/miners."
            );

    // Numbers in their order.
    private static readonly Comparer<string> Ids = Comparer<string>.Create(
        (one, other) => int.TryParse(one, out var a) && int.TryParse(other, out var b) ? a.CompareTo(b) : string.CompareOrdinal(one, other)
    );

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
