using System.Reflection;
using Akka.Actor;
using Akka.Cluster.Hosting;
using Akka.Cluster.Sharding;
using Akka.Configuration;
using Akka.Hosting;
using Akka.Pattern;
using Akka.Persistence;
using Akka.Persistence.Sql.Config;
using Akka.Serialization;
using Tao20.Actors.Alerts;
using Tao20.Actors.Arbitrage;
using Tao20.Actors.Checks;
using Tao20.Actors.Configuration;
using Tao20.Actors.Consensus;
using Tao20.Actors.Faults;
using Tao20.Actors.Index;
using Tao20.Actors.Ingestion;
using Tao20.Actors.Journal;
using Tao20.Actors.Miners;
using Tao20.Actors.Pricing;
using Tao20.Actors.Status;
using Tao20.Actors.Transactions;
using Tao20.Chain.Contracts;
using Tao20.Chain.Following;
using Tao20.Domain.Arbitrage;
using Address = Tao20.Domain.Units.Address;

namespace Tao20.Actors.Hosting;

/// <summary>What a node is made of, one capability a method: a host reads like the sentence that says what it is.</summary>
public static class Tao20AkkaExtensions
{
    private const int Shards = 60;
    private static readonly TimeSpan FirstRestart = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LastRestart = TimeSpan.FromSeconds(8);

    /// <summary>The settings all nodes share, and the serializer of everything persisted or sent.</summary>
    /// <param name="builder">What is being built.</param>
    /// <param name="serializer">Another serializer for the same; null for the one of nodes.</param>
    public static AkkaConfigurationBuilder WithTao20Basics(
        this AkkaConfigurationBuilder builder,
        Func<ExtendedActorSystem, Serializer>? serializer = null
    ) =>
        builder
            .ConfigureLoggers(loggers =>
            {
                loggers.ClearLoggers();
                loggers.AddLoggerFactory();
            })
            .AddHocon(Hocon("tao20.conf"), HoconAddMode.Prepend)
            .WithCustomSerializer("tao20", Tao20Serializer.Types, serializer ?? (system => new Tao20Serializer(system)));

    /// <summary>Where events are kept.</summary>
    public static AkkaConfigurationBuilder WithJournal(this AkkaConfigurationBuilder builder, JournalOptions options)
    {
        var connection = ConfigurationFactory.ParseString(
            $"""
            akka.persistence.journal.sql.connection-string = "{Escape(options.ConnectionString)}"
            akka.persistence.snapshot-store.sql.connection-string = "{Escape(options.ConnectionString)}"
            akka.persistence.query.journal.sql.connection-string = "{Escape(options.ConnectionString)}"
            """
        );
        builder.AddHocon(connection, HoconAddMode.Prepend).WithActors((system, _) => StartBeforeActors(system));
        if (options.Kind == JournalKind.PostgreSql)
            return builder.AddHocon(Hocon("journal-postgresql.conf"), HoconAddMode.Prepend);
        var connections = new SqliteConnections(options);
        builder
            .AddSetup(new DataOptionsSetup(connections.DataOptions()))
            .AddStartup((system, _) => system.RegisterOnTermination(connections.Dispose));
        return builder.AddHocon(Hocon("journal-sqlite.conf"), HoconAddMode.Prepend);
    }

    /// <summary>Makes what the journal holds readable by persistence id, through <c>akka.persistence.query.journal.sql</c>.</summary>
    public static AkkaConfigurationBuilder WithJournalQueries(this AkkaConfigurationBuilder builder) =>
        builder.AddHocon(Hocon("journal-queries.conf"), HoconAddMode.Append);

    /// <summary>One actor per miner behind <see cref="MinersKey"/>: sharded over the cluster, or children of one parent.</summary>
    public static AkkaConfigurationBuilder WithMiners(
        this AkkaConfigurationBuilder builder,
        JournalFaultReporter journal,
        string? role = null
    ) =>
        role is not null
            ? builder.WithShardRegion<MinersKey>(
                MinersKey.Name,
                miner => MinerActor.Props(Address.Parse(miner), journal, isNew: () => false),
                HashCodeMessageExtractor.Create(Shards, message => (message as IMinerMessage)?.Miner.ToString()!),
                new ShardOptions
                {
                    Role = role,
                    StateStoreMode = StateStoreMode.DData,
                    RememberEntities = false,
                    HandOffStopMessage = FinishAndStop.Instance,
                }
            )
            : builder.WithActors(
                (system, registry) => registry.Register<MinersKey>(system.ActorOf(LocalMiners.Props(journal), MinersKey.Name))
            );

    /// <summary>The settlement of epochs, and the book of the validators, behind <see cref="ConsensusKey"/>: one in the cluster.</summary>
    public static AkkaConfigurationBuilder WithConsensus(
        this AkkaConfigurationBuilder builder,
        FollowerSettings settings,
        string? role = null
    ) =>
        builder.WithOne<ConsensusKey>(
            ConsensusKey.Name,
            role,
            registry => Props.Create(() => new ConsensusCoordinatorActor(settings, registry.Get<MinersKey>(), null))
        );

    /// <summary>The same for a validator that also attests and judges: it needs the sender of its account's transactions.</summary>
    public static AkkaConfigurationBuilder WithValidator(
        this AkkaConfigurationBuilder builder,
        FollowerSettings settings,
        ValidatorRole validator,
        WeightsOptions weights,
        ChainConnection chain,
        string? role = null
    )
    {
        if (weights.Enabled)
        {
            builder.WithOne<WeightsKey>(
                WeightsKey.Name,
                role,
                registry => Props.Create(() => new WeightsActor(settings, validator, chain, registry.Get<TransactionSenderKey>()))
            );
        }

        return builder.WithOne<ConsensusKey>(
            ConsensusKey.Name,
            role,
            registry =>
            {
                var (transactions, setter) = (
                    registry.Get<TransactionSenderKey>(),
                    weights.Enabled ? registry.Get<WeightsKey>() : ActorRefs.Nobody
                );
                return Props.Create(() =>
                    new ConsensusCoordinatorActor(
                        settings,
                        registry.Get<MinersKey>(),
                        context =>
                            context.ActorOf(
                                Props.Create(() => new DutiesActor(validator, chain, transactions, setter, settings.Clock)),
                                "duties"
                            )
                    )
                );
            }
        );
    }

    /// <summary>The reader of the chain behind <see cref="ChainFollowerKey"/>: one in the cluster.</summary>
    public static AkkaConfigurationBuilder WithChainFollower(
        this AkkaConfigurationBuilder builder,
        FollowerSettings settings,
        ChainConnection chain,
        string? role = null
    ) =>
        builder.WithOne<ChainFollowerKey>(
            ChainFollowerKey.Name,
            role,
            registry => Props.Create(() => new ChainFollowerActor(settings, chain, registry.Get<MinersKey>(), registry.Get<ConsensusKey>()))
        );

    /// <summary>The sender of one account's transactions behind <see cref="TransactionSenderKey"/>: one in the cluster.</summary>
    public static AkkaConfigurationBuilder WithTransactions(
        this AkkaConfigurationBuilder builder,
        SenderSettings settings,
        ChainConnection chain,
        string? role = null
    ) =>
        builder.WithOne<TransactionSenderKey>(
            TransactionSenderKey.Name,
            role,
            _ => Props.Create(() => new TransactionSenderActor(settings, chain))
        );

    /// <summary>What does the index's duties behind <see cref="IndexDutiesKey"/>: one in the cluster. It needs the sender.</summary>
    public static AkkaConfigurationBuilder WithIndexDuties(
        this AkkaConfigurationBuilder builder,
        IndexDutySettings settings,
        ChainConnection chain,
        string? role = null
    ) =>
        builder.WithOne<IndexDutiesKey>(
            IndexDutiesKey.Name,
            role,
            registry => Props.Create(() => new IndexDutiesActor(settings, chain, registry.Get<TransactionSenderKey>()))
        );

    /// <summary>The market's feed behind <see cref="PriceFeedKey"/>, and the account's trader behind <see cref="ArbitrageKey"/>.</summary>
    /// <param name="builder">What is being built.</param>
    /// <param name="feed">What the feed is told.</param>
    /// <param name="trader">What the trader is told.</param>
    /// <param name="chain">The chain.</param>
    /// <param name="market">Where TAO20 is traded.</param>
    public static AkkaConfigurationBuilder WithArbitrage(
        this AkkaConfigurationBuilder builder,
        FeedSettings feed,
        ArbitrageSettings trader,
        ChainConnection chain,
        MarketAddresses market
    )
    {
        var contract = chain.Options.Contract;
        var reader = new MarketReader(chain.Pool, contract, market, trader.Account, chain.Runtime, trader.Fees);
        ITradePlan plan = market.Router is null ? new StepwisePlan(trader.Rules.SlippageBasisPoints) : new RouterPlan();
        var basket = new BasketReader(chain.Pool, contract, market, trader.Account, chain.Runtime, trader.Fees);
        var encoder = new TradeEncoder(contract, market.TradedIn(contract, trader.Account), market.Router);
        var execution = new TradeExecution(plan, encoder, market.Router is not null, basket, reader, chain.Head);
        return builder
            .WithOne<ArbitrageKey>(
                ArbitrageKey.Name,
                role: null,
                registry =>
                {
                    var transactions = registry.TryGet<TransactionSenderKey>(out var sender) ? sender : ActorRefs.Nobody;
                    return Props.Create(() => new ArbitrageActor(trader, execution, transactions));
                }
            )
            .WithOne<PriceFeedKey>(
                PriceFeedKey.Name,
                role: null,
                _ => Props.Create(() => new PriceFeedActor(feed, chain.Head, reader, trader.Journal, trader.Metrics, trader.Clock))
            );
    }

    /// <summary>What checks the chain behind <see cref="ChainCheckKey"/>, on each node of a cluster.</summary>
    public static AkkaConfigurationBuilder WithChainCheck(
        this AkkaConfigurationBuilder builder,
        ChainCheckSettings settings,
        ChainConnection chain
    ) =>
        builder.WithActors(
            (system, registry) =>
                registry.Register<ChainCheckKey>(
                    system.ActorOf(Props.Create(() => new ChainCheckActor(settings, chain)), ChainCheckKey.Name)
                )
        );

    /// <summary>What tries the journal every second, and from now on knows which file it is; and what hears of the end of memory.</summary>
    public static AkkaConfigurationBuilder WithWatches(this AkkaConfigurationBuilder builder, FollowerSettings settings) =>
        builder.WithActors(
            (system, _) =>
            {
                var probe = JournalProbe.Of(settings.Journal.Options);
                system.ActorOf(Props.Create(() => new JournalWatchActor(settings.Journal, probe)), "journal-watch");
                system.ActorOf(Props.Create(() => new MemoryWatchActor(settings.Faults, settings.Clock)), "memory-watch");
            }
        );

    /// <summary>What watches for deviations behind <see cref="AlertsKey"/>: one in the cluster. It needs the status.</summary>
    public static AkkaConfigurationBuilder WithAlerts(this AkkaConfigurationBuilder builder, AlertSettings settings, string? role = null) =>
        builder.WithOne<AlertsKey>(
            AlertsKey.Name,
            role,
            registry => Props.Create(() => new AlertsActor(settings, registry.Get<StatusKey>()))
        );

    /// <summary>What the actor system itself says of its health, by <see cref="HealthTags"/>.</summary>
    /// <param name="builder">What is being built.</param>
    /// <param name="isMember">Whether it is a node of a cluster, and ready only as a member of it.</param>
    public static AkkaConfigurationBuilder WithHealth(this AkkaConfigurationBuilder builder, bool isMember)
    {
        builder.WithActorSystemLivenessCheck(tags: [HealthTags.Live]);
        return isMember ? builder.WithAkkaClusterReadinessCheck(tags: [HealthTags.Ready]) : builder;
    }

    /// <summary>What answers for the node's state behind <see cref="StatusKey"/>.</summary>
    public static AkkaConfigurationBuilder WithStatus(this AkkaConfigurationBuilder builder, FollowerSettings settings) =>
        builder.WithActors(
            (system, registry) =>
            {
                var sender = registry.TryGet<TransactionSenderKey>(out var found) ? found : null;
                var weights = registry.TryGet<WeightsKey>(out var setter) ? setter : null;
                var (trader, feed) = (
                    registry.TryGet<ArbitrageKey>(out var arbitrage) ? arbitrage : null,
                    registry.TryGet<PriceFeedKey>(out var prices) ? prices : null
                );
                var check = registry.TryGet<ChainCheckKey>(out var checker) ? checker : null;
                registry.Register<StatusKey>(
                    system.ActorOf(
                        Props.Create(() =>
                            new StatusActor(
                                settings,
                                registry.Get<ChainFollowerKey>(),
                                registry.Get<ConsensusKey>(),
                                registry.Get<MinersKey>(),
                                new StatusSources(sender, weights, trader, feed, check)
                            )
                        ),
                        "status"
                    )
                );
            }
        );

    /// <summary>The text of a configuration file of this build.</summary>
    public static Config Hocon(string file)
    {
        using var stream =
            Assembly.GetExecutingAssembly().GetManifestResourceStream($"hocon/{file}")
            ?? throw new InvalidOperationException($"hocon/{file} is not in this build.");
        using var reader = new StreamReader(stream);
        return ConfigurationFactory.ParseString(reader.ReadToEnd());
    }

    private static AkkaConfigurationBuilder WithOne<TKey>(
        this AkkaConfigurationBuilder builder,
        string name,
        string? role,
        Func<IReadOnlyActorRegistry, Props> props
    ) =>
        role is not null
            ? builder.WithSingleton<TKey>(
                name,
                (_, registry, _) => Restarting(props(registry), name),
                new ClusterSingletonOptions { Role = role, TerminationMessage = FinishAndStop.Instance }
            )
            : builder.WithActors((system, registry) => registry.Register<TKey>(system.ActorOf(Restarting(props(registry), name), name)));

    /// <summary>A persistent actor stops when its journal fails; it comes back, waiting longer each time.</summary>
    private static Props Restarting(Props child, string name) =>
        BackoffSupervisor.Props(
            Backoff
                .OnStop(child, name, FirstRestart, LastRestart, 0.2, maxNrOfRetries: -1)
                .WithFinalStopMessage(message => message is FinishAndStop)
        );

    /// <summary>
    /// Starts the timers and the journal before anything needs them. Actors that do while they start block their threads, and the
    /// timers themselves start on the threads of the pool: with a hundred actors at once that took twenty seconds.
    /// </summary>
    private static void StartBeforeActors(ActorSystem system)
    {
        system.Scheduler.Advanced.ScheduleOnce(TimeSpan.Zero, static () => { });
        var persistence = Persistence.Instance.Apply(system);
        persistence.JournalFor(null);
        persistence.SnapshotStoreFor(null);
    }

    private static string Escape(string text) =>
        text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal);
}
