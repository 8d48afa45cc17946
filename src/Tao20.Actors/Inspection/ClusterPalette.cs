using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using Akka.Actor;
using Akka.Cluster;
using Akka.Cluster.Tools.Singleton;
using Tao20.Actors.Remoting;

namespace Tao20.Actors.Inspection;

/// <summary><c>cluster</c>: the nodes of this node's cluster, as it sees them, and what can be done to them.</summary>
internal static class ClusterPalette
{
    private const int KeptEvents = 1000;
    private static readonly Parameter Node = new("ADDRESS", "a node's address, as cluster show prints it");

    /// <summary>The palette of an actor system.</summary>
    public static Palette Of(ExtendedActorSystem system)
    {
        return new Palette(
            "cluster",
            "The nodes of this node's cluster",
            [
                new("show", "All nodes, with their roles and states", (_, _) => Task.FromResult(Show(Joined()))),
                new("status", "This node as a member", (_, _) => Task.FromResult(Status(Joined()))),
                new("leader", "The node that lets others in and out", (_, _) => Task.FromResult(Answer.Say(Leader(Joined())))),
                new("singletons", "What only one node runs, and which", (_, _) => Task.FromResult(Singletons(system, Joined()))),
                new("leave", "A node hands over what it has, and ends", (call, _) => Task.FromResult(Leave(Joined(), call)))
                {
                    Parameters = [Node with { Description = $"{Node.Description} (default this one)" }],
                    Question = call =>
                        $"{MemberOf(Joined(), call).Address} hands over what it has and ends; it does not come back by itself.",
                },
                new("down", "A node that is lost is taken out", (call, _) => Task.FromResult(Down(Joined(), call)))
                {
                    Parameters = [Node with { IsRequired = true }],
                    Question = call => $"{MemberOf(Joined(), call).Address} is taken out: if it lives, it starts again and joins.",
                },
                new("down-unreachable", "All nodes that cannot be reached are taken out", (_, _) => Task.FromResult(DownAll(Joined())))
                {
                    Question = _ =>
                        $"{Words(Joined().State.Unreachable)} cannot be reached and {Are(Joined().State.Unreachable)} taken out.",
                },
                InspectionCommand.Following(
                    "tail",
                    "What happens to nodes, from now on",
                    (_, cancel) => FollowAsync(Joined(), system, cancel)
                ),
            ]
        );

        Cluster Joined() =>
            system.HasExtension<Cluster>()
                ? Cluster.Get(system)
                : throw new InspectionException(
                    InspectionProblem.NotFound,
                    "This node is by itself (Cluster:Enabled is false): it is in no cluster."
                );
    }

    private static Answer Show(Cluster cluster)
    {
        var state = cluster.State;
        return Answer.Table(
            ["Address", "Roles", "Status", "Remarks"],
            state
                .Members.Order(Member.AgeOrdering)
                .Select(member =>
                    (IReadOnlyList<string>)
                        [
                            member.Address.ToString(),
                            $"[{string.Join(", ", member.Roles.Order(StringComparer.Ordinal))}]",
                            Text(member.Status),
                            string.Join(", ", Remarks(cluster, state, member)),
                        ]
                )
        ) with
        {
            Remark = $"Count: {state.Members.Count} {(state.Members.Count == 1 ? "node" : "nodes")}",
        };
    }

    private static IEnumerable<string> Remarks(Cluster cluster, ClusterEvent.CurrentClusterState state, Member member)
    {
        if (member.UniqueAddress == cluster.SelfUniqueAddress)
            yield return "this one";
        if (member.Address == state.Leader)
            yield return "leader";
        if (member == Oldest(cluster))
            yield return "oldest";
        if (state.Unreachable.Contains(member))
            yield return "unreachable";
    }

    private static Answer Status(Cluster cluster)
    {
        var (self, state) = (cluster.SelfMember, cluster.State);
        return Answer.Of(
            new JsonObject
            {
                ["address"] = self.Address.ToString(),
                ["incarnation"] = self.UniqueAddress.Uid,
                ["status"] = Text(self.Status),
                ["version"] = self.AppVersion.ToString(),
                ["isLeader"] = self.Address == state.Leader,
                ["isOldest"] = self == Oldest(cluster),
                ["nodes"] = state.Members.Count,
                ["unreachable"] = new JsonArray([.. state.Unreachable.Select(one => JsonValue.Create(one.Address.ToString()))]),
                ["terminated"] = cluster.IsTerminated,
            }
        );
    }

    private static string Leader(Cluster cluster) => cluster.State.Leader?.ToString() ?? "There is none: no node is in yet.";

    private static Answer Singletons(ExtendedActorSystem system, Cluster cluster)
    {
        var managers = ((ActorRefWithCell)system.Guardian)
            .Children.OfType<ActorRefWithCell>()
            .Where(actor => actor.Underlying.Props.Type == typeof(ClusterSingletonManager))
            .OrderBy(actor => actor.Path.Name, StringComparer.Ordinal)
            .ToList();
        return Answer.Table(
            ["Singleton", "Node", "Here"],
            managers.Select(manager =>
                (IReadOnlyList<string>)[manager.Path.Name, Oldest(cluster)?.Address.ToString() ?? "none", Here(manager)]
            )
        ) with
        {
            Remark = "The oldest node has them; Here says what this one runs itself",
        };
    }

    // The one that is run has the name of who manages it.
    private static string Here(ActorRefWithCell manager) =>
        manager.Children.Any(child => child.Path.Name == manager.Path.Name) ? "runs" : "does not run";

    private static Answer Leave(Cluster cluster, Invocation call)
    {
        var member = MemberOf(cluster, call);
        cluster.Leave(member.Address);
        return Answer.Say($"{member.Address} is leaving.");
    }

    private static Answer Down(Cluster cluster, Invocation call)
    {
        var member = MemberOf(cluster, call);
        cluster.Down(member.Address);
        return Answer.Say($"{member.Address} is being taken out.");
    }

    private static Answer DownAll(Cluster cluster)
    {
        var lost = cluster.State.Unreachable;
        foreach (var member in lost)
            cluster.Down(member.Address);
        return Answer.Say($"{Words(lost)} {Are(lost)} being taken out.");
    }

    private static async IAsyncEnumerable<string> FollowAsync(
        Cluster cluster,
        ExtendedActorSystem system,
        [EnumeratorCancellation] CancellationToken cancel
    )
    {
        var lines = Channel.CreateBounded<string>(new BoundedChannelOptions(KeptEvents) { FullMode = BoundedChannelFullMode.DropOldest });
        var listener = system.SystemActorOf(Props.Create(() => new Listener(cluster, lines.Writer)));
        try
        {
            await foreach (var line in lines.Reader.ReadAllAsync(cancel))
                yield return line;
        }
        finally
        {
            system.Stop(listener);
        }
    }

    private static Member MemberOf(Cluster cluster, Invocation call)
    {
        var wanted = call.Text(Node.Name) ?? cluster.SelfAddress.ToString();
        return cluster.State.Members.FirstOrDefault(member =>
                member.Address.ToString() == wanted || ClusterPeers.NodeOf(member.Address) == wanted
            )
            ?? throw new InspectionException(
                InspectionProblem.NotFound,
                $"There is no node {wanted} in this cluster: {Words(cluster.State.Members)} {Are(cluster.State.Members)}."
            );
    }

    /// <summary>The node that runs what only one runs.</summary>
    private static Member? Oldest(Cluster cluster) =>
        cluster
            .State.Members.Where(member =>
                member.Status is MemberStatus.Up or MemberStatus.Leaving && ClusterMembers.IsOurs(cluster, member)
            )
            .Order(Member.AgeOrdering)
            .FirstOrDefault();

    private static string Words(IReadOnlyCollection<Member> members) =>
        members.Count == 0 ? "No node" : string.Join(", ", members.Select(member => member.Address));

    private static string Are(IReadOnlyCollection<Member> members) => members.Count > 1 ? "are" : "is";

    private static string Text(MemberStatus status) => status.ToString().ToLowerInvariant();

    private sealed class Listener : ReceiveActor
    {
        private readonly Cluster _cluster;

        public Listener(Cluster cluster, ChannelWriter<string> lines)
        {
            _cluster = cluster;
            Receive<ClusterEvent.IMemberEvent>(changed => lines.TryWrite($"{changed.Member.Address} {Text(changed.Member.Status)}"));
            Receive<ClusterEvent.UnreachableMember>(lost => lines.TryWrite($"{lost.Member.Address} unreachable"));
            Receive<ClusterEvent.ReachableMember>(found => lines.TryWrite($"{found.Member.Address} reachable"));
        }

        protected override void PreStart() =>
            _cluster.Subscribe(
                Self,
                ClusterEvent.SubscriptionInitialStateMode.InitialStateAsEvents,
                typeof(ClusterEvent.IMemberEvent),
                typeof(ClusterEvent.IReachabilityEvent)
            );

        protected override void PostStop() => _cluster.Unsubscribe(Self);
    }
}
