using System.Net;
using Akka.Hosting;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using OpenTelemetry.Metrics;
using Tao20.Actors.Inspection;
using Tao20.Actors.Metrics;
using Tao20.Chain.Following;
using Tao20.Node.Alerts;
using Tao20.Node.Configuration;
using Tao20.Node.Http;
using Tao20.Node.Inspection;
using Tao20.Node.Views;

namespace Tao20.Node.Hosting;

/// <summary>
/// The HTTP server of a node, and the services that its actors are started from. It answers before the chain and the journal do: whether
/// the process lives at once, the rest when the actors are there.
/// </summary>
internal sealed class NodeServer : IAsyncDisposable
{
    /// <summary>So many connections are open at most; what comes then is refused, and the node works on.</summary>
    public const int MostConnections = 128;

    private static readonly TimeSpan IdleConnectionsEndAfter = TimeSpan.FromSeconds(20);
    private static readonly PathString[] AnsweredAtOnce = [HealthEndpoints.Live, "/metrics", InspectionEndpoints.Root];
    private readonly NodeSettings _settings;
    private readonly WebApplication _app;
    private readonly ControlFile _control;
    private readonly Task _listening;
    private volatile bool _isOpen;

    private NodeServer(
        NodeSettings settings,
        NodeLog log,
        PipelineMetrics metrics,
        ChainConnection chain,
        bool isControlled,
        long? writer,
        CancellationToken cancel
    )
    {
        _settings = settings;
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        NodeLogging.Configure(builder.Logging, log.Levels, settings.LogFormat, log.Lines);
        builder
            .WebHost.UseKestrelCore()
            .ConfigureKestrel(kestrel =>
            {
                kestrel.Listen(IPAddress.Parse(settings.HttpHost), settings.HttpPort);
                kestrel.Limits.MaxConcurrentConnections = MostConnections;
                kestrel.Limits.KeepAliveTimeout = IdleConnectionsEndAfter;
                kestrel.Limits.RequestHeadersTimeout = IdleConnectionsEndAfter;
            });
        builder.Services.AddRoutingCore();
        builder.Services.AddHostFiltering(hosts => hosts.AllowedHosts = HostsOf(settings));
        builder.Services.AddSingleton(metrics);
        builder.Services.AddOpenTelemetry().WithMetrics(open => open.AddMeter(metrics.Meter, "System.Runtime").AddPrometheusExporter());
        Actors = new NodeActors("tao20", builder.Services);
        _app = builder.Build();
        _app.UseHostFiltering();
        _app.Use(AnswerWhatCanBeAsync);
        _app.MapNode(chain, metrics, ClusterOf(settings, metrics, writer));
        _app.MapHealth(chain, () => Actors.System is not null);
        _app.MapAlerts();
        _control = ControlFile.Create(settings.DataDirectory);
        if (isControlled && settings.Market is not null)
            _app.MapTraderControl(_control);
        else if (isControlled)
            _app.MapValidatorControl(_control);
        if (settings.Dashboard.Enabled)
            MapDashboard(chain, log.Lines);
        Palette[] own =
        [
            new NodePalette(Actors, chain, metrics).Create(),
            LogPalette.Of(log.Lines, log.Levels),
            SystemPalette.Of(_app.Lifetime.StopApplication, log.Changeable),
            SettingsPalette.Of(settings),
            new JournalPalette(settings.Journal).Create(),
        ];
        _app.MapInspection(
            _control,
            () => Actors.System is { } system ? [.. own, .. Palettes.Get(system).All] : own,
            _app.Services.GetRequiredService<ILoggerFactory>().CreateLogger("Tao20.Inspection")
        );
        _listening = Task.Run(() => _app.StartAsync(cancel), cancel);
    }

    /// <summary>The actors, started or not.</summary>
    public NodeActors Actors { get; }

    /// <summary>Where it is reached on this machine: where it listens, and by the machine itself where that is on all addresses.</summary>
    public Uri Address
    {
        get
        {
            var bound = new Uri(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());
            var host = IPAddress.Parse(bound.DnsSafeHost);
            return host.Equals(IPAddress.Any) || host.Equals(IPAddress.IPv6Any)
                ? new UriBuilder(bound) { Host = IPAddress.Loopback.ToString() }.Uri
                : bound;
        }
    }

    /// <summary>Completes when the process is asked to stop.</summary>
    public CancellationToken Stopping => _app.Lifetime.ApplicationStopping;

    /// <summary>Begins to listen.</summary>
    /// <param name="settings">Where, and whose.</param>
    /// <param name="log">What is logged.</param>
    /// <param name="metrics">What is shown under <c>/metrics</c>.</param>
    /// <param name="chain">The chain, known or not.</param>
    /// <param name="isControlled">Whether an operator can do something to it.</param>
    /// <param name="writer">Its number as a writer of the journal; null for a file.</param>
    /// <param name="cancel">Cancels the start.</param>
    public static NodeServer Begin(
        NodeSettings settings,
        NodeLog log,
        PipelineMetrics metrics,
        ChainConnection chain,
        bool isControlled,
        long? writer,
        CancellationToken cancel
    ) => new(settings, log, metrics, chain, isControlled, writer, cancel);

    /// <summary>Starts the actors.</summary>
    /// <param name="composition">What they are.</param>
    /// <param name="cancel">Cancels the operation.</param>
    public Task StartActorsAsync(Action<AkkaConfigurationBuilder> composition, CancellationToken cancel) =>
        Actors.StartAsync(_app.Services, composition, cancel);

    /// <summary>Completes when it listens.</summary>
    /// <exception cref="NodeException">Its port is in use.</exception>
    public async Task ListensAsync()
    {
        try
        {
            await _listening;
            _control.Write(Address);
        }
        catch (IOException e) when (e.InnerException is AddressInUseException)
        {
            throw new NodeException(
                ExitCodes.PortInUse,
                $"The port {_settings.HttpPort} on {_settings.HttpHost} is in use: stop what uses it, or choose another with "
                    + $"--http-port (0 takes a free one).",
                e
            );
        }
    }

    /// <summary>Answers everything from now on: the actors are there.</summary>
    public void Open() => _isOpen = true;

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _control.Dispose();
        await _listening.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _app.StopAsync();
        await Actors.DisposeAsync();
        await _app.DisposeAsync();
    }

    /// <summary>How the node takes part in its cluster; until when its certificate is valid is a gauge, too.</summary>
    private static ClusterDocument? ClusterOf(NodeSettings settings, PipelineMetrics metrics, long? writer)
    {
        if (settings.Cluster is not { } cluster)
            return null;
        DateTimeOffset? expires = cluster.Certificate(DateTimeOffset.UtcNow)?.Own.NotAfter;
        if (expires is { } end)
            metrics.Observe(
                "tao20.cluster.certificate.left",
                "s",
                "Seconds until the certificate of this node expires",
                () => (long)(end - DateTimeOffset.UtcNow).TotalSeconds
            );
        return new ClusterDocument(cluster.Host, cluster.IsSecured, expires, writer);
    }

    private void MapDashboard(ChainConnection chain, LogLines lines)
    {
        var views = new NodeViews(
            new NodeReadings(Actors, chain, _settings.Journal),
            lines,
            new ViewFrame(_settings.Market is null ? "validator" : "miner", _settings.Names)
        );
        var logger = _app.Services.GetRequiredService<ILoggerFactory>().CreateLogger("Tao20.Dashboard");
        var pages = new SharedPages(views.RenderAsync, TimeProvider.System);
        new DashboardEndpoints(
            views,
            pages,
            new LiveUpdates(pages.RenderAsync, logger, TimeProvider.System, _app.Lifetime.ApplicationStopping),
            new DashboardGate(_settings.Dashboard.ReadToken(), _settings.HttpPort),
            () => _isOpen,
            logger
        ).Map(_app);
    }

    /// <summary>By which names it may be called. A page from elsewhere can give its own name this machine's address.</summary>
    private static IList<string> HostsOf(NodeSettings settings) =>
        settings.AllowedHosts is { } given ? given.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
        : IPAddress.IsLoopback(IPAddress.Parse(settings.HttpHost)) ? ["localhost", "127.0.0.1", "[::1]", settings.HttpHost]
        : ["*"];

    /// <summary>Before the actors are there, what needs them is told so.</summary>
    private Task AnswerWhatCanBeAsync(HttpContext context, RequestDelegate next) =>
        _isOpen || DashboardEndpoints.Has(context.Request.Path) || AnsweredAtOnce.Any(path => context.Request.Path.StartsWithSegments(path))
            ? next(context)
            : NodeEndpoints.Starting.ExecuteAsync(context);
}
