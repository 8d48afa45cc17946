using System.Text.Json.Nodes;
using Tao20.Chain.Abi;
using Tao20.Domain.Audit;
using Tao20.Domain.Settlement;
using Tao20.Domain.Trades;
using Tao20.Domain.Units;
using Tao20.Node.Audit;
using Tao20.Tests.Oracles;

namespace Tao20.EndToEnd.Tests;

/// <summary>A devnet of 25 miners and ten epochs, each payout of which is explained.</summary>
public sealed class ExplanationTests : InDirectory
{
    [Fact]
    public async Task Every_payout_of_a_devnet_is_explained_to_the_wei_as_the_rules_say_by_hand()
    {
        string[] devnet =
        [
            "devnet",
            "--miners",
            "25",
            "--duration",
            "21s",
            "--epoch",
            "2s",
            "--block-time",
            "50ms",
            "--http-port",
            "0",
            "--data-dir",
            Directory,
            "--json",
        ];
        var keep = new Dictionary<string, string> { ["TAO20_Journal__KeepEverything"] = "true" };
        var (code, output, process) = await Tao20Process.RunAsync(devnet, environment: keep);
        Assert.True(code == 0, process.Errors);
        var summary = JsonNode.Parse(output)!;
        var (histories, reports) = (new Dictionary<Address, List<Trade>>(), new List<EpochReport>());
        await using var history = new KeptHistory(
            await OpenedJournal.OpenAsync(OpenedJournal.Named(Directory, null), CancellationToken.None)
        );
        await history.BeginAsync(CancellationToken.None);
        var replay = new HistoryReplay(history.Schedule, followsRegistry: false, Keccak.Hash)
        {
            Settled = reports.Add,
            Folded = (miner, trades) =>
            {
                if (!histories.TryGetValue(miner, out var own))
                    histories[miner] = own = [];
                own.AddRange(trades.ToArray());
            },
        };
        await history.FeedAsync([replay], CancellationToken.None);
        Assert.Equal(25, histories.Count);
        Assert.InRange(reports.Count, 10, 100);
        Assert.Equal(summary["trades"]!.GetValue<long>(), histories.Values.Sum(own => (long)own.Count));
        ExplanationsByHand.RequireRight(
            histories.ToDictionary(one => one.Key, one => one.Value.ToArray()),
            reports,
            replay.Schedule,
            Keccak.Hash
        );

        // What a person is told is that.
        foreach (var paid in reports[9].Rewards.Payouts.Take(2))
        {
            string[] explain = ["audit", "explain", "--data-dir", Directory, "--epoch", "9", "--miner", $"{paid.Miner.Miner}", "--json"];
            var (_, text, _) = await Tao20Process.RunAsync(explain);
            var explained = JsonNode.Parse(text)!;
            Assert.Equal(
                (paid.Miner.Rank, paid.Payout.ToString()),
                (explained["rank"]!.GetValue<int>(), explained["payout"]!.GetValue<string>())
            );
        }
    }
}
