using System.Globalization;
using System.Text.Json.Nodes;
using Tao20.Chain.Signing;
using Tao20.Devnet;
using Tao20.Domain.Units;
using Tao20.Tests;
using Tao20.Tests.Oracles;

namespace Tao20.EndToEnd.Tests;

/// <summary>A chain with one validator on it, whose epochs and blocks go by as the test wants.</summary>
public abstract class OneValidator : InDirectory, IAsyncLifetime
{
    protected static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly PrivateKey _key = PrivateKey.FromHex(string.Concat(Enumerable.Repeat("b7", 32)));
    private ValidatorSet _validators = null!;
    private ulong _closedAt;

    private protected ChainFixture Fixture { get; private set; } = null!;

    protected ulong Time { get; set; }

    private protected Address Registry => _validators.Registry;

    /// <summary>
    /// Lets a block go by. Once the validator has committed, the next one is in the window in which it states: nobody waits for the rest of
    /// this one, and blocks do not run away from who has to answer within some.
    /// </summary>
    protected async Task MineAsync(CancellationToken cancel)
    {
        var client = Fixture.Chain.Client;
        var closed = await Fixture.Economy.EpochAsync(cancel) - 1;
        var committed = await client.CallAsync([(Registry, AbiEncoder.Call("roundOf(uint256)", closed))], cancel);
        var opens = _closedAt + ValidatorSet.Rules.CommitSeconds;
        Time = _closedAt > 0 && Time < opens && committed[0].Any(word => word != 0) ? opens : Time + 5;
        await client.MineAsync(Time, cancel);
    }

    public async Task InitializeAsync()
    {
        Fixture = await ChainFixture.StartAsync(3, miners: 2);
        (_validators, Time) = await ValidatorSet.DeployAsync(Fixture.Economy, [_key], 20, Fixture.Traders.Time, CancellationToken.None);
    }

    async Task IAsyncLifetime.DisposeAsync() => await Fixture.DisposeAsync();

    private protected Tao20Process Start(string name, object endpoints, long tip = 1_000_000_000, Dictionary<string, string>? more = null)
    {
        var environment = new Dictionary<string, string>
        {
            ["TAO20_Chain__PollInterval"] = "50ms",
            ["TAO20_Chain__WebSocket"] = "false",
            ["TAO20_Chain__Retries"] = "0",
            ["TAO20_Transactions__PriorityFeePerGas"] = tip.ToString(CultureInfo.InvariantCulture),
        };
        foreach (var (setting, value) in more ?? [])
            environment[setting] = value;
        var key = System.IO.Path.Combine(Directory, "key");
        File.WriteAllText(key, string.Concat(Enumerable.Repeat("b7", 32)));
        return Tao20Process.Start(
            [
                "validator",
                "--rpc",
                $"{endpoints}",
                "--contract",
                Fixture.Economy.Index.ToString(),
                "--registry",
                _validators.Registry.ToString(),
                "--key-file",
                key,
                "--netuid",
                "20",
                "--data-dir",
                System.IO.Path.Combine(Directory, name),
                "--http-port",
                "0",
            ],
            environment: environment
        );
    }

    protected async Task EpochAsync()
    {
        var nav = await Fixture.Economy.NavAsync(CancellationToken.None);
        await Fixture.Chain.Client.ExecuteAsync(
            [Fixture.Economy.Mint(Fixture.Economy.Miners[0], 5 * System.Numerics.BigInteger.Pow(10, 18), nav, Time + 100)],
            ++Time,
            CancellationToken.None
        );
        await Fixture.Chain.Client.ExecuteAsync([Fixture.Economy.AdvanceEpoch()], Time += 3700, CancellationToken.None);
        _closedAt = Time;
    }

    /// <summary>Lets blocks go by until the epoch is attested, its weights are set, and no transaction is on its way.</summary>
    private protected async Task DoneAsync(Tao20Process process, ulong epoch, string where)
    {
        await FollowedAsync(process);
        await Eventually.BecomesAsync<JsonObject>(
            async _ => await process.StatusAsync(),
            status =>
                status["consensus"]
                    ?["rounds"]?.AsArray()
                    .Any(round => round!["epoch"]!.GetValue<ulong>() == epoch && round["attested"]!.AsArray().Count == 1) == true
                && status["validator"]!["transactions"]!["open"]!.AsArray().Count == 0
                && status["validator"]!["weights"]!
                    .AsArray()
                    .Any(set => set!["epoch"]!.GetValue<ulong>() == epoch && set["stage"]!.GetValue<string>() is "Set" or "Refused"),
            Patience,
            MineAsync,
            status => $"{status["validator"]}\n{process.Errors}",
            where
        );
    }

    /// <summary>
    /// Waits until a node has folded what is final and may sign. On the chain it has started long before a window of the registry is over;
    /// here that takes a moment.
    /// </summary>
    private protected async Task FollowedAsync(Tao20Process process)
    {
        var final = await Fixture.Chain.Client.BlockNumberAsync(CancellationToken.None) - 2;
        await process.UntilAsync(
            status => status["cursor"]?["block"]?.GetValue<ulong>() >= final && status["check"]?["spec"] is not null,
            Patience
        );
    }

    protected async Task<ulong> NonceAsync() =>
        ulong.Parse(
            (await Fixture.Chain.Client.SendAsync("eth_getTransactionCount", $"[\"{_key.Address}\",\"latest\"]", CancellationToken.None))
                .GetString()!
                .AsSpan(2),
            NumberStyles.HexNumber,
            CultureInfo.InvariantCulture
        );
}
