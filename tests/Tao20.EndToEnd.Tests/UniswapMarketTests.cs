using System.Numerics;
using System.Text.Json.Nodes;
using Tao20.Chain.Signing;
using Tao20.Domain.Units;
using Tao20.EndToEnd.Tests.Uniswap;
using static Tao20.EndToEnd.Tests.Json;

namespace Tao20.EndToEnd.Tests;

/// <summary>A miner that trades in a pair of Uniswap's second version, which is not ours.</summary>
public sealed class UniswapMarketTests : InDirectory, IAsyncLifetime
{
    private static readonly BigInteger Tao = BigInteger.Pow(10, 18);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);
    private readonly string _secret = string.Concat(Enumerable.Repeat("c5", 32));
    private ChainFixture _chain = null!;
    private UniswapMarket _market = null!;
    private Dictionary<string, string> _environment = null!;

    private Address Account => PrivateKey.FromHex(_secret).Address;

    public async Task InitializeAsync()
    {
        _chain = await ChainFixture.WithMarketAsync(5, [Account]);

        // A tenth above NAV.
        _market = await UniswapMarket.OpenAsync(_chain, _chain.PassedTime + 1, 66 * Tao, 60 * Tao);
        _chain.PassedTime += 2;
        _environment = new()
        {
            ["TAO20_MINER_PRIVATE_KEY"] = _secret,
            ["TAO20_Market__MaxBlockAge"] = "0s",
            ["TAO20_Chain__PollInterval"] = "50ms",
            ["TAO20_Chain__WebSocket"] = "false",
            ["TAO20_Arbitrage__DeadlineSeconds"] = "600",
            ["TAO20_Market__Pair"] = $"{_market.Pair}",
            ["TAO20_Market__PairRouter"] = $"{_market.Router}",
            ["TAO20_Market__WrappedTao"] = $"{_market.Wrapped}",
            ["TAO20_Market__PairCodes"] = string.Join(',', await _market.CodesAsync()),
        };
    }

    async Task IAsyncLifetime.DisposeAsync() => await _chain.DisposeAsync();

    [Fact]
    public async Task It_is_brought_to_NAV_from_above_and_from_below_and_the_books_are_the_balances()
    {
        await using var miner = Tao20Process.Start(Arguments(), environment: _environment);
        using var stop = new CancellationTokenSource();
        // So slowly that a trade of forty transactions is in time on any machine.
        var blocks = _chain.PassUntilAsync(stop.Token, secondsPerBlock: 2);
        try
        {
            var dear = await UntilAsync(miner, status => Confirmed(status) >= 1);
            Assert.True(Spread(dear) < 0.1, dear["market"]!.ToJsonString());

            // Somebody sells: it is below NAV.
            await _chain.Chain.Client.SubmitAsync([_market.Sell(20 * Tao, _chain.PassedTime + 600)], CancellationToken.None);
            var before = Confirmed(dear);
            await UntilAsync(miner, status => Confirmed(status) > before && Spread(status) > -0.3);
            await Tao20Process.RunAsync(["miner", "pause", "--data-dir", Directory]);
            await UntilAsync(
                miner,
                status => Text(status["market"]!["trader"], "state") == "Stopped" && status["market"]!["trader"]!["open"] is null
            );
        }
        finally
        {
            await stop.CancelAsync();
            await blocks;
        }

        var (code, json, process) = await Tao20Process.RunAsync(["miner", "report", "--data-dir", Directory, "--json"]);
        Assert.True(code == 0, process.Errors);
        var report = Assert.Single(JsonNode.Parse(json)!.AsArray())!;
        await _chain.RequireBooksAsync(Account, report);
        var kinds = report["trades"]!.AsArray().Where(trade => Text(trade, "outcome") == "Confirmed").Select(trade => Text(trade, "kind"));
        Assert.Superset(new HashSet<string> { "MintAndSell", "BuyAndRedeem" }, kinds.ToHashSet());
    }

    [Fact]
    public async Task What_is_not_the_configured_market_is_refused_by_what_differs()
    {
        var codes = await _market.CodesAsync();
        await RefusedAsync(4, "Market:Pair", ("PairCodes", $"{codes[1]},{codes[1]},{codes[2]}"));
        await RefusedAsync(
            4,
            $"not of {_chain.Economy.Index} and {_market.Router}",
            ("WrappedTao", $"{_market.Router}"),
            ("PairCodes", $"{codes[0]},{codes[1]},{codes[1]}")
        );
        await RefusedAsync(2, "Market:PairCodes = 0x12 are no three hashes", ("PairCodes", "0x12"));
        await RefusedAsync(2, "Market:PairRouter is missing", ("PairRouter", ""));
        await RefusedAsync(2, "leave it out with Market:Pair", ("Router", $"{_chain.Economy.Router}"));
    }

    private static int Confirmed(JsonObject status) => status["market"]!["trader"]!["totals"]!["confirmed"]!.GetValue<int>();

    /// <summary>How far the market is from NAV, as a fraction.</summary>
    private static double Spread(JsonObject status) =>
        (double)Wei(status["market"]!["feed"], "market") / (double)Wei(status["market"]!["feed"], "nav") - 1;

    private static Task<JsonObject> UntilAsync(Tao20Process miner, Func<JsonObject, bool> wanted) =>
        miner.UntilAsync(
            status =>
                status["market"]?["feed"]?["market"] is not null && status["market"]?["trader"]?["totals"] is not null && wanted(status),
            Patience
        );

    private async Task RefusedAsync(int code, string words, params (string Key, string Value)[] changes)
    {
        var environment = new Dictionary<string, string>(_environment);
        foreach (var (key, value) in changes)
            environment["TAO20_Market__" + key] = value;
        var (ended, _, process) = await Tao20Process.RunAsync(Arguments(), environment: environment);
        Assert.True(ended == code && process.Errors.Contains(words, StringComparison.Ordinal), $"{ended}: {process.Errors}");
    }

    private string[] Arguments() =>
        [
            "miner",
            "--rpc",
            _chain.Node.Url.ToString(),
            "--contract",
            _chain.Economy.Index.ToString(),
            "--netuid",
            "20",
            "--data-dir",
            Directory,
            "--http-port",
            "0",
        ];
}
