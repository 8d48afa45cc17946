using System.Text.Json.Nodes;
using Tao20.Devnet;

namespace Tao20.EndToEnd.Tests;

/// <summary><c>tao20 index propose, apply, cancel</c> on a local chain: by its owner, by others, and before its time.</summary>
public sealed class IndexProposalTests : InDirectory, IAsyncLifetime
{
    private const ulong Delay = 600;

    // The first account of every local chain, which owns the index (source: anvil's default mnemonic).
    private const string OwnerKey = "ac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80";
    private ChainFixture _chain = null!;

    public async Task InitializeAsync()
    {
        _chain = await ChainFixture.StartAsync(5, miners: 1);
    }

    async Task IAsyncLifetime.DisposeAsync() => await _chain.DisposeAsync();

    [Fact]
    public async Task A_fee_is_proposed_waits_and_is_applied_and_what_breaks_a_rule_is_refused_by_its_reason()
    {
        var owner = Written("owner", OwnerKey);
        var stranger = Written("stranger", string.Concat(Enumerable.Repeat("b7", 32)));
        await _chain.Chain.Client.SendAsync(
            "anvil_setBalance",
            $"[\"{Chain.Signing.PrivateKey.FromHex(string.Concat(Enumerable.Repeat("b7", 32))).Address}\",\"0xde0b6b3a7640000\"]",
            CancellationToken.None
        );

        // What would be sent, and who may not.
        var (code, output, process) = await RunAsync(owner, "propose", "fee", "--bps", "25", "--dry-run");
        Assert.True(code == 0, process.Errors);
        Assert.Contains("propose Fee: not sent", output, StringComparison.Ordinal);
        Assert.Empty((await ShowAsync())["pending"]!.AsArray());
        await RequireRefusedAsync(1, "only the manager's owner may", stranger, "propose", "fee", "--bps", "25");
        await RequireRefusedAsync(2, "--bps = 101 is out of range", owner, "propose", "fee", "--bps", "101");

        (code, output, process) = await RunAsync(owner, "propose", "fee", "--bps", "25", "--json");
        Assert.True(code == 0, process.Errors);
        var proposed = JsonNode.Parse(output)!;
        Assert.Equal(
            ("propose", "Fee", Delay),
            (
                proposed["does"]!.GetValue<string>(),
                proposed["kind"]!.GetValue<string>(),
                proposed["canBeAppliedAfterSeconds"]!.GetValue<ulong>()
            )
        );
        Assert.Equal("Fee", Assert.Single((await ShowAsync())["pending"]!.AsArray())!["kind"]!.GetValue<string>());
        await RequireRefusedAsync(1, "one of this kind is proposed already", owner, "propose", "fee", "--bps", "30");
        await RequireRefusedAsync(1, "it is not its time", stranger, "apply", "fee");

        // After its time anyone may.
        await _chain.Chain.Client.MineAsync(_chain.PassedTime += Delay, CancellationToken.None);
        (code, output, process) = await RunAsync(stranger, "apply", "fee");
        Assert.True(code == 0, process.Errors);
        Assert.Contains("apply Fee: done by 0x", output, StringComparison.Ordinal);
        Assert.Equal(25, (await ShowAsync())["feeBps"]!.GetValue<int>());
        await RequireRefusedAsync(1, "Nothing of the kind fee is proposed", stranger, "apply", "fee");
    }

    [Fact]
    public async Task A_composition_is_proposed_from_a_file_and_taken_back_and_a_wrong_file_is_told_by_its_line()
    {
        var owner = Written("owner", OwnerKey);
        var plan = Written("plan.json", Plan("0.55"));
        string[] propose = ["propose", "composition", "--plan", plan, "--hotkey", Economy.Hotkey.ToString()];
        await RequireRefusedAsync(2, "its weights sum to 1.05, not to 1", owner, propose);
        File.WriteAllText(plan, Plan("0.5"));
        await RequireRefusedAsync(
            2,
            "netuid 3 has no hotkey: name it, or give --hotkey for all",
            owner,
            "propose",
            "composition",
            "--plan",
            plan
        );

        // No leg may be above 30 %.
        await RequireRefusedAsync(1, "the composition breaks a rule", owner, propose);
        File.WriteAllText(plan, $$"""{"constituents":[{{string.Join(',', ((int[])[3, 5, 7, 9]).Select(Quarter))}}]}""");
        var (code, _, process) = await RunAsync(owner, propose);
        Assert.True(code == 0, process.Errors);
        Assert.Equal("Composition", Assert.Single((await ShowAsync())["pending"]!.AsArray())!["kind"]!.GetValue<string>());
        (code, var output, process) = await RunAsync(owner, "cancel", "composition");
        Assert.True(code == 0, process.Errors);
        Assert.Contains("cancel Composition: done by 0x", output, StringComparison.Ordinal);
        Assert.Empty((await ShowAsync())["pending"]!.AsArray());
        await RequireRefusedAsync(2, "'colour' is no kind of proposal", owner, "cancel", "colour");
    }

    private static string Quarter(int netuid) => $$"""{"netuid":{{netuid}},"weight":0.25}""";

    private static string Plan(string weight) =>
        $$"""{"targets":[{"netuid":3,"weight":"0.5"},{"netuid":5,"weight":{{weight}},"hotkey":"{{Economy.Hotkey}}"}]}""";

    private async Task RequireRefusedAsync(int code, string reason, string key, params string[] arguments)
    {
        var (ended, _, process) = await RunAsync(key, arguments);
        Assert.True(ended == code && process.Errors.Contains(reason, StringComparison.Ordinal), $"{ended}: {process.Errors}");
    }

    /// <summary>Runs a command of the index's, while blocks go by.</summary>
    private async Task<(int Code, string Output, Tao20Process Process)> RunAsync(string key, params string[] arguments)
    {
        using var stop = new CancellationTokenSource();

        // So slowly that on no machine the time of a proposal comes by itself.
        var blocks = _chain.PassUntilAsync(stop.Token, secondsPerBlock: 1);
        try
        {
            return await Tao20Process.RunAsync(
                [
                    "index",
                    .. arguments,
                    "--rpc",
                    _chain.Node.Url.ToString(),
                    "--contract",
                    _chain.Economy.Index.ToString(),
                    "--key-file",
                    key,
                ],
                environment: new Dictionary<string, string>
                {
                    ["TAO20_Check__MaxFinalAge"] = "0s",
                    ["TAO20_Check__LookBackBlocks"] = "20",
                    ["TAO20_Transactions__LegGas"] = $"{Economy.LegGas}",
                }
            );
        }
        finally
        {
            await stop.CancelAsync();
            await blocks;
        }
    }

    private Task<JsonNode> ShowAsync() => _chain.ShowAsync($"{_chain.Economy.Index}");
}
