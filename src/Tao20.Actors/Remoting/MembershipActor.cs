using Akka.Actor;
using Akka.Cluster;
using Akka.Event;
using Tao20.Actors.Journal;

namespace Tao20.Actors.Remoting;

/// <summary>
/// Ends, at the database, the nodes that the cluster has taken out: one that was only paused, or cut off, finds that it may not write any
/// more when it comes back. And tells who has joined a cluster that is not its own: this node, which then ends, or another.
/// </summary>
internal sealed class MembershipActor : ReceiveActor, IWithTimers
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly Cluster _cluster = Cluster.Get(Context.System);
    private readonly CancellationTokenSource _stop = new();
    private readonly JournalWriter _writer;
    private readonly ClusterPeers _peers;
    private readonly HashSet<UniqueAddress> _known = [];

    /// <summary>Watches over a cluster.</summary>
    /// <param name="writer">This node as a writer.</param>
    /// <param name="peers">The cluster's nodes.</param>
    /// <param name="identity">What makes nodes those of this one's cluster.</param>
    /// <param name="journal">Where it is told that this node is in the wrong cluster.</param>
    public MembershipActor(JournalWriter writer, ClusterPeers peers, ClusterIdentity identity, JournalFaultReporter journal)
    {
        (_writer, _peers) = (writer, peers);
        Receive<ClusterEvent.MemberRemoved>(removed =>
        {
            if (!_peers.NoteRemoved(removed))
                return;
            _log.Warning("{Node} was taken out of the cluster: it may not write the journal any more", removed.Member.Address);
            End();
        });
        Receive<ClusterEvent.IMemberEvent>(changed =>
        {
            _writer.Changed();
            if (_known.Add(changed.Member.UniqueAddress) && identity.DifferenceTo(changed.Member.Roles) is { } difference)
                Tell(changed.Member, difference, journal);
        });
        Receive<Retry>(_ => End());

        // Also one that has nothing to do yet may write, so that nobody else can when the others are gone.
        Receive<Joined>(_ => _writer.RegisterAsync(_peers, _stop.Token).PipeTo(Self, success: () => new Akka.Actor.Status.Success(this)));
        Receive<Akka.Actor.Status.Success>(_ => { });
        Receive<Akka.Actor.Status.Failure>(
            failure => failure.Cause is JournalException { Problem: JournalProblem.AnotherWriter },
            failure => journal.Refuse((JournalException)failure.Cause)
        );
        Receive<Akka.Actor.Status.Failure>(failure =>
        {
            _log.Warning("The database was not told yet who is in the cluster, and who is not: {Reason}", failure.Cause.Message);
            Timers!.StartSingleTimer(nameof(Retry), Retry.Instance, RetryAfter);
            if (!_writer.IsRegistered)
                Timers!.StartSingleTimer(nameof(Joined), Joined.Instance, RetryAfter);
        });
    }

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    /// <inheritdoc/>
    protected override void PreStart()
    {
        var self = Self;
        _cluster.RegisterOnMemberUp(() => self.Tell(Joined.Instance));
        _cluster.Subscribe(Self, ClusterEvent.SubscriptionInitialStateMode.InitialStateAsEvents, typeof(ClusterEvent.IMemberEvent));
    }

    /// <inheritdoc/>
    protected override void PostStop()
    {
        _cluster.Unsubscribe(Self);
        _stop.Cancel();
        _stop.Dispose();
    }

    private void Tell(Member other, string difference, JournalFaultReporter journal)
    {
        // Who was there first is told by the cluster's own order; who is not in yet came last.
        if (_cluster.SelfMember is { Status: MemberStatus.Up } self && self.IsOlderThan(other))
            _log.Error(
                "{Node} has joined this cluster, and is none of it: it {Difference}. It is given nothing to do",
                other.Address,
                difference
            );
        else
            journal.RefuseCluster($"{other.Address} {difference}");
    }

    private void End()
    {
        _writer.Changed();
        _writer.EndRemovedAsync(_peers, _stop.Token).PipeTo(Self, success: () => new Akka.Actor.Status.Success(this));
    }

    private sealed class Joined
    {
        public static readonly Joined Instance = new();
    }

    private sealed class Retry
    {
        public static readonly Retry Instance = new();
    }
}
