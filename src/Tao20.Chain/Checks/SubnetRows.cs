using System.Globalization;
using System.Numerics;
using Tao20.Chain.Abi;
using Tao20.Chain.Contracts;
using Tao20.Chain.Contracts.Messages;
using Tao20.Chain.Substrate;
using Tao20.Domain.Nav;
using Tao20.Domain.Runtime;
using Tao20.Domain.Units;
using static Tao20.Domain.Checks.ChainAction;
using static Tao20.Domain.Checks.CheckOutcome;

namespace Tao20.Chain.Checks;

/// <summary>What is assumed of the subnets of the index: that they are there, and how their prices are made.</summary>
internal static class SubnetRows
{
    private const ushort UsualFeeRate = 33;
    private const ulong Quoted = 1_000_000_000;
    private const int Thousandth = 1_000;
    private const int Hundredth = 100;
    private static readonly BigInteger OneTao = BigInteger.Pow(10, 18);

    public static IReadOnlyList<CheckRow> All { get; } =
    [
        new(19, "Swap fee", "33 / 65535", Warn, [], FeesAsync),
        new(20, "Curve is the balancer's", "no other is there", Degrade, [], CurveAsync),
        new(21, "Formula agrees", "to the unit", Degrade, [], FormulaAsync),
        new(22, "Price scale", "1e18 is 1 TAO, and a small sale brings about that", Refuse, [Nav, Mint, Redeem], ScaleAsync),
        new(23, "Reservoirs are small", "less than a hundredth of the pools", Warn, [], ReservoirsAsync),
        new(24, "Leg is alive", "it is there, its alpha trades and can be transferred", Degrade, [Mint], AliveAsync),
        new(25, "Leg is not dissolving", "not queued, not begun", Degrade, [Nav, Mint], DissolvingAsync),
        new(26, "Same subnet as composed", "registered as often as when composed", Warn, [], SameAsync),
    ];

    private static async Task<Finding> FeesAsync(CheckProbe probe)
    {
        var rates = await probe.OnceAsync("rates", () => RatesAsync(probe)).ConfigureAwait(false);
        var unusual = probe.Netuids.Zip(rates).Where(pair => pair.Second != UsualFeeRate).ToList();
        var most = probe.Subject.Bounds.MaxFeeRate;
        var text = string.Join(", ", unusual.Select(pair => $"{pair.Second} on subnet {pair.First}"));
        return unusual.Count == 0 ? Finding.Ok($"on {probe.Netuids.Count} subnets")
            : unusual.Exists(pair => pair.Second > most)
                ? new Finding(Refuse, $"{text}: more than Check:MaxFeeRate = {most}", [Mint, Redeem])
            : Finding.Warn($"{text}: it is in the chain's own quotes");
    }

    private static async Task<Finding> CurveAsync(CheckProbe probe)
    {
        if (probe.Profile == RuntimeProfile.Unknown)
            return Finding.Differs("the rules are not known: prices are the chain's own, and held against nothing");
        var values = await EachAsync(probe, RuntimeStorage.SwapSuperellipse).ConfigureAwait(false);
        return Finding.Of(
            [.. probe.Netuids.Zip(values).Where(pair => pair.Second is not null).Select(pair => $"subnet {pair.First} has another curve")],
            $"on {probe.Netuids.Count} subnets"
        );
    }

    private static async Task<Finding> FormulaAsync(CheckProbe probe)
    {
        if (probe.Profile == RuntimeProfile.Unknown)
            return Finding.NotAsked("the rules are not known");
        var rates = await probe.OnceAsync("rates", () => RatesAsync(probe)).ConfigureAwait(false);
        var weights = await EachAsync(probe, RuntimeStorage.SwapBalancer).ConfigureAwait(false);
        var asked = await AskAsync(
                probe,
                (Precompiles.Alpha, netuid => new GetTaoInPoolFunction(netuid).Encode()),
                (Precompiles.Alpha, netuid => new GetAlphaInPoolFunction(netuid).Encode()),
                (Precompiles.Alpha, netuid => new SimSwapTaoForAlphaFunction(netuid, Quoted).Encode()),
                (Precompiles.Alpha, netuid => new SimSwapAlphaForTaoFunction(netuid, Quoted).Encode())
            )
            .ConfigureAwait(false);
        List<string> differences = [];
        for (var i = 0; i < probe.Netuids.Count; i++)
        {
            var (netuid, quote) = (probe.Netuids[i], asked[i]);
            if (netuid == 0)
                continue;
            var weight = weights[i] is { } raw ? ScaleReader.UInt64(raw) : BalancerPool.Half;
            var swap = new BalancerSwap(new BalancerPool(quote[0].Words.UInt64(0), quote[1].Words.UInt64(0), weight), rates[i]);
            Compare(quote[2], () => swap.Buy(Quoted), "a purchase");
            Compare(quote[3], () => swap.Sell(Quoted), "a sale");

            void Compare(CallAnswer told, Func<ulong> own, string what)
            {
                if (told.Refusal is { } refusal)
                    differences.Add($"subnet {netuid}: {what} cannot be quoted, {refusal}");
                else if (told.Number != own())
                    differences.Add($"subnet {netuid}: {what} brings {told.Number}, and {own()} by the formula");
            }
        }

        return Finding.Of(differences, $"on {probe.Netuids.Count} subnets");
    }

    private static async Task<Finding> ScaleAsync(CheckProbe probe)
    {
        var root = await probe.CallAsync(Precompiles.Alpha, new GetAlphaPriceFunction(0).Encode()).ConfigureAwait(false);
        if (root.Refusal is not null || root.Number != OneTao)
            return Finding.Differs($"root's alpha costs {root.Refusal ?? root.Number.ToString(CultureInfo.InvariantCulture)}");
        var asked = await AskAsync(
                probe,
                (Precompiles.Alpha, netuid => new GetAlphaPriceFunction(netuid).Encode()),
                (Precompiles.Alpha, netuid => new GetAlphaInPoolFunction(netuid).Encode())
            )
            .ConfigureAwait(false);
        var traded = probe
            .Netuids.Zip(asked, (netuid, told) => (Netuid: netuid, Price: told[0], Sold: told[1].Words.UInt64(0) / Thousandth))
            .Where(one => one.Netuid != 0)
            .ToList();
        var sales = await probe
            .CallAsync([.. traded.Select(one => (Precompiles.Alpha, new SimSwapAlphaForTaoFunction(one.Netuid, one.Sold).Encode()))])
            .ConfigureAwait(false);
        return Finding.Of(
            [
                .. traded
                    .Zip(sales, (one, sale) => (one.Netuid, one.Price, one.Sold, Sale: sale))
                    .Where(one => !Agrees(one.Price, one.Sold, one.Sale))
                    .Select(one =>
                        $"subnet {one.Netuid}: a price of {Text(one.Price)}, and {one.Sold} alpha-rao bring {Text(one.Sale)} rao"
                    ),
            ],
            $"on {probe.Netuids.Count} subnets"
        );

        static bool Agrees(CallAnswer price, ulong sold, CallAnswer sale)
        {
            if (price.Bytes is null || sale.Bytes is null || price.Number.IsZero || sold == 0)
                return false;
            var expected = price.Number * sold / OneTao;
            return BigInteger.Abs(sale.Number - expected) * Hundredth <= expected;
        }

        static string Text(CallAnswer answer) => answer.Refusal ?? answer.Number.ToString(CultureInfo.InvariantCulture);
    }

    private static async Task<Finding> ReservoirsAsync(CheckProbe probe)
    {
        if (!probe.Later)
            return Finding.NotAsked("there are none at this spec");
        var asked = await AskAsync(
                probe,
                (Precompiles.Alpha, netuid => new GetSwapStateFunction(netuid).Encode()),
                (Precompiles.Alpha, netuid => new GetTaoInPoolFunction(netuid).Encode()),
                (Precompiles.Alpha, netuid => new GetAlphaInPoolFunction(netuid).Encode())
            )
            .ConfigureAwait(false);
        return Finding.Of(
            [
                .. probe
                    .Netuids.Zip(asked)
                    .Where(pair =>
                        pair.Second[0].Words.Integer(3) * Hundredth > pair.Second[1].Number
                        || pair.Second[0].Words.Integer(4) * Hundredth > pair.Second[2].Number
                    )
                    .Select(pair => $"subnet {pair.First}: its weights are at their bound"),
            ],
            $"on {probe.Netuids.Count} subnets"
        );
    }

    private static async Task<Finding> AliveAsync(CheckProbe probe)
    {
        var there = await EachAsync(probe, RuntimeStorage.NetworksAdded).ConfigureAwait(false);
        var trades = await EachAsync(probe, RuntimeStorage.SubtokenEnabled).ConfigureAwait(false);
        var transfers = await EachAsync(probe, RuntimeStorage.TransferToggle).ConfigureAwait(false);
        List<string> differences = [];
        for (var i = 0; i < probe.Netuids.Count; i++)
        {
            var netuid = probe.Netuids[i];
            if (!Is(there[i], false))
                differences.Add($"subnet {netuid} is not there");
            else if (!Is(trades[i], false) && netuid != 0)
                differences.Add($"alpha of subnet {netuid} does not trade");
            else if (!Is(transfers[i], true))
                differences.Add($"alpha of subnet {netuid} cannot be transferred: it can be sold");
        }

        return Finding.Of(differences, $"{probe.Netuids.Count} subnets");

        static bool Is(byte[]? value, bool otherwise) => value is null ? otherwise : ScaleReader.Bool(value);
    }

    private static async Task<Finding> DissolvingAsync(CheckProbe probe)
    {
        if (!probe.Later)
            return Finding.NotAsked("a subnet goes at once at this spec: row 24");
        var asked = await AskAsync(
                probe,
                (Precompiles.Subnet, netuid => new IsSubnetDissolvingFunction(netuid).Encode()),
                (Precompiles.Subnet, netuid => new GetSubnetDissolutionStatusFunction(netuid).Encode())
            )
            .ConfigureAwait(false);
        return Finding.Of(
            [
                .. probe
                    .Netuids.Zip(asked)
                    .Where(pair =>
                        pair.Second[0].Number != 0 || pair.Second[1].Words.Integer(0) != 0 || pair.Second[1].Words.Integer(1) != 0
                    )
                    .Select(pair => $"subnet {pair.First} is being dissolved, phase {pair.Second[1].Words.Integer(2)}"),
            ],
            $"{probe.Netuids.Count} subnets"
        );
    }

    /// <summary>A leg whose netuid is another subnet's counts no more, and is taken out with the next operation.</summary>
    private static async Task<Finding> SameAsync(CheckProbe probe)
    {
        if (probe.Index is not { } index)
            return Finding.NotAsked("there is no contract");
        var counters = await EachAsync(probe, RuntimeStorage.RegisteredSubnetCounter).ConfigureAwait(false);
        var registered = await AskAsync(probe, (Precompiles.Subnet, netuid => new GetNetworkRegistrationBlockFunction(netuid).Encode()))
            .ConfigureAwait(false);
        List<string> differences = [];
        for (var i = 0; i < index.Legs.Count; i++)
        {
            var (leg, counter) = (index.Legs[i], counters[i] is { } raw ? ScaleReader.UInt64(raw) : 0);
            if (counter > leg.Registration)
                differences.Add($"subnet {leg.Netuid} has been registered anew, in block {registered[i][0].Number}: its leg is void");
        }

        return Finding.Of(differences, $"{index.Legs.Count} subnets");
    }

    private static async Task<IReadOnlyList<ushort>> RatesAsync(CheckProbe probe) =>
        [
            .. (await EachAsync(probe, RuntimeStorage.FeeRate).ConfigureAwait(false)).Select(value =>
                value is null ? UsualFeeRate : ScaleReader.UInt16(value)
            ),
        ];

    private static Task<IReadOnlyList<byte[]?>> EachAsync(CheckProbe probe, StorageItem item) =>
        probe.StorageAsync([.. probe.Netuids.Select(netuid => item.Key(netuid))]);

    /// <summary>Asks the same of each subnet; the answers in the order of the questions.</summary>
    private static async Task<IReadOnlyList<CallAnswer[]>> AskAsync(
        CheckProbe probe,
        params (Address Precompile, Func<ushort, string> Ask)[] questions
    )
    {
        var answers = await probe
            .CallAsync([.. probe.Netuids.SelectMany(netuid => questions.Select(question => (question.Precompile, question.Ask(netuid))))])
            .ConfigureAwait(false);
        return [.. answers.Chunk(questions.Length)];
    }
}
