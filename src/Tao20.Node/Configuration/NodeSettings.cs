using System.Globalization;
using Tao20.Actors.Consensus;
using Tao20.Actors.Hosting;
using Tao20.Actors.Journal;
using Tao20.Chain;
using Tao20.Chain.Signing;
using Tao20.Domain.Consensus;
using Tao20.Domain.Parameters;
using Tao20.Domain.Ranking;
using Tao20.Domain.Rewards;
using Tao20.Domain.Transactions;
using Tao20.Domain.Units;
using Tao20.Domain.Volume;

namespace Tao20.Node.Configuration;

/// <summary>What a node is for.</summary>
internal enum NodeRole
{
    /// <summary>Folds, ranks, attests and judges.</summary>
    Validator,

    /// <summary>Trades, and folds to know its rank.</summary>
    Miner,
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
    KeySource Key,
    FeePolicy Fees,
    WeightsOptions Weights,
    string? EmissionsDirectory,
    MarketSettings? Market
)
{
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
        var dataDirectory = reader.Text("DataDir") ?? "";
        var endpoints = reader.List("Chain:Endpoints").Select(ToUri).ToList();
        var contract = reader.Address("Chain:Contract");
        var errors = new List<string>();
        if (dataDirectory.Length == 0)
            errors.Add("DataDir is missing: give --data-dir with the directory for the journal.");
        if (contract is null && reader.Text("Chain:Contract") is null)
            errors.Add("Chain:Contract is missing: give --contract with the address of the TAO20 contract.");

        var chain = new ChainOptions
        {
            Endpoints = endpoints,
            Contract = contract ?? default,
            Registry = reader.Address("Chain:Registry"),
            FromBlock = reader.ULong("Chain:FromBlock", 0),
            ChainId = reader.OptionalULong("Chain:ChainId"),
            WebSocket = reader.Bool("Chain:WebSocket", true),
            PollInterval = reader.Duration("Chain:PollInterval", TimeSpan.FromSeconds(1)),
            RequestTimeout = reader.Duration("Chain:RequestTimeout", TimeSpan.FromSeconds(20)),
            Retries = reader.Int("Chain:Retries", 3),
            RetryDelay = reader.Duration("Chain:RetryDelay", TimeSpan.FromMilliseconds(200)),
            MaxReplyBytes = reader.Int("Chain:MaxReplyBytes", 32 * 1024 * 1024),
            Parallelism = reader.Int("Chain:Parallelism", 4),
            FirstRangeBlocks = reader.Int("Chain:FirstRangeBlocks", 16),
            MaxRangeBlocks = reader.Int("Chain:MaxRangeBlocks", 10_000),
            TargetReplyBytes = reader.Int("Chain:TargetReplyBytes", 1024 * 1024),
            FinalityDepth = reader.OptionalInt("Chain:FinalityDepth"),
            VerifyEveryHeader = reader.Bool("Chain:VerifyEveryHeader", false),
            Quorum = reader.Bool("Chain:Quorum", false),
        };
        var kind = reader.Choice("Journal:Kind", JournalKind.Sqlite);
        var connection = reader.Text("Journal:ConnectionString");
        var journal = new JournalOptions
        {
            Kind = kind,
            ConnectionString = kind == JournalKind.Sqlite ? SqliteJournal.ConnectionString(dataDirectory) : connection ?? "",
            SnapshotEvery = reader.Int("Journal:SnapshotEvery", 200),
            KeepEverything = reader.Bool("Journal:KeepEverything", false),
            PassivateAfter = reader.Duration("Journal:PassivateAfter", TimeSpan.FromMinutes(10)),
            MaxSizeMiB = reader.Int("Journal:MaxSizeMiB", 0),
        };
        var clustered = reader.Bool("Cluster:Enabled", false);
        var cluster = new ClusterOptions
        {
            Host = reader.Text("Cluster:Host") ?? "127.0.0.1",
            Port = reader.Int("Cluster:Port", 4053),
            SeedNodes = reader.List("Cluster:SeedNodes"),
        };
        if (clustered && kind == JournalKind.Sqlite)
            errors.Add(
                "Cluster:Enabled = true needs a journal that all nodes share: set Journal:Kind = PostgreSql and Journal:ConnectionString."
            );
        var scoring = ReadScoring(reader);
        var port = reader.Int("Http:Port", role == NodeRole.Miner ? MinerPort : ValidatorPort);
        if (port is < 0 or > 65535)
            errors.Add($"Http:Port = {port} is out of range: give 0 (any free port) to 65535.");
        var netuid = reader.Int("Netuid", 20);
        if (netuid is < 0 or > ushort.MaxValue)
            errors.Add($"Netuid = {netuid} is out of range: give 0 to 65535.");
        var key = new KeySource(
            $"TAO20_{role.ToString().ToUpperInvariant()}_PRIVATE_KEY",
            reader.Text($"{role}:KeyFile"),
            reader.Text($"{role}:KeystoreFile"),
            reader.Text($"{role}:PasswordFile")
        );
        if (role == NodeRole.Validator && key.Given && chain.Registry is null)
            errors.Add(
                "There is a validator's key and no registry: give --registry with the address of the ValidatorRegistry, or leave "
                    + "the key out to only count."
            );
        var standard = new FeePolicy();
        var fees = new FeePolicy
        {
            MaxFeePerGas = reader.ULong("Transactions:MaxFeePerGas", (ulong)standard.MaxFeePerGas),
            PriorityFeePerGas = reader.ULong("Transactions:PriorityFeePerGas", (ulong)standard.PriorityFeePerGas),
            StuckBlocks = reader.Int("Transactions:StuckBlocks", standard.StuckBlocks),
            GasMarginPercent = reader.Int("Transactions:GasMarginPercent", standard.GasMarginPercent),
            MaxInFlight = reader.Int("Transactions:MaxInFlight", standard.MaxInFlight),
        };
        var weights = new WeightsOptions
        {
            Enabled = reader.Bool("Weights:Enabled", true),
            TempoBlocks = reader.Int("Weights:TempoBlocks", new WeightsOptions().TempoBlocks),
        };
        var emissions = reader.Text("Index:Emissions");
        if (emissions is not null && !Directory.Exists(emissions))
            errors.Add($"Index:Emissions = {emissions} is not a directory: give one with files emissions_YYYYMMDD.json, or leave it out.");
        var market = role == NodeRole.Miner ? MarketSettings.Read(reader, key.Given || keyGiven, errors) : null;
        if (role == NodeRole.Miner && (clustered || kind != JournalKind.Sqlite))
            errors.Add("A miner is one process with a journal of its own: leave Cluster:Enabled and Journal:Kind out.");
        var settings = new NodeSettings(
            chain,
            journal,
            clustered ? cluster : null,
            scoring,
            dataDirectory,
            reader.Text("Http:Host") ?? "127.0.0.1",
            port,
            netuid,
            ReadLogLevel(reader, errors),
            key,
            fees,
            weights,
            emissions,
            market
        );

        reader.RefuseUnknown([
            .. role == NodeRole.Miner ? MinerSections : [],
            "Chain",
            "Journal",
            "Cluster",
            "Scoring",
            "Consensus",
            "Validator",
            "Transactions",
            "Weights",
            "Index",
            "Http",
        ]);
        errors.AddRange(reader.Errors);
        errors.AddRange(chain.Validate());
        errors.AddRange(fees.Validate());
        errors.AddRange(weights.Validate());
        if (dataDirectory.Length > 0 || kind != JournalKind.Sqlite)
            errors.AddRange(journal.Validate());
        if (clustered)
            errors.AddRange(cluster.Validate());
        errors.AddRange(scoring.Validate().Select(error => error.ToString()));
        return errors.Count == 0 ? settings : throw new NodeException(ExitCodes.Usage, string.Join('\n', errors));
    }

    /// <summary>The numbers of the rules alone.</summary>
    /// <exception cref="NodeException">One is out of its range, with a line for each.</exception>
    public static DomainParameters ReadRules(IConfiguration configuration)
    {
        var reader = new OptionReader(configuration);
        var rules = ReadScoring(reader);
        string[] errors = [.. reader.Errors, .. rules.Validate().Select(error => error.ToString())];
        return errors.Length == 0 ? rules : throw new NodeException(ExitCodes.Usage, string.Join('\n', errors));
    }

    private static Uri ToUri(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var uri)
            ? uri
            : throw new NodeException(ExitCodes.Usage, $"Chain:Endpoints = {text} is not a URL: give e.g. --rpc http://127.0.0.1:8545.");

    private static DomainParameters ReadScoring(OptionReader reader)
    {
        var (eligibility, score, rewards, consensus) = DomainParameters.Default;
        return new DomainParameters(
            new EligibilityRules(
                reader.Wei("Scoring:Eligibility:DustWei", eligibility.DustWei),
                reader.Int("Scoring:Eligibility:BurstTrades", eligibility.BurstTrades),
                reader.Int("Scoring:Eligibility:BurstSeconds", eligibility.BurstSeconds),
                reader.Int("Scoring:Eligibility:RoundTripSeconds", eligibility.RoundTripSeconds),
                reader.Int("Scoring:Eligibility:RoundTripPercent", eligibility.RoundTripPercent),
                reader.Int("Scoring:Eligibility:RoundTripCandidates", eligibility.RoundTripCandidates)
            ),
            new ScoreRules(
                reader.Wei("Scoring:Score:MinimumWei", score.MinimumWei),
                reader.Int("Scoring:Score:MintPercent", score.MintPercent),
                reader.Int("Scoring:Score:RedeemPercent", score.RedeemPercent),
                reader.Int("Scoring:Score:VolumeTenths", score.VolumeTenths),
                reader.Int("Scoring:Score:FrequencyTenths", score.FrequencyTenths),
                reader.Int("Scoring:Score:ConsistencyTenths", score.ConsistencyTenths)
            ),
            new RewardRules(
                new Rao(reader.ULong("Scoring:Rewards:EmissionRao", rewards.EmissionRao.Value)),
                reader.Int("Scoring:Rewards:ValidatorPercent", rewards.ValidatorPercent),
                reader.Int("Scoring:Rewards:TierPercent", rewards.TierPercent)
            ),
            new ConsensusRules(
                reader.Wei("Consensus:MinStakeWei", consensus.MinStakeWei),
                reader.Int("Consensus:MinAttestations", consensus.MinAttestations),
                reader.Int("Consensus:QuorumPercent", consensus.QuorumPercent),
                reader.Int("Consensus:WindowBlocks", consensus.WindowBlocks),
                reader.Int("Consensus:MissedWindow", consensus.MissedWindow),
                reader.Int("Consensus:MissedWarning", consensus.MissedWarning),
                reader.Int("Consensus:MissedMinor", consensus.MissedMinor),
                reader.Int("Consensus:RepeatRounds", consensus.RepeatRounds),
                reader.Int("Consensus:RepeatCount", consensus.RepeatCount),
                reader.Int("Consensus:DisputeBlocks", consensus.DisputeBlocks)
            )
        );
    }

    private static LogLevel ReadLogLevel(OptionReader reader, List<string> errors)
    {
        var text = reader.Text("LOG_LEVEL") ?? reader.Text("LogLevel") ?? nameof(LogLevel.Information);
        if (
            Enum.TryParse<LogLevel>(text, ignoreCase: true, out var level)
            && !int.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out _)
        )
            return level;
        errors.Add($"TAO20_LOG_LEVEL = {text} is not known: give one of {string.Join(", ", Enum.GetNames<LogLevel>())}.");
        return LogLevel.Information;
    }
}
