using System.Net;
using Akka.Actor;
using Akka.Hosting;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using OpenTelemetry.Metrics;
using Tao20.Actors.Arbitrage;
using Tao20.Actors.Configuration;
using Tao20.Actors.Consensus;
using Tao20.Actors.Faults;
using Tao20.Actors.Hosting;
using Tao20.Actors.Journal;
using Tao20.Actors.Metrics;
using Tao20.Actors.Pricing;
using Tao20.Actors.Status;
using Tao20.Actors.Transactions;
using Tao20.Chain.Following;
using Tao20.Chain.Signing;
using Tao20.Domain.Arbitrage;
using Tao20.Domain.Slashing;
using Tao20.Domain.Transactions;
using Tao20.Node.Configuration;
using Tao20.Node.Http;

namespace Tao20.Node.Hosting;

/// <summary>A running node, validator or miner: its journal, its actors, its HTTP endpoints.</summary>
internal sealed class NodeHost : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);
    private readonly DataDirectory _directory;
    private readonly ChainConnection _chain;
    private readonly WebApplication _app;
    private readonly FaultSignal _faults;
    private readonly IActorRef _status;
    private readonly PipelineMetrics _metrics;
    private readonly ControlFile? _control;

    private NodeHost(
        DataDirectory directory,
        ChainConnection chain,
        WebApplication app,
        FaultSignal faults,
        IActorRef status,
        PipelineMetrics metrics,
        ControlFile? control
    )
    {
        _control = control;
        _metrics = metrics;
        _directory = directory;
        _chain = chain;
        _app = app;
        _faults = faults;
        _status = status;
    }

    /// <summary>Where its HTTP endpoints are.</summary>
    public Uri Http => HttpOf(_app);

    /// <summary>The last folded block; 0 before the first.</summary>
    public ulong CursorBlock => _metrics.CursorBlock;

    /// <summary>The last block on which its trader has done all it is going to do; 0 before the first.</summary>
    public ulong TradedBlock => _metrics.Arbitrage.HandledBlock;

    /// <summary>Completes with the fault that makes going on impossible.</summary>
    public Task<NodeFault> Ended => _faults.Ended;

    /// <summary>Completes when the host is asked to stop.</summary>
    public CancellationToken Stopping => _app.Lifetime.ApplicationStopping;

    private IActorRef Trader => _app.Services.GetRequiredService<IRequiredActor<ArbitrageKey>>().ActorRef;

    /// <summary>Starts a node.</summary>
    /// <exception cref="NodeException">The data directory, the journal or the port cannot be used.</exception>
    /// <exception cref="Tao20.Chain.ChainException">The chain or the contract cannot be reached.</exception>
    public static async Task<NodeHost> StartAsync(NodeSettings settings, CancellationToken cancel, DevnetRole? devnet = null)
    {
        var key = devnet?.Key ?? LoadKey(settings);
        var directory = DataDirectory.Take(settings.DataDirectory);
        ChainConnection? chain = null;
        WebApplication? app = null;
        ControlFile? control = null;
        try
        {
            await PrepareJournalAsync(settings, cancel);
            var builder = WebApplication.CreateSlimBuilder();
            ConfigureLogging(builder.Logging, settings.LogLevel);
            builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Parse(settings.HttpHost), settings.HttpPort));
            using var bootstrapLog = LoggerFactory.Create(logging => ConfigureLogging(logging, settings.LogLevel));
            chain = ChainConnection.Http(settings.Chain, bootstrapLog.CreateLogger("Tao20.Chain"));
            var identity = await chain.ProbeAsync(cancel);
            if (settings.Market is { Market: var market })
            {
                if (market.Router is { } router)
                    await chain.RequireCodeAsync(router, "--router", cancel);
                await chain.RequireCodeAsync(market.Pools[0], "--pool", cancel);
            }

            var faults = new FaultSignal();
            var metrics = devnet is null ? new PipelineMetrics() : new PipelineMetrics($"{PipelineMetrics.MeterName}.{devnet.Key.Address}");
            ObserveChain(metrics, chain);
            var guard = GuardOf(settings, faults);
            var follower = new FollowerSettings(identity, settings.Scoring, guard, faults, metrics, TimeProvider.System);
            var clustered = settings.Cluster is not null;
            builder.Services.AddSingleton(metrics);
            builder.Services.AddAkka(
                "tao20",
                akka =>
                {
                    akka.WithTao20Basics().WithJournal(settings.Journal);
                    if (settings.Cluster is { } cluster)
                        akka.WithTao20Cluster(cluster);
                    akka.WithMiners(guard, clustered);
                    if (settings.Market is { } trading)
                    {
                        AddMiner(akka.WithConsensus(follower, clustered), settings, trading, key, follower, chain);
                    }
                    else if (key is not null && identity.Registry is { } registry)
                    {
                        var role = new ValidatorRole(
                            key,
                            new RegistryIdentity(identity.ChainId, registry),
                            (ushort)settings.Netuid,
                            devnet?.Witness ?? new HonestStrategy(),
                            settings.EmissionsDirectory is { } emissions ? new EmissionsCheck(new DirectoryInfo(emissions)) : null
                        );
                        akka.WithTransactions(new SenderSettings(identity.ChainId, key, settings.Fees, guard), chain, clustered)
                            .WithValidator(follower, role, settings.Weights, chain, clustered);
                    }
                    else
                    {
                        akka.WithConsensus(follower, clustered);
                    }

                    akka.WithChainFollower(follower, chain, clustered).WithStatus(follower);
                }
            );
            builder.Services.AddOpenTelemetry().WithMetrics(open => open.AddMeter(metrics.Meter, "System.Runtime").AddPrometheusExporter());
            app = builder.Build();
            app.MapNode(follower);
            control = settings.Market is null ? null : ControlFile.Create(settings.DataDirectory);
            if (control is not null)
                app.MapControl(control);
            await StartAsync(app, settings, cancel);
            control?.Write(HttpOf(app));
            var status = await app.Services.GetRequiredService<IRequiredActor<StatusKey>>().GetAsync(cancel);
            return new NodeHost(directory, chain, app, faults, status, metrics, control);
        }
        catch
        {
            if (app is not null)
                await app.DisposeAsync();
            if (chain is not null)
                await chain.DisposeAsync();
            control?.Dispose();
            directory.Dispose();
            throw;
        }
    }

    /// <summary>Where everything is.</summary>
    public Task<NodeStatus> StatusAsync(bool allMiners, CancellationToken cancel) =>
        _status.Ask<NodeStatus>(new GetNodeStatus(allMiners), Patience, cancel);

    /// <summary>How its trader is.</summary>
    public Task<ArbitrageStatus> TraderAsync(CancellationToken cancel) =>
        Trader.Ask<ArbitrageStatus>(GetArbitrage.Instance, Patience, cancel);

    /// <summary>Does to its trader what an operator can do.</summary>
    public Task<ArbitrageStatus> OperateAsync(Operation operation, CancellationToken cancel) =>
        Trader.Ask<ArbitrageStatus>(new Operate(operation), Patience, cancel);

    /// <summary>Runs until it is asked to stop or cannot go on.</summary>
    /// <exception cref="NodeException">It cannot go on.</exception>
    public async Task RunAsync(CancellationToken cancel)
    {
        var stopped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var onCancel = cancel.Register(() => stopped.TrySetResult());
        await using var onStop = Stopping.Register(() => stopped.TrySetResult());
        if (await Task.WhenAny(stopped.Task, Ended) == Ended)
            throw Fatal(await Ended);
        if (
            CoordinatedShutdown.Get(_app.Services.GetRequiredService<ActorSystem>()).ShutdownReason
            is CoordinatedShutdown.ClusterDowningReason
        )
        {
            throw new NodeException(
                ExitCodes.Failed,
                "This node was taken out of its cluster: it and most of the others could not reach each other. Nothing is lost, and "
                    + "the others go on; see that they can be reached (Cluster:SeedNodes) and start it again."
            );
        }
    }

    /// <summary>The error of a fault that ends the node.</summary>
    public static NodeException Fatal(NodeFault fault) =>
        new(
            fault.Kind switch
            {
                FaultKind.ForeignJournal => ExitCodes.DataDirectory,
                FaultKind.DiskFull => ExitCodes.DiskFull,
                FaultKind.JournalCorrupt or FaultKind.JournalUnwritable => ExitCodes.Journal,
                _ => ExitCodes.Failed,
            },
            fault.Message
        );

    public async ValueTask DisposeAsync()
    {
        _control?.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
        await _chain.DisposeAsync();
        _directory.Dispose();
    }

    private static Uri HttpOf(WebApplication app) =>
        new(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());

    /// <summary>
    /// What a miner has besides what every node has: its trader, what it trades by, and unless it only looks the sender of its
    /// transactions.
    /// </summary>
    private static void AddMiner(
        AkkaConfigurationBuilder akka,
        NodeSettings settings,
        MarketSettings trading,
        PrivateKey? key,
        FollowerSettings follower,
        ChainConnection chain
    )
    {
        var account = key?.Address ?? trading.Account ?? throw new NodeException(ExitCodes.Usage, "There is neither a key nor an account.");

        // Step by step a trade is forty transactions, which do not wait for each other.
        var fees = trading.Market.Router is null ? settings.Fees with { MaxInFlight = FeePolicy.MostInFlight } : settings.Fees;
        if (key is not null && !trading.DryRun)
            akka.WithTransactions(
                new SenderSettings(follower.Identity.ChainId, key, fees, follower.Journal, SeesPending: true),
                chain,
                clustered: false
            );
        akka.WithArbitrage(
            new FeedSettings(
                trading.Rules.LadderSizes(),
                settings.Fees.PriorityFeePerGas,
                TimeSpan.FromSeconds(trading.Rules.StaleSeconds),
                trading.MaxBlockAge
            ),
            new ArbitrageSettings(account, trading.Rules, trading.DryRun, follower.Journal, follower.Metrics.Arbitrage, follower.Clock),
            chain,
            trading.Market
        );
    }

    private static PrivateKey? LoadKey(NodeSettings settings)
    {
        if (!settings.Key.Given)
            return null;
        try
        {
            return settings.Key.Load();
        }
        catch (KeyException e)
        {
            throw new NodeException(ExitCodes.Usage, e.Message, e);
        }
    }

    private static JournalFaultReporter GuardOf(NodeSettings settings, FaultSignal faults) =>
        new(
            settings.Journal,
            settings.Journal.Kind == JournalKind.Sqlite ? settings.DataDirectory : settings.Journal.Database,
            faults,
            TimeProvider.System,
            settings.Market is not null
        );

    private static async Task PrepareJournalAsync(NodeSettings settings, CancellationToken cancel)
    {
        try
        {
            if (settings.Journal.Kind == JournalKind.Sqlite)
                SqliteJournal.Prepare(settings.Journal);
            else
                await PostgreSqlJournal.PrepareAsync(settings.Journal, cancel);
        }
        catch (JournalException e)
        {
            var fault = GuardOf(settings, new FaultSignal()).Fault(e.Problem, e.Message);
            throw new NodeException(e.Problem == JournalProblem.DiskFull ? ExitCodes.DiskFull : ExitCodes.Journal, fault.Message, e);
        }
    }

    private static async Task StartAsync(WebApplication app, NodeSettings settings, CancellationToken cancel)
    {
        try
        {
            await app.StartAsync(cancel);
        }
        catch (IOException e) when (e.InnerException is AddressInUseException)
        {
            throw new NodeException(
                ExitCodes.PortInUse,
                $"The port {settings.HttpPort} on {settings.HttpHost} is in use: stop what uses it, or choose another with "
                    + $"--http-port (0 takes a free one).",
                e
            );
        }
    }

    private static void ConfigureLogging(ILoggingBuilder logging, LogLevel level)
    {
        logging.ClearProviders();
        logging.SetMinimumLevel(level);
        if (level < LogLevel.Warning)
        {
            logging.AddFilter("Microsoft", level < LogLevel.Information ? level : LogLevel.Warning);
            logging.AddFilter("Polly", level < LogLevel.Information ? level : LogLevel.Warning);
            logging.AddFilter("System.Net.Http", level < LogLevel.Information ? level : LogLevel.Warning);
        }

        logging.AddSimpleConsole(console =>
        {
            console.SingleLine = true;
            console.TimestampFormat = "HH:mm:ss.fff ";
        });

        // Standard output belongs to what a command prints; log lines go beside it.
        logging.Services.Configure<Microsoft.Extensions.Logging.Console.ConsoleLoggerOptions>(console =>
            console.LogToStandardErrorThreshold = LogLevel.Trace
        );
    }

    private static void ObserveChain(PipelineMetrics metrics, ChainConnection chain)
    {
        metrics.Observe("tao20.chain.head", "{block}", "The chain's latest block", () => (long)(chain.Head.Latest?.Number ?? 0));
        metrics.Observe(
            "tao20.chain.finalized",
            "{block}",
            "The chain's last final block",
            () => (long)(chain.Head.Finalized?.Number ?? 0)
        );
        metrics.Observe("tao20.cursor", "{block}", "The last folded block", () => (long)metrics.CursorBlock);
        metrics.Observe(
            "tao20.lag",
            "{block}",
            "Final blocks not folded yet",
            () => Math.Max(0, (long)(chain.Head.Finalized?.Number ?? 0) - (long)metrics.CursorBlock)
        );
        metrics.Observe(
            "tao20.endpoints.usable",
            "{endpoint}",
            "RPC endpoints that are neither resting, lagging nor dropped",
            () => chain.Pool.Status.Count(endpoint => endpoint.State == "ok")
        );
    }
}

/// <summary>What a node of the devnet has besides its settings.</summary>
/// <param name="Key">Its key, which no file has.</param>
/// <param name="Witness">How a validator puts what it has computed into words; null is honestly.</param>
internal sealed record DevnetRole(PrivateKey Key, IAttestationStrategy? Witness = null);
