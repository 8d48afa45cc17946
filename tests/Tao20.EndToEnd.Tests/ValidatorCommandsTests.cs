using System.Text.Json.Nodes;
using Tao20.Chain.Signing;
using Tao20.Devnet;
using Tao20.Domain.Parameters;
using Tao20.Tests;
using static Tao20.EndToEnd.Tests.Json;

namespace Tao20.EndToEnd.Tests;

/// <summary>
/// What a validator's account does with its bond and for the rules' numbers, at a command line, each with its dry run and with what can be
/// wrong; and how an operator pauses a node.
/// </summary>
public sealed class ValidatorCommandsTests : InDirectory, IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly PrivateKey[] _keys =
    [
        .. Enumerable.Range(1, 4).Select(i => PrivateKey.FromHex(string.Concat(Enumerable.Repeat($"d{i}", 32)))),
    ];
    private ChainFixture _chain = null!;
    private ValidatorSet _validators = null!;
    private ulong _time;

    public async Task InitializeAsync()
    {
        _chain = await ChainFixture.StartAsync(3, miners: 1);
        (_validators, _time) = await ValidatorSet.DeployAsync(_chain.Economy, _keys, 20, _chain.Traders.Time, CancellationToken.None);
        for (var i = 0; i < _keys.Length; i++)
            File.WriteAllText(KeyFile(i), string.Concat(Enumerable.Repeat($"d{i + 1}", 32)));
    }

    async Task IAsyncLifetime.DisposeAsync() => await _chain.DisposeAsync();

    [Fact]
    public async Task A_bond_grows_leaves_in_its_time_and_another_key_acts_for_it()
    {
        var planned = await DocumentAsync(0, "bond", "--tao", "50.5", "--dry-run");
        Assert.Null(planned["transaction"]);
        Assert.Equal(("50500000000000000000", "2000000000000000000000"), (Text(planned, "valueWei"), Text(planned["account"], "bondWei")));
        await DocumentAsync(2, "bond", "--tao", "0.0000000001");
        await DocumentAsync(2, "bond", "--tao", "much");
        await DocumentAsync(2, "bond", "--tao", "1", "--attester", "0x12");

        var bonded = await DocumentAsync(0, "bond", "--tao", "50.5", "--attester", $"{_keys[1].Address}");
        Assert.Equal(
            ("2050500000000000000000", $"{_keys[1].Address}"),
            (Text(bonded["account"], "bondWei"), Text(bonded["account"], "attester"))
        );
        Assert.Contains(bonded["notes"]!.AsArray(), note => note!.GetValue<string>().Contains("voids", StringComparison.Ordinal));
        await DocumentAsync(0, "set-attester", "--attester", $"{_keys[0].Address}");

        await RefusedAsync("the bond is less than that", "unbond", "--tao", "3000");
        var leaving = await DocumentAsync(0, "unbond", "--tao", "1100");
        Assert.Equal(("1100000000000000000000", "0"), (Text(leaving["account"], "leavingWei"), Text(leaving["account"], "effectiveWei")));
        Assert.Contains(leaving["notes"]!.AsArray(), note => note!.GetValue<string>().Contains("36 hours", StringComparison.Ordinal));
        await RefusedAsync("cannot be withdrawn yet", "withdraw");
        await RefusedAsync("less than 500 rao", "sweep");
        await RefusedAsync("is not dormant", "wake");
        var again = await DocumentAsync(0, "unbond", "--tao", "1", "--dry-run");
        Assert.Contains(again["notes"]!.AsArray(), note => note!.GetValue<string>().Contains("wait anew", StringComparison.Ordinal));

        await _chain.Chain.Client.MineAsync(_time += 37 * 3_600, CancellationToken.None);
        var withdrawn = await DocumentAsync(0, "withdraw");
        Assert.Equal("0", Text(withdrawn["account"], "leavingWei"));

        // For people, of any account; and of what is no registry.
        string[] show = ["validator", "show", "--rpc", Rpc, "--account", $"{_keys[0].Address}"];
        Assert.Contains("counts for nothing below", await OutputAsync(0, [.. show, "--registry", Registry]), StringComparison.Ordinal);
        await OutputAsync(4, [.. show, "--registry", $"{_chain.Economy.Index}"]);
    }

    [Fact]
    public async Task Parameters_are_proposed_endorsed_by_two_thirds_adopted_and_lapse()
    {
        var (file, more) = (Written("next", 26), Written("more", 27));
        await RefusedAsync("48 to 720 epochs ahead", "propose", "--from-epoch", "5", "--file", file);
        await DocumentAsync(2, "propose", "--from-epoch", "60", "--file", file + "-nowhere");
        File.WriteAllText(System.IO.Path.Combine(Directory, "other"), "rulesversion=2\n");
        await DocumentAsync(2, "propose", "--from-epoch", "60", "--file", System.IO.Path.Combine(Directory, "other"));

        var proposed = await DocumentAsync(0, "propose", "--from-epoch", "60", "--file", file);
        Assert.Equal("100000000000000000000", Text(proposed, "valueWei"));
        Assert.Contains(
            proposed["notes"]!.AsArray(),
            note => note!.GetValue<string>() == "From epoch 60 on: scoring.rewards.tierpercent 25 -> 26"
        );
        await DocumentAsync(2, "endorse", "--proposal", "7");
        await RefusedAsync("two thirds of the eligible stake", "adopt", "--proposal", "1");
        await RefusedAsync("it can still be adopted", "lapse", "--proposal", "1");
        await DocumentOfAsync(1, 0, "propose", "--from-epoch", "61", "--file", more);
        foreach (var i in new[] { 0, 1, 2 })
            await DocumentOfAsync(i, 0, "endorse", "--proposal", "1");

        // One at a time, and of none twice.
        await DocumentAsync(1, "endorse", "--proposal", "2");
        await RefusedAsync("has endorsed it already", "endorse", "--proposal", "1");
        await DocumentOfAsync(3, 0, "adopt", "--proposal", "1");
        var credit = JsonNode.Parse(
            await OutputAsync(0, ["validator", "show", "--rpc", Rpc, "--registry", Registry, "--account", $"{_keys[0].Address}", "--json"])
        );
        Assert.Equal("100000000000000000000", Text(credit, "creditWei"));
        await DocumentAsync(0, "sweep");
        await RefusedAsync("overtaken by another", "endorse", "--proposal", "2");
        await DocumentOfAsync(3, 0, "lapse", "--proposal", "2");
    }

    [Fact]
    public async Task A_paused_validator_states_nothing_also_after_a_restart_and_goes_on_when_it_is_resumed()
    {
        var directory = System.IO.Path.Combine(Directory, "node");
        string[] arguments = [.. _chain.ValidatorArguments(directory, "--registry", Registry, "--key-file", KeyFile(0))];
        await using (var node = Tao20Process.Start(arguments))
        {
            await node.StatusUriAsync();
            var cost = await OutputAsync(0, ["validator", "pause", "--data-dir", directory]);
            Assert.Contains("No stake is lost by that", cost, StringComparison.Ordinal);
            await node.UntilAsync(status => status["validator"]?["paused"]?.GetValue<bool>() == true, Patience);
            node.Interrupt();
            Assert.Equal(0, await node.ExitAsync(Patience));
        }

        await OutputAsync(5, ["validator", "resume", "--data-dir", directory]);
        await using var again = Tao20Process.Start(arguments);
        await again.UntilAsync(
            status => status["check"]?["spec"] is not null && status["validator"]?["paused"]?.GetValue<bool>() == true,
            Patience
        );
        await _chain.Chain.Client.ExecuteAsync([_chain.Economy.AdvanceEpoch()], _time += 3_700, CancellationToken.None);
        for (var blocks = 0; blocks < 4; blocks++)
            await _chain.Chain.Client.MineAsync(_time += 12, CancellationToken.None);
        var paused = await again.UntilAsync(status => status["settled"]?["count"]?.GetValue<long>() == 1, Patience);
        Assert.Empty(paused["validator"]!["transactions"]!["open"]!.AsArray());
        Assert.Equal("It states and sets weights again.\n", await OutputAsync(0, ["validator", "resume", "--data-dir", directory]));
        await again.UntilAsync(
            async status =>
            {
                await _chain.Chain.Client.MineAsync(_time += 12, CancellationToken.None);
                return status["consensus"]!["rounds"]!.AsArray().Count == 1;
            },
            Patience
        );
    }

    private string Rpc => _chain.Node.Url.ToString();

    private string Registry => _validators.Registry.ToString();

    private string KeyFile(int i) => System.IO.Path.Combine(Directory, $"key-{i}");

    private string Written(string name, int tierPercent)
    {
        var rewards = DomainParameters.Default.Rewards with { TierPercent = tierPercent };
        var path = System.IO.Path.Combine(Directory, name);
        File.WriteAllText(path, (DomainParameters.Default with { Rewards = rewards }).Text());
        return path;
    }

    private async Task RefusedAsync(string words, params string[] command)
    {
        var (code, output, process) = await RunAsync(0, command);
        Assert.True(code == 1 && process.Errors.Contains(words, StringComparison.Ordinal), $"{code}\n{output}\n{process.Errors}");
    }

    private Task<JsonNode> DocumentAsync(int expected, params string[] command) => DocumentOfAsync(0, expected, command);

    private async Task<JsonNode> DocumentOfAsync(int validator, int expected, params string[] command)
    {
        var (code, output, process) = await RunAsync(validator, command);
        Assert.True(code == expected, $"{string.Join(' ', command)}: {code}\n{output}\n{process.Errors}");
        return expected == 0 ? JsonNode.Parse(output)! : new JsonObject();
    }

    /// <summary>A command of a validator's account, while blocks go by.</summary>
    private async Task<(int Code, string Output, Tao20Process Process)> RunAsync(int validator, string[] command)
    {
        string[] whole = ["validator", .. command, "--rpc", Rpc, "--registry", Registry, "--key-file", KeyFile(validator), "--json"];
        var running = Tao20Process.RunAsync(whole, environment: Bounds);
        await Eventually.BecomesAsync<Task>(
            _ => Task.FromResult<Task?>(running),
            task => task.IsCompleted,
            Patience,
            cancel => _chain.Chain.Client.MineAsync(++_time, cancel)
        );
        return await running;
    }

    private static Dictionary<string, string> Bounds => new() { ["TAO20_Check__LookBackBlocks"] = "20" };

    private static async Task<string> OutputAsync(int expected, string[] arguments)
    {
        var (code, output, process) = await Tao20Process.RunAsync(arguments, environment: Bounds);
        Assert.True(code == expected, $"{string.Join(' ', arguments)}: {code}\n{output}\n{process.Errors}");
        return output;
    }
}
