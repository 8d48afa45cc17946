using Tao20.Actors.Consensus;
using Tao20.Actors.Hosting;
using Tao20.Actors.Index;
using Tao20.Actors.Journal;
using Tao20.Chain;
using Tao20.Chain.Checks;
using Tao20.Chain.Signing;
using Tao20.Domain.Alerts;
using Tao20.Domain.Parameters;
using Tao20.Domain.Transactions;
using Tao20.Domain.Units;
using Tao20.Domain.Validation;

namespace Tao20.Node.Configuration;

/// <summary>What a node is for.</summary>
internal enum NodeRole
{
    /// <summary>Folds, ranks, attests and judges.</summary>
    Validator,

    /// <summary>Trades, and folds to know its rank.</summary>
    Miner,

    /// <summary>Folds the chain anew for a journal of either, with the settings of that one; needs no key.</summary>
    Rebuild,
}

/// <summary>All a node is told, read once and valid.</summary>
internal sealed record NodeSettings(
    ChainOptions Chain,
    JournalOptions Journal,
    ClusterOptions? Cluster,
    DomainParameters Scoring,
    string DataDirectory,
    string HttpHost,
    int HttpPort,
    int Netuid,
    LogLevel LogLevel,
    LogFormat LogFormat,
    KeySource Key,
    FeePolicy Fees,
    WeightsOptions Weights,
    IndexDutyOptions Index,
    string? EmissionsDirectory,
    CheckOptions Check,
    MarketSettings? Market
)
{
    /// <summary>What is said to Akka itself, as HOCON; empty for nothing.</summary>
    public string Akka { get; private init; } = "";

    /// <summary>How a validator attests.</summary>
    public ConsensusOptions Consensus { get; private init; } = new();

    /// <summary>From where on people are told of deviations.</summary>
    public AlertRules Alerts { get; private init; } = new();

    /// <summary>Who is told beside the log.</summary>
    public WebhookOptions Webhook { get; private init; } = new();

    /// <summary>By which names it is called over HTTP; null for what follows from where it listens.</summary>
    public string? AllowedHosts { get; private init; }

    /// <summary>Who may look at its dashboard.</summary>
    public DashboardOptions Dashboard { get; private init; } = new();

    /// <summary>What addresses are called on it.</summary>
    public IReadOnlyDictionary<Address, string> Names { get; private init; } = new Dictionary<Address, string>();

    private const int ValidatorPort = 8081;
    private const int MinerPort = 8080;
    private static readonly string[] MinerSections = ["Market", "Miner", "Arbitrage"];

    /// <summary>Reads the settings; everything that is wrong with them is told at once.</summary>
    /// <param name="configuration">Where from.</param>
    /// <param name="role">What the node is for.</param>
    /// <param name="keyGiven">Whether it gets its key otherwise than by these settings.</param>
    /// <exception cref="NodeException">Something is wrong, with a line for each.</exception>
    public static NodeSettings Read(IConfiguration configuration, NodeRole role = NodeRole.Validator, bool keyGiven = false)
    {
        var reader = new OptionReader(configuration);
        var errors = reader.Errors;
        var general = reader.Read(new GeneralOptions());
        var chain = reader.Read(new ChainOptions { Endpoints = [], Contract = default });
        if (general.DataDir.Length == 0)
            errors.Add("DataDir is missing: give --data-dir with the directory for the journal.");
        if (!reader.IsGiven("Chain:Contract"))
            errors.Add("Chain:Contract is missing: give --contract with the address of the TAO20 contract.");
        var journal = reader.Read(new JournalOptions { ConnectionString = "" });
        if (journal.Kind == JournalKind.Sqlite)
            journal = journal with { ConnectionString = SqliteJournal.ConnectionString(general.DataDir) };
        else if (journal.Validate().Count == 0)
            journal = journal with { ConnectionString = PostgreSqlJournal.Named(journal.ConnectionString) };
        var cluster = reader.Read(new ClusterOptions());
        if (cluster.Enabled && journal.Kind == JournalKind.Sqlite)
            errors.Add(
                "Cluster:Enabled = true needs a journal that all nodes share: set Journal:Kind = PostgreSql and Journal:ConnectionString."
            );
        if (cluster.Enabled && chain.RebuildOnDivergence && role != NodeRole.Rebuild)
            errors.Add(
                "Chain:RebuildOnDivergence = true needs a node that is in no cluster: leave it out, and run 'tao20 journal rebuild' while "
                    + "all nodes of the cluster are stopped."
            );
        var scoring = ReadScoring(reader);
        var http = reader.Read(new HttpOptions { Port = role == NodeRole.Miner ? MinerPort : ValidatorPort });
        var key = reader.Read(new KeySource($"TAO20_{role.ToString().ToUpperInvariant()}_PRIVATE_KEY", null, null, null), role.ToString());
        if (role == NodeRole.Validator && key.Given && chain.Registry is null)
            errors.Add(
                "There is a validator's key and no registry: give --registry with the address of the ValidatorRegistry, or leave "
                    + "the key out to only count."
            );
        if (chain.Registry is not null && reader.IsGiven("Scoring"))
            errors.Add(
                "Scoring is given with a registry, which itself says by what trades are counted: leave these keys out; "
                    + "'tao20 validator propose' is how they change."
            );
        var consensus = reader.Read(new ConsensusOptions());
        if (role == NodeRole.Validator && (key.Given || keyGiven) && chain.Endpoints.Count == 1 && !consensus.AllowSingleEndpoint)
            errors.Add(
                "Chain:Endpoints has one URL, and a validator states only what two say: add one of another provider, or set "
                    + "Consensus:AllowSingleEndpoint = true and answer with the bond for what this one says."
            );
        var fees = reader.Read(new FeePolicy());
        var weights = reader.Read(new WeightsOptions());
        var duties = reader.Read(new IndexDutyOptions { Step = role != NodeRole.Miner });
        var index = reader.Read(new IndexOptions());
        if (index.Emissions is { } emissions && !Directory.Exists(emissions))
            errors.Add($"Index:Emissions = {emissions} is not a directory: give one with files emissions_YYYYMMDD.json, or leave it out.");
        var check = reader.Read(new CheckOptions());
        var market = role == NodeRole.Miner ? MarketSettings.Read(reader, key.Given || keyGiven) : null;
        if (role == NodeRole.Miner && (cluster.Enabled || journal.Kind != JournalKind.Sqlite))
            errors.Add("A miner is one process with a journal of its own: leave Cluster:Enabled and Journal:Kind out.");
        var settings = new NodeSettings(
            chain,
            journal,
            cluster.Enabled ? cluster : null,
            scoring,
            general.DataDir,
            http.Host,
            http.Port,
            general.Netuid,
            general.LogLevel,
            general.LogFormat,
            key,
            fees,
            weights,
            duties,
            index.Emissions,
            check,
            market
        )
        {
            Akka = configuration[NodeConfiguration.Akka] ?? "",
            Consensus = consensus,
            Alerts = reader.Read(new AlertRules()),
            Webhook = reader.Read(new WebhookOptions()),
            AllowedHosts = general.AllowedHosts,
            Dashboard = reader.Read(new DashboardOptions()),
            Names = AddressNames.Read(configuration, errors),
        };

        reader.RefuseUnknown([
            .. role == NodeRole.Miner ? MinerSections : [],
            .. role == NodeRole.Rebuild ? [] : new[] { "Validator" },
            "Chain",
            "Journal",
            "Cluster",
            "Scoring",
            "Consensus",
            "Transactions",
            "Weights",
            "Check",
            "Index",
            "Http",
            "Alerts",
            "Webhook",
            "Dashboard",
        ]);
        errors.AddRange(Setting.Check(general).Concat(Setting.Check(http)).Select(error => error.ToString()));
        errors.AddRange(chain.Validate());
        errors.AddRange(fees.Validate());
        errors.AddRange(weights.Validate());
        errors.AddRange(duties.Validate());
        errors.AddRange(check.Validate());
        errors.AddRange(settings.Alerts.Validate());
        errors.AddRange(settings.Webhook.Validate());
        if (general.DataDir.Length > 0 || journal.Kind != JournalKind.Sqlite)
            errors.AddRange(journal.Validate());
        if (cluster.Enabled)
            errors.AddRange(cluster.Validate());
        errors.AddRange(scoring.Validate().Select(error => error.ToString()));
        return errors.Count == 0 ? settings : throw new NodeException(ExitCodes.Usage, string.Join('\n', errors));
    }

    /// <summary>How a check of the chain is bounded, and what transactions may cost.</summary>
    /// <exception cref="NodeException">One is out of its range, with a line for each.</exception>
    public static (CheckOptions Bounds, FeePolicy Fees) ReadBounds(IConfiguration configuration)
    {
        var reader = new OptionReader(configuration);
        var (bounds, fees) = (reader.Read(new CheckOptions()), reader.Read(new FeePolicy()));
        string[] errors = [.. reader.Errors, .. bounds.Validate(), .. fees.Validate()];
        return errors.Length == 0 ? (bounds, fees) : throw new NodeException(ExitCodes.Usage, string.Join('\n', errors));
    }

    private static DomainParameters ReadScoring(OptionReader reader)
    {
        var (eligibility, score, rewards, statement) = DomainParameters.Default;
        return new DomainParameters(reader.Read(eligibility), reader.Read(score), reader.Read(rewards), statement);
    }
}
