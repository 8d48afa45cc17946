using System.Diagnostics;
using Tao20.EndToEnd.Tests.Network;
using Tao20.Tests;
using Xunit.Abstractions;

namespace Tao20.EndToEnd.Tests;

/// <summary>What befalls a cluster, drawn by a seed: its nodes, what is between them, and its database.</summary>
/// <param name="cluster">The cluster.</param>
/// <param name="running">Its nodes' processes.</param>
/// <param name="random">What decides.</param>
/// <param name="output">Where it is told what has happened.</param>
internal sealed class ClusterEvents(ThreeNodes cluster, Tao20Process[] running, Random random, ITestOutputHelper output)
{
    private const int Blocks = 8;
    private static readonly bool Soak = Environment.GetEnvironmentVariable("TAO20_SOAK") == "1";
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(150);

    // Noticed after about 4 s, decided 5 s later by the database, which may not answer for 10 s, and ended within 40 s, since what is being
    // written to a database that does not answer is waited for.
    private static readonly TimeSpan StopsWithin = TimeSpan.FromSeconds(90);
    private readonly Queue<WithoutDatabase> _withoutDatabase = new(Shuffled<WithoutDatabase>(random));
    private Stopwatch _elapsed = new();

    /// <summary>What befalls it.</summary>
    internal enum Kind
    {
        /// <summary>A node is killed at once, as a machine is that loses power.</summary>
        NodeKilled,

        /// <summary>A node is paused, keeps its connections, and goes on after the others have taken it out, or before.</summary>
        NodePaused,

        /// <summary>One node after the other is stopped in good order, as for an upgrade, and started again.</summary>
        RollingRestart,

        /// <summary>Nodes cannot reach each other.</summary>
        Parted,

        /// <summary>The database's server is killed, and starts again.</summary>
        DatabaseKilled,

        /// <summary>It does so a minute later.</summary>
        DatabaseAway,

        /// <summary>It is lost, and its standby takes its place.</summary>
        DatabaseFailsOver,
    }

    /// <summary>Who cannot reach the database while nodes cannot reach each other.</summary>
    private enum WithoutDatabase
    {
        Nobody,
        TheSmallerPart,
        TheLargerPart,
    }

    /// <summary>Something befalls it, and it gets over that: every node has folded all of the chain in the end.</summary>
    public async Task BefallAsync(Kind kind)
    {
        _elapsed = Stopwatch.StartNew();
        switch (kind)
        {
            case Kind.Parted:
                await PartAsync();
                break;
            case Kind.DatabaseKilled:
                await LoseDatabaseAsync(Soak ? TimeSpan.FromSeconds(random.Next(20)) : TimeSpan.Zero);
                break;
            case Kind.DatabaseAway:
                await LoseDatabaseAsync(TimeSpan.FromSeconds(60));
                break;
            case Kind.DatabaseFailsOver:
                await FailOverAsync();
                break;
            case Kind.RollingRestart:
                for (var node = 0; node < running.Length; node++)
                    await RestartAsync(node);
                break;
            default:
                await LoseNodeAsync(kind);
                break;
        }

        foreach (var node in running)
            await cluster.RequireTotalsAsync(node);

        // One that is only joining counts for nobody: two that are parted from it would be no majority of what is up.
        await cluster.AllUpAsync();
        Say($"{kind} is over");
    }

    private async Task LoseNodeAsync(Kind kind)
    {
        var node = random.Next(2) == 0 ? await cluster.OldestAsync() : random.Next(running.Length);
        var (hit, others) = (running[node], running.Where((_, other) => other != node).ToArray());
        var (takenOut, folded) = (others.Max(TakenOut), await cluster.CursorEventsAsync());
        Say($"{kind}: node {node}");
        if (kind == Kind.NodeKilled)
            await hit.KillAsync();
        else
            hit.Pause();
        await GoOnAsync(folded, others);
        if (kind == Kind.NodePaused)
        {
            // How long it is paused is what is tried.
            if (Soak)
                await Task.Delay(TimeSpan.FromSeconds(random.Next(1, 120)));
            else
                await Eventually.HoldsAsync(() => others.Max(TakenOut) > takenOut, Limit, () => others[0].Errors);
            hit.Resume();
            return;
        }

        await StartAgainAsync(node);
        if (!Soak || random.Next(2) > 0)
            return;

        // Once more as soon as it is in, and up again before the others have noticed.
        await cluster.RequireTotalsAsync(running[node]);
        Say($"{kind}: node {node} again");
        await running[node].KillAsync();
        await StartAgainAsync(node);
    }

    /// <summary>It hands over what it has while it stops; the others go on.</summary>
    private async Task RestartAsync(int node)
    {
        var folded = await cluster.CursorEventsAsync();
        Say($"node {node} is asked to stop");
        running[node].Interrupt();
        var stopping = running[node].ExitAsync(TimeSpan.FromSeconds(40));
        await GoOnAsync(folded, [.. running.Where((_, other) => other != node)]);
        Assert.Equal(0, await stopping);
        Say($"node {node} has stopped");
        await StartAgainAsync(node);
        await cluster.RequireTotalsAsync(running[node]);
    }

    private async Task StartAgainAsync(int node)
    {
        await running[node].DisposeAsync();
        running[node] = cluster.Start(node);
        await running[node].StatusUriAsync();
    }

    private async Task PartAsync()
    {
        var alone = random.Next(2) == 0 ? await cluster.OldestAsync() : random.Next(running.Length);
        var isEachAlone = random.Next(4) == 0;
        var cut = random.Next(2) == 0 ? Cut.Silent : Cut.Refused;
        var without = _withoutDatabase.Dequeue();
        _withoutDatabase.Enqueue(without);
        Say($"Parted: node {alone} alone{(isEachAlone ? ", the others too" : "")}, {cut}, without database: {without}");
        var (restarts, folded) = (running.Select(Restarts).ToList(), await cluster.CursorEventsAsync());
        for (var node = 0; node < running.Length; node++)
        {
            for (var other = 0; other < node; other++)
                if (isEachAlone || node == alone || other == alone)
                    cluster.Network.Set(node, other, cut);
            if (without == (node == alone ? WithoutDatabase.TheSmallerPart : WithoutDatabase.TheLargerPart))
                cluster.Network.SetDatabase(node, cut);
        }

        // Whoever has the database goes on, the larger part first; of those that are each alone, one.
        var stay = running
            .Where(
                (_, node) =>
                    without == WithoutDatabase.Nobody
                        ? isEachAlone || node != alone
                        : (node == alone) == (without == WithoutDatabase.TheLargerPart)
            )
            .ToArray();
        await GoOnAsync(folded, stay);
        var mustGo = isEachAlone ? running.Length - 1 : running.Length - stay.Length;
        await Eventually.HoldsAsync(
            () => running.Where((node, i) => Restarts(node) > restarts[i]).Count() >= mustGo,
            StopsWithin,
            () => string.Join("\n\n", running.Select(node => node.Errors))
        );
        var gone = running.Select((node, i) => (Node: i, IsGone: Restarts(node) > restarts[i])).Where(node => node.IsGone).ToList();
        Say($"out: {string.Join(", ", gone.Select(node => $"node {node.Node}"))}");
        Assert.Equal(mustGo, gone.Count);
        if (Soak)
            await Task.Delay(TimeSpan.FromSeconds(random.Next(60)));
        cluster.Network.Heal();
        Say("healed");
    }

    private async Task LoseDatabaseAsync(TimeSpan away)
    {
        Say($"the database is away for {away.TotalSeconds:0} s");
        var folded = await cluster.CursorEventsAsync();
        await cluster.Database.KillAsync();
        await Task.Delay(away);
        await cluster.Database.StartAgainAsync();
        Say("the database is back");
        await GoOnAsync(folded, running);
    }

    private async Task FailOverAsync()
    {
        var standby = await cluster.Database.StartStandbyAsync(CancellationToken.None);
        Say("a standby follows");
        await cluster.TradeAsync(Blocks / 2, running);
        await cluster.FailOverAsync(standby);
        Say("the standby is promoted");
        await GoOnAsync(await cluster.CursorEventsAsync(), running);
    }

    /// <summary>Somebody folds what is traded.</summary>
    private async Task GoOnAsync(long folded, Tao20Process[] nodes)
    {
        var trading = cluster.TradeAsync(Blocks, nodes);
        await cluster.CursorMovesAsync(folded, Limit, () => string.Join("\n\n", running.Select(node => node.Errors)));
        Say("the cursor moves");
        await trading;
    }

    private void Say(string what) => output.WriteLine($"{_elapsed.Elapsed.TotalSeconds:0.0} s: {what}");

    /// <summary>How often a node has seen another one taken out.</summary>
    private static int TakenOut(Tao20Process node) => Count(node, "was taken out of the cluster");

    /// <summary>How often it has started again by itself.</summary>
    private static int Restarts(Tao20Process node) => Count(node, "It starts again");

    private static int Count(Tao20Process node, string words) => node.Errors.Split(words).Length - 1;

    private static T[] Shuffled<T>(Random random)
        where T : struct, Enum
    {
        var all = Enum.GetValues<T>();
        random.Shuffle(all);
        return all;
    }
}
