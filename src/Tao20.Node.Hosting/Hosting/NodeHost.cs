using Akka.Actor;
using Akka.Configuration;
using Akka.Hosting;
using Tao20.Actors.Arbitrage;
using Tao20.Actors.Checks;
using Tao20.Actors.Configuration;
using Tao20.Actors.Consensus;
using Tao20.Actors.Faults;
using Tao20.Actors.Hosting;
using Tao20.Actors.Journal;
using Tao20.Actors.Metrics;
using Tao20.Actors.Status;
using Tao20.Chain.Checks;
using Tao20.Chain.Contracts;
using Tao20.Chain.Following;
using Tao20.Chain.Signing;
using Tao20.Domain.Arbitrage;
using Tao20.Domain.Checks;
using Tao20.Domain.Ingestion;
using Tao20.Domain.Registry;
using Tao20.Node.Alerts;
using Tao20.Node.Checks;
using Tao20.Node.Configuration;
using Tao20.Node.Inspection;

namespace Tao20.Node.Hosting;

/// <summary>A running node, validator or miner: its journal, its actors, its HTTP endpoints.</summary>
internal sealed class NodeHost : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);
    private readonly DataDirectory _directory;
    private readonly ChainConnection _chain;
    private readonly NodeServer _server;
    private readonly EarlyReading? _early;
    private readonly FaultSignal _faults;
    private readonly PipelineMetrics _metrics;
    private readonly PreparedJournal _journal;
    private readonly bool _isClustered;
    private bool _isAbandoned;

    private NodeHost(
        DataDirectory directory,
        PreparedJournal journal,
        ChainConnection chain,
        NodeServer server,
        EarlyReading? early,
        FaultSignal faults,
        PipelineMetrics metrics,
        bool isClustered
    )
    {
        (_directory, _journal, _chain, _server, _early) = (directory, journal, chain, server, early);
        (_faults, _metrics, _isClustered) = (faults, metrics, isClustered);
    }

    /// <summary>Where its HTTP endpoints are.</summary>
    public Uri Http => _server.Address;

    /// <summary>The last folded block; 0 before the first.</summary>
    public ulong CursorBlock => _metrics.CursorBlock;

    /// <summary>The last block on which its trader has done all it is going to do; 0 before the first.</summary>
    public ulong TradedBlock => _metrics.Arbitrage.HandledBlock;

    /// <summary>The last check of the chain; null before the first.</summary>
    public CheckReport? LastCheck => _chain.Gate.Report;

    /// <summary>The account it signs for; null for a node that signs nothing.</summary>
    public Domain.Units.Address? Account { get; private init; }

    /// <summary>Completes with the fault that makes going on impossible.</summary>
    public Task<NodeFault> Ended => _faults.Ended;

    /// <summary>Completes when trades are found to be missing.</summary>
    public Task<NodeFault> Incomplete => _faults.Incomplete;

    /// <summary>Completes when the host is asked to stop.</summary>
    public CancellationToken Stopping => _server.Stopping;

    /// <summary>Whether it has written with others.</summary>
    private bool WasIn => _isClustered && _journal.Writer is { IsRegistered: true };

    private IActorRef Trader => _server.Actors.Of<ArbitrageKey>();

    /// <summary>Starts a node.</summary>
    /// <exception cref="NodeException">The data directory, the journal or the port cannot be used.</exception>
    /// <exception cref="Tao20.Chain.ChainException">The chain or the contract cannot be reached.</exception>
    public static async Task<NodeHost> StartAsync(
        NodeSettings settings,
        CancellationToken cancel,
        DevnetRole? devnet = null,
        ChangeableSettings? changeable = null
    )
    {
        var log = new NodeLog(changeable?.Levels ?? new LogLevels(settings.LogLevel), new LogLines(), changeable);
        var start = devnet is null ? StartTimeline.OfProcess() : new StartTimeline();
        start.Reach(StartStep.Settings);
        var key = devnet?.Key ?? LoadKey(settings);
        var directory = DataDirectory.Take(settings.DataDirectory);
        PreparedJournal? journal = null;
        ChainConnection? chain = null;
        NodeServer? server = null;
        EarlyReading? early = null;
        try
        {
            using var bootstrapLog = LoggerFactory.Create(logging =>
                NodeLogging.Configure(logging, log.Levels, settings.LogFormat, log.Lines)
            );
            chain = ChainConnection.Http(settings.Chain, bootstrapLog.CreateLogger("Tao20.Chain"));
            var probing = chain.ProbeAsync(cancel);
            journal = await PreparedJournal.PrepareAsync(settings, cancel);
            settings = settings with { Journal = journal.Options };
            start.Reach(StartStep.Journal);
            var metrics = new PipelineMetrics(
                devnet is null ? PipelineMetrics.MeterName : $"{PipelineMetrics.MeterName}.{devnet.Key.Address}"
            )
            {
                Start = start,
            };
            ChainMetrics.Observe(metrics, chain);
            server = NodeServer.Begin(settings, log, metrics, chain, IsControlled(settings, key), journal.Writer?.Number, cancel);

            // While it begins to listen, the chain says what it is.
            var identity = await probing;
            start.Reach(StartStep.Chain);
            early =
                journal.IsFresh && chain.Head.Finalized is not null
                    ? EarlyReading.Begin(chain, new Cursor(settings.Chain.FromBlock, null), () => start.Reach(StartStep.FirstRange))
                    : null;
            await RequireMarketAsync(settings, chain, cancel);
            var faults = new FaultSignal();
            var guard = JournalErrors.GuardOf(settings, faults, journal.WrittenBy);
            var follower = new FollowerSettings(identity, settings.Scoring, guard, faults, metrics, TimeProvider.System) { Early = early };
            var work = WorkOf(settings, key, devnet, follower);
            var check = CheckOf(settings, follower, key, new CheckFile(settings.DataDirectory, bootstrapLog.CreateLogger("Tao20.Check")));
            var (writer, alerts) = (journal.Writer, NodeAlerts.Of(settings, follower));
            if (writer is not null)
                _ = RefuseAsync(writer, guard);
            var starting = server.StartActorsAsync(
                akka =>
                    akka.WithTao20Node(follower, chain, work, settings.Cluster, check, writer, alerts)
                        .AddHocon(ConfigurationFactory.ParseString(settings.Akka), HoconAddMode.Prepend),
                cancel
            );
            await server.ListensAsync();
            await starting;
            start.Reach(StartStep.Actors);
            server.Open();
            FaultMetrics.Observe(metrics, server.Actors.Of<StatusKey>());
            return new NodeHost(directory, journal, chain, server, early, faults, metrics, settings.Cluster is not null)
            {
                Account = key?.Address,
            };
        }
        catch
        {
            early?.Dispose();
            if (server is not null)
                await server.DisposeAsync();
            if (chain is not null)
                await chain.DisposeAsync();
            if (journal is not null)
                await journal.DisposeAsync();
            directory.Dispose();
            throw;
        }
    }

    /// <summary>Where everything is.</summary>
    public Task<NodeStatus> StatusAsync(bool allMiners, CancellationToken cancel) =>
        _server.Actors.Of<StatusKey>().Ask<NodeStatus>(new GetNodeStatus(allMiners, Patience - TimeSpan.FromSeconds(1)), Patience, cancel);

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
        {
            var fault = await Ended;

            // A stop in good order needs memory, and might never end.
            _isAbandoned = fault.Kind == FaultKind.OutOfMemory;
            throw fault.Kind == FaultKind.AnotherWriter && WasIn
                ? new NodeException(ExitCodes.AnotherWriter, $"This node was taken out of its cluster while it was away. {fault.Message}")
                {
                    JoinsAgain = true,
                }
                : JournalErrors.Of(fault);
        }

        // An operator has asked for it to leave its cluster, here or on another node.
        if (
            cancel.IsCancellationRequested
            || _server.Actors.EndedBy is not { } reason
            || reason is CoordinatedShutdown.ClusterLeavingReason
        )
            return;
        throw new NodeException(
            ExitCodes.Failed,
            reason is CoordinatedShutdown.ClusterDowningReason
                ? "This node was taken out of its cluster: it and most of the others could not reach each other. Nothing is lost, and "
                    + "the others go on; see that they can be reached (Cluster:SeedNodes)."
                : $"The actors have ended by themselves: {reason.GetType().Name}."
        )
        {
            JoinsAgain = WasIn,
            IsTakenOut = reason is CoordinatedShutdown.ClusterDowningReason,
        };
    }

    public async ValueTask DisposeAsync()
    {
        if (_isAbandoned)
            return;
        await _server.DisposeAsync();
        _early?.Dispose();
        await _chain.DisposeAsync();
        await _journal.DisposeAsync();
        _directory.Dispose();
    }

    /// <summary>Whether an operator can pause it: it signs, or would trade.</summary>
    private static bool IsControlled(NodeSettings settings, PrivateKey? key) =>
        settings.Market is not null || (key is not null && settings.Chain.Registry is not null);

    /// <summary>A market that a miner is told of is there, and is the one that was meant.</summary>
    private static async Task RequireMarketAsync(NodeSettings settings, ChainConnection chain, CancellationToken cancel)
    {
        if (settings.Market is not { Market: var market })
            return;
        if (market.Router is { } router)
            await chain.RequireCodeAsync(router, "--router", cancel);
        if (market.Pools is [var pool, ..])
            await chain.RequireCodeAsync(pool, "--pool", cancel);
        if (
            market.Pair is not null
            && await UniswapPairCheck.DifferenceAsync(chain.Pool, market, settings.Chain.Contract, cancel) is { } difference
        )
            throw new NodeException(ExitCodes.WrongChain, $"The market is not the one that was configured: {difference}.");
    }

    private static ChainCheckSettings CheckOf(NodeSettings settings, FollowerSettings follower, PrivateKey? key, CheckFile file)
    {
        var account = key?.Address ?? settings.Market?.Account;
        return new ChainCheckSettings(
            new CheckSubject
            {
                Contract = follower.Identity.Contract,
                Account = account,
                Netuid = account is null ? null : (ushort)settings.Netuid,
                SetsWeights = account is not null && settings.Market is null && settings.Weights.Enabled,
                ChainId = follower.Identity.ChainId,
                Fees = settings.Fees,
                Bounds = settings.Check,
                Before = file.Read(),
            },
            ActionsOf(settings, account is not null),
            file.Keep,
            follower.Clock
        );
    }

    /// <summary>What a node does with the chain besides reading it.</summary>
    private static IReadOnlyList<ChainAction> ActionsOf(NodeSettings settings, bool signs) =>
        !signs ? []
        : settings.Market is { DryRun: var dryRun } ? (dryRun ? [] : [ChainAction.Mint, ChainAction.Redeem, ChainAction.Market])
        :
        [
            ChainAction.Nav,
            ChainAction.Consensus,
            .. settings.Weights.Enabled ? new[] { ChainAction.Weights } : [],
            .. settings.Index.Step ? new[] { ChainAction.Mint } : [],
        ];

    private static NodeWork WorkOf(NodeSettings settings, PrivateKey? key, DevnetRole? devnet, FollowerSettings follower)
    {
        if (settings.Market is { } market)
        {
            var account =
                key?.Address ?? market.Account ?? throw new NodeException(ExitCodes.Usage, "There is neither a key nor an account.");
            return new NodeWork.Trading(
                new TraderSetup(
                    account,
                    key,
                    follower.Identity.ChainId,
                    market.Market,
                    market.Rules with
                    {
                        Eligibility = settings.Scoring.Eligibility,
                    },
                    settings.Fees,
                    market.DryRun,
                    market.MaxBlockAge,
                    follower.Journal,
                    follower.Metrics.Arbitrage,
                    follower.Clock
                ),
                settings.Index
            );
        }

        if (key is null || follower.Identity.Registry is not { } registry)
            return new NodeWork.Counting();
        var role = new ValidatorRole(
            key,
            new RegistryIdentity(follower.Identity.ChainId, registry),
            (ushort)settings.Netuid,
            devnet?.Strategy ?? new HonestStrategy(),
            settings.EmissionsDirectory is { } emissions ? new EmissionsCheck(new DirectoryInfo(emissions)) : null
        );
        return new NodeWork.Validating(role, settings.Fees, settings.Weights, settings.Index);
    }

    /// <summary>Ends the node when another process has ended its right to write.</summary>
    private static async Task RefuseAsync(JournalWriter writer, JournalFaultReporter guard) =>
        guard.Refuse(new JournalException(JournalProblem.AnotherWriter, await writer.Ended));

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
}

/// <summary>What a node of the devnet has besides its settings.</summary>
/// <param name="Key">Its key, which no file has.</param>
/// <param name="Strategy">How a validator puts what it has computed into words; null is honestly.</param>
internal sealed record DevnetRole(PrivateKey Key, IStatementStrategy? Strategy = null);
