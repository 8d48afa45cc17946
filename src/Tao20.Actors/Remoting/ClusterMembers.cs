using Akka.Actor;
using Akka.Cluster;
using Akka.Event;

namespace Tao20.Actors.Remoting;

/// <summary>Who a message comes from, as the cluster knows it.</summary>
internal static class ClusterMembers
{
    /// <summary>Whether a message of an actor is refused, which is logged: the actor is none of this cluster's.</summary>
    public static bool Refuse(ActorSystem system, IActorRef sender, ILoggingAdapter log)
    {
        if (Has(system, sender))
            return false;
        log.Error("A message of {Stranger} is refused: it comes from no node of this cluster", sender.Path);
        return true;
    }

    /// <summary>Whether an actor runs here, or on a member of this cluster that has the role of its nodes.</summary>
    /// <param name="system">The actor system.</param>
    /// <param name="actor">The actor.</param>
    public static bool Has(ActorSystem system, IActorRef actor)
    {
        var address = actor.Path.Address;
        return !address.HasGlobalScope
            || (
                system.HasExtension<Cluster>()
                && Cluster.Get(system) is var cluster
                && (address == cluster.SelfAddress || cluster.State.Members.Any(one => one.Address == address && IsOurs(cluster, one)))
            );
    }

    /// <summary>Whether a member is one of those that say the same of themselves as this node.</summary>
    public static bool IsOurs(Cluster cluster, Member member) =>
        ClusterIdentity.RoleOf(cluster.SelfRoles) is { } role && member.HasRole(role);
}
