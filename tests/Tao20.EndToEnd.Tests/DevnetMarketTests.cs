using System.Numerics;
using System.Text.Json.Nodes;
using static Tao20.EndToEnd.Tests.Json;

namespace Tao20.EndToEnd.Tests;

/// <summary><c>tao20 devnet --arbitrageurs</c>: miners keep the peg, earn by it, and nothing is made or lost.</summary>
public sealed class DevnetMarketTests : InDirectory
{
    // 200 TAO, of which no balance shows the existential deposit of 500 rao.
    private static readonly BigInteger Capital = BigInteger.Pow(10, 18) * 200 - BigInteger.Pow(10, 9) * 500;

    // Ten million units, by the mock's code, at a little more than 1 gwei.
    private static readonly BigInteger GasOfOne = BigInteger.Pow(10, 15) * 12;

    /// <summary>
    /// Through the router a gap is closed in the next block; step by step it takes five, others may be first, and broken off trades
    /// make a miner wait.
    /// </summary>
    [Theory]
    [InlineData(false, 5, 80, 10)]
    [InlineData(true, 2, 60, 3)]
    public async Task Three_miners_keep_the_market_within_a_part_of_what_it_is_without_them_and_lose_gas_of_races_at_most(
        bool stepwise,
        int part,
        int blocks,
        int trades
    )
    {
        // Trades that are made for their volume cost something: here nobody is to lose.
        var environment = new Dictionary<string, string> { ["TAO20_Arbitrage__NeutralBasisPoints"] = "0" };
        string[] arguments =
        [
            "devnet",
            "--miners",
            "2",
            "--arbitrageurs",
            "3",
            "--market-noise",
            "2%",
            "--duration",
            $"{blocks * 50}ms",
            "--block-time",
            "50ms",
            "--http-port",
            "0",
            "--seed",
            "7",
            "--json",
            "--data-dir",
            System.IO.Path.Combine(Directory, "data"),
            .. stepwise ? new[] { "--stepwise", "--chain-spec", "425" } : [],
        ];
        var (code, output, process) = await Tao20Process.RunAsync(arguments, environment: environment);
        Assert.True(code == 0, $"{process.Errors}\n{output}");
        var summary = JsonNode.Parse(output)!;
        Assert.Empty(summary["faults"]!.AsArray());

        // A block is 12 s of the chain's time.
        var peg = summary["peg"]!;
        Assert.Equal(blocks, peg["blocks"]!.GetValue<int>());
        Assert.True(
            peg["meanAbsSpreadBps"]!.GetValue<double>() * part < peg["withoutArbitrageMeanAbsSpreadBps"]!.GetValue<double>(),
            peg.ToJsonString()
        );
        Assert.InRange(peg["maxAbsSpreadBps"]!.GetValue<double>(), peg["meanAbsSpreadBps"]!.GetValue<double>(), 1_000);

        var miners = summary["miners"]!.AsArray();
        Assert.All(miners, miner => Assert.Equal(Wei(miner, "chainWei"), Wei(miner, "foldedWei")));
        var traders = miners.Where(miner => miner!["profitWei"] is not null).ToList();
        Assert.Equal(3, traders.Count);
        Assert.All(
            traders,
            miner =>
            {
                // Who is not the first of a block pays its gas; step by step, also what prices moved by meanwhile.
                var allowed = miner!["failed"]!.GetValue<long>() * GasOfOne + (stepwise ? Capital / 1_000 : 0);
                Assert.True(Wei(miner, "profitWei") >= -allowed, miner.ToJsonString());
                Assert.True(miner["booksRight"]!.GetValue<bool>());
                Assert.InRange(miner["confirmed"]!.GetValue<long>(), 1, stepwise ? long.MaxValue : miner["trades"]!.GetValue<long>());
                Assert.True(miner["failed"]!.GetValue<long>() >= 0);
                if (!stepwise)
                    Assert.Equal(Wei(miner, "taoWei"), Capital + Wei(miner, "profitWei"));
            }
        );
        Assert.True(traders.Sum(miner => miner!["confirmed"]!.GetValue<long>()) >= trades);
        var conservation = summary["conservation"]!;
        Assert.True(conservation["exact"]!.GetValue<bool>());
        Assert.Equal(Wei(conservation, "taoBeforeWei"), Wei(conservation, "taoAfterWei") + Wei(conservation, "burnedWei"));
        Assert.Equal(Wei(conservation, "tokensWei"), Wei(conservation, "supplyWei"));
    }

    [Theory]
    [InlineData("--market-noise", "2", "with its sign")]
    [InlineData("--market-noise", "0.02", "with its sign")]
    [InlineData("--market-noise", "30%", "0% to 20%")]
    [InlineData("--arbitrageurs", "99", "0 to 10")]
    public async Task A_percent_is_never_mistaken_for_a_fraction(string option, string value, string words)
    {
        var (code, _, process) = await Tao20Process.RunAsync(
            option == "--arbitrageurs" ? ["devnet", option, value] : ["devnet", "--arbitrageurs", "1", option, value]
        );
        Assert.Equal(2, code);
        Assert.Contains(
            process.Lines,
            line => line.Contains($"{option} = {value}", StringComparison.Ordinal) && line.Contains(words, StringComparison.Ordinal)
        );
    }
}
