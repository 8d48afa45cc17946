using Akka.Actor;
using Akka.Hosting;

namespace Tao20.Node.Hosting;

/// <summary>
/// The actor system of a node. It is put together beside the HTTP server, once the chain has said what it is: both keep a processor busy.
/// </summary>
internal sealed class NodeActors : IAsyncDisposable
{
    private readonly string _name;
    private Action<AkkaConfigurationBuilder>? _composition;
    private IServiceProvider? _services;
    private AkkaHostedService? _system;
    private Task _starting = Task.CompletedTask;
    private volatile bool _isStarted;

    /// <summary>An actor system of the services of a host, which starts it when it is told to and not with the host.</summary>
    public NodeActors(string name, IServiceCollection services)
    {
        _name = name;
        services.AddAkka(_name, (akka, _) => Composition(akka));
        services.Remove(services.Last(service => service.ImplementationType == typeof(AkkaHostedService)));
        services.AddHealthChecks();

        // What publishes the results of checks starts with the host, and asks what they are before the actors are known. Nobody listens.
        services.Remove(services.Last(service => service.ServiceType == typeof(IHostedService)));
    }

    private Action<AkkaConfigurationBuilder> Composition =>
        _composition ?? throw new InvalidOperationException($"The actors of {_name} are asked for before it is known what they are.");

    private IServiceProvider Services =>
        _services ?? throw new InvalidOperationException($"The actors of {_name} are asked for before they are started.");

    /// <summary>Why the system has ended; null while it runs.</summary>
    public CoordinatedShutdown.Reason? EndedBy => CoordinatedShutdown.Get(Services.GetRequiredService<ActorSystem>()).ShutdownReason;

    /// <summary>Starts the actors.</summary>
    /// <param name="services">The services of the host.</param>
    /// <param name="composition">What they are.</param>
    /// <param name="cancel">Cancels the operation.</param>
    public Task StartAsync(IServiceProvider services, Action<AkkaConfigurationBuilder> composition, CancellationToken cancel)
    {
        (_services, _composition) = (services, composition);
        return _starting = Task.Run(
            async () =>
            {
                _system = ActivatorUtilities.CreateInstance<AkkaHostedService>(services);
                await _system.StartAsync(cancel);
                _isStarted = true;
            },
            cancel
        );
    }

    /// <summary>The system, once it is there; null before.</summary>
    public ActorSystem? System => _isStarted ? Services.GetRequiredService<ActorSystem>() : null;

    /// <summary>The actor behind a key.</summary>
    public IActorRef Of<TKey>() => Services.GetRequiredService<IRequiredActor<TKey>>().ActorRef;

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _starting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (_system is not null)
            await _system.StopAsync(CancellationToken.None);
    }
}
