using System.Globalization;
using System.Text.Json.Nodes;
using Akka.Actor;

namespace Tao20.Actors.Inspection;

/// <summary>
/// <c>actor</c>: the actors of this node. Their tree is read beside them: one that does not answer is seen like any other.
/// </summary>
internal static class ActorPalette
{
    private const int DefaultDepth = 3;
    private const int DefaultChildren = 20;
    private const int MostRows = 2000;

    /// <summary>The palette of an actor system.</summary>
    public static Palette Of(ExtendedActorSystem system) =>
        new(
            "actor",
            "The actors of this node",
            [
                new("system", "The actor system: its name, address, version and age", (_, _) => Task.FromResult(System(system))),
                new("hierarchy", "Actors below a path, with their types and how many messages wait", (call, _) => Hierarchy(system, call))
                {
                    Parameters =
                    [
                        new("PATH", "where to begin (default /user)") { Option = "-s" },
                        new("DEPTH", $"how many levels below that (default {DefaultDepth})") { Option = "-d" },
                        new("CHILDREN", $"how many of an actor's children (default {DefaultChildren})") { Option = "-n" },
                    ],
                },
            ]
        );

    private static Answer System(ExtendedActorSystem system) =>
        Answer.Of(
            new JsonObject
            {
                ["name"] = system.Name,
                ["address"] = system.Provider.DefaultAddress.ToString(),
                ["akka"] = typeof(ActorSystem).Assembly.GetName().Version?.ToString(3),
                ["uptimeSeconds"] = Math.Round(system.Uptime.TotalSeconds, 1),
                ["terminating"] = system.WhenTerminated.IsCompleted,
            }
        );

    private static Task<Answer> Hierarchy(ExtendedActorSystem system, Invocation call)
    {
        var path = call.Text("PATH") ?? "/user";
        var depth = (int)call.Number("DEPTH", DefaultDepth, 0, 20);
        var children = (int)call.Number("CHILDREN", DefaultChildren, 1, MostRows);
        var root =
            Find(system.Provider.RootGuardian, path)
            ?? throw new InspectionException(InspectionProblem.NotFound, $"There is no actor {path} on this node.");
        var rows = new List<IReadOnlyList<string>>();
        Add(root, 0);
        return Task.FromResult(
            Answer.Table(["Actor", "Type", "Queue"], rows) with
            {
                Remark = rows.Count < MostRows ? $"Count: {rows.Count}" : $"More than {MostRows}: give a longer path, or fewer levels",
            }
        );

        void Add(ActorRefWithCell actor, int level)
        {
            if (rows.Count >= MostRows)
                return;
            var indent = new string(' ', 2 * level);
            var cell = actor.Underlying;
            rows.Add([
                indent + (level == 0 ? path : actor.Path.Name),
                cell.Props.Type.Name,
                cell.NumberOfMessages.ToString(CultureInfo.InvariantCulture),
            ]);
            if (level == depth)
                return;
            var below = actor.Children.OfType<ActorRefWithCell>().OrderBy(child => child.Path.Name, StringComparer.Ordinal).ToList();
            foreach (var child in below.Take(children))
                Add(child, level + 1);
            if (below.Count > children && rows.Count < MostRows)
                rows.Add([$"{indent}  ... and {below.Count - children} more", "", ""]);
        }
    }

    private static ActorRefWithCell? Find(IActorRef root, string path) =>
        path.Split('/', StringSplitOptions.RemoveEmptyEntries)
            .Aggregate(root as ActorRefWithCell, (actor, name) => actor?.GetSingleChild(name) as ActorRefWithCell);
}
