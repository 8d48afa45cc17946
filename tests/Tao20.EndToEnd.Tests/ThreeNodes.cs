using System.Globalization;
using System.Text.Json.Nodes;
using Npgsql;
using Tao20.Chain.Contracts;
using Tao20.Chain.Signing;
using Tao20.Devnet;
using Tao20.Devnet.PostgreSql;
using Tao20.Domain.Registry;
using Tao20.Domain.Units;
using Tao20.EndToEnd.Tests.Network;
using Tao20.Tests;
using Xunit.Abstractions;

namespace Tao20.EndToEnd.Tests;

/// <summary>
/// One validator on three nodes with one PostgreSQL journal, and certificates: the real executable, three times, on a real chain.
/// </summary>
internal sealed class ThreeNodes : IAsyncDisposable
{
    public const int Nodes = 3;

    /// <summary>Where a node is told its database.</summary>
    public const string ConnectionString = "TAO20_Journal__ConnectionString";

    private const ulong FinalAfter = 2;
    private static readonly TimeSpan TakeOver = TimeSpan.FromSeconds(120);
    private readonly string _directory;
    private const string Secret = "c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3c3";
    private readonly ValidatorSet _validators;

    private ThreeNodes(string directory, ChainFixture chain, ValidatorSet validators, PostgreSqlServer database)
    {
        (_directory, Chain, _validators, Database) = (directory, chain, validators, database);
        Network = new NodeNetwork(Nodes, () => Database.Port);
    }

    public ChainFixture Chain { get; }

    /// <summary>The server that is written to now.</summary>
    public PostgreSqlServer Database { get; private set; }

    /// <summary>What is between the nodes, and between them and the database.</summary>
    public NodeNetwork Network { get; }

    public static async Task<ThreeNodes> PrepareAsync(string directory, int seed)
    {
        var database = await PostgreSqlServer.StartAsync();
        var chain = await ChainFixture.StartAsync(seed);
        var (validators, _) = await ValidatorSet.DeployAsync(
            chain.Economy,
            [PrivateKey.FromHex(Secret)],
            20,
            chain.Traders.Time,
            CancellationToken.None,
            ChainFixture.LongWindows
        );
        var (made, files, _) = await Tao20Process.RunAsync(
            ["cluster", "certs", "--dir", "certs", "--node", "node-0", "--node", "node-1", "--node", "node-2"],
            directory
        );
        Assert.Equal((0, 4), (made, files.Trim().Split('\n').Length));
        return new ThreeNodes(directory, chain, validators, database);
    }

    /// <summary>Starts a node.</summary>
    /// <param name="node">0 to 2 are those of the cluster; others have a directory of their own, and need other settings.</param>
    /// <param name="settings">What it is told besides.</param>
    public Tao20Process Start(int node, params (string Key, string Value)[] settings) => Start(node, Tao20Process.Program, settings);

    /// <summary>Starts a node of the release that <c>TAO20_OLDER_PROGRAM</c> names, of this one where it names none.</summary>
    public Tao20Process StartOlder(int node) =>
        Start(node, Environment.GetEnvironmentVariable("TAO20_OLDER_PROGRAM") ?? Tao20Process.Program, []);

    private Tao20Process Start(int node, string program, (string Key, string Value)[] settings)
    {
        var environment = Settings(node % Nodes);
        foreach (var (key, value) in settings)
            environment[key] = value;
        var process = Tao20Process.Start(
            Chain.ValidatorArguments(Path.Combine(_directory, $"node-{node}"), "--registry", _validators.Registry.ToString()),
            environment: environment,
            program: program
        );
        if (node < Nodes)
            Network.Runs(node, process.Id);
        return process;
    }

    /// <summary>What a node is told besides its arguments.</summary>
    public Dictionary<string, string> Settings(int node) =>
        new()
        {
            ["TAO20_VALIDATOR_PRIVATE_KEY"] = Secret,
            ["TAO20_Journal__Kind"] = "PostgreSql",
            [ConnectionString] = new NpgsqlConnectionStringBuilder(Database.ConnectionString)
            {
                Port = Network.DatabasePortOf(node),
            }.ToString(),
            ["TAO20_Cluster__Enabled"] = "true",
            ["TAO20_Cluster__Port"] = Text(Network.PortOf(node)),
            ["TAO20_Cluster__BindPort"] = Text(Network.BoundPortOf(node)),
            ["TAO20_Cluster__SeedNodes"] = string.Join(
                ',',
                Enumerable.Range(0, Nodes).Select(seed => $"akka.tcp://tao20@127.0.0.1:{Text(Network.PortOf(seed))}")
            ),
            ["TAO20_Cluster__CertificateFile"] = Certificate($"node-{node}"),
            ["TAO20_Cluster__CertificateKeyFile"] = Certificate($"node-{node}-key"),
            ["TAO20_Cluster__AuthorityFile"] = Certificate("ca"),
        };

    /// <summary>What a node is told whose journal is in another database of the same server.</summary>
    public (string Key, string Value) In(string database, int node) =>
        (ConnectionString, new NpgsqlConnectionStringBuilder(Settings(node)[ConnectionString]) { Database = database }.ToString());

    /// <summary>Trades, none before a node has folded what is final: on the chain it has twelve seconds for each block.</summary>
    /// <param name="blocks">How many blocks.</param>
    /// <param name="nodes">Those of which one has to follow.</param>
    public async Task TradeAsync(int blocks, params Tao20Process[] nodes)
    {
        for (var block = 0; block < blocks; block++)
        {
            await Chain.Traders.StepAsync(CancellationToken.None);
            await FollowedAsync(nodes);
        }
    }

    /// <summary>A standby takes the place of the server, which fails at once and for ever.</summary>
    public async Task FailOverAsync(PostgreSqlServer standby)
    {
        var failed = Database;
        await failed.KillAsync();
        Database = standby;
        await standby.PromoteAsync(CancellationToken.None);
        await failed.DisposeAsync();
    }

    /// <summary>Lets blocks go by until the validator has stated what it has committed to of every epoch that is over.</summary>
    public async Task StatedAsync(Tao20Process node)
    {
        var closed = await Chain.Economy.EpochAsync(CancellationToken.None);
        await node.UntilAsync(
            async status =>
            {
                // Of many rounds the status has the last ones.
                if (status["consensus"]?["rounds"]?.AsArray() is [.., { } last] rounds && NumberOf(last) == closed && rounds.All(IsStated))
                    return true;
                await Chain.Traders.PassAsync(CancellationToken.None);
                await FollowedAsync(node);
                return false;
            },
            TakeOver
        );

        static ulong NumberOf(JsonNode round) => round["number"]!.GetValue<ulong>();

        static bool IsStated(JsonNode? round) => round!["attested"]!.AsArray().Count == 1;
    }

    /// <summary>Waits until one of some nodes has folded what is final.</summary>
    public async Task FollowedAsync(params Tao20Process[] nodes)
    {
        var final = await Chain.Chain.Client.BlockNumberAsync(CancellationToken.None) - FinalAfter;
        using var first = new CancellationTokenSource();
        var follow = nodes.Select(node => node.UntilAsync(HasFolded, TakeOver, first.Token)).ToList();
        try
        {
            await await Task.WhenAny(follow);
        }
        catch (TimeoutException e)
        {
            throw new TimeoutException($"{e.Message}\n\n{string.Join("\n\n", nodes.Select(node => node.Errors))}", e);
        }

        await first.CancelAsync();

        bool HasFolded(JsonObject status) => status["cursor"]?["block"]?.GetValue<ulong>() >= final && status["check"]?["spec"] is not null;
    }

    /// <summary>
    /// Waits until a node has folded all that is final and is well, and compares every miner's total with the contract's own.
    /// </summary>
    public async Task<JsonObject> RequireTotalsAsync(Tao20Process node)
    {
        for (ulong i = 0; i < FinalAfter; i++)
            await Chain.Traders.PassAsync(CancellationToken.None);
        var final = await Chain.Chain.Client.BlockNumberAsync(CancellationToken.None) - FinalAfter;
        var status = await node.UntilAsync(
            status =>
                status["cursor"]?["block"]?.GetValue<ulong>() >= final
                && status["epoch"]!["awaitingSettlement"]!.AsArray().Count == 0
                && status["faults"]!.AsArray().Count == 0,
            TakeOver
        );
        var folded = status["miners"]!
            .AsArray()
            .ToDictionary(miner => miner!["address"]!.GetValue<string>(), miner => miner!["foldedWei"]!.GetValue<string>());
        var counted = (await Chain.Economy.VolumesAsync(CancellationToken.None))
            .Where(volume => volume.Value > 0)
            .ToDictionary(volume => volume.Key.ToString(), volume => volume.Value.ToString(CultureInfo.InvariantCulture));
        Assert.Equal(counted, folded);
        return status;
    }

    /// <summary>
    /// Lets blocks go by until the last epoch's weights are set and nothing is on its way: each epoch has one attestation, and the
    /// account has sent nothing else twice.
    /// </summary>
    public async Task RequireEachEpochAttestedOnceAsync(Tao20Process node)
    {
        var closed = await Chain.Economy.EpochAsync(CancellationToken.None);
        Assert.True(closed >= 3, $"{closed}");
        var status = await node.UntilAsync(
            async status =>
            {
                await Chain.Traders.PassAsync(CancellationToken.None);
                var self = status["validator"]!;
                return self["transactions"]!["open"]!.AsArray().Count == 0
                    && self["weights"]!.AsArray().LastOrDefault() is { } last
                    && last["epoch"]!.GetValue<ulong>() == closed - 1
                    && last["stage"]!.GetValue<string>() == "Set";
            },
            TakeOver
        );
        // Who takes over in the middle of a window states what the other has committed to.
        var facts = await FactsAsync();
        var rounds = Enumerable.Range(1, (int)closed).Select(round => (long)round).ToList();
        Assert.Equal(rounds, facts.OfType<RegistryFact.Committed>().Select(fact => fact.Round));
        Assert.Equal(rounds, facts.OfType<RegistryFact.Attested>().Select(fact => fact.Round));
        Assert.Equal(0, status["validator"]!["transactions"]!["foreign"]!.GetValue<long>());
    }

    /// <summary>Waits until each node sees all of them as members that are up.</summary>
    public async Task AllUpAsync()
    {
        for (var node = 0; node < Nodes; node++)
        {
            using var inspector = new Inspector(Path.Combine(_directory, $"node-{node}"));
            await Eventually.BecomesAsync<JsonNode>(
                async _ => (await inspector.AskAsync("cluster/show")).Answer,
                answer => answer["rows"]?.AsArray() is { Count: Nodes } rows && rows.All(row => row![2]!.GetValue<string>() == "up"),
                TakeOver,
                show: answer => $"{answer}"
            );
        }
    }

    /// <summary>The node with the follower, the coordinator and the account.</summary>
    public async Task<int> OldestAsync() =>
        Network.NodeAt(
            (int)
                await PostgreSqlFixture.NumberAsync(
                    Database.ConnectionString,
                    "SELECT split_part(w.node, ':', 2) FROM tao20_lease l JOIN tao20_writer w ON w.number = l.writer "
                        + "WHERE l.name LIKE '%/chain-follower'"
                )
        );

    /// <summary>How many events the cursor has.</summary>
    public Task<long> CursorEventsAsync() =>
        PostgreSqlFixture.NumberAsync(
            Database.ConnectionString,
            "SELECT max(sequence_number) FROM journal WHERE persistence_id = 'chain-cursor'"
        );

    /// <summary>Waits until the cursor has more events: somebody follows the chain.</summary>
    public Task CursorMovesAsync(long from, TimeSpan limit, Func<string> said) =>
        Eventually.BecomesAsync<object>(
            async _ => await CursorEventsAsync(),
            events => (long)events > from,
            limit,
            show: events => $"{events}\n\n{said()}"
        );

    /// <summary>Of each stream, those that have written it are some that have taken one and the same lease, in the same order.</summary>
    public async Task RequireOneWriterEachAsync(ITestOutputHelper output)
    {
        await using var connection = new NpgsqlConnection(Database.ConnectionString);
        await connection.OpenAsync();
        var takeovers = await ReadAsync(connection, "SELECT lease, array_agg(writer ORDER BY fence) FROM tao20_takeover GROUP BY lease");
        var streams = await ReadAsync(
            connection,
            "SELECT persistence_id, array_agg(writer ORDER BY sequence_number) FROM journal GROUP BY persistence_id"
        );
        foreach (var (stream, writers) in streams)
        {
            var runs = writers.Where((writer, i) => i == 0 || writer != writers[i - 1]).ToList();
            output.WriteLine($"{stream}: {string.Join(' ', runs)}");
            Assert.True(takeovers.Values.Any(takers => Follows(runs, takers)), $"{stream}: {string.Join(' ', runs)}");
        }

        Assert.True(streams.Values.SelectMany(writers => writers).Distinct().Count() >= Nodes, "nobody has taken over");
    }

    /// <summary>All that the registry has logged.</summary>
    private async Task<IReadOnlyList<RegistryFact>> FactsAsync()
    {
        var logs = await Chain.Chain.Client.SendAsync(
            "eth_getLogs",
            $"[{{\"fromBlock\":\"0x0\",\"address\":\"{_validators.Registry}\"}}]",
            CancellationToken.None
        );
        return
        [
            .. logs.EnumerateArray()
                .Select(log =>
                    RegistryFacts.Decode(
                        1,
                        [.. log.GetProperty("topics").EnumerateArray().Select(topic => Hash256.Parse(topic.GetString()!))],
                        Convert.FromHexString(log.GetProperty("data").GetString().AsSpan(2))
                    )
                ),
        ];
    }

    public async ValueTask DisposeAsync()
    {
        await Network.DisposeAsync();
        await Chain.DisposeAsync();
        await Database.DisposeAsync();
    }

    private static bool Follows(IEnumerable<long> writers, IReadOnlyList<long> takers)
    {
        var taker = 0;
        foreach (var writer in writers)
        {
            while (taker < takers.Count && takers[taker] != writer)
                taker++;
        }

        return taker < takers.Count;
    }

    private static async Task<Dictionary<string, long[]>> ReadAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await using var reader = await command.ExecuteReaderAsync();
        var rows = new Dictionary<string, long[]>();
        while (await reader.ReadAsync())
            rows.Add(reader.GetString(0), reader.GetFieldValue<long[]>(1));
        return rows;
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private string Certificate(string name) => Path.Combine(_directory, "certs", $"{name}.pem");
}
