using System.Text.Json.Nodes;
using Tao20.Chain.Signing;
using Tao20.Devnet;
using Tao20.Devnet.Subtensor;
using Tao20.Tests;

namespace Tao20.EndToEnd.Tests;

/// <summary><c>tao20 chain check</c>, <c>account</c> and <c>contracts</c>: from nothing to an account whose trades count.</summary>
public sealed class ChainCommandsTests : InDirectory, IAsyncLifetime
{
    private const string Secret = "b7b7b7b7b7b7b7b7b7b7b7b7b7b7b7b7b7b7b7b7b7b7b7b7b7b7b7b7b7b7b7b7";
    private readonly PrivateKey _key = PrivateKey.FromHex(Secret);
    private ChainFixture _chain = null!;
    private ValidatorSet _validators = null!;
    private ulong _time;

    private string Rpc => _chain.Node.Url.ToString();

    public async Task InitializeAsync()
    {
        // A UID can be associated from block 7,200 on.
        _chain = await ChainFixture.StartAsync(3, miners: 1, height: 8_000);
        (_validators, _time) = await ValidatorSet.DeployAsync(_chain.Economy, [_key], 20, _chain.Traders.Time, CancellationToken.None);
        File.WriteAllText(System.IO.Path.Combine(Directory, "key"), Secret);
    }

    async Task IAsyncLifetime.DisposeAsync() => await _chain.DisposeAsync();

    [Fact]
    public async Task A_neuron_is_shown_associated_once_and_shown_again()
    {
        var account = JsonNode.Parse(await OutputAsync(0, ["account", "show", "--rpc", Rpc, .. Key, "--json"]))!;
        Assert.Equal(_key.Address.ToString(), account["account"]!.GetValue<string>());
        Assert.Equal(2, account["uid"]!.GetValue<int>());
        Assert.True(account["permit"]!.GetValue<bool>());
        Assert.Empty(account["missingForValidator"]!.AsArray());
        Assert.Contains(
            "account associate",
            Assert.Single(account["missingForMiner"]!.AsArray())!.GetValue<string>(),
            StringComparison.Ordinal
        );

        string[] associate = ["account", "associate", "--rpc", Rpc, .. Key, "--json"];
        var planned = JsonNode.Parse(await OutputAsync(0, [.. associate, "--dry-run"]))!;
        Assert.Equal("planned", planned["state"]!.GetValue<string>());
        Assert.True(planned["gasLimit"]!.GetValue<ulong>() >= 150_000);

        var running = OutputAsync(0, associate);
        await Eventually.BecomesAsync<Task>(
            _ => Task.FromResult<Task?>(running),
            command => command.IsCompleted,
            TimeSpan.FromSeconds(60),
            cancel => _chain.Chain.Client.MineAsync(++_time, cancel)
        );
        var done = JsonNode.Parse(await running)!;
        Assert.Equal("associated", done["state"]!.GetValue<string>());
        Assert.NotNull(done["transaction"]);
        account = JsonNode.Parse(await OutputAsync(0, ["account", "show", "--rpc", Rpc, .. Key, "--json"]))!;
        Assert.Equal(2, Assert.Single(account["associatedUids"]!.AsArray())!.GetValue<int>());
        Assert.Empty(account["missingForMiner"]!.AsArray());

        // Twice is once.
        done = JsonNode.Parse(await OutputAsync(0, associate))!;
        Assert.Null(done["transaction"]);
    }

    [Fact]
    public async Task Before_the_chain_has_the_call_and_for_another_hotkey_the_exact_call_is_printed()
    {
        await _chain.Chain.Client.ExecuteAsync(
            [SubtensorMock.Set(_chain.Economy.Keeper, "setSpec", 425u)],
            ++_time,
            CancellationToken.None
        );
        for (var i = 0; i < 3; i++)
            await _chain.Chain.Client.MineAsync(++_time, CancellationToken.None);
        var text = await OutputAsync(0, ["account", "associate", "--rpc", Rpc, .. Key]);
        Assert.Contains("SubtensorModule.associate_evm_key", text, StringComparison.Ordinal);
        Assert.Contains("encoded       0x075d1400", text, StringComparison.Ordinal);
        await OutputAsync(2, ["account", "associate", "--rpc", Rpc, .. Key, "--hotkey", "5Grw"]);
        await OutputAsync(2, ["account", "associate", "--rpc", Rpc, .. Key, "--netuid", "7"]);
    }

    [Fact]
    public async Task Contracts_are_verified_and_the_chain_is_checked()
    {
        string[] verify = ["contracts", "verify", "--rpc", Rpc, "--contract", $"{_chain.Economy.Index}"];
        string[] market = ["--router", $"{_chain.Economy.Router}", "--pool", $"{_chain.Economy.Pool}"];
        var right = await OutputAsync(0, [.. verify, "--registry", $"{_validators.Registry}", .. market]);
        Assert.Equal(7, right.Split("as this version builds it").Length - 1);
        var swapped = await OutputAsync(1, [.. verify, "--registry", $"{_chain.Economy.Router}"]);
        Assert.Contains("its code is not the ValidatorRegistry of this version", swapped, StringComparison.Ordinal);
        await OutputAsync(4, [.. verify, "--registry", $"{_key.Address}"]);

        string[] check = ["chain", "check", "--rpc", Rpc, "--contract", $"{_chain.Economy.Index}"];
        var report = await OutputAsync(20, [.. check, "--account", $"{_key.Address}", "--netuid", "20", "--validator", "--json"]);
        Assert.Equal(44, JsonNode.Parse(report)!["rows"]!.AsArray().Count);
        var before = System.IO.Path.Combine(Directory, "before.json");
        File.WriteAllText(before, report);
        _chain.Node.Node.SafeModeUntil = 1_000;
        var changed = await OutputAsync(21, [.. check, "--netuid", "20", "--compare", before]);
        Assert.Contains("Safe mode is off: on until block 1000", changed, StringComparison.Ordinal);
        _chain.Node.Node.SafeModeUntil = null;
        _chain.Node.Node.HasRuntimeMethods = false;
        Assert.Contains("it is only read from", await OutputAsync(21, check), StringComparison.Ordinal);
        await OutputAsync(2, [.. check, "--validator"]);
        await OutputAsync(2, [.. check, "--compare", System.IO.Path.Combine(Directory, "key")]);
    }

    private string[] Key => ["--key-file", System.IO.Path.Combine(Directory, "key")];

    private static async Task<string> OutputAsync(int expected, params string[] arguments)
    {
        var (code, output, process) = await Tao20Process.RunAsync(
            arguments,
            environment: new Dictionary<string, string> { ["TAO20_Check__LookBackBlocks"] = "20" }
        );
        Assert.True(code == expected, $"{string.Join(' ', arguments)}: {code}\n{output}\n{process.Errors}");
        return output;
    }
}
