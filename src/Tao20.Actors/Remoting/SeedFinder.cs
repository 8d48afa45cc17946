using Akka.Actor;
using Akka.Cluster;
using Akka.Discovery;
using Akka.Event;
using Tao20.Actors.Journal;

namespace Tao20.Actors.Remoting;

/// <summary>
/// Has this node join its cluster: finds the nodes that are asked first, by configuration or by Akka.Discovery, until this one is in. All
/// sort what DNS tells them alike: if nobody is in a cluster yet, the first of them begins one.
/// </summary>
/// <remarks>
/// The first seed of Akka begins a cluster when the others do not answer for 5 s, which nodes under load or behind a closed gate may not.
/// It would be a second one, and could not write. So whoever sees in the journal that others write it only joins, for
/// <see cref="JoinsFor"/>.
/// </remarks>
internal sealed class SeedFinder : ReceiveActor, IWithTimers
{
    private static readonly TimeSpan AskFor = TimeSpan.FromSeconds(5);

    // Longer than nodes that live need to answer, also when each was cut off; who still writes then is another cluster, and is named.
    private static readonly TimeSpan JoinsFor = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan AskAgainAfter = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly Cluster _cluster = Cluster.Get(Context.System);
    private readonly CancellationTokenSource _stop = new();
    private readonly IReadOnlyList<string> _listed;
    private readonly string _name;
    private readonly int _port;
    private readonly JournalWriter? _writer;
    private readonly DateTimeOffset _joinsUntil;
    private IReadOnlyList<Address> _joining = [];
    private bool _isOver;

    /// <summary>Joins a cluster.</summary>
    /// <param name="listed">The nodes asked first, as <c>akka.tcp://tao20@host:port</c>; none where a name stands for them.</param>
    /// <param name="name">The name of a service or of an SRV record by which they are found otherwise.</param>
    /// <param name="port">Their port, where that name has none.</param>
    /// <param name="writer">This process as a writer of the journal; null where no database says who writes.</param>
    public SeedFinder(IReadOnlyList<string> listed, string name, int port, JournalWriter? writer)
    {
        (_listed, _name, _port, _writer) = (listed, name, port, writer);
        _joinsUntil = Context.System.Scheduler.Now + JoinsFor;
        Receive<Look>(_ => FindAsync().PipeTo(Self));
        Receive<Found>(found =>
        {
            var next = Next(found);
            if (next.Count > 0 && !next.SequenceEqual(_joining))
                _cluster.JoinSeedNodes(_joining = next);
            AskAgain(next.Count == 0 ? RetryAfter : AskAgainAfter);
        });
        Receive<Akka.Actor.Status.Failure>(failure =>
        {
            _log.Warning("It is not known yet whom to join: {Reason}", failure.Cause.Message);
            AskAgain(RetryAfter);
        });
        Receive<Joined>(_ => Context.Stop(Self));
    }

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    /// <inheritdoc/>
    protected override void PreStart()
    {
        var self = Self;
        _cluster.RegisterOnMemberUp(() => self.Tell(Joined.Instance));
        Self.Tell(Look.Instance);
    }

    /// <inheritdoc/>
    protected override void PostStop()
    {
        _stop.Cancel();
        _stop.Dispose();
    }

    /// <summary>Whom to ask, in this order; none when it is not known yet.</summary>
    private IReadOnlyList<Address> Next(Found found)
    {
        if (found.Seeds.Count == 0)
            _log.Warning("{Name} (Cluster:Discovery) names no node yet; it is asked again", _name);
        if (found.Writer is null)
            return found.Seeds;
        IReadOnlyList<Address> others = [.. found.Seeds.Where(seed => seed != _cluster.SelfAddress)];

        // A list that names this node alone will never name others.
        if (others.Count == 0 && _listed.Count > 0)
            return found.Seeds;
        if (Context.System.Scheduler.Now < _joinsUntil)
            return others;
        if (!_isOver)
            _log.Warning(
                "{Writer} writes the journal, and no node of {Seeds} has let this one in for {Seconds:0} s: it begins a cluster by itself",
                found.Writer,
                string.Join(", ", found.Seeds),
                JoinsFor.TotalSeconds
            );
        _isOver = true;
        return found.Seeds;
    }

    private async Task<Found> FindAsync()
    {
        var self = _cluster.SelfAddress;
        var seeds = _listed.Count > 0 ? Listed(self) : await DiscoverAsync(self).ConfigureAwait(false);
        return new Found(
            seeds,
            _writer is null ? null : await _writer.FindOtherAsync(ClusterPeers.NodeOf(self), _stop.Token).ConfigureAwait(false)
        );
    }

    // How nodes are reached is the same for all.
    private IReadOnlyList<Address> Listed(Address self) => [.. _listed.Select(seed => Address.Parse(seed).WithProtocol(self.Protocol))];

    private async Task<IReadOnlyList<Address>> DiscoverAsync(Address self)
    {
        var discovery = Discovery.Get(_cluster.System).Default;
        var found = await discovery.Lookup(LookupOf(_name), AskFor).ConfigureAwait(false);
        return
        [
            .. found
                .Addresses.Select(one => new Address(self.Protocol, self.System, one.Host, one.Port ?? _port))
                .Distinct()
                .OrderBy(address => address.ToString(), StringComparer.Ordinal),
        ];
    }

    private static Lookup LookupOf(string name) => Lookup.IsValid(name) ? Lookup.ParseSrv(name) : new Lookup(name);

    private void AskAgain(TimeSpan after) => Timers.StartSingleTimer(nameof(Look), Look.Instance, after);

    /// <summary>What is known of others.</summary>
    /// <param name="Seeds">Where nodes are.</param>
    /// <param name="Writer">Another one that writes the journal; null when there is none.</param>
    private sealed record Found(IReadOnlyList<Address> Seeds, WriterRow? Writer);

    private sealed class Look
    {
        public static readonly Look Instance = new();
    }

    private sealed class Joined
    {
        public static readonly Joined Instance = new();
    }
}
