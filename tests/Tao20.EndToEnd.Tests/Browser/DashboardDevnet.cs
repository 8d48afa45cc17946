using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Tao20.EndToEnd.Tests.Browser;

/// <summary>
/// A devnet whose dashboards are looked at: four validators, of which one lies, two arbitrageurs, and miners that go on trading until it
/// is ended.
/// </summary>
public sealed partial class DashboardDevnet : InDirectory, IAsyncLifetime
{
    /// <summary>A machine that does much else takes so long at most.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    private Tao20Process? _process;
    private Chromium? _browser;

    /// <summary>The dashboard of the validator that is shown.</summary>
    public Uri Validator { get; private set; } = null!;

    /// <summary>The dashboard of the first arbitrageur.</summary>
    public Uri Miner { get; private set; } = null!;

    private Tao20Process Process => _process!;

    internal Chromium Browser => _browser!;

    /// <summary>All pages, of the validator and of the miner, with what each is called.</summary>
    public IReadOnlyList<(Uri Page, string Title)> Pages { get; private set; } = [];

    public async Task InitializeAsync()
    {
        if (!File.Exists(Chromium.Program))
            return;
        _process = Tao20Process.Start([
            "devnet",
            .. "--miners 6 --validators 4 --byzantine 2:nav=+3% --arbitrageurs 2 --block-time 400ms --epoch 16s --duration 30m".Split(' '),
            .. "--seed 11 --http-port 0 --rpc-port 0 --data-dir".Split(' '),
            System.IO.Path.Combine(Directory, "data"),
        ]);
        _browser = await Chromium.StartAsync();
        var status = await _process.UntilAsync(
            status =>
                status["settled"]!["count"]!.GetValue<int>() > 0
                && status["consensus"]!["validators"]!.AsArray().Any(one => one!["slashes"]!.GetValue<int>() > 0),
            Patience
        );
        Validator = new Uri(await _process.StatusUriAsync(), "/");
        var control = await File.ReadAllLinesAsync(System.IO.Path.Combine(Directory, "data", "miner-1", "control"));
        Miner = new Uri(control[0]);
        var ranked = status["settled"]!["recent"]![0]!["ranked"]!.AsArray();
        var miner = $"{ranked.MaxBy(one => one!["eligibleTrades"]!.GetValue<long>())!["miner"]}";
        var validator = $"{status["consensus"]!["validators"]![0]!["address"]}";
        Pages =
        [
            (Validator, "Overview"),
            (At("miners"), "Miners"),
            (At("miners?epoch=0&sort=volume&desc=true"), "Miners"),
            (At($"miners/{miner}"), await NameAsync(miner, "miner")),
            (At($"miners/{miner}/epochs/0"), "Why this score?"),
            (At("epochs"), "Epochs"),
            (At("epochs/0"), "Epoch 0"),
            (At("validators"), "Validators and rounds"),
            (At($"validators/{validator}"), await NameAsync(validator, "validator")),
            (At("rounds/0"), "Round of epoch 0"),
            (At("market"), "Market"),
            (At("transactions"), "Transactions"),
            (At("chain"), "Chain"),
            (At("cluster"), "Cluster"),
            (At("alerts"), "Alerts"),
            (At("log"), "Log"),
            (Miner, "Overview"),
            (new Uri(Miner, "/view/market"), "Market"),
            (new Uri(Miner, "/view/transactions"), "Transactions"),
        ];
    }

    /// <summary>What the devnet calls an account: its page says so.</summary>
    private async Task<string> NameAsync(string account, string kind)
    {
        using var page = await Process.GetAsync($"/view/{kind}s/{account}");
        var name = Name().Match(await page.Content.ReadAsStringAsync()).Groups[1].Value;
        Assert.Matches($"^({kind} [1-6]|arbitrageur [1-2]|market maker)$", name);
        return name;
    }

    [GeneratedRegex("<h1>([^<]*)</h1>")]
    private static partial Regex Name();

    /// <summary>A page of the validator.</summary>
    public Uri At(string page) => new(Validator, $"/view/{page}");

    /// <summary>What the validator says of itself.</summary>
    internal Task<JsonObject> StatusAsync() => Process.StatusAsync(all: true);

    public async Task DisposeAsync()
    {
        if (_browser is not null)
            await _browser.DisposeAsync();
        if (_process is not null)
            await _process.DisposeAsync();
    }
}
