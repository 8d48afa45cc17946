using Akka.Actor;
using Akka.Cluster;
using Akka.Discovery;
using Akka.Event;

namespace Tao20.Actors.Remoting;

/// <summary>
/// Finds the nodes to join by Akka.Discovery, and asks again until this one is in. All sort what they are told alike: if nobody is in a
/// cluster yet, the first of them begins one. One that is told of itself alone begins one by itself, may not write the journal that the
/// others write, and finds them with its next start.
/// </summary>
internal sealed class SeedFinder : ReceiveActor, IWithTimers
{
    private static readonly TimeSpan AskFor = TimeSpan.FromSeconds(5);

    // Longer than the first seed waits for others before it begins a cluster.
    private static readonly TimeSpan AskAgainAfter = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly Cluster _cluster = Cluster.Get(Context.System);

    /// <summary>Finds the nodes of a cluster.</summary>
    /// <param name="name">By which name: that of a service, or of an SRV record.</param>
    /// <param name="addressOf">How a node is reached, by its host and its port if that is known.</param>
    public SeedFinder(string name, Func<string, int?, Address> addressOf)
    {
        var discovery = Discovery.Get(Context.System).Default;
        var lookup = LookupOf(name);
        Receive<Look>(_ => discovery.Lookup(lookup, AskFor).PipeTo(Self));
        Receive<ServiceDiscovery.Resolved>(found =>
        {
            var seeds = found
                .Addresses.Select(one => addressOf(one.Host, one.Port))
                .Distinct()
                .OrderBy(address => address.ToString(), StringComparer.Ordinal)
                .ToList();
            if (seeds.Count == 0)
                _log.Warning("{Name} (Cluster:Discovery) names no node yet; it is asked again", name);
            else
                _cluster.JoinSeedNodes(seeds);
            AskAgain(seeds.Count == 0 ? RetryAfter : AskAgainAfter);
        });
        Receive<Akka.Actor.Status.Failure>(failure =>
        {
            _log.Warning("{Name} (Cluster:Discovery) could not be asked for: {Reason}", name, failure.Cause.Message);
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

    private static Lookup LookupOf(string name) => Lookup.IsValid(name) ? Lookup.ParseSrv(name) : new Lookup(name);

    private void AskAgain(TimeSpan after) => Timers.StartSingleTimer(nameof(Look), Look.Instance, after);

    private sealed class Look
    {
        public static readonly Look Instance = new();
    }

    private sealed class Joined
    {
        public static readonly Joined Instance = new();
    }
}
