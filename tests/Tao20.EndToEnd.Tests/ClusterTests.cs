using System.Diagnostics;
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

    /// <summary>What befalls a node.</summary>
    private enum Fate
    {
        /// <summary>It is killed at once, as a machine is that loses power.</summary>
        Killed,

        /// <summary>It is paused, keeps its connections, and goes on after the others have taken it out, or before.</summary>
        Paused,

        /// <summary>It is stopped in good order, as for an upgrade.</summary>
        Stopped,
    }

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

        // At the same moment, on an empty database.
        for (var node = 0; node < _running.Length; node++)
            _running[node] = _nodes.Start(node);
        await Task.WhenAll(_running.Select(node => node.StatusUriAsync()));
        Assert.True((await _running[0].StatusAsync())["cluster"]!["secured"]!.GetValue<bool>());
        foreach (var node in _running)
            await _nodes.RequireTotalsAsync(node);

        // They have found what they have themselves, and warn of nothing.
        Assert.All(_running, node => Assert.DoesNotContain("singleton", node.Errors, StringComparison.OrdinalIgnoreCase));
        var port = Anvil.FreePort();
        var strangers = Task.WhenAll(
            RefusedAsync(3, ("TAO20_Cluster__Enabled", "false")),
            RefusedAsync(4, ("TAO20_Cluster__Port", $"{port}"), ("TAO20_Cluster__SeedNodes", $"akka.tcp://tao20@127.0.0.1:{port}"))
        );

        // Whoever has the follower, the coordinator and the account goes first.
        var fates = Enum.GetValues<Fate>();
        random.Shuffle(fates);
        for (var i = 0; i < (Soak ? 30 : fates.Length); i++)
        {
            var node = i == 0 ? await _nodes.OldestAsync() : random.Next(_running.Length);
            await BefallAsync(node, Soak ? fates[random.Next(fates.Length)] : fates[i], random);
        }

        await strangers;
        await FinishAsync();
    }

    private async Task BefallAsync(int node, Fate fate, Random random)
    {
        var (hit, other) = (_running[node], _running[(node + 1) % _running.Length]);
        var takenOut = TakenOut(other);
        var folded = await _nodes.CursorEventsAsync();
        var elapsed = Stopwatch.StartNew();
        switch (fate)
        {
            case Fate.Killed:
                await hit.KillAsync();
                break;
            case Fate.Paused:
                hit.Pause();
                break;
            case Fate.Stopped:
                hit.Interrupt();
                Assert.Equal(0, await hit.ExitAsync(TimeSpan.FromSeconds(40)));
                output.WriteLine($"node {node} stopped in {elapsed.Elapsed.TotalSeconds:0.0} s");
                break;
        }

        var trading = _nodes.TradeAsync(8, other);
        await _nodes.CursorMovesAsync(folded, Limit);
        output.WriteLine($"node {node} {fate}: the cursor moved after {elapsed.Elapsed.TotalSeconds:0.0} s");
        await trading;
        if (fate == Fate.Paused)
        {
            // How long it is paused is what is tried.
            if (Soak)
                await Task.Delay(TimeSpan.FromSeconds(random.Next(1, 120)));
            else
                await Eventually.HoldsAsync(() => TakenOut(other) > takenOut, Limit, () => other.Errors);
            hit.Resume();
            if (!Soak)
                await hit.UntilLogAsync("It starts again", Limit);
        }
        else
        {
            await hit.DisposeAsync();
            _running[node] = hit = _nodes.Start(node);
            await hit.StatusUriAsync();
        }

        await _nodes.RequireTotalsAsync(hit);
    }

    /// <summary>How often a node has seen another one taken out.</summary>
    private static int TakenOut(Tao20Process node) => node.Errors.Split("was taken out of the cluster").Length - 1;

    /// <summary>Another validator that is told of the same database: it ends, and says who writes there.</summary>
    private async Task RefusedAsync(int node, params (string, string)[] settings)
    {
        var stranger = _nodes.Start(node, settings);
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
