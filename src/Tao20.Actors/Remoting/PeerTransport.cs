using Akka.Actor;
using Akka.Configuration;
using Akka.Remote.Transport;
using Address = Akka.Actor.Address;

namespace Tao20.Actors.Remoting;

/// <summary>
/// How nodes reach each other: by Akka's own transport over TCP, except that a connection which cannot be secured is a connection that
/// failed, and no more.
/// </summary>
/// <remarks>
/// Since 1.5.51 (akkadotnet/akka.net#7839, #7939) that transport ends its whole actor system when a connection that it opens fails before
/// both sides have proved themselves. So whoever answers at the address of a node that is lost, a balancer that accepts for it, or one node
/// whose certificate has run out would end all others. The transport is given an actor system of its own, of the same name, that it may
/// end in this one's place.
/// </remarks>
internal sealed class PeerTransport : Transport
{
    private const string AkkasOwn = "Akka.Remote.Transport.DotNetty.TcpTransport, Akka.Remote";
    private const string OfItsOwn = """
        akka.coordinated-shutdown {
          terminate-actor-system = off
          run-by-actor-system-terminate = off
          run-by-clr-shutdown-hook = off
          exit-clr = off
        }
        akka.extensions = []
        """;
    private readonly ActorSystem _inItsPlace;
    private readonly Transport _tcp;

    /// <summary>A transport, as Akka.Remote makes it.</summary>
    /// <param name="system">The node's actor system.</param>
    /// <param name="config">The transport's settings.</param>
    public PeerTransport(ActorSystem system, Config config)
    {
        (System, Config) = (system, config);
        var bootstrap = BootstrapSetup
            .Create()
            .WithConfig(ConfigurationFactory.ParseString(OfItsOwn).WithFallback(system.Settings.Config))
            .WithActorRefProvider(ProviderSelection.Local.Instance);
        _inItsPlace = ActorSystem.Create(system.Name, system.Settings.Setup.And(bootstrap));
        _tcp = (Transport)Activator.CreateInstance(Type.GetType(AkkasOwn, throwOnError: true)!, _inItsPlace, config)!;
        SchemeIdentifier = _tcp.SchemeIdentifier;
    }

    /// <inheritdoc/>
    public override long MaximumPayloadBytes => _tcp.MaximumPayloadBytes;

    /// <inheritdoc/>
    public override Task<(Address, TaskCompletionSource<IAssociationEventListener>)> Listen() => _tcp.Listen();

    /// <inheritdoc/>
    public override bool IsResponsibleFor(Address remote) => _tcp.IsResponsibleFor(remote);

    /// <inheritdoc/>
    public override Task<AssociationHandle> Associate(Address remoteAddress) => _tcp.Associate(remoteAddress);

    /// <inheritdoc/>
    public override Task<bool> ManagementCommand(object message) => _tcp.ManagementCommand(message);

    /// <inheritdoc/>
    public override async Task<bool> Shutdown()
    {
        var isDown = await _tcp.Shutdown().ConfigureAwait(false);
        await _inItsPlace.Terminate().ConfigureAwait(false);
        return isDown;
    }
}
