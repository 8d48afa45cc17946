using Akka.Actor;
using Akka.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Tao20.Actors.Checks;
using Tao20.Actors.Configuration;
using Tao20.Actors.Consensus;
using Tao20.Actors.Faults;
using Tao20.Actors.Hosting;
using Tao20.Actors.Index;
using Tao20.Actors.Ingestion;
using Tao20.Actors.Journal;
using Tao20.Actors.Metrics;
using Tao20.Actors.Miners;
using Tao20.Actors.Status;
using Tao20.Chain;
using Tao20.Chain.Checks;
using Tao20.Chain.Following;
using Tao20.Chain.Signing;
using Tao20.Domain.Checks;
using Tao20.Domain.Ingestion;
using Tao20.Domain.Parameters;
using Tao20.Domain.Registry;
using Tao20.Domain.Transactions;
using Tao20.Tests;
using Address = Tao20.Domain.Units.Address;

namespace Tao20.Actors.Tests;

/// <summary>A node's actors on a real SQLite journal in a directory of their own.</summary>
internal sealed class Node : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(40);
    private static readonly TimeSpan Glance = TimeSpan.FromSeconds(1);
    private readonly IHost _host;
    private readonly ChainConnection? _chain;

    private readonly EarlyReading? _early;

    private Node(IHost host, ChainConnection? chain, FaultSignal faults, EarlyReading? early, JournalWriter? writer)
    {
        Writer = writer;
        _host = host;
        _chain = chain;
        _early = early;
        Faults = faults;
    }

    /// <summary>What it counts.</summary>
    public required PipelineMetrics Metrics { get; init; }

    public FaultSignal Faults { get; }

    /// <summary>Its right to write a PostgreSQL journal.</summary>
    public JournalWriter? Writer { get; }

    public required JournalFaultReporter Journal { get; init; }

    public Task<Readiness> ReadyAsync() => Actor<StatusKey>().Ask<Readiness>(GetReadiness.Instance, Patience);

    public IActorRef Miners => Actor<MinersKey>();

    /// <summary>The miners alone.</summary>
    public static Task<Node> WithMinersAsync(
        string directory,
        Func<JournalOptions, JournalOptions>? change = null,
        Hosting.ClusterOptions? cluster = null,
        Action<AkkaConfigurationBuilder>? besides = null
    ) => StartAsync(directory, change, null, DomainParameters.Default, cluster, besides: besides);

    /// <summary>The whole pipeline on a chain.</summary>
    public static Task<Node> FollowingAsync(
        string directory,
        ChainOptions chain,
        Func<JournalOptions, JournalOptions>? change = null,
        DomainParameters? scoring = null
    ) => StartAsync(directory, change, chain, scoring ?? DomainParameters.Default, null);

    /// <summary>A validator that also attests and judges.</summary>
    public static Task<Node> ValidatingAsync(string directory, ChainOptions chain, PrivateKey key, IStatementStrategy? strategy = null) =>
        StartAsync(directory, null, chain, DomainParameters.Default, null, key, strategy);

    public IActorRef Actor<TKey>() => _host.Services.GetRequiredService<ActorRegistry>().Get<TKey>();

    public ActorSystem System => _host.Services.GetRequiredService<ActorSystem>();

    public Task<FollowerStatus> FollowerAsync() => Actor<ChainFollowerKey>().Ask<FollowerStatus>(GetFollowerStatus.Whole, Patience);

    public Task<SettledEpochs> ConsensusAsync() => Actor<ConsensusKey>().Ask<SettledEpochs>(GetSettledEpochs.Instance, Patience);

    public Task<NodeStatus> StatusAsync() => Actor<StatusKey>().Ask<NodeStatus>(new GetNodeStatus(true, Patience), 2 * Patience);

    public Task<MinerSummary> SummaryAsync(Address miner) => Miners.Ask<MinerSummary>(new GetMinerSummary(miner, default), Patience);

    public Task<object> FoldAsync(FoldBatch batch) => Miners.Ask<object>(batch, Patience);

    /// <summary>Waits until the follower's state is as wanted; <paramref name="meanwhile"/> is done between two looks.</summary>
    public Task<FollowerStatus> UntilAsync(Func<FollowerStatus, bool> wanted, Action? meanwhile = null) =>
        Eventually.BecomesAsync(
            FollowerIfThereAsync,
            wanted,
            Patience,
            meanwhile is null
                ? null
                : _ =>
                {
                    meanwhile();
                    return Task.CompletedTask;
                }
        );

    /// <summary>
    /// Waits for a fault that lasts. For a moment there may be another one: the endpoint that has shown it is no longer trusted, and who
    /// asks for the head then finds nobody.
    /// </summary>
    public Task<FollowerStatus> FaultyAsync(FaultKind kind) =>
        Eventually.BecomesAsync(FollowerIfThereAsync, status => status.Fault?.Kind == kind, Patience, show: status => status.Fault);

    private async Task<FollowerStatus?> FollowerIfThereAsync(CancellationToken cancel)
    {
        try
        {
            return await Actor<ChainFollowerKey>().Ask<FollowerStatus>(GetFollowerStatus.Whole, Glance, cancel);
        }
        catch (AskTimeoutException)
        {
            // An actor whose journal has failed is away for a moment, and what is asked meanwhile is lost.
            return null;
        }
    }

    /// <summary>
    /// Waits until the chain has been checked, and nothing the node does is off: on the chain that is over before the next block, and here
    /// blocks wait for it.
    /// </summary>
    /// <param name="spec">The spec it has to be checked at; null for any.</param>
    public Task CheckedAsync(uint? spec = null) =>
        Eventually.BecomesAsync<ChainCheckStatus>(
            async cancel => await Actor<ChainCheckKey>().Ask<ChainCheckStatus>(GetChainCheck.Instance, TimeSpan.FromSeconds(5), cancel),
            status => status is { Report.Version.Spec: var found, Off.Count: 0 } && (spec ?? found) == found,
            TimeSpan.FromSeconds(30)
        );

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        _host.Dispose();
        _early?.Dispose();
        if (_chain is not null)
            await _chain.DisposeAsync();
        if (Writer is not null)
            await Writer.DisposeAsync();
    }

    private static async Task<JournalWriter> WriterAsync(JournalOptions journal, bool isAlone)
    {
        await PostgreSqlJournal.PrepareAsync(journal, CancellationToken.None);
        var writer = await JournalWriter.BeginAsync(journal, CancellationToken.None);
        if (isAlone)
            await writer.RegisterAsync(new NoPeers("test"), CancellationToken.None);
        return writer;
    }

    private static async Task<Node> StartAsync(
        string directory,
        Func<JournalOptions, JournalOptions>? change,
        ChainOptions? chainOptions,
        DomainParameters scoring,
        Hosting.ClusterOptions? cluster,
        PrivateKey? key = null,
        IStatementStrategy? strategy = null,
        Action<AkkaConfigurationBuilder>? besides = null
    )
    {
        var journal = new JournalOptions { ConnectionString = SqliteJournal.ConnectionString(directory) };
        journal = change?.Invoke(journal) ?? journal;
        JournalWriter? writer = null;
        if (journal.Kind == JournalKind.Sqlite)
            SqliteJournal.Prepare(journal);
        else
            writer = await WriterAsync(journal, cluster is null);
        journal = writer?.Options ?? journal;
        var faults = new FaultSignal();
        var guard = new JournalFaultReporter(journal, directory, faults, TimeProvider.System);
        ChainConnection? chain = null;
        FollowerSettings? settings = null;
        var metrics = new PipelineMetrics();
        if (chainOptions is not null)
        {
            chain = ChainConnection.Http(chainOptions, NullLogger.Instance);
            settings = new FollowerSettings(
                await chain.ProbeAsync(CancellationToken.None),
                scoring,
                guard,
                faults,
                metrics,
                TimeProvider.System
            )
            {
                // As every node does: what a restart needs is elsewhere, and this is thrown away.
                Early = EarlyReading.Begin(
                    chain,
                    new Cursor(chainOptions.FromBlock, null),
                    () => metrics.Start.Reach(StartStep.FirstRange)
                ),
            };
        }

        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddLogging(logging => logging.ClearProviders());
        builder.Services.AddAkka(
            "tao20",
            akka =>
            {
                if (settings is null)
                    akka.WithTao20Miners(guard, cluster, writer);
                else
                    akka.WithTao20Node(settings, chain!, WorkOf(settings, key, strategy), cluster, CheckOf(settings, key), writer);
                besides?.Invoke(akka);
            }
        );
        var host = builder.Build();
        await host.StartAsync();
        return new Node(host, chain, faults, settings?.Early, writer) { Metrics = metrics, Journal = guard };
    }

    /// <summary>Only what signs needs the chain to be checked.</summary>
    private static ChainCheckSettings? CheckOf(FollowerSettings settings, PrivateKey? key) =>
        key is null
            ? null
            : new ChainCheckSettings(
                new CheckSubject
                {
                    Contract = settings.Identity.Contract,
                    Account = key.Address,
                    Netuid = 20,
                    SetsWeights = true,
                    ChainId = settings.Identity.ChainId,
                    Bounds = new CheckOptions { MaxFinalAge = TimeSpan.Zero, RetryAfter = TimeSpan.FromMilliseconds(500) },
                },
                [ChainAction.Nav, ChainAction.Consensus, ChainAction.Weights],
                null,
                settings.Clock
            );

    private static NodeWork WorkOf(FollowerSettings settings, PrivateKey? key, IStatementStrategy? strategy)
    {
        if (key is null)
            return new NodeWork.Counting();
        var registry = new RegistryIdentity(settings.Identity.ChainId, settings.Identity.Registry!.Value);
        return new NodeWork.Validating(
            new ValidatorRole(key, registry, 20, strategy ?? new HonestStrategy()),
            new FeePolicy(),
            new WeightsOptions(),
            new IndexDutyOptions { Step = false }
        );
    }
}

/// <summary>A directory that is gone after the test.</summary>
public abstract class InDirectory : IDisposable
{
    protected string Path { get; } = Directory.CreateTempSubdirectory("tao20-test-").FullName;

    public void Dispose()
    {
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        Directory.Delete(Path, recursive: true);
        GC.SuppressFinalize(this);
    }
}
