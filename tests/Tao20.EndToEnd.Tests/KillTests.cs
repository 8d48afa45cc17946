using System.Globalization;
using System.Text.Json.Nodes;
using Tao20.Tests;
using Xunit.Abstractions;

namespace Tao20.EndToEnd.Tests;

/// <summary>Killing the process at any instant loses nothing and repeats nothing.</summary>
public sealed class KillTests(ITestOutputHelper output) : InDirectory
{
    private static readonly int Kills = Environment.GetEnvironmentVariable("TAO20_SOAK") == "1" ? 200 : 20;

    [Fact]
    public async Task After_every_kill_the_totals_equal_the_chains_own()
    {
        var seed = TestSeed.Of(output);
        var random = new Random(seed);
        await using var chain = await ChainFixture.StartAsync(seed);
        await chain.TradeAsync(40);

        // Small ranges and frequent snapshots: every kill falls into some step of the way.
        var environment = new Dictionary<string, string>
        {
            ["TAO20_Chain__MaxRangeBlocks"] = "3",
            ["TAO20_Chain__FirstRangeBlocks"] = "3",
            ["TAO20_Chain__Parallelism"] = "2",
            ["TAO20_Journal__SnapshotEvery"] = "10",
        };
        using var stop = new CancellationTokenSource();
        var trading = TradeUntilAsync(chain, stop.Token);
        var folded = 0L;
        for (var kill = 0; kill < Kills; kill++)
        {
            await using var process = Tao20Process.Start(chain.ValidatorArguments(Directory), environment: environment);
            await process.StatusUriAsync();
            await Task.Delay(random.Next(0, 700)); // the moment of the kill is the point of this test
            if (kill % 5 == 4)
                folded = Math.Max(folded, AssertNotAhead((await process.StatusAsync(all: true)), folded));
            await process.KillAsync();
        }

        await stop.CancelAsync();
        await trading;
        await chain.Traders.FinishAsync(CancellationToken.None);
        var head = await chain.Chain.Client.BlockNumberAsync(CancellationToken.None);
        await using var last = Tao20Process.Start(chain.ValidatorArguments(Directory), environment: environment);
        var status = await last.UntilAsync(
            status =>
                status["cursor"]?["block"]?.GetValue<ulong>() >= head - 2 && status["epoch"]!["awaitingSettlement"]!.AsArray().Count == 0,
            TimeSpan.FromSeconds(60)
        );

        var volumes = await chain.Economy.VolumesAsync(CancellationToken.None);
        var miners = status["miners"]!.AsArray();
        Assert.Equal(volumes.Count(volume => volume.Value > 0), miners.Count);
        foreach (var miner in miners)
        {
            var address = Tao20.Domain.Units.Address.Parse(miner!["address"]!.GetValue<string>());
            Assert.Equal(volumes[address].ToString(CultureInfo.InvariantCulture), miner["foldedWei"]!.GetValue<string>());
        }

        Assert.Empty(status["faults"]!.AsArray());

        // And what came out of all that equals what a node finds that was never killed.
        await using var fresh = Tao20Process.Start(chain.ValidatorArguments(System.IO.Path.Combine(Directory, "fresh")));
        var undisturbed = await fresh.UntilAsync(
            status =>
                status["cursor"]?["block"]?.GetValue<ulong>() >= head - 2 && status["epoch"]!["awaitingSettlement"]!.AsArray().Count == 0,
            TimeSpan.FromSeconds(60)
        );
        Assert.Equal(undisturbed["settled"]!.ToJsonString(), status["settled"]!.ToJsonString());
        Assert.Equal(undisturbed["ranking"]!.ToJsonString(), status["ranking"]!.ToJsonString());
        Assert.Equal(undisturbed["cursor"]!["trades"]!.GetValue<long>(), status["cursor"]!["trades"]!.GetValue<long>());
    }

    private static long AssertNotAhead(JsonObject status, long folded)
    {
        var trades = status["cursor"]?["trades"]?.GetValue<long>() ?? 0;
        Assert.True(trades >= folded, $"{trades} trades folded after {folded} had been");
        Assert.Empty(status["faults"]!.AsArray());
        return trades;
    }

    private static async Task TradeUntilAsync(ChainFixture chain, CancellationToken stop)
    {
        using var ticks = new PeriodicTimer(TimeSpan.FromMilliseconds(150));
        try
        {
            while (await ticks.WaitForNextTickAsync(stop))
                await chain.TradeAsync(1);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Told to stop.
        }
    }
}
