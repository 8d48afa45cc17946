using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Npgsql;
using Tao20.Devnet.PostgreSql;
using Tao20.Domain.Units;
using Tao20.Node;

namespace Tao20.Devnet.Commands;

/// <summary>
/// A validator that runs on several nodes, each a process of its own, with one PostgreSQL database: now and then one of them is killed, and
/// starts again.
/// </summary>
internal sealed class DevnetCluster : IAsyncDisposable
{
    private const ulong MostBlocksBehind = 6;
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);
    private readonly PostgreSqlServer _database;
    private readonly List<DevnetClusterNode> _nodes = [];
    private readonly Random _random;
    private readonly Action<string> _say;
    private readonly CancellationTokenSource _stop = new();
    private volatile TaskCompletionSource _moves = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _follows;
    private Task _killing = Task.CompletedTask;
    private int _kills;
    private ulong _folded;
    private TimeSpan _longestStop;

    private DevnetCluster(PostgreSqlServer database, int seed, Action<string> say) =>
        (_database, _random, _say) = (database, new Random(seed), say);

    /// <summary>Starts it.</summary>
    /// <param name="settings">What the devnet is asked to do.</param>
    /// <param name="directory">The devnet's directory.</param>
    /// <param name="rpc">The chain.</param>
    /// <param name="contract">The index.</param>
    /// <param name="validators">The registered validators, of whom it is the last; null for one that only counts.</param>
    /// <param name="say">Told what happens.</param>
    /// <param name="cancel">Gives up.</param>
    /// <exception cref="DevnetException">There is no PostgreSQL server to be had.</exception>
    public static async Task<DevnetCluster> StartAsync(
        DevnetSettings settings,
        string directory,
        Uri rpc,
        Address contract,
        ValidatorSet? validators,
        Action<string> say,
        CancellationToken cancel
    )
    {
        var cluster = new DevnetCluster(await PostgreSqlServer.StartAsync("a validator on several nodes", say, cancel), settings.Seed, say);
        List<int> ports = [.. Enumerable.Range(0, settings.Nodes).Select(_ => Anvil.FreePort())];
        for (var i = 0; i < settings.Nodes; i++)
        {
            var httpPort = Anvil.FreePort();
            var environment = DevnetNodes.OfCluster(
                Path.Combine(directory, $"node-{i + 1}"),
                rpc,
                contract,
                validators?.Registry,
                cluster._database.ConnectionString,
                ports,
                i,
                httpPort
            );
            if (validators is not null)
                environment["TAO20_VALIDATOR_PRIVATE_KEY"] = ValidatorSet.SecretOf(settings.Validators, settings.Seed).ToString();
            var node = new DevnetClusterNode($"node {i + 1}", environment, new UriBuilder("http", "127.0.0.1", httpPort).Uri);
            cluster._nodes.Add(node);
            node.Start();
        }

        cluster._killing = cluster.KillAsync(settings.KillEvery);
        return cluster;
    }

    /// <summary>Waits until it follows the chain as closely as on one whose blocks take 12 s.</summary>
    /// <param name="head">The chain's last block.</param>
    /// <param name="cancel">Cancels the operation.</param>
    /// <exception cref="NodeException">It does not.</exception>
    public Task KeepUpAsync(ulong head, CancellationToken cancel) =>
        UntilFoldedAsync(head > MostBlocksBehind ? head - MostBlocksBehind : 0, cancel);

    /// <summary>Kills none any more: what is mined from now on tells whoever has taken over last how late it is.</summary>
    public async Task StopKillingAsync()
    {
        await _stop.CancelAsync();
        await _killing;
    }

    /// <summary>Waits until it has folded all, and compares what it came to with a single node's.</summary>
    /// <param name="alone">A node that nothing has happened to and that has folded all.</param>
    /// <param name="cancel">Cancels the operation.</param>
    /// <exception cref="NodeException">It does not come to an end.</exception>
    public async Task<ClusterSummary> SummaryAsync(Uri alone, CancellationToken cancel)
    {
        using var http = new HttpClient { BaseAddress = alone };
        using var looks = new PeriodicTimer(LookEvery);
        while (true)
        {
            if (await http.GetFromJsonAsync<JsonObject>("status?wait=10&all=true", cancel) is { } status && IsDone(status))
                return await SummaryAsync(status, cancel);
            await looks.WaitForNextTickAsync(cancel);
        }
    }

    private async Task<ClusterSummary> SummaryAsync(JsonObject alone, CancellationToken cancel)
    {
        await UntilFoldedAsync(alone["cursor"]!["block"]!.GetValue<ulong>(), cancel);
        var status = await UntilAsync(status => IsDone(status) && Untold(status) <= Untold(alone), all: true, cancel);
        return new ClusterSummary(
            _nodes.Count,
            _kills,
            await TakeOversAsync(cancel),
            _longestStop.TotalSeconds,
            AreEqual("totals", Totals(status), Totals(alone)),
            AreEqual("settled epochs", Text(status, "settled"), Text(alone, "settled")),
            AreEqual("books", Text(status, "consensus"), Text(alone, "consensus"))
        );
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await StopKillingAsync();
        foreach (var node in _nodes)
            await node.DisposeAsync();
        await _database.DisposeAsync();
        _stop.Dispose();
    }

    private async Task KillAsync(TimeSpan every)
    {
        if (every == TimeSpan.Zero)
            return;
        try
        {
            await _moves.Task.WaitAsync(_stop.Token);
            while (true)
            {
                _moves = new(TaskCreationOptions.RunContinuationsAsynchronously);
                var node = _nodes[_random.Next(_nodes.Count)];
                await node.KillAsync();
                node.Start();
                _kills++;
                _say($"{node.Name} was killed, and starts again");

                // The next one when it has gone on for as long.
                await _moves.Task.WaitAsync(_stop.Token);
                await Task.Delay(every, _stop.Token);
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // The run is over.
        }
    }

    private async Task UntilFoldedAsync(ulong block, CancellationToken cancel)
    {
        if (_folded >= block)
            return;
        var waits = Stopwatch.StartNew();
        await UntilAsync(
            status =>
            {
                _folded = Math.Max(_folded, status["cursor"]?["block"]?.GetValue<ulong>() ?? 0);
                return _folded >= block;
            },
            all: false,
            cancel
        );
        _moves.TrySetResult();

        // How long it takes to start is no stop.
        if (_follows && waits.Elapsed > _longestStop)
            _longestStop = waits.Elapsed;
        _follows = true;
    }

    /// <summary>Asks one after the other until one says what is wanted.</summary>
    private async Task<JsonObject> UntilAsync(Func<JsonObject, bool> wanted, bool all, CancellationToken cancel)
    {
        using var looks = new PeriodicTimer(LookEvery);
        var waits = Stopwatch.StartNew();
        for (var i = 0; ; i++)
        {
            var node = _nodes[i % _nodes.Count];
            if (node.HasEnded)
                throw new NodeException(ExitCodes.Failed, $"{node.Name} has ended by itself: {node.Said}");
            if (await node.StatusAsync(all, cancel) is { } status && wanted(status))
                return status;
            if (waits.Elapsed > Patience)
                throw new NodeException(
                    ExitCodes.Failed,
                    $"The validator on {_nodes.Count} nodes has not followed the chain within {Patience.TotalSeconds:0} s. The last to "
                        + $"be asked was {node.Name}: {node.Said}"
                );
            await looks.WaitForNextTickAsync(cancel);
        }
    }

    private async Task<long> TakeOversAsync(CancellationToken cancel)
    {
        await using var connection = new NpgsqlConnection(_database.ConnectionString);
        await connection.OpenAsync(cancel);
        await using var command = new NpgsqlCommand(
            "SELECT count(*) - 1 FROM tao20_takeover WHERE lease LIKE '%/chain-follower'",
            connection
        );
        return (long)(await command.ExecuteScalarAsync(cancel))!;
    }

    private bool AreEqual(string what, string? here, string? alone)
    {
        if (here == alone)
            return true;
        _say($"The {what} differ: {here} on {_nodes.Count} nodes, {alone} on one");
        return false;
    }

    private static bool IsDone(JsonObject status) =>
        status["unanswered"]!["miners"]!.GetValue<int>() == 0
        && status["unanswered"]!["parts"]!.AsArray().Count == 0
        && status["epoch"]?["awaitingSettlement"]?.AsArray().Count == 0;

    /// <summary>How many epochs have a root that is not told yet, since others may still commit to it.</summary>
    private static int Untold(JsonObject status) =>
        status["settled"]?["recent"]?.AsArray().Count(epoch => epoch!["rankingRoot"] is null) ?? int.MaxValue;

    private static string Totals(JsonObject status) =>
        string.Join('\n', status["miners"]!.AsArray().Select(miner => $"{Text(miner, "address")} {Text(miner, "foldedWei")}").Order());

    private static string? Text(JsonNode? node, string name) => node?[name]?.ToJsonString();
}
