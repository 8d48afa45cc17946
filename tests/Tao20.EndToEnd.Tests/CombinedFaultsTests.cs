using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.Data.Sqlite;
using Npgsql;
using Tao20.Devnet.PostgreSql;
using Tao20.EndToEnd.Tests.Network;
using Tao20.Tests;
using Xunit.Abstractions;

namespace Tao20.EndToEnd.Tests;

/// <summary>
/// Something happens to a node's process, to its journal and to its endpoint at the same time, drawn by a seed: what it comes to is what a
/// node comes to that nothing has happened to (source: the study of operations).
/// </summary>
public sealed class CombinedFaultsTests(ITestOutputHelper output) : InDirectory, IAsyncLifetime
{
    private const string Sqlite = "Sqlite";
    private const string Untouched = "untouched";
    private const int FinalAfter = 2;
    private static readonly bool Soak = Environment.GetEnvironmentVariable("TAO20_SOAK") == "1";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);
    private readonly Dictionary<string, Tao20Process> _nodes = [];
    private ChainFixture _chain = null!;
    private PostgreSqlServer _server = null!;
    private Door _endpoint = null!;

    public async Task InitializeAsync()
    {
        _chain = await ChainFixture.StartAsync(seed: 12);
        _server = await PostgreSqlServer.StartAsync();
        await _server.ExecuteAsync(
            "CREATE ROLE node LOGIN PASSWORD 'first'; GRANT ALL ON SCHEMA public TO node; GRANT CREATE ON DATABASE postgres TO node"
        );
        _endpoint = new Door(() => _chain.Node.Url.Port, (_, _) => 0);
    }

    async Task IAsyncLifetime.DisposeAsync()
    {
        foreach (var node in _nodes.Values)
            await node.DisposeAsync();
        await _endpoint.DisposeAsync();
        await _server.DisposeAsync();
        await _chain.DisposeAsync();
    }

    [Theory]
    [InlineData(Sqlite, 2)]
    [InlineData("PostgreSql", 3)]
    public async Task Whatever_happens_together_totals_and_rankings_are_those_of_an_undisturbed_node(string journal, int times)
    {
        var random = new Random(TestSeed.Of(output));
        Start(Untouched);
        Start(journal);
        await _chain.TradeAsync(5);
        await RequireEqualAsync(journal);
        for (var i = 0; i < (Soak ? 100 : times); i++)
        {
            Fault[] faults = [Drawn(OfTheProcess(journal)), Drawn(OfTheEndpoint()), Drawn(journal == Sqlite ? OfTheFile() : OfTheServer())];
            random.Shuffle(faults);
            output.WriteLine(string.Join(" + ", faults.Select(fault => fault.Name)));
            foreach (var fault in faults)
            {
                await fault.Begins();
                await _chain.TradeAsync(random.Next(1, 4));
            }

            random.Shuffle(faults);
            foreach (var fault in faults.OrderBy(fault => fault.EndsLast))
            {
                await fault.Ends();
                await _chain.TradeAsync(random.Next(2));
            }

            while (await _chain.Economy.EpochAsync(CancellationToken.None) < (ulong)i)
                await _chain.TradeAsync(5);
            await RequireEqualAsync(journal);
        }

        Fault Drawn(IEnumerable<Fault> faults) => random.GetItems(faults.ToArray(), 1)[0];
    }

    private IEnumerable<Fault> OfTheProcess(string journal)
    {
        yield return new("its process is killed", () => _nodes[journal].KillAsync(), () => Done(() => Start(journal)));
        yield return new("it is paused", () => Done(_nodes[journal].Pause), () => Done(_nodes[journal].Resume));
        yield return new(
            "it loses a miner's events",
            () => _nodes[journal].KillAsync(),
            async () =>
            {
                await LoseEventsAsync(journal);
                await RebuildAsync(journal);
                Start(journal);
            }
        )
        {
            EndsLast = true,
        };
    }

    private IEnumerable<Fault> OfTheEndpoint() =>
        new[] { Cut.Silent, Cut.Refused, Cut.None }.Select(cut => new Fault(
            $"its endpoint: {cut}",
            () => Done(() => _endpoint.Set(0, cut)),
            () => Done(() => _endpoint.Set(0, Cut.None))
        ));

    private IEnumerable<Fault> OfTheFile()
    {
        SqliteConnection? other = null;
        yield return new(
            "its file is locked",
            async () =>
            {
                other = new SqliteConnection($"Data Source={FileOf(Sqlite)};Pooling=false");
                await other.OpenAsync();
                await using var begin = new SqliteCommand("BEGIN IMMEDIATE", other) { CommandTimeout = 60 };
                await begin.ExecuteNonQueryAsync();
            },
            () => other!.DisposeAsync().AsTask()
        );
        yield return new("its file is well", () => Task.CompletedTask, () => Task.CompletedTask);
    }

    private IEnumerable<Fault> OfTheServer()
    {
        yield return new("its server is killed", _server.KillAsync, _server.StartAgainAsync);
        yield return new("its server is frozen", _server.FreezeAsync, _server.ThawAsync);
        yield return Altered("its password is another", "PASSWORD 'second'", "PASSWORD 'first'");
        yield return Altered("no connection is left", "CONNECTION LIMIT 0", "CONNECTION LIMIT -1");
        yield return Altered("it may only read", "SET default_transaction_read_only = on", "RESET default_transaction_read_only");
        yield return Altered("no statement has time", "SET statement_timeout = 1", "RESET statement_timeout");

        Fault Altered(string name, string how, string back) => new(name, () => AlterAsync(how), () => AlterAsync(back));

        Task AlterAsync(string how) =>
            _server.ExecuteAsync($"ALTER ROLE node {how}; SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'node'");
    }

    /// <summary>An operator deletes rows.</summary>
    private async Task LoseEventsAsync(string journal)
    {
        const string sql =
            "DELETE FROM journal WHERE persistence_id = (SELECT max(persistence_id) FROM journal WHERE persistence_id LIKE 'miner-%')";
        if (journal == Sqlite)
            JournalFile.Execute(DirectoryOf(journal), sql);
        else
            // Nobody else may: the database refuses it.
            await _server.ExecuteAsync($"SET session_replication_role = replica; {sql}");
    }

    private async Task RebuildAsync(string journal)
    {
        string[] rebuild = ["journal", "rebuild", "--rpc", $"{_chain.Node.Url}", "--contract", $"{_chain.Economy.Index}"];
        var (code, _, process) = await Tao20Process.RunAsync(
            [.. rebuild, "--data-dir", DirectoryOf(journal)],
            environment: SettingsOf(journal)
        );
        Assert.True(code == 0, process.Errors);
    }

    /// <summary>Both have folded all that is final: the same, and what the contract has counted itself.</summary>
    private async Task RequireEqualAsync(string journal)
    {
        for (var i = 0; i < FinalAfter; i++)
            await _chain.Traders.PassAsync(CancellationToken.None);
        var final = await _chain.Chain.Client.BlockNumberAsync(CancellationToken.None) - FinalAfter;

        // One that was started while it could not reach what it needs has said so and ended, and whoever watches over it starts it again.
        if (_nodes[journal].HasExited)
        {
            Assert.InRange(await _nodes[journal].ExitAsync(Patience), 2, 12);
            Start(journal);
        }

        var expected = await _nodes[Untouched].UntilAsync(IsLevel, Patience);
        var status = await _nodes[journal].UntilAsync(IsLevel, Patience);
        var counted = (await _chain.Economy.VolumesAsync(CancellationToken.None)).Where(volume => volume.Value > 0);
        Assert.Equal(
            counted.Select(volume => $"{volume.Key} {volume.Value.ToString(CultureInfo.InvariantCulture)}").Order(),
            status["miners"]!.AsArray().Select(miner => $"{miner!["address"]} {miner["foldedWei"]}").Order()
        );
        foreach (var part in (string[])["settled", "ranking", "miners"])
            Assert.Equal(expected[part]!.ToJsonString(), status[part]!.ToJsonString());

        bool IsLevel(JsonObject status) =>
            status["ready"]!.GetValue<bool>()
            && status["cursor"]?["block"]?.GetValue<ulong>() >= final
            && status["epoch"]!["awaitingSettlement"]!.AsArray().Count == 0;
    }

    private static Task Done(Action action)
    {
        action();
        return Task.CompletedTask;
    }

    private string DirectoryOf(string name) => System.IO.Path.Combine(Directory, name);

    private string FileOf(string name) => System.IO.Path.Combine(DirectoryOf(name), "journal.db");

    private void Start(string name)
    {
        var port = name == Untouched ? _chain.Node.Url.Port : _endpoint.Port;
        _nodes[name] = Tao20Process.Start(
            _chain.ValidatorArgumentsBehind($"http://127.0.0.1:{port.ToString(CultureInfo.InvariantCulture)}/", DirectoryOf(name)),
            environment: SettingsOf(name)
        );
    }

    private Dictionary<string, string> SettingsOf(string name) =>
        name is Sqlite or Untouched
            ? []
            : new()
            {
                ["TAO20_Journal__Kind"] = name,
                ["TAO20_Journal__ConnectionString"] = new NpgsqlConnectionStringBuilder(_server.ConnectionString)
                {
                    Username = "node",
                    Password = "first",
                }.ToString(),
            };

    /// <summary>Something that happens and passes.</summary>
    /// <param name="Name">What.</param>
    /// <param name="Begins">Makes it happen.</param>
    /// <param name="Ends">Lets it pass.</param>
    private sealed record Fault(string Name, Func<Task> Begins, Func<Task> Ends)
    {
        /// <summary>Whether it passes after all else.</summary>
        public bool EndsLast { get; init; }
    }
}
