using System.Globalization;
using System.Numerics;
using System.Text.Json;
using System.Text.RegularExpressions;
using Tao20.Chain.Abi;
using Tao20.Chain.Tests.Subtensor;
using Tao20.Devnet;
using Tao20.Devnet.Subtensor;
using Tao20.Domain.Units;
using Tao20.Tests;
using Tao20.Tests.Oracles;
using Xunit.Abstractions;

namespace Tao20.Chain.Tests.Index;

/// <summary>
/// What the functions of an index cost by the number of its legs: the gas of our own code, by traces, and what the chain charges for the
/// precompiles they call, by docs/subtensor.md. The figures are in docs/benchmarks.md.
/// </summary>
public sealed partial class GasTests(ITestOutputHelper output)
{
    private const ulong Whole = IndexChain.Whole;

    /// <summary>What a transaction may have on the chain.</summary>
    private const long MostGas = 64_900_000;

    private const int MostLegs = 32;

    private static readonly int[] Counts = Environment.GetEnvironmentVariable("TAO20_SOAK") == "1" ? [1, 10, 20, 32] : [10];

    private readonly Dictionary<string, (long June, long October)> _charges = Charges();

    [Fact]
    public async Task Every_function_fits_into_a_transaction_whatever_the_number_of_legs()
    {
        await using var chain = await MockChain.StartAsync(473, IndexChain.Height, keepsHistory: false);
        var netuids = Enumerable.Range(1, Counts.Max() + 1).Select(i => (ushort)i).ToList();
        await OpenAsync(chain, netuids);
        foreach (var contract in (string[])["Index", "Manager", "Router", "Means", "Lens", "Pool"])
            output.WriteLine($"{contract} {(ContractArtifact.Load(contract).DeployedBytecode.Length - 2) / 2} bytes");
        foreach (var count in Counts)
            await MeasureAsync(chain, netuids, count);
    }

    private async Task MeasureAsync(MockChain chain, List<ushort> netuids, int count)
    {
        var (founder, means) = (chain.Account, await chain.DeployAsync("Means", AbiEncoder.Encode(IndexChain.Rules, true)));
        var legs = netuids[..count];
        await chain.SendAsync(new DevnetTransaction(founder, means, Observe(netuids)));
        await chain.Client.MineAsync(IndexChain.Shortest - 1, default);
        await chain.SendAsync([
            .. netuids.Chunk(5).Select(some => SubtensorMock.Set(founder, "moveMovingPrices", some.ToList(), (ulong)IndexChain.Shortest)),
        ]);
        var targets = legs.Select((netuid, i) => Target(netuid, i == 0 ? IndexChain.One - Weight(count) * (count - 1) : Weight(count)))
            .ToList();
        var index = await chain.DeployAsync(
            "Index",
            AbiEncoder.Encode(founder, founder, means, IndexChain.Rules, targets.Cast<object>().ToList(), new List<object>()),
            500 * (UInt128)Whole
        );
        var pool = await chain.DeployAsync("Pool", AbiEncoder.Encode(index));
        var lens = await chain.DeployAsync("Lens", AbiEncoder.Encode(index));
        var router = await chain.DeployAsync("Router", AbiEncoder.Encode(index, pool, lens));
        await chain.SendAsync([
            .. legs.Select(netuid => new DevnetTransaction(
                founder,
                MockChain.At(0x805),
                AbiEncoder.Call("approve(address,uint256,uint256)", index, netuid, BigInteger.Pow(2, 255))
            )),
            new DevnetTransaction(founder, index, AbiEncoder.Call("setRouter(address,bool)", router, true)),
        ]);

        // 1,000 TAO of each weight, at 0.1 TAO for an alpha.
        var begin = AbiEncoder.Call(
            "genesis(uint256[],uint256,uint256)",
            targets.Select(target => (object)((BigInteger)target.Words[1] * 10_000 / Whole)).ToList(),
            IndexChain.LegGas,
            ulong.MaxValue
        );
        await PrintAsync("genesis", index, begin);
        await chain.SendAsync(new DevnetTransaction(founder, index, "0x", 10 * (UInt128)IndexChain.One));
        var held = new List<object>();
        foreach (var netuid in legs)
            held.Add(await chain.StakeAsync(netuid, Coldkey.Of(index)) / 50);
        var revision = AbiWords.BigInteger(await chain.WordsAsync(index, AbiEncoder.Call("revision()")), 0);
        await PrintAsync(
            "mint",
            index,
            AbiEncoder.Call(
                "mint(uint256,uint256[],uint256,uint256,uint256,uint256)",
                revision,
                held,
                0,
                1,
                IndexChain.LegGas,
                ulong.MaxValue
            ),
            IndexChain.One
        );
        var basket = new AbiData(await chain.WordsAsync(lens, AbiEncoder.Call("quoteBasket(uint256)", 20 * IndexChain.One)));
        var (rao, _) = basket.List(1);
        var spent = Enumerable.Range(0, count).Select(rao.Integer).ToList();
        var order = new AbiTuple([
            revision,
            spent.Select(one => (object)one).ToList(),
            spent.Select(_ => (object)ulong.MaxValue).ToList(),
            0,
            0,
            IndexChain.LegGas,
        ]);
        await PrintAsync(
            "Router.mint",
            router,
            AbiEncoder.Call("mint((uint256,uint256[],uint256[],uint256,uint256,uint256),uint256,uint256)", order, 1, ulong.MaxValue),
            spent.Aggregate(basket.Integer(2), (sum, one) => sum + one) * Whole
        );
        await PrintAsync("redeem", index, Redeem(0));
        await PrintAsync("redeem, all sold", index, Redeem((BigInteger.One << count) - 1));

        // The first leg is left, and another comes in its place; of the most that there can be, the last one takes its weight.
        var first = (BigInteger)targets[0].Words[1];
        var next =
            count == MostLegs
                ? targets[1..^1].Append(Target(legs[^1], first + Weight(count)))
                : targets.Skip(1).Append(Target(netuids[count], first));
        await chain.SendAsync(
            new DevnetTransaction(
                founder,
                index,
                AbiEncoder.Call(
                    "setTargets((uint16,uint64,bytes32)[],(uint16,uint96)[],uint256)",
                    next.Cast<object>().ToList(),
                    new List<object>(),
                    1L << 40
                )
            )
        );
        await PrintAsync("step", index, AbiEncoder.Call("step(uint16,uint256)", legs[0], IndexChain.LegGas));
        await chain.Client.MineAsync(await chain.TimeAsync() + 3_600, default);
        await PrintAsync("advanceEpoch", index, AbiEncoder.Call("advanceEpoch()"));

        string Redeem(BigInteger sells) =>
            AbiEncoder.Call(
                "redeem(uint256,uint256,uint256[],uint256,uint256,uint256,uint256,uint256)",
                revision,
                10 * IndexChain.One,
                Enumerable.Repeat((object)0, count).ToList(),
                0,
                sells,
                0,
                IndexChain.LegGas,
                ulong.MaxValue
            );

        async Task PrintAsync(string name, Address to, string data, BigInteger value = default)
        {
            var hash = await chain.Client.SendAsync(
                "eth_sendTransaction",
                $"[{{\"from\":\"{founder}\",\"to\":\"{to}\",\"data\":\"{data}\","
                    + $"\"value\":\"0x{value:x}\",\"gas\":\"0x1dcd6500\",\"gasPrice\":\"0x0\"}}]",
                default
            );
            await chain.Client.MineAsync(await chain.TimeAsync() + 1, default);
            var trace = await chain.Client.SendAsync(
                "debug_traceTransaction",
                $"[{hash.GetRawText()},{{\"tracer\":\"callTracer\"}}]",
                default
            );
            Assert.False(trace.TryGetProperty("error", out var error), $"{name}: {error}");
            var (own, june, october) = (Gas(trace), 0L, 0L);
            Look(trace);
            output.WriteLine(
                string.Create(CultureInfo.InvariantCulture, $"| {name} | {count} | {own:N0} | {own + june:N0} | {own + october:N0} |")
            );
            Assert.True(own + october < MostGas, $"{name} of {count} legs: {own + october}");

            void Look(JsonElement call)
            {
                foreach (var inner in call.TryGetProperty("calls", out var calls) ? calls.EnumerateArray() : default)
                {
                    var at = BigInteger.Parse(
                        "0" + inner.GetProperty("to").GetString()![2..],
                        NumberStyles.HexNumber,
                        CultureInfo.InvariantCulture
                    );
                    if (at < 0x800 || at > 0x80C)
                    {
                        Look(inner);
                        continue;
                    }

                    var input = inner.GetProperty("input").GetString()!;
                    var charge = at == 0x807 ? (625, 625) : _charges[input[2..10]];
                    (own, june, october) = (own - Gas(inner), june + charge.Item1, october + charge.Item2);
                }
            }
        }
    }

    private static BigInteger Weight(int count) => IndexChain.One / count;

    private static AbiStruct Target(ushort netuid, BigInteger weight) => new([netuid, weight, MockChain.Hotkey]);

    private static long Gas(JsonElement call) => (long)HexText.BigQuantity(call.GetProperty("gasUsed").GetString()!);

    private static string Observe(IEnumerable<ushort> netuids) =>
        AbiEncoder.Call("observe(uint16[])", netuids.Select(netuid => (object)netuid).ToList());

    private static async Task OpenAsync(MockChain chain, List<ushort> netuids)
    {
        var from = chain.Account;
        await chain.SendAsync([
            .. IndexChain.Begin(from),
            MockStorage.Account(from, MockChain.Hotkey),
            .. netuids.SelectMany(netuid =>
                IndexChain
                    .OldSubnet(from, netuid, 10_000 * Whole, 100_000 * Whole)
                    .Append(SubtensorMock.Set(from, "grantStake", MockChain.Hotkey, Coldkey.Of(from), netuid, 1_000_000 * Whole))
            ),
        ]);
    }

    /// <summary>What the chain charges for each function by its selector, at both specs; what it charges by weight is not there.</summary>
    private static Dictionary<string, (long June, long October)> Charges() =>
        File.ReadAllLines(RepositoryFiles.PathOf("docs", "subtensor.md"))
            .Select(line => Row().Match(line))
            .Where(row => row.Success)
            .ToDictionary(
                row => row.Groups["selector"].Value,
                row =>
                {
                    var june = Number(row.Groups["june"].Value);
                    return (june, row.Groups["october"].Success ? Number(row.Groups["october"].Value) : june);
                }
            );

    private static long Number(string text) =>
        text.Length == 0 ? 0 : long.Parse(text, NumberStyles.AllowThousands, CultureInfo.InvariantCulture);

    [GeneratedRegex(
        @"^\| 0x\w+ \| `\w+\([^`]*` \| `(?<selector>\w{8})` \| [^|]+ \| [^|]+ \| "
            + @"(by weight|(?<june>[\d,]+))(; 473: (?<october>[\d,]+)| \|?|;)"
    )]
    private static partial Regex Row();
}
