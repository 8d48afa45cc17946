using System.Numerics;
using Tao20.Chain.Abi;
using Tao20.Chain.Tests.Subtensor;
using Tao20.Devnet;
using Tao20.Devnet.Subtensor;
using Tao20.Domain.Units;
using Tao20.Tests.Oracles;
using Xunit.Abstractions;

namespace Tao20.Chain.Tests.Index;

/// <summary>
/// Mean prices from what the chain's moving price has moved by (source: the index contract's design, section 6). The moving prices are
/// those of the mock, block by block, as the runtime rounds them.
/// </summary>
public sealed class MeansTests(ITestOutputHelper output) : IAsyncLifetime
{
    private const ulong Height = 3_000_000;
    private const int Shortest = 1_800;
    private const ulong DefaultHalving = 201_600;
    private const ulong DefaultRate = 12_885;
    private static readonly BigInteger One = 1_000_000_000_000_000_000;
    private static readonly BigInteger Fraction = BigInteger.One << 32;
    private readonly Dictionary<ushort, (ulong First, ulong Halving)> _subnets = [];
    private MockChain _chain = null!;
    private Address _means;
    private ulong _movedUntil;

    public async Task InitializeAsync()
    {
        _chain = await MockChain.StartAsync(473, Height, keepsHistory: false);
        _means = await DeployAsync(defaultsHold: true);
    }

    public async Task DisposeAsync() => await _chain.DisposeAsync();

    [Fact]
    public async Task A_mean_is_what_the_prices_at_the_ends_of_blocks_were_within_its_error_whatever_the_moving_price_was()
    {
        const int seed = 20;
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        var before = new Dictionary<ushort, BigInteger>();
        var after = new Dictionary<ushort, BigInteger>();
        for (ushort netuid = 1; netuid <= 24; netuid++)
        {
            // From a week to a year and more old; prices from a hundredth of a TAO to nearly one.
            var age = (ulong)random.Next(50_400, 2_900_000);
            await SubnetAsync(netuid, random.Next(20, 600), age, random.Next(3) == 0 ? (ulong)random.Next(50_000, 400_000) : 0);
            await _chain.SetAsync("setMovingPrice", netuid, (BigInteger)(random.NextDouble() * 0.9 * (double)Fraction));
            before[netuid] = await PriceAsync(netuid);
        }

        ushort[] all = [.. before.Keys];
        await ObserveAsync(all);
        var first = await PassAsync(Shortest / 2, all);
        foreach (var netuid in all)
        {
            // From here on another price: up or down by as much as a half.
            await PoolAsync(netuid, (int)(before[netuid] * random.Next(50, 150) / 100 * 1_000 / One));
            after[netuid] = await PriceAsync(netuid);
        }

        var second = await PassAsync(Shortest / 2, all);
        var worst = BigInteger.Zero;
        foreach (var netuid in all)
        {
            var (mean, error) = await AnyMeanAsync(netuid);
            var truth = (before[netuid] * first + after[netuid] * second) / (first + second);
            worst = BigInteger.Max(worst, BigInteger.Abs(mean - truth) * 1_000 / error);
            Assert.Equal(await OracleAsync(netuid), (mean, error));
        }

        // The error that it states is one that it keeps, and a price that differs by half in the middle of the span is no exception.
        output.WriteLine($"worst error {worst} thousandths of the stated bound");
        Assert.InRange(worst, 0, 1_000);
    }

    [Fact]
    public void The_smallest_price_with_a_mean_falls_with_the_age_of_the_subnet()
    {
        // By the design 0.028 TAO at seven days, 0.0107 at thirty, 0.0073 at ninety, 0.0060 at a year; over a sixteenth of the age.
        (int Days, int Least)[] figures = [(7, 280), (30, 107), (90, 73), (365, 60)];
        foreach (var (days, least) in figures)
        {
            foreach (var (price, has) in ((int, bool)[])[(least * 11 / 10, true), (least * 9 / 10, false)])
            {
                var age = (ulong)days * 7_200;
                var span = Math.Min(14_400, age / 16);
                var middle = age - span / 2;
                var rao = (BigInteger)price * One / 10_000;
                var (r, e) = MeanOf(rao * 9 / 10, rao * 9 / 10 + Moved(rao / 10, middle, span), middle, span)!.Value;
                Assert.True(e * 100 <= r == has, $"{days} days, {price}: {e * 10_000 / r} bps");
            }
        }
    }

    [Fact]
    public async Task Without_a_span_or_where_the_price_stands_still_or_anything_cannot_be_read_there_is_no_mean()
    {
        ushort[] all = [1, 2, 3, 4, 5, 6];
        foreach (var netuid in all)
            await SubnetAsync(netuid, 200, 400_000, 0);
        await RequireNoneAsync(1);
        await ObserveAsync(all);
        await PassAsync(Shortest - 3, all);
        await RequireNoneAsync(1);
        await PassAsync(10, all);
        foreach (var netuid in all)
            await MeanAsync(netuid);

        // Nobody can register, or trade: at either end.
        await SetEmissionAsync(1, closed: true);
        await RequireNoneAsync(1);
        await SetEmissionAsync(1, closed: false);
        await _chain.SetAsync("setSwitches", (ushort)2, false, false, false);
        await RequireNoneAsync(2);

        // Another halving, or another subnet with this netuid: readings of before mean nothing.
        await SetEmissionAsync(3, closed: false, halving: 100_000);
        await RequireNoneAsync(3);
        await _chain.SetAsync("registerSubnet", (ushort)4);
        await RequireNoneAsync(4);
        Assert.Equal(0, await ReadAsync("lastMean(uint16,uint64)", (ushort)4, 2UL));

        // An item that is gone, or has grown.
        foreach (var item in (string[])["SubnetMovingPrice", "RegisteredSubnetCounter", "FirstEmissionBlockNumber", "SubtokenEnabled"])
        {
            await MeanAsync(5);
            await _chain.SetAsync("setDropped", item, true);
            await RequireNoneAsync(5);
            await _chain.SetAsync("setDropped", item, false);
            await _chain.SetAsync("setLengthened", item, new byte[] { 0 });
            await RequireNoneAsync(5);
            await _chain.SetAsync("setLengthened", item, Array.Empty<byte>());
        }

        // Prices of a TAO and more count as one in the moving price.
        await PoolAsync(6, 1_500);
        await _chain.SetAsync("setMovingPrice", (ushort)6, Fraction);
        await ObserveAsync(6);
        await RequireNoneAsync(6);
    }

    [Fact]
    public async Task Where_the_runtimes_defaults_are_not_proved_absent_ones_are_not_taken_for_them()
    {
        var careful = await DeployAsync(defaultsHold: false);
        await SubnetAsync(1, 200, 400_000, 0);
        await _chain.SendAsync(new DevnetTransaction(_chain.Account, careful, Observe(1)));
        Assert.Equal(0UL, await BlockOfReadingAsync(careful, 1));
        await _chain.SetAsync("setEmission", (ushort)1, new object[] { _subnets[1].First, 100_000UL, false }, 20_000UL);
        await _chain.SendAsync(new DevnetTransaction(_chain.Account, careful, Observe(1)));
        Assert.NotEqual(0UL, await BlockOfReadingAsync(careful, 1));
    }

    [Fact]
    public async Task Who_observes_again_too_soon_changes_nothing_and_a_span_grows_until_it_is_too_long()
    {
        await SubnetAsync(1, 200, 400_000, 0);
        await ObserveAsync(1);
        var first = await BlockOfReadingAsync(_means, 1);
        await PassAsync(Shortest / 2, 1);
        await ObserveAsync(1);
        Assert.Equal(first, await BlockOfReadingAsync(_means, 1));
        await PassAsync(Shortest / 2, 1);
        await ObserveAsync(1);
        Assert.NotEqual(first, await BlockOfReadingAsync(_means, 1));
        var kept = await ReadAsync("lastMean(uint16,uint64)", (ushort)1, 1UL);
        Assert.InRange(kept, One * 199 / 1_000, One * 201 / 1_000);

        // Since the older one still; and when both are too long ago there is none, but the last good one is remembered.
        Assert.Equal(await OracleAsync(1), await AnyMeanAsync(1));
        var late = await _chain.Client.BlockNumberAsync(CancellationToken.None) + 14_401;
        await Assert.ThrowsAsync<RpcErrorException>(() => MeanAtAsync(1, late));
        Assert.Equal(kept, await ReadAsync("lastMean(uint16,uint64)", (ushort)1, 1UL));
    }

    // ---- the oracle --------------------------------------------------------------------------------------------------------------------

    /// <summary>The mean and its error from two readings, a number of blocks apart, at this age; null when there is none.</summary>
    private static (BigInteger Mean, BigInteger Error)? MeanOf(
        BigInteger begun,
        BigInteger now,
        ulong age,
        ulong blocks,
        ulong rate = DefaultRate,
        ulong halving = DefaultHalving
    )
    {
        BigInteger slow = age + halving;
        BigInteger fast = (BigInteger)rate * age;
        var increments = (now - begun) * (slow << 32) / (fast * blocks);
        var k = One * slow / (2 * fast);
        var mean = increments + (begun + now) / 2 + k;
        var error = (k + ((2_000_000_000 * slow) << 32) / (fast * blocks) + mean / 1_000) * 5 / 4;
        return mean <= 0 || mean + error >= One ? null : (mean, error);
    }

    /// <summary>By how much a moving price moves that is so far from the price.</summary>
    private static BigInteger Moved(BigInteger distance, ulong age, ulong blocks) =>
        distance * DefaultRate * age * blocks / ((BigInteger)(age + DefaultHalving) << 32);

    /// <summary>What the contract's formula gives for the older of its readings and the moving price of now.</summary>
    private async Task<(BigInteger, BigInteger)> OracleAsync(ushort netuid)
    {
        var (first, halving) = _subnets[netuid];
        var readings = new AbiData(await _chain.WordsAsync(_means, AbiEncoder.Call("readingsOf(uint16)", netuid)));
        var at = readings.UInt64(0) > 0 ? 0 : 5;
        var (begun, moving) = (readings.UInt64(at), readings.Integer(at + 1));
        var now = await _chain.Client.BlockNumberAsync(CancellationToken.None);
        var raw = await _chain.StorageAsync(Tao20.Chain.Substrate.RuntimeStorage.SubnetMovingPrice.Key(netuid));
        var current = new BigInteger(Convert.FromHexString(raw), isUnsigned: true) * One >> 32;
        var blocks = now - begun;
        return MeanOf(moving, current, begun + blocks / 2 + 1 - first, blocks, DefaultRate, halving)!.Value;
    }

    // ---- the chain ---------------------------------------------------------------------------------------------------------------------

    private async Task<Address> DeployAsync(bool defaultsHold)
    {
        var code = ContractArtifact.Load("Means").Bytecode + AbiEncoder.Encode(IndexChain.Rules, defaultsHold);
        return (await _chain.DeployAsync(code))!.Value;
    }

    /// <summary>A subnet with this price, in thousandths of a TAO.</summary>
    private async Task SubnetAsync(ushort netuid, int milliPrice, ulong age, ulong halving)
    {
        await PoolAsync(netuid, milliPrice);
        await _chain.SendAsync(MockStorage.Subnet(_chain.Account, netuid), MockStorage.Chain(_chain.Account));
        _subnets[netuid] = (await _chain.Client.BlockNumberAsync(CancellationToken.None) - age, halving == 0 ? DefaultHalving : halving);
        await _chain.SetAsync("setEmission", netuid, new object[] { _subnets[netuid].First, halving, false }, 0UL);
    }

    private Task PoolAsync(ushort netuid, int milliPrice) =>
        _chain.SetAsync("setPool", netuid, (ulong)milliPrice * 100 * MockChain.One, 100_000 * MockChain.One);

    private Task SetEmissionAsync(ushort netuid, bool closed, ulong halving = 0) =>
        _chain.SetAsync("setEmission", netuid, new object[] { _subnets[netuid].First, halving, closed }, 0UL);

    /// <summary>
    /// Lets blocks go by; the moving prices then are those after all blocks since the last time, at the prices of now. How many these were.
    /// </summary>
    private async Task<int> PassAsync(int blocks, params ushort[] netuids)
    {
        await _chain.Client.MineAsync(blocks - 1, CancellationToken.None);
        var block = await _chain.Client.BlockNumberAsync(CancellationToken.None) + 1;
        var passed = (int)(block - _movedUntil);
        await _chain.SetAsync("moveMovingPrices", netuids.ToList(), (ulong)passed);
        _movedUntil = block;
        return passed;
    }

    /// <summary>Takes readings, in a block up to which moving prices have moved.</summary>
    private async Task ObserveAsync(params ushort[] netuids)
    {
        await _chain.SendAsync(new DevnetTransaction(_chain.Account, _means, Observe(netuids)));
        if (_movedUntil == 0)
            _movedUntil = await _chain.Client.BlockNumberAsync(CancellationToken.None);
    }

    private static string Observe(params ushort[] netuids) => AbiEncoder.Call("observe(uint16[])", netuids.Cast<object>().ToList());

    private Task<BigInteger> PriceAsync(ushort netuid) => _chain.ReadAsync(0x808, "getAlphaPrice(uint16)", netuid);

    private async Task<(BigInteger Mean, BigInteger Error)> MeanAsync(ushort netuid) =>
        Words(await _chain.WordsAsync(_means, AbiEncoder.Call("mean(uint16)", netuid)));

    /// <summary>However large the error is beside it.</summary>
    private async Task<(BigInteger Mean, BigInteger Error)> AnyMeanAsync(ushort netuid) =>
        Words(await _chain.WordsAsync(_means, AbiEncoder.Call("meanWithin(uint16,uint256)", netuid, 10_000)));

    private async Task<(BigInteger Mean, BigInteger Error)> MeanAtAsync(ushort netuid, ulong block)
    {
        var answer = await _chain.Client.SendAsync(
            "eth_call",
            $"[{{\"to\":\"{_means}\",\"data\":\"{AbiEncoder.Call("meanWithin(uint16,uint256)", netuid, 10_000)}\"}},\"latest\",null,"
                + $"{{\"number\":\"{HexText.Quantity(block)}\"}}]",
            CancellationToken.None
        );
        return Words(Convert.FromHexString(answer.GetString()!.AsSpan(2)));
    }

    private async Task RequireNoneAsync(ushort netuid)
    {
        var refused = await Assert.ThrowsAsync<RpcErrorException>(() => AnyMeanAsync(netuid));
        Assert.StartsWith(Keccak.Selector("NoReference(uint16)"), refused.RevertData, StringComparison.Ordinal);
    }

    private async Task<BigInteger> ReadAsync(string signature, params object[] arguments) =>
        AbiWords.BigInteger(await _chain.WordsAsync(_means, AbiEncoder.Call(signature, arguments)), 0);

    /// <summary>The block of the newer reading.</summary>
    private async Task<ulong> BlockOfReadingAsync(Address means, ushort netuid) =>
        new AbiData(await _chain.WordsAsync(means, AbiEncoder.Call("readingsOf(uint16)", netuid))).UInt64(5);

    private static (BigInteger, BigInteger) Words(byte[] words) => (AbiWords.BigInteger(words, 0), AbiWords.BigInteger(words, 1));
}
