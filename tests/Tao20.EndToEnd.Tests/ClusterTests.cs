using Tao20.Devnet;
using Tao20.Tests;
using Xunit.Abstractions;

namespace Tao20.EndToEnd.Tests;

/// <summary>What a cluster survives, and whom it refuses.</summary>
public sealed class ClusterTests(ITestOutputHelper output) : InDirectory, IAsyncLifetime
{
    private static readonly bool Soak = Environment.GetEnvironmentVariable("TAO20_SOAK") == "1";
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(150);
    private readonly List<Tao20Process> _strangers = [];
    private readonly Tao20Process[] _running = new Tao20Process[ThreeNodes.Nodes];
    private ThreeNodes _nodes = null!;

    public async Task InitializeAsync() => _nodes = await ThreeNodes.PrepareAsync(Directory, seed: 11);

    async Task IAsyncLifetime.DisposeAsync()
    {
        foreach (var node in _running.Concat(_strangers))
            if (node is not null)
                await node.DisposeAsync();
        await _nodes.DisposeAsync();
    }

    [Fact]
    public async Task Whatever_befalls_its_nodes_it_goes_on_and_nothing_is_lost_or_done_twice()
    {
        var random = new Random(TestSeed.Of(output));
        await _nodes.Chain.TradeAsync(10);

        // At the same moment, on an empty database. Whichever is started again is of this release.
        for (var node = 0; node < _running.Length; node++)
            _running[node] = _nodes.StartOlder(node);
        await Task.WhenAll(_running.Select(node => node.StatusUriAsync()));
        var writers = new List<long>();
        foreach (var node in _running)
        {
            var cluster = (await _nodes.RequireTotalsAsync(node))["cluster"]!;
            Assert.True(cluster["secured"]!.GetValue<bool>());
            writers.Add(cluster["writer"]!.GetValue<long>());
        }

        Assert.Distinct(writers);

        // They have found what they have themselves, and warn of nothing.
        Assert.All(_running, node => Assert.DoesNotContain("singleton", node.Errors, StringComparison.OrdinalIgnoreCase));

        // A list with others, none of whom answers, is waited for before it begins a cluster of its own.
        var port = Anvil.FreePort();
        var seeds = new[] { port, Anvil.FreePort() }[..(Soak ? 2 : 1)].Select(seed => $"akka.tcp://tao20@127.0.0.1:{seed}");
        var strangers = Task.WhenAll(
            RefusedAsync(3, ("TAO20_Cluster__Enabled", "false")),
            RefusedAsync(
                4,
                ("TAO20_Cluster__BindPort", "0"),
                ("TAO20_Cluster__Port", $"{port}"),
                ("TAO20_Cluster__SeedNodes", string.Join(',', seeds))
            )
        );
        var events = new ClusterEvents(_nodes, _running, random, output);
        try
        {
            await events.BefallAsync(ClusterEvents.Kind.NodeKilled);
            await strangers;
            foreach (var kind in Drawn(random))
                await events.BefallAsync(kind);
            await FinishAsync();
        }
        catch
        {
            // Who is at fault may be one of those that were not asked.
            foreach (var (node, i) in _running.Select((node, i) => (node, i)))
                output.WriteLine($"node {i} has said:\n{node.Errors}");
            throw;
        }
    }

    [Fact]
    public async Task Nodes_that_start_at_the_same_moment_on_an_empty_database_are_all_well()
    {
        await _nodes.Chain.TradeAsync(5);
        for (var round = 0; round < (Soak ? 20 : 3); round++)
        {
            var database = $"round_{round}";
            await _nodes.Database.ExecuteAsync($"CREATE DATABASE {database}");
            for (var node = 0; node < _running.Length; node++)
                _running[node] = _nodes.Start(node, _nodes.In(database, node));
            foreach (var node in _running)
                await _nodes.RequireTotalsAsync(node);
            for (var node = 0; node < _running.Length; node++)
            {
                _running[node].Interrupt();
                Assert.Equal(0, await _running[node].ExitAsync(Limit));
                await _running[node].DisposeAsync();
                _running[node] = null!;
            }

            foreach (var directory in System.IO.Directory.GetDirectories(Directory, "node-*"))
                System.IO.Directory.Delete(directory, recursive: true);
        }
    }

    /// <summary>
    /// Each kind of event, nodes that are parted three times; as a soak, ninety of any. Those named in <c>TAO20_EVENTS</c>, where it is
    /// set.
    /// </summary>
    private static ClusterEvents.Kind[] Drawn(Random random)
    {
        if (Environment.GetEnvironmentVariable("TAO20_EVENTS") is { Length: > 0 } named)
            return [.. named.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(Enum.Parse<ClusterEvents.Kind>)];
        var kinds = Enum.GetValues<ClusterEvents.Kind>();
        if (Soak)
            return random.GetItems(kinds, 90);
        ClusterEvents.Kind[] drawn = [.. kinds[1..], ClusterEvents.Kind.Parted, ClusterEvents.Kind.Parted];
        random.Shuffle(drawn);
        return drawn;
    }

    /// <summary>Another validator that is told of the same database: it ends, and says who writes there.</summary>
    private async Task RefusedAsync(int node, params (string, string)[] settings)
    {
        var stranger = _nodes.Start(node, [.. settings, (ThreeNodes.ConnectionString, _nodes.Database.ConnectionString)]);
        _strangers.Add(stranger);
        Assert.Equal(12, await stranger.ExitAsync(Limit));
        Assert.Matches(@"is written by another process: by 127\.0\.0\.1:\d+ \(tao20 .*, writer \d+ since", stranger.Errors);
    }

    /// <summary>What they came to is what one node alone comes to that nothing has happened to.</summary>
    private async Task FinishAsync()
    {
        var last = _running[^1];
        while (await _nodes.Chain.Economy.EpochAsync(CancellationToken.None) < 3)
            await _nodes.TradeAsync(5, last);
        await _nodes.StatedAsync(last);
        await _nodes.Chain.Traders.FinishAsync(CancellationToken.None);
        await _nodes.RequireTotalsAsync(last);
        await _nodes.StatedAsync(last);
        await _nodes.RequireEachEpochAttestedOnceAsync(_running[0]);
        await _nodes.RequireOneWriterEachAsync(output);
        await using var alone = Tao20Process.Start(_nodes.Chain.ValidatorArguments(System.IO.Path.Combine(Directory, "alone")));
        var undisturbed = await _nodes.RequireTotalsAsync(alone);
        var status = await _nodes.RequireTotalsAsync(_running[0]);
        Assert.Equal(undisturbed["settled"]!.ToJsonString(), status["settled"]!.ToJsonString());
        Assert.Equal(undisturbed["ranking"]!.ToJsonString(), status["ranking"]!.ToJsonString());
        Assert.Equal(undisturbed["cursor"]!["trades"]!.GetValue<long>(), status["cursor"]!["trades"]!.GetValue<long>());
    }
}
