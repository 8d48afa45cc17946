using System.Text.Json.Nodes;
using Tao20.Chain.Abi;
using Tao20.Devnet;
using Tao20.Devnet.Subtensor;
using Tao20.Domain.Units;
using Tao20.Tests.Oracles;

namespace Tao20.EndToEnd.Tests;

/// <summary><c>tao20 index show</c> on a local chain: an index, and what is none.</summary>
public sealed class IndexShowTests : IAsyncLifetime
{
    private const ulong Whole = 1_000_000_000;
    private static readonly Hash256 Hotkey = Keccak.Hash("hotkey"u8);
    private static readonly AbiStruct Rules = new([172_800, 604_800, 604_800, 300, 86_400, 259_200, 1_209_600, 1_800, 14_400]);
    private Anvil _chain = null!;
    private Address _account;
    private ulong _time;

    public async Task InitializeAsync()
    {
        var options = new AnvilOptions { Accounts = 1 };
        _chain = await Anvil.StartAsync(await DevnetTools.EnsureAsync(null, default), options, default);
        _account = (await _chain.Client.AccountsAsync(default))[0];
        _time = options.GenesisTimestamp + 1;
        await SubtensorMock.InstallAsync(_chain.Client, _account, SubtensorMock.October, _time, default);
    }

    public async Task DisposeAsync() => await _chain.DisposeAsync();

    [Fact]
    public async Task An_index_is_shown_to_people_and_machines_and_another_contract_is_refused()
    {
        await SendAsync([
            MockStorage.Subnet(_account, 7),
            MockStorage.Account(_account, Hotkey),
            SubtensorMock.Set(_account, "setPool", (ushort)7, 2_000 * Whole, 4_000 * Whole),
            SubtensorMock.Set(_account, "setHotkey", Hotkey, Hotkey),
        ]);
        var means = await DeployAsync("Means", AbiEncoder.Encode(Rules, true));
        var manager = await DeployAsync("Manager", AbiEncoder.Encode(_account, _account, Rules));
        var targets = new List<object> { new AbiStruct([(ushort)7, 1_000_000_000 * Whole, Hotkey]) };
        var index = await DeployAsync(
            "Index",
            AbiEncoder.Encode(_account, manager, means, Rules, targets, new List<object>()),
            500 * (UInt128)Whole
        );
        await SendAsync([
            new DevnetTransaction(_account, manager, AbiEncoder.Call("bind(address)", index)),
            new DevnetTransaction(
                _account,
                manager,
                AbiEncoder.Call("propose(uint8,bytes)", 4, Convert.FromHexString(AbiEncoder.Encode(25)))
            ),
        ]);

        var (code, text, shown) = await RunAsync(index, "--json");
        Assert.True(code == 0, shown.Errors);
        var document = JsonNode.Parse(text)!;
        var leg = Assert.Single(document["legs"]!.AsArray())!;
        Assert.Equal((7, "inactive"), (leg["netuid"]!.GetValue<int>(), leg["state"]!.GetValue<string>()));
        Assert.Equal("500000000000000000", leg["spotWei"]!.GetValue<string>());
        Assert.Null(leg["meanWei"]);
        Assert.Equal(_account.ToString(), document["owner"]!.GetValue<string>());
        var proposal = Assert.Single(document["pending"]!.AsArray())!;
        Assert.Equal("Fee", proposal["kind"]!.GetValue<string>());
        Assert.Equal(172_800UL, proposal["due"]!.GetValue<ulong>() - proposal["since"]!.GetValue<ulong>());

        (code, text, shown) = await RunAsync(index);
        Assert.True(code == 0, shown.Errors);
        Assert.Contains("window       none: nothing is traded", text, StringComparison.Ordinal);
        Assert.Contains("proposed     Fee: can be executed from ", text, StringComparison.Ordinal);
        Assert.Contains(" 100.00 %", text, StringComparison.Ordinal);

        // An account, and a contract of another kind.
        foreach (var other in new[] { _account, manager })
        {
            (code, _, shown) = await RunAsync(other);
            Assert.Equal(4, code);
            Assert.Contains($"--contract = {other}", shown.Errors, StringComparison.Ordinal);
            Assert.Contains("it is not of an index by holdings", shown.Errors, StringComparison.Ordinal);
        }

        (code, _, shown) = await Tao20Process.RunAsync(["index", "show", "--rpc", _chain.Rpc.ToString(), "--contract", "0x12"]);
        Assert.Equal(2, code);
        Assert.Contains("--contract = 0x12 is not an address", shown.Errors, StringComparison.Ordinal);
    }

    private Task<(int Code, string Output, Tao20Process Process)> RunAsync(Address contract, params string[] more) =>
        Tao20Process.RunAsync(["index", "show", "--rpc", _chain.Rpc.ToString(), "--contract", contract.ToString(), .. more]);

    private Task SendAsync(IReadOnlyList<DevnetTransaction> transactions) => _chain.Client.ExecuteAsync(transactions, ++_time, default);

    private async Task<Address> DeployAsync(string contract, string arguments, UInt128 value = default)
    {
        var code = ContractArtifact.Load(contract).Bytecode + arguments;
        return (await _chain.Client.ExecuteAsync([new DevnetTransaction(_account, null, code, value)], ++_time, default))[0]!.Value;
    }
}
