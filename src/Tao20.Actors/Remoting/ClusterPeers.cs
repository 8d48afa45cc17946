using System.Collections.Concurrent;
using Akka.Actor;
using Akka.Cluster;
using Tao20.Actors.Journal;

namespace Tao20.Actors.Remoting;

/// <summary>The nodes of a cluster as writers of its journal: those that are in it, and those that it has taken out.</summary>
/// <param name="cluster">The cluster, as this node sees it.</param>
internal sealed class ClusterPeers(Cluster cluster) : IWriterPeers
{
    private readonly ConcurrentDictionary<UniqueAddress, bool> _removed = new();

    /// <inheritdoc/>
    public string Node => NodeOf(cluster.SelfAddress);

    /// <inheritdoc/>
    public long Incarnation => cluster.SelfUniqueAddress.Uid;

    /// <summary>
    /// Notes who is not in the cluster any more. Only those that were found to be lost count, and only as long as this node is itself in:
    /// one that is taken out sees everyone go.
    /// </summary>
    /// <returns>Whether it counts.</returns>
    public bool NoteRemoved(ClusterEvent.MemberRemoved removed) =>
        removed.PreviousStatus == MemberStatus.Down
        && removed.Member.UniqueAddress != cluster.SelfUniqueAddress
        && !cluster.IsTerminated
        && cluster.SelfMember.Status is MemberStatus.Up or MemberStatus.Joining or MemberStatus.WeaklyUp or MemberStatus.Leaving
        && _removed.TryAdd(removed.Member.UniqueAddress, true);

    /// <inheritdoc/>
    public WriterStanding StandingOf(string node, long incarnation)
    {
        if (_removed.Keys.Any(one => NodeOf(one.Address) == node && one.Uid == incarnation))
            return WriterStanding.Removed;
        var members = cluster
            .State.Members.Where(member => NodeOf(member.Address) == node && ClusterMembers.IsOurs(cluster, member))
            .ToList();

        // Who has joined at an address has ended who was there before.
        return members.Exists(member => member.UniqueAddress.Uid == incarnation) ? WriterStanding.Member
            : members.Count > 0 ? WriterStanding.Removed
            : WriterStanding.Unknown;
    }

    /// <summary>A node as writers name it.</summary>
    public static string NodeOf(Address address) => $"{address.Host}:{address.Port}";
}
