using Tao20.Tests;
using Xunit.Abstractions;

namespace Tao20.EndToEnd.Tests;

/// <summary><c>tao20 inspect</c> on a live cluster: what it says is so, also of one that is ill, and what it does happens.</summary>
public sealed class InspectClusterTests(ITestOutputHelper output) : InDirectory, IAsyncLifetime
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(150);
    private readonly Tao20Process[] _running = new Tao20Process[ThreeNodes.Nodes];
    private readonly List<Inspector> _inspectors = [];
    private ThreeNodes _nodes = null!;

    public async Task InitializeAsync() => _nodes = await ThreeNodes.PrepareAsync(Directory, seed: 5);

    async Task IAsyncLifetime.DisposeAsync()
    {
        _inspectors.ForEach(inspector => inspector.Dispose());
        foreach (var node in _running)
            if (node is not null)
                await node.DisposeAsync();
        await _nodes.DisposeAsync();
    }

    [Fact]
    public async Task What_it_says_of_a_cluster_is_so_and_what_it_does_to_one_happens()
    {
        await _nodes.Chain.TradeAsync(10);
        for (var node = 0; node < _running.Length; node++)
        {
            _running[node] = _nodes.Start(node);
            _inspectors.Add(new Inspector(DirectoryOf(node)));
        }

        foreach (var node in _running)
            await _nodes.RequireTotalsAsync(node);
        var oldest = await _nodes.OldestAsync();
        await RequireMembersAsync(oldest);
        await RequireSingletonsAsync(oldest);
        await RequireShardsAsync();
        await RequirePagesAsync();
        await RequireAnswersWithoutJournalAsync();
        await LeaveAsync(Enumerable.Range(0, _running.Length).First(node => node != oldest), oldest);
    }

    private async Task RequireMembersAsync(int oldest)
    {
        var addresses = Enumerable.Range(0, _running.Length).Select(AddressOf).Order().ToList();
        foreach (var (inspector, node) in _inspectors.Select((inspector, node) => (inspector, node)))
        {
            var rows = await inspector.RowsAsync("cluster/show");
            Assert.Equal(addresses, rows.Select(row => row[0]).Order());
            Assert.All(rows, row => Assert.Equal("up", row[2]));
            Assert.Equal(AddressOf(node), Assert.Single(rows, row => row[3].Contains("this one", StringComparison.Ordinal))[0]);
            Assert.Equal(AddressOf(oldest), Assert.Single(rows, row => row[3].Contains("oldest", StringComparison.Ordinal))[0]);
            var leader = Assert.Single(rows, row => row[3].Contains("leader", StringComparison.Ordinal))[0];
            Assert.Equal(leader, (await inspector.AskAsync("cluster/leader")).Answer["remark"]!.GetValue<string>());
        }
    }

    private async Task RequireSingletonsAsync(int oldest)
    {
        foreach (var (inspector, node) in _inspectors.Select((inspector, node) => (inspector, node)))
        {
            var rows = await inspector.RowsAsync("cluster/singletons");
            Assert.Equal(["alerts", "chain-follower", "consensus", "transactions", "weights"], rows.Select(row => row[0]));
            Assert.All(rows, row => Assert.Equal(AddressOf(oldest), row[1]));
            Assert.All(rows, row => Assert.Equal(node == oldest ? "runs" : "does not run", row[2]));
        }
    }

    /// <summary>The dashboard of each node shows its cluster, and histories out of the database that all share.</summary>
    private async Task RequirePagesAsync()
    {
        var miner = (await _nodes.Chain.Economy.VolumesAsync(CancellationToken.None)).First(one => one.Value > 0).Key;
        foreach (var node in _running)
        {
            var cluster = await PageAsync(node, "cluster");
            Assert.All(
                Enumerable.Range(0, _running.Length).Select(AddressOf),
                address => Assert.Contains(address, cluster, StringComparison.Ordinal)
            );
            Assert.Contains("Count: 3 nodes", cluster, StringComparison.Ordinal);
            Assert.Contains("chain-follower", cluster, StringComparison.Ordinal);
            Assert.Contains("data-live=\"shards.0\"", cluster, StringComparison.Ordinal);
            var trades = await PageAsync(node, $"miners/{miner}");
            Assert.Contains("data-live=\"t0\"", trades, StringComparison.Ordinal);
            Assert.Contains("Account", await PageAsync(node, "transactions"), StringComparison.Ordinal);
        }

        static async Task<string> PageAsync(Tao20Process node, string page)
        {
            using var answer = await node.GetAsync($"/view/{page}");
            var html = await answer.Content.ReadAsStringAsync();
            Assert.True(answer.IsSuccessStatusCode, html);
            return html;
        }
    }

    /// <summary>Each miner of the contract runs on one node, the one that every node says.</summary>
    private async Task RequireShardsAsync()
    {
        var miners = (await _nodes.Chain.Economy.VolumesAsync(CancellationToken.None))
            .Where(volume => volume.Value > 0)
            .Select(volume => volume.Key.ToString())
            .Order()
            .ToList();
        var homes = new Dictionary<string, string>();
        for (var node = 0; node < _running.Length; node++)
        {
            foreach (var row in await _inspectors[node].RowsAsync("cluster-sharding/entities"))
                homes.Add(row[1], AddressOf(node));
        }

        Assert.Equal(miners, homes.Keys.Order());
        var stats = await _inspectors[0].RowsAsync("cluster-sharding/stats");
        Assert.Equal(miners.Count, stats.Sum(row => int.Parse(row[2], System.Globalization.CultureInfo.InvariantCulture)));
        foreach (var (miner, home) in homes)
        {
            var place = await _inspectors[1].DocumentAsync("cluster-sharding/entity", miner);
            Assert.Equal((home, true), (place["node"]!.GetValue<string>(), place["active"]!.GetValue<bool>()));
            var on = Enumerable.Range(0, _running.Length).First(node => AddressOf(node) == home);
            var actors = await _inspectors[on].RowsAsync("actor/hierarchy", "-s", "/system/sharding/miners", "-d", "4");
            Assert.Contains(actors, row => row[0].Trim() == miner && row[1] == "MinerActor");
        }
    }

    /// <summary>Every command that only tells is answered, whoever it would have to ask.</summary>
    private async Task RequireAnswersWithoutJournalAsync()
    {
        await _nodes.Database.KillAsync();
        foreach (var inspector in _inspectors)
        {
            var (name, took) = await inspector.RequireAllAnswerAsync();
            output.WriteLine($"without its journal, the slowest answer: {name} after {took.TotalSeconds:0.00} s");
        }

        await _inspectors[0].UntilFaultAsync("JournalUnavailable", Limit);
        await _nodes.Database.StartAgainAsync();
        foreach (var node in _running)
            await _nodes.RequireTotalsAsync(node);
    }

    /// <summary>A node that is asked to leave hands over and ends; one that watches says so.</summary>
    private async Task LeaveAsync(int node, int oldest)
    {
        var other = 3 - node - oldest;
        using var enough = new CancellationTokenSource(Limit);
        var listening = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var tail = _inspectors[other]
            .FollowAsync("cluster/tail", $"{AddressOf(node)} removed", () => listening.TrySetResult(), enough.Token);
        await Task.WhenAny(listening.Task, tail);
        var (refused, _, said) = await Tao20Process.RunAsync([
            "inspect",
            "--data-dir",
            DirectoryOf(oldest),
            "cluster",
            "leave",
            AddressOf(node),
        ]);
        Assert.Equal(2, refused);
        Assert.Contains($"{AddressOf(node)} hands over what it has and ends", said.Errors, StringComparison.Ordinal);
        var (left, _, failed) = await Tao20Process.RunAsync([
            "inspect",
            "--data-dir",
            DirectoryOf(oldest),
            "--yes",
            "cluster",
            "leave",
            AddressOf(node),
        ]);
        Assert.True(left == 0, failed.Errors);
        Assert.Equal(0, await _running[node].ExitAsync(Limit));
        await Eventually.BecomesAsync<List<List<string>>>(
            async _ => await _inspectors[oldest].RowsAsync("cluster/show"),
            rows => rows.Count == 2,
            Limit,
            show: rows => string.Join('\n', rows.Select(row => string.Join(' ', row)))
        );
        Assert.Equal(
            ["up", "leaving", "exiting", "removed"],
            (await tail).Where(line => line.Contains(AddressOf(node), StringComparison.Ordinal)).Select(line => line.Split(' ')[^1])
        );
        await _nodes.TradeAsync(3, _running[oldest]);
        await _nodes.RequireTotalsAsync(_running[other]);
        await DownAsync(other, oldest);
    }

    /// <summary>A node that is taken out while it is well starts again by itself, and is let in.</summary>
    private async Task DownAsync(int node, int oldest)
    {
        var (down, _, failed) = await Tao20Process.RunAsync([
            "inspect",
            "--data-dir",
            DirectoryOf(oldest),
            "--yes",
            "cluster",
            "down",
            $"127.0.0.1:{_nodes.Network.PortOf(node)}",
        ]);
        Assert.True(down == 0, failed.Errors);
        await _running[node].UntilLogAsync("It starts again", Limit);
        await _nodes.TradeAsync(3, _running[oldest]);
        await _nodes.RequireTotalsAsync(_running[node]);
        Assert.Equal(2, (await _inspectors[oldest].RowsAsync("cluster/show")).Count);
    }

    private string DirectoryOf(int node) => System.IO.Path.Combine(Directory, $"node-{node}");

    private string AddressOf(int node) => $"akka.ssl.tcp://tao20@127.0.0.1:{_nodes.Network.PortOf(node)}";
}
