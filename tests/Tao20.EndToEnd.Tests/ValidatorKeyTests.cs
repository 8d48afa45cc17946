using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Tao20.Chain.Signing;
using Tao20.Devnet;
using Tao20.Tests;

namespace Tao20.EndToEnd.Tests;

/// <summary>
/// Validators with keys, as the real executable on a real chain: they agree, survive being killed, and show no key to anyone.
/// </summary>
public sealed class ValidatorKeyTests : InDirectory, IAsyncLifetime
{
    private const string Variable = "TAO20_VALIDATOR_PRIVATE_KEY";
    private const string Password = "correct horse battery staple";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);
    private readonly string[] _secrets =
    [
        .. Enumerable.Range(1, 3).Select(i => string.Concat(Enumerable.Repeat((0xa0 + i).ToString("x", CultureInfo.InvariantCulture), 32))),
    ];
    private readonly List<Tao20Process> _processes = [];
    private ChainFixture _chain = null!;
    private ValidatorSet _validators = null!;

    public async Task InitializeAsync()
    {
        _chain = await ChainFixture.StartAsync(5, miners: 3);
        (_validators, _) = await ValidatorSet.DeployAsync(
            _chain.Economy,
            [.. _secrets.Select(PrivateKey.FromHex)],
            20,
            _chain.Traders.Time,
            CancellationToken.None,
            ChainFixture.LongWindows
        );
    }

    async Task IAsyncLifetime.DisposeAsync()
    {
        foreach (var process in _processes)
            await process.DisposeAsync();
        await _chain.DisposeAsync();
    }

    [Fact]
    public async Task Keys_from_a_variable_a_file_and_a_keystore_settle_rounds_through_kills_and_are_shown_nowhere()
    {
        var keystore = File("keystore.json", Keystore.Encrypt(PrivateKey.FromHex(_secrets[2]), Password, scryptN: 4096));
        (string[] Options, string? Variable)[] ways =
        [
            ([], "0x" + _secrets[0]),
            (["--key-file", File("key", _secrets[1])], null),
            (["--keystore", keystore, "--password-file", File("password", Password + "\n")], null),
        ];
        foreach (var (options, variable) in ways)
            _processes.Add(Start(_processes.Count, options, variable));
        var random = new Random(11);
        for (var block = 0; block < 90; block++)
        {
            await _chain.Traders.StepAsync(CancellationToken.None);
            await FollowedAsync();
            if (block % 30 != 20)
                continue;

            // Killed at some moment, and started again on what it has kept.
            var victim = random.Next(ways.Length);
            await _processes[victim].KillAsync();
            _processes[victim] = Start(victim, ways[victim].Options, ways[victim].Variable);
            await FollowedAsync();
        }

        // The round that runs is not cut short by the end of the next epoch.
        await SettledAsync(1);
        await _chain.Traders.FinishAsync(CancellationToken.None);
        var statuses = await SettledAsync(3);
        Assert.All(
            statuses.SelectMany(status => status["consensus"]!["validators"]!.AsArray()),
            validator => Assert.Equal("0", validator!["slashedWei"]!.GetValue<string>())
        );
        Assert.Single(statuses.Select(status => status["consensus"]!["rounds"]!.ToJsonString()).Distinct());
        foreach (var process in _processes)
        {
            using var metrics = await process.GetAsync("/metrics");
            var text = await metrics.Content.ReadAsStringAsync();
            Hides(text);
            foreach (
                var name in new[]
                {
                    "tao20_attestations_total",
                    "tao20_rounds_total",
                    "tao20_round_latency",
                    "tao20_validators",
                    "tao20_validator_stake",
                    "tao20_validator_reward",
                    "tao20_round_participation",
                    "tao20_round_accuracy",
                    "tao20_validator_deviation",
                    "tao20_weights_latency",
                }
            )
                Assert.Contains(name, text, StringComparison.Ordinal);
            Hides((await process.StatusAsync(all: true)).ToJsonString());
            process.Interrupt();
            Assert.Equal(0, await process.ExitAsync(TimeSpan.FromSeconds(30)));
            Hides(process.Errors);
        }

        foreach (var file in System.IO.Directory.GetFiles(Directory, "journal.db*", SearchOption.AllDirectories))
            Hides(Encoding.Latin1.GetString(await System.IO.File.ReadAllBytesAsync(file)));
    }

    [Fact]
    public async Task What_is_wrong_with_a_key_or_a_registry_is_named_and_nothing_is_sent()
    {
        var keystore = Keystore.Encrypt(PrivateKey.FromHex(_secrets[2]), Password, scryptN: 4096);
        var (good, password) = (File("good.json", keystore), File("right", Password));
        await RefusedAsync(
            4,
            "correct --registry",
            ["--registry", "0x00000000000000000000000000000000000000ff", "--key-file", File("key", _secrets[0])]
        );
        await RefusedAsync(2, "truncated", [.. Registry, "--keystore", File("cut.json", keystore[..200]), "--password-file", password]);
        await RefusedAsync(
            2,
            "The password does not open the keystore",
            [.. Registry, "--keystore", good, "--password-file", File("wrong", "guess")]
        );
        await RefusedAsync(2, "needs a password file", [.. Registry, "--keystore", good]);
        await RefusedAsync(
            2,
            "more than one key",
            [.. Registry, "--keystore", good, "--password-file", password, "--key-file", File("key", _secrets[0])]
        );
        await RefusedAsync(2, "cannot be read", [.. Registry, "--key-file", System.IO.Path.Combine(Directory, "nowhere")]);
        await RefusedAsync(2, "64 hex digits", [.. Registry, "--key-file", File("short", _secrets[0][..40])]);
        await RefusedAsync(2, "give --registry", ["--key-file", File("key", _secrets[0])]);
        await RefusedAsync(2, "is not an address", ["--registry", "0x12", "--key-file", File("key", _secrets[0])]);
    }

    private string[] Registry => ["--registry", _validators.Registry.ToString()];

    private Tao20Process Start(int i, string[] options, string? variable)
    {
        var environment = new Dictionary<string, string> { ["TAO20_LOG_LEVEL"] = "Trace", ["TAO20_Chain__PollInterval"] = "100ms" };
        if (variable is not null)
            environment[Variable] = variable;
        return Tao20Process.Start(
            _chain.ValidatorArguments(System.IO.Path.Combine(Directory, $"{i}"), [.. Registry, .. options]),
            environment: environment
        );
    }

    /// <summary>Lets blocks go by until every process knows so many rounds, all settled.</summary>
    private Task<IReadOnlyList<JsonObject>> SettledAsync(int rounds) =>
        Eventually.BecomesAsync<IReadOnlyList<JsonObject>>(
            async _ => await Task.WhenAll(_processes.Select(process => process.StatusAsync())),
            statuses =>
                statuses.All(status =>
                    status["consensus"]!["rounds"]!.AsArray() is { } all
                    && all.Count >= rounds
                    && all.All(round => round!["state"]!.GetValue<string>() == "Settled")
                ),
            Patience,
            async cancel =>
            {
                await _chain.Traders.PassAsync(cancel);
                await FollowedAsync();
            },
            statuses => string.Join("\n", statuses.Select(status => status["consensus"]!["rounds"]))
        );

    /// <summary>
    /// Waits until every process has folded what is final and may sign: blocks do not run away from those who have to answer within some.
    /// </summary>
    private async Task FollowedAsync()
    {
        var final = await _chain.Chain.Client.BlockNumberAsync(CancellationToken.None) - 2;
        foreach (var process in _processes)
            await process.UntilAsync(
                status => status["cursor"]?["block"]?.GetValue<ulong>() >= final && status["check"]?["spec"] is not null,
                Patience
            );
    }

    private async Task RefusedAsync(int code, string words, string[] options)
    {
        var (exit, _, process) = await Tao20Process.RunAsync(
            _chain.ValidatorArguments(System.IO.Path.Combine(Directory, "refused"), options)
        );
        Assert.True(exit == code && process.Lines.Any(line => line.Contains(words, StringComparison.Ordinal)), $"{exit}: {process.Errors}");
        Hides(process.Errors);
    }

    private void Hides(string text)
    {
        foreach (var secret in _secrets)
        {
            Assert.DoesNotContain(secret[..16], text, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain(Encoding.Latin1.GetString(Convert.FromHexString(secret)), text, StringComparison.Ordinal);
        }

        Assert.DoesNotContain(Password, text, StringComparison.Ordinal);
    }

    private string File(string name, string text)
    {
        var path = System.IO.Path.Combine(Directory, name);
        System.IO.File.WriteAllText(path, text);
        return path;
    }
}
