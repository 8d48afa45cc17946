using Tao20.Actors.Faults;
using Tao20.Actors.Status;
using Tao20.Chain.Tests.Following;
using Tao20.Tests;
using Xunit.Abstractions;
using static Tao20.Actors.Tests.Ingestion.ScriptedTrades;

namespace Tao20.Actors.Tests.Journal;

/// <summary>
/// Operators delete rows, restore parts, and disks lose pages. Whatever is missing from a journal, a node either comes to what an
/// undisturbed one has come to, or says which stream lacks what, and ranks nothing.
/// </summary>
public sealed class DamagedJournalTests(ITestOutputHelper output) : InDirectory, IAsyncLifetime
{
    private const ulong Stopped = 99;
    private const ulong Last = 149;
    private ScriptedNode _chain = null!;

    private static int Times => Environment.GetEnvironmentVariable("TAO20_SOAK") == "1" ? 200 : 12;

    public async Task InitializeAsync()
    {
        _chain = (await ScriptedNode.StartAsync()).Grow(10);

        // Two epochs end: one that is settled when the damage is done, and one that is settled by what is left.
        _chain.BendLogs = (_, _, logs) => WithTwoEpochs(logs);
    }

    async Task IAsyncLifetime.DisposeAsync() => await _chain.DisposeAsync();

    [Fact]
    public async Task Whatever_is_missing_from_a_journal_is_noticed_before_anything_is_ranked_by_what_is_left()
    {
        var random = new Random(TestSeed.Of(output));
        var whole = Directory.CreateDirectory(System.IO.Path.Combine(Path, "whole")).FullName;
        await using (var node = await StartAsync(whole))
        {
            // As a node at the head of the chain folds: a few blocks at a time, and so an entry of each stream for each.
            for (var final = 9UL; final <= Stopped; final += 10)
            {
                await node.UntilAsync(status => status.State.Last?.Number == final);
                if (final < Stopped)
                    _chain.Grow(10);
            }

            await node.UntilAsync(status => status.State.Settled == 1);
        }

        _chain.Grow(50);
        var expected = await OutcomeAsync(Copied(whole, "undisturbed"));
        Assert.Null(expected.Fault);
        var noticed = 0;
        for (var i = 0; i < Times; i++)
        {
            var directory = Copied(whole, $"{i}");
            var damage = Damage(directory, random);
            output.WriteLine(damage.ToString());
            var outcome = await OutcomeAsync(directory);
            if (outcome.Fault is { } fault)
            {
                noticed++;
                Assert.Equal(FaultKind.JournalIncomplete, fault.Kind);
                Assert.Contains($"the stream {damage.Stream} lacks", fault.Message, StringComparison.Ordinal);
                Assert.Contains("tao20 journal rebuild", fault.Message, StringComparison.Ordinal);
                Assert.Equal(1, outcome.Settled);
            }
            else
            {
                Assert.True(damage.IsWhole, "it goes on by what is left");
                Assert.Equal(expected, outcome);
            }

            Assert.True(damage.IsWhole == outcome.Fault is null, outcome.Fault?.Message);
        }

        Assert.NotEqual(0, noticed);
    }

    [Fact]
    public async Task Trades_that_are_others_than_were_folded_are_noticed()
    {
        await using (var node = await StartAsync(Path))
            await node.UntilAsync(status => status.State.Last?.Number == 9);

        // Another miner's entry in this one's place: as many trades, and each by itself in order.
        JournalFile.Execute(
            Path,
            """
            UPDATE journal SET message = (SELECT message FROM journal WHERE persistence_id LIKE '%a1')
            WHERE persistence_id LIKE '%a0'
            """
        );
        await using var again = await StartAsync(Path);
        _chain.Grow(1);
        var status = await again.UntilAsync(status => status.Fault is not null);
        Assert.Equal(FaultKind.JournalIncomplete, status.Fault!.Kind);
        Assert.Contains("has other trades than the cursor knows", status.Fault.Message, StringComparison.Ordinal);
    }

    private Task<Node> StartAsync(string directory) =>
        Node.FollowingAsync(directory, _chain.Options(), journal => journal with { SnapshotEvery = 4 });

    /// <summary>What a node comes to: all of the chain and the second epoch settled, or a fault that does not pass.</summary>
    private async Task<Outcome> OutcomeAsync(string directory)
    {
        await using var node = await StartAsync(directory);
        var follower = await node.UntilAsync(status =>
            status is { Fault.Passing: false } or { State: { Last.Number: Last, Settled: 2, Unsettled.Count: 0 } }
        );
        if (follower.Fault is { } fault)
            return new Outcome(fault, "", 1);
        var status = await node.StatusAsync();
        return new Outcome(null, Text(status), status.Settled.Count);
    }

    private static string Text(NodeStatus status) =>
        string.Join(
            '\n',
            status
                .Miners.Select(miner => $"{miner.Miner} {miner.LifetimeWei} {miner.Head}")
                .Concat(status.Settled.Recent.Select(report => $"{report.Closed.Epoch} {report.RankingRoot} {report.Chain!.Hash}"))
                .Concat(status.Ranking.Ranked.Select(one => $"{one.Rank} {one.Miner} {one.Score.Final}"))
        );

    /// <summary>Some events of a stream are lost, in its middle, at its end or all, and some of its snapshots.</summary>
    private static Damaged Damage(string directory, Random random)
    {
        var stream = random.Next(6) switch
        {
            0 => "consensus",
            1 => "chain-cursor",
            _ => $"miner-{Address(random.Next(3))}",
        };
        var written = JournalFile.Number(directory, $"SELECT max(sequence_number) FROM journal WHERE persistence_id = '{stream}'");
        var first = 1 + random.NextInt64(written);
        var last = random.Next(2) == 0 ? written : Math.Min(written, first + random.NextInt64(3));
        JournalFile.Execute(
            directory,
            $"DELETE FROM journal WHERE persistence_id = '{stream}' AND sequence_number BETWEEN {first} AND {last}"
        );
        var snapshots = random.Next(3) switch
        {
            0 => "sequence_number < 0",
            1 => $"sequence_number = (SELECT max(sequence_number) FROM snapshot WHERE persistence_id = '{stream}')",
            _ => "sequence_number > 0",
        };
        var lost = JournalFile.Execute(directory, $"DELETE FROM snapshot WHERE persistence_id = '{stream}' AND {snapshots}");
        var kept = JournalFile.Number(
            directory,
            $"SELECT coalesce(max(sequence_number), 0) FROM snapshot WHERE persistence_id = '{stream}'"
        );
        var left = $"FROM journal WHERE persistence_id = '{stream}' AND sequence_number > {kept}";
        var through = JournalFile.Number(directory, $"SELECT coalesce(max(sequence_number), {kept}) {left}");

        // What a snapshot covers is not needed, and is deleted behind it: where the snapshot is lost, the mark of the deleted row says
        // that there was something. Where the cursor lacks its end, the miners know what they have folded after it.
        var hasNoGap = through - kept == JournalFile.Number(directory, $"SELECT count(*) {left} AND deleted = 0");
        var isWhole = hasNoGap && (through == written || stream == "chain-cursor");
        return new Damaged(stream, $"events {first} to {last} of {written} and {lost} snapshots; {kept} is covered by one", isWhole);
    }

    private string Copied(string from, string name)
    {
        var to = Directory.CreateDirectory(System.IO.Path.Combine(Path, name)).FullName;
        foreach (var file in Directory.EnumerateFiles(from))
            File.Copy(file, System.IO.Path.Combine(to, System.IO.Path.GetFileName(file)));
        return to;
    }

    private static string Address(int miner) => $"0x{0xa0 + miner:x40}";

    private sealed record Outcome(NodeFault? Fault, string Text, long Settled);

    /// <summary>What was done to a journal.</summary>
    /// <param name="Stream">The stream it was done to.</param>
    /// <param name="Lost">What it has lost.</param>
    /// <param name="IsWhole">Whether what is left is enough.</param>
    private sealed record Damaged(string Stream, string Lost, bool IsWhole);
}
