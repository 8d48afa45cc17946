using System.Net;
using System.Net.Sockets;
using System.Text;
using Tao20.Devnet;
using Tao20.Tests;

namespace Tao20.EndToEnd.Tests;

/// <summary><c>tao20 validator</c> on a real chain: what it answers, and what it says when something is wrong.</summary>
public sealed class ValidatorTests(ValidatorTests.Traded traded) : InDirectory, IClassFixture<ValidatorTests.Traded>
{
    private readonly ChainFixture _chain = traded.Chain;

    /// <summary>The chain that is followed.</summary>
    public sealed class Traded() : TradedChain(3, 50);

    [Fact]
    public async Task It_answers_status_health_and_metrics_and_stops_when_asked()
    {
        var process = Tao20Process.Start(_chain.ValidatorArguments(Directory));
        var status = await process.UntilAsync(
            status => status["ready"]!.GetValue<bool>() && status["settled"]!["count"]!.GetValue<int>() > 0,
            TimeSpan.FromSeconds(60)
        );
        Assert.Equal(_chain.Economy.Index.ToString(), status["identity"]!["contract"]!.GetValue<string>());
        Assert.Equal(31337, status["identity"]!["chainId"]!.GetValue<int>());
        Assert.True(status["exclusions"]!.AsArray().Count > 0);
        Assert.True(status["chain"]!["webSocket"]!.GetValue<bool>());

        using var live = await process.GetAsync("/health/live");
        using var ready = await process.GetAsync("/health/ready");
        using var metrics = await process.GetAsync("/metrics");
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (live.StatusCode, ready.StatusCode));
        var text = await metrics.Content.ReadAsStringAsync();
        Assert.Contains("tao20_trades_folded_total", text, StringComparison.Ordinal);
        Assert.Contains("tao20_lag", text, StringComparison.Ordinal);
        var miner = status["miners"]![0]!["address"]!.GetValue<string>();
        using var one = await process.GetAsync($"/miners/{miner}");
        using var none = await process.GetAsync("/miners/0x00000000000000000000000000000000000000ff");
        using var bad = await process.GetAsync("/miners/somebody");
        Assert.Equal(
            (HttpStatusCode.OK, HttpStatusCode.NotFound, HttpStatusCode.BadRequest),
            (one.StatusCode, none.StatusCode, bad.StatusCode)
        );

        process.Interrupt();
        Assert.Equal(0, await process.ExitAsync(TimeSpan.FromSeconds(30)));
    }

    [Fact]
    public async Task It_lives_before_the_chain_answers_and_says_how_long_each_step_of_its_start_took()
    {
        await using var proxy = await HoldingProxy.StartAsync(_chain.Node.Url);
        var port = Anvil.FreePort();
        var arguments = _chain.ValidatorArgumentsBehind(proxy.Url, Directory).SkipLast(1).Append($"{port}");
        await using var process = Tao20Process.Start(arguments);
        await proxy.Asked.WaitAsync(TimeSpan.FromSeconds(30));
        using var http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
        var live = await LiveAsync(http, process);
        using var status = await http.GetAsync("/status");
        using var ready = await http.GetAsync("/health/ready");
        Assert.Equal("""{"live":true,"chainId":null,"reason":null}""", live);
        Assert.Equal((HttpStatusCode.ServiceUnavailable, HttpStatusCode.ServiceUnavailable), (status.StatusCode, ready.StatusCode));
        Assert.Contains("starting", await status.Content.ReadAsStringAsync(), StringComparison.Ordinal);

        proxy.Open();
        var level = await process.UntilAsync(one => one["start"]!.AsObject().ContainsKey("level"), TimeSpan.FromSeconds(60));
        double At(string step) => level["start"]![step]!.GetValue<double>();
        string[] way = ["settings", "journal", "chain", "firstRange", "firstFolded", "level"];
        Assert.Equal(way.Select(At).Order(), way.Select(At));
        Assert.InRange(At("actors"), At("chain"), At("firstFolded"));
        Assert.InRange(At("reading"), At("chain"), At("firstFolded"));
        Assert.Equal("""{"live":true,"chainId":31337,"reason":null}""", await LiveAsync(http, process));
    }

    [Fact]
    public async Task A_node_that_goes_away_is_waited_for_and_told_of()
    {
        await using var chain = await ChainFixture.StartAsync(3, miners: 1);
        await chain.TradeAsync(5);
        await chain.Traders.FinishAsync(CancellationToken.None);
        await using var process = Tao20Process.Start(chain.ValidatorArguments(Directory));
        await process.UntilAsync(status => status["ready"]!.GetValue<bool>(), TimeSpan.FromSeconds(60));
        await chain.Chain.DisposeAsync();
        await process.UntilAsync(
            status => status["chain"]!["endpoints"]![0]!["state"]!.GetValue<string>() == "resting",
            TimeSpan.FromSeconds(60)
        );
        using var live = await process.GetAsync("/health/live");
        Assert.Equal(HttpStatusCode.OK, live.StatusCode);
    }

    /// <summary>What <c>/health/live</c> says, as soon as it says something.</summary>
    private static Task<string> LiveAsync(HttpClient http, Tao20Process process)
    {
        return Eventually.BecomesAsync<string>(LookAsync, _ => true, TimeSpan.FromSeconds(30), nothing: () => process.Errors);

        async Task<string?> LookAsync(CancellationToken cancel)
        {
            try
            {
                return await http.GetStringAsync("/health/live", cancel);
            }
            catch (HttpRequestException e) when (e.HttpRequestError == HttpRequestError.ConnectionError)
            {
                // It does not listen yet.
                return null;
            }
        }
    }

    [Fact]
    public Task An_unreachable_rpc_is_named() =>
        AssertRefusedAsync(3, ["--rpc", "http://127.0.0.1:1"], "#1 127.0.0.1:1 cannot be used", "Check that the node runs");

    [Fact]
    public Task A_wrong_chain_id_is_named() =>
        AssertRefusedAsync(4, ["--chain-id", "964"], "is on chain 31337, not 964", "correct --rpc or --chain-id");

    [Fact]
    public Task An_address_without_code_is_named() =>
        AssertRefusedAsync(
            4,
            ["--contract", "0x00000000000000000000000000000000000000ff"],
            "There is no code at 0x00000000000000000000000000000000000000ff",
            "correct --contract"
        );

    [Fact]
    public async Task A_port_in_use_is_named()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        await AssertRefusedAsync(7, ["--http-port", $"{port}"], $"The port {port}", "choose another with --http-port");
    }

    [Fact]
    public async Task A_data_directory_in_use_is_named()
    {
        await using var first = Tao20Process.Start(_chain.ValidatorArguments(Directory));
        await first.StatusUriAsync();
        await AssertRefusedAsync(5, [], $"The data directory {Directory} is in use", "stop that one");
    }

    [Fact]
    public async Task A_data_directory_of_another_contract_is_named()
    {
        await FoldAsync();
        await AssertRefusedAsync(5, ["--contract", _chain.Economy.Pool.ToString()], $"is of chain 31337", _chain.Economy.Pool.ToString());
    }

    [Fact]
    public async Task A_data_directory_of_another_chain_is_named()
    {
        await FoldAsync();
        await using var other = await ChainFixture.StartAsync(4);
        await AssertRefusedAsync(
            5,
            ["--rpc", other.Chain.Rpc.ToString()],
            $"The journal in {Directory}",
            "Give the data directory of this chain"
        );
    }

    [Fact]
    public async Task A_corrupt_journal_is_named()
    {
        await FoldAsync();
        var file = System.IO.Path.Combine(Directory, "journal.db");
        await using (var stream = new FileStream(file, FileMode.Open, FileAccess.Write))
        {
            stream.Position = 4096;
            stream.Write(Encoding.ASCII.GetBytes(new string('x', 20_000)));
        }

        await AssertRefusedAsync(8, [], $"The journal in {Directory} is corrupt", "Move it away");
    }

    [Theory]
    [InlineData(
        8,
        "Host=127.0.0.1;Port=1;Username=u;Password=hidden;Database=d",
        "The journal in database d on 127.0.0.1:1 refuses connections",
        "see that the database runs and can be reached"
    )]
    [InlineData(2, "Hots=127.0.0.1;Password=hidden", "Journal:ConnectionString is none for PostgreSQL", "give one such as Host=db")]
    [InlineData(2, "Password=hidden", "Journal:ConnectionString is none for PostgreSQL (it names no Host)", "give one such as Host=db")]
    public async Task A_database_that_cannot_be_used_is_named_without_its_password(
        int exitCode,
        string connection,
        string what,
        string remedy
    )
    {
        var environment = new Dictionary<string, string>
        {
            ["TAO20_Journal__Kind"] = "PostgreSql",
            ["TAO20_Journal__ConnectionString"] = connection,
        };
        var process = await AssertRefusedAsync(exitCode, [], what, remedy, environment);
        Assert.DoesNotContain("hidden", process.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_full_disk_is_named_and_nothing_is_lost()
    {
        // Something else has taken the space, up to a little less than the journal may have.
        await FoldAsync();
        var used = new FileInfo(System.IO.Path.Combine(Directory, "journal.db")).Length;
        JournalFile.Execute(
            Directory,
            $"CREATE TABLE other (data); INSERT INTO other VALUES (zeroblob({1024 * 1024 - used - 12_000})); PRAGMA "
                + $"wal_checkpoint(TRUNCATE);"
        );
        await _chain.TradeAsync(150);
        await _chain.Traders.FinishAsync(CancellationToken.None);
        await AssertRefusedAsync(
            6,
            [],
            $"The journal in {Directory} is full",
            "free space",
            new Dictionary<string, string> { ["TAO20_Journal__MaxSizeMiB"] = "1", ["TAO20_Journal__KeepEverything"] = "true" }
        );
        JournalFile.Execute(Directory, "DROP TABLE other");
        await using var process = Tao20Process.Start(_chain.ValidatorArguments(Directory));
        var status = await process.UntilAsync(status => status["lag"]!["blocks"]?.GetValue<int>() == 0, TimeSpan.FromSeconds(60));
        var volumes = await _chain.Economy.VolumesAsync(CancellationToken.None);
        foreach (var miner in status["miners"]!.AsArray())
            Assert.Equal(
                $"{volumes[Tao20.Domain.Units.Address.Parse(miner!["address"]!.GetValue<string>())]}",
                miner["foldedWei"]!.GetValue<string>()
            );
    }

    [Fact]
    public async Task Settings_come_from_hocon_json_environment_and_command_line_the_later_winning()
    {
        await File.WriteAllTextAsync(
            System.IO.Path.Combine(Directory, "tao20.conf"),
            "tao20 { chain { parallelism = 99, retries = 99, max-range-blocks = 0 } http { port = 99999 } }"
        );
        await File.WriteAllTextAsync(
            System.IO.Path.Combine(Directory, "appsettings.json"),
            """{"Chain":{"Retries":98,"MaxRangeBlocks":-1},"Http":{"Port":99998}}"""
        );
        var (code, _, process) = await Tao20Process.RunAsync(
            [
                "validator",
                "--rpc",
                "http://127.0.0.1:1",
                "--contract",
                _chain.Economy.Index.ToString(),
                "--data-dir",
                Directory,
                "--http-port",
                "99997",
            ],
            Directory,
            new Dictionary<string, string> { ["TAO20_Chain__MaxRangeBlocks"] = "-2", ["TAO20_Http__Port"] = "99996" }
        );
        Assert.Equal(2, code);
        Assert.Contains(process.Lines, line => line.StartsWith("Chain:Parallelism = 99 ", StringComparison.Ordinal));
        Assert.Contains(process.Lines, line => line.StartsWith("Chain:Retries = 98 ", StringComparison.Ordinal));
        Assert.Contains(process.Lines, line => line.StartsWith("Chain:MaxRangeBlocks = -2 ", StringComparison.Ordinal));
        Assert.Contains(process.Lines, line => line.StartsWith("Http:Port = 99997 ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Whatever_is_missing_or_misspelt_is_named_at_once()
    {
        var (code, _, process) = await Tao20Process.RunAsync(
            ["validator"],
            Directory,
            new Dictionary<string, string>
            {
                ["TAO20_Chain__Paralelism"] = "4",
                ["TAO20_LOG_LEVEL"] = "loud",
                ["TAO20_Scoring__Eligibility__DustWei"] = "-5",
            }
        );
        Assert.Equal(2, code);
        foreach (
            var expected in new[]
            {
                "DataDir is missing",
                "Chain:Contract is missing",
                "Chain:Endpoints has 0 URLs",
                "Chain:Paralelism = 4 is not a known option",
                "TAO20_LOG_LEVEL = loud",
                "Scoring:Eligibility:DustWei = -5",
            }
        )
            Assert.Contains(process.Lines, line => line.StartsWith(expected, StringComparison.Ordinal));
    }

    private async Task FoldAsync()
    {
        await using var process = Tao20Process.Start(_chain.ValidatorArguments(Directory));
        await process.UntilAsync(status => status["lag"]!["blocks"]?.GetValue<int>() == 0, TimeSpan.FromSeconds(60));
        process.Interrupt();
        Assert.Equal(0, await process.ExitAsync(TimeSpan.FromSeconds(30)));
    }

    private async Task<Tao20Process> AssertRefusedAsync(
        int exitCode,
        string[] more,
        string what,
        string remedy,
        IDictionary<string, string>? environment = null
    )
    {
        List<string> arguments = [.. _chain.ValidatorArguments(Directory)];
        for (var i = 0; i < more.Length; i += 2)
        {
            var at = arguments.IndexOf(more[i]);
            if (at >= 0)
                arguments[at + 1] = more[i + 1];
            else
                arguments.AddRange([more[i], more[i + 1]]);
        }

        var (code, _, process) = await Tao20Process.RunAsync(arguments, environment: environment);
        Assert.True(code == exitCode, $"exit code {code}\n{process.Errors}");
        var line = process.Lines[^1];
        Assert.Contains(what, line, StringComparison.Ordinal);
        Assert.Contains(remedy, line, StringComparison.Ordinal);
        return process;
    }
}
