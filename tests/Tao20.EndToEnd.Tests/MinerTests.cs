using System.Globalization;
using System.Numerics;
using System.Text;
using System.Text.Json.Nodes;
using Tao20.Chain.Abi;
using Tao20.Chain.Signing;
using Tao20.Devnet;
using Tao20.Domain.Units;
using Tao20.Tests;
using Tao20.Tests.Oracles;

namespace Tao20.EndToEnd.Tests;

/// <summary><c>tao20 miner</c> on a real chain: it earns, an operator can steer it, and its books are right.</summary>
public sealed class MinerTests : InDirectory, IAsyncLifetime
{
    private const string Variable = "TAO20_MINER_PRIVATE_KEY";
    private static readonly BigInteger Tao = 1_000_000_000_000_000_000;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(150);
    private readonly string _secret = string.Concat(Enumerable.Repeat("c5", 32));
    private ChainFixture _chain = null!;

    private Address Account => PrivateKey.FromHex(_secret).Address;

    public async Task InitializeAsync() => _chain = await ChainFixture.WithMarketAsync(5, [Account]);

    async Task IAsyncLifetime.DisposeAsync() => await _chain.DisposeAsync();

    [Fact]
    public async Task It_trades_is_paused_resumed_and_unwound_and_its_report_and_status_are_what_the_chain_says()
    {
        await using var miner = Start();
        await UntilAsync(
            miner,
            status => Totals(status)["confirmed"]!.GetValue<int>() >= 5 && Feed(status)["gapsClosed"]!.GetValue<long>() > 0
        );

        // Paused, it begins nothing any more.
        Assert.StartsWith(Account.ToString(), await OperateAsync("pause"), StringComparison.Ordinal);
        Assert.Equal(
            "Paused: an operator has paused it",
            Text(Trader(await UntilAsync(miner, status => Text(Trader(status), "state") == "Stopped")), "why")
        );
        var paused = await ReportAsync();
        for (var i = 0; i < 10; i++)
            await _chain.StepAsync();
        var still = await UntilAsync(miner, status => Feed(status)["block"]!.GetValue<ulong>() > 20);
        Assert.Equal(paused["confirmed"]!.GetValue<int>(), Totals(still)["confirmed"]!.GetValue<int>());
        Assert.Equal("Stopped", Text(Trader(still), "state"));

        // Tokens come from outside; unwinding turns them into TAO and nothing else is done. It is asked for while the miner is paused:
        // a miner that trades might have sold the tokens before.
        await GiveTokensAsync(3 * Tao);
        await OperateAsync("unwind");
        await OperateAsync("resume");
        var unwound = await UntilAsync(miner, status => !Trader(status)["unwinding"]!.GetValue<bool>() && Trader(status)["open"] is null);
        await OperateAsync("pause");
        await UntilAsync(miner, status => Trader(status)["open"] is null);
        Assert.Equal("0", Text(Trader(unwound)["inventory"], "tokensWei"));

        // What it says of itself is what the chain says, to the wei; what came from outside is exactly the capital and the tokens.
        var report = await ReportAsync();
        var status = await UntilAsync(miner, status => Trader(status)["open"] is null);
        Assert.Equal(await BalanceAsync(), BigInteger.Parse(Text(report["after"], "taoWei")));
        Assert.Equal(ChainFixture.ShownCapital, BigInteger.Parse(Text(report, "depositedTaoWei")));
        Assert.Equal(Text(Totals(status), "profitWei"), Text(report, "profitWei"));
        var trades = report["trades"]!.AsArray();
        Assert.Equal(
            BigInteger.Parse(Text(report, "profitWei")),
            trades.Aggregate(BigInteger.Zero, (sum, trade) => sum + BigInteger.Parse(Text(trade, "profitWei")))
        );
        Assert.Contains(trades, trade => Text(trade, "purpose") == "Unwind" && Text(trade, "outcome") == "Confirmed");
        var volume = trades.Aggregate(BigInteger.Zero, (sum, trade) => sum + BigInteger.Parse(Text(trade, "volumeWei")));
        Assert.Equal((await _chain.Economy.VolumesAsync(CancellationToken.None))[Account], (UInt128)volume);
        Assert.Equal(volume, BigInteger.Parse(Text(report, "mintedWei")) + BigInteger.Parse(Text(report, "redeemedWei")));
        var ranked = status["ranking"]!.AsArray().Single(miner => Text(miner, "miner") == Account.ToString());
        Assert.Equal(ranked!["rank"]!.GetValue<int>(), status["market"]!["standing"]!["rankNow"]!.GetValue<int>());
        Assert.True(long.Parse(Text(status["market"]!["standing"], "expectedPayoutRao"), CultureInfo.InvariantCulture) > 0);

        Assert.Contains(report["epochs"]!.AsArray(), epoch => epoch!["epoch"]!.GetValue<ulong>() == 0);

        // A part of the time is a part of the trades.
        var middle = trades[trades.Count / 2]!["time"]!.GetValue<ulong>();
        var (first, second) = (await ReportAsync("--to", At(middle)), await ReportAsync("--from", At(middle)));
        Assert.Equal(trades.Count, first["trades"]!.AsArray().Count + second["trades"]!.AsArray().Count);
        Assert.Equal(Text(first["after"], "taoWei"), Text(second["before"], "taoWei"));

        await HidesItsKeyAsync(miner, status);
        miner.Interrupt();
        Assert.Equal(0, await miner.ExitAsync(TimeSpan.FromSeconds(30)));
        Assert.False(File.Exists(System.IO.Path.Combine(Directory, "data", "control")));
        var (code, _, refused) = await Tao20Process.RunAsync(["miner", "pause", "--data-dir", System.IO.Path.Combine(Directory, "data")]);
        Assert.Equal(5, code);
        Assert.Contains("No node is running on", Assert.Single(refused.Lines), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_full_disk_ends_it_with_a_remedy_and_the_books_are_right_afterwards()
    {
        await using (var miner = Start())
        {
            await UntilAsync(miner, status => Totals(status)["confirmed"]!.GetValue<int>() >= 2);
            miner.Interrupt();
            Assert.Equal(0, await miner.ExitAsync(TimeSpan.FromSeconds(30)));
        }

        // Something else has taken the space, up to a little less than the journal may have.
        var journal = System.IO.Path.Combine(Data, "journal.db");
        JournalFile.Execute(
            Data,
            $"CREATE TABLE other (data); INSERT INTO other VALUES "
                + $"(zeroblob({1024 * 1024 - new FileInfo(journal).Length - 20_000})); PRAGMA wal_checkpoint(TRUNCATE);"
        );
        var environment = new Dictionary<string, string>(OwnTime()) { [Variable] = _secret, ["TAO20_Journal__MaxSizeMiB"] = "1" };
        await using var cramped = Tao20Process.Start(_chain.MinerArguments(Data), environment: environment);
        var ended = cramped.ExitAsync(Patience);
        using (var looks = new PeriodicTimer(TimeSpan.FromMilliseconds(40)))
        {
            while (!ended.IsCompleted)
            {
                await _chain.StepAsync();
                await looks.WaitForNextTickAsync();
            }
        }

        Assert.Equal(6, await ended);
        Assert.Contains(
            cramped.Lines,
            line =>
                line.StartsWith($"The journal in {Data} is full", StringComparison.Ordinal)
                && line.Contains("free space", StringComparison.Ordinal)
        );
        JournalFile.Execute(Data, "DROP TABLE other");

        await using var again = Start();
        await UntilAsync(again, status => Totals(status)["confirmed"]!.GetValue<int>() >= 4);
        await OperateAsync("pause");
        await UntilAsync(again, status => Trader(status)["open"] is null);
        var report = await ReportAsync();
        Assert.Equal(await BalanceAsync(), BigInteger.Parse(Text(report["after"], "taoWei")));
        Assert.True(report["moves"]!.AsArray().Count == 1, $"from outside only the capital has come: {report}");
        Assert.Equal(await NonceAsync(), report["trades"]!.AsArray().Count(trade => Text(trade, "gasWei") != "0"));
    }

    [Fact]
    public async Task A_dry_run_says_what_it_would_do_and_signs_nothing()
    {
        await using var miner = Tao20Process.Start(
            _chain.MinerArguments(Data, "--dry-run", "--account", Account.ToString()),
            environment: OwnTime()
        );
        var status = await UntilAsync(miner, status => Text(Trader(status), "why").StartsWith("dry run: would ", StringComparison.Ordinal));
        Assert.Null(status["market"]!["transactions"]);
        Assert.Equal(0, Totals(status)["confirmed"]!.GetValue<int>());
        Assert.Equal(0, await NonceAsync());
    }

    [Fact]
    public async Task Control_needs_the_token_of_a_file_that_only_its_owner_can_read()
    {
        await using var miner = Start();
        var http = await miner.StatusUriAsync();
        var control = System.IO.Path.Combine(Data, "control");
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(control));
        using var client = new HttpClient();
        using var without = await client.PostAsync(new Uri(http, "/arbitrage/pause"), null);
        Assert.Equal(401, (int)without.StatusCode);
        client.DefaultRequestHeaders.Add("X-Tao20-Token", (await File.ReadAllLinesAsync(control))[1]);
        using var unknown = await client.PostAsync(new Uri(http, "/arbitrage/dance"), null);
        Assert.Equal(404, (int)unknown.StatusCode);
        using var known = await client.PostAsync(new Uri(http, "/arbitrage/pause"), null);
        Assert.Equal(200, (int)known.StatusCode);
    }

    [Theory]
    [InlineData(2, "Market:Pools is missing: give --pool", "--pool", "")]
    [InlineData(2, "Market:Pools = 0x12 is not an address", "--pool", "0x12")]
    [InlineData(
        4,
        "There is no code at 0x00000000000000000000000000000000000000aa on the chain of",
        "--router",
        "0x00000000000000000000000000000000000000aa"
    )]
    [InlineData(4, "correct --pool, or wait until it is deployed", "--pool", "0x00000000000000000000000000000000000000aa")]
    [InlineData(2, "There is no miner's key: set TAO20_MINER_PRIVATE_KEY", "key", "")]
    [InlineData(2, "TAO20_MINER_PRIVATE_KEY: A private key is 64 hex digits", "key", "0x1234")]
    [InlineData(
        2,
        "Arbitrage:ProfitBasisPoints = 5000 is out of range: give 0 to 1000 basis points",
        "TAO20_Arbitrage__ProfitBasisPoints",
        "5000"
    )]
    [InlineData(
        2,
        "Arbitrage:SlippageBasisPoints = 0.2% is not usable: give a whole number",
        "TAO20_Arbitrage__SlippageBasisPoints",
        "0.2%"
    )]
    [InlineData(2, "Arbitrage:ProfitPercent = 1 is not a known option", "TAO20_Arbitrage__ProfitPercent", "1")]
    public async Task What_is_wrong_is_said_with_the_key_the_value_and_the_remedy(int exitCode, string words, string option, string value)
    {
        var environment = new Dictionary<string, string> { [Variable] = option == "key" ? value : _secret };
        var arguments = _chain.MinerArguments(Data).ToList();
        if (option.StartsWith("TAO20_", StringComparison.Ordinal))
            environment[option] = value;
        if (arguments.IndexOf(option) is var at and >= 0)
        {
            arguments.RemoveRange(at, 2);
            if (value.Length > 0)
                arguments.AddRange([option, value]);
        }

        var (code, _, process) = await Tao20Process.RunAsync(arguments, environment: environment);
        Assert.True(code == exitCode, $"{code}: {process.Errors}");
        Assert.Contains(process.Lines, line => line.Contains(words, StringComparison.Ordinal));
    }

    private string Data => System.IO.Path.Combine(Directory, "data");

    private Tao20Process Start() =>
        Tao20Process.Start(_chain.MinerArguments(Data), environment: new Dictionary<string, string>(OwnTime()) { [Variable] = _secret });

    /// <summary>The local chain keeps its own time, and its base fee is 0: gas costs what is offered.</summary>
    private static Dictionary<string, string> OwnTime() => new() { ["TAO20_Market__MaxBlockAge"] = "0s" };

    /// <summary>Plays the market until the status is as wanted.</summary>
    private Task<JsonObject> UntilAsync(Tao20Process miner, Func<JsonObject, bool> wanted) =>
        Eventually.BecomesAsync<JsonObject>(
            async _ => await miner.StatusAsync(),
            status => Trader(status)["inventory"] is not null && Feed(status)["block"] is not null && wanted(status),
            Patience,
            _ => _chain.StepAsync(),
            status => $"{status}\n{miner.Errors}"
        );

    private async Task<string> OperateAsync(string operation)
    {
        var (code, output, process) = await Tao20Process.RunAsync(["miner", operation, "--data-dir", Data]);
        Assert.True(code == 0, process.Errors);
        return output;
    }

    private async Task<JsonObject> ReportAsync(params string[] more)
    {
        var (code, output, process) = await Tao20Process.RunAsync(["miner", "report", "--data-dir", Data, "--json", .. more]);
        Assert.True(code == 0, process.Errors);
        return Assert.Single(JsonNode.Parse(output)!.AsArray())!.AsObject();
    }

    private async Task GiveTokensAsync(BigInteger tokens)
    {
        var maker = (await _chain.Chain.Client.AccountsAsync(CancellationToken.None))[2];
        await _chain.Chain.Client.SubmitAsync(
            [new DevnetTransaction(maker, _chain.Economy.Index, AbiEncoder.Call("transfer(address,uint256)", Account, tokens))],
            CancellationToken.None
        );
        for (var i = 0; i < 4; i++)
            await _chain.StepAsync();
    }

    private async Task HidesItsKeyAsync(Tao20Process miner, JsonObject status)
    {
        using var metrics = await miner.GetAsync("/metrics");
        var text = await metrics.Content.ReadAsStringAsync();
        foreach (
            var name in new[]
            {
                "tao20_arbitrage_trades_total",
                "tao20_arbitrage_response_milliseconds",
                "tao20_arbitrage_decision_milliseconds",
                "tao20_arbitrage_volume",
                "tao20_arbitrage_profit",
                "tao20_arbitrage_gas",
                "tao20_arbitrage_success",
                "tao20_arbitrage_inventory_tao",
                "tao20_market_nav",
                "tao20_market_price",
                "tao20_market_spread",
                "tao20_market_spread_closing",
                "tao20_market_ticks_total",
            }
        )
            Assert.Contains(name, text, StringComparison.Ordinal);
        foreach (var place in new[] { text, status.ToJsonString(), miner.Errors })
            Assert.DoesNotContain(_secret, place, StringComparison.OrdinalIgnoreCase);
        var key = Convert.FromHexString(_secret);
        foreach (var file in System.IO.Directory.GetFiles(Data, "journal.db*"))
        {
            await using var open = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            var bytes = new byte[open.Length];
            await open.ReadExactlyAsync(bytes);
            Assert.True(
                bytes.AsSpan().IndexOf(key) < 0 && Encoding.Latin1.GetString(bytes).IndexOf(_secret, StringComparison.OrdinalIgnoreCase) < 0
            );
        }
    }

    private Task<BigInteger> BalanceAsync() => _chain.ShownBalanceAsync(Account);

    private async Task<int> NonceAsync() =>
        (int)Quantity(
            await _chain.Chain.Client.SendAsync("eth_getTransactionCount", $"[\"{Account}\",\"latest\"]", CancellationToken.None)
        );

    private static BigInteger Quantity(System.Text.Json.JsonElement text) => HexText.BigQuantity(text.GetString()!);

    private static string At(ulong time) =>
        DateTimeOffset.FromUnixTimeSeconds((long)time).ToString("yyyy-MM-ddTHH:mm:ss", CultureInfo.InvariantCulture);

    private static JsonObject Trader(JsonObject status) => status["market"]!["trader"]!.AsObject();

    private static JsonObject Feed(JsonObject status) => status["market"]!["feed"]!.AsObject();

    private static JsonObject Totals(JsonObject status) => Trader(status)["totals"]!.AsObject();

    private static string Text(JsonNode? node, string key) => node![key]?.GetValue<string>() ?? "";
}
