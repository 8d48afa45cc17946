using System.Numerics;
using System.Text;
using Tao20.Chain.Abi;
using Tao20.Devnet;
using Tao20.Devnet.Subtensor;
using Tao20.Domain.Units;
using Tao20.Tests.Oracles;

namespace Tao20.Chain.Tests.Subtensor;

/// <summary>The chains of a class's tests, one for each spec.</summary>
/// <param name="start">Starts one.</param>
public abstract class ChainPerSpec<TChain>(Func<uint, Task<TChain>> start) : IAsyncLifetime
    where TChain : IAsyncDisposable
{
    private readonly Dictionary<uint, TChain> _chains = [];

    public Task InitializeAsync() => Task.CompletedTask;

    /// <summary>The chain of a spec.</summary>
    public async Task<TChain> OfAsync(uint spec) => _chains.TryGetValue(spec, out var chain) ? chain : _chains[spec] = await start(spec);

    public async Task DisposeAsync()
    {
        foreach (var chain in _chains.Values)
            await chain.DisposeAsync();
    }
}

/// <summary>Chains with the mock and nothing else; each test has a subnet of its own.</summary>
public sealed class MockChains() : ChainPerSpec<MockChain>(spec => MockChain.StartAsync(spec));

/// <summary>A local chain with the mock of Subtensor and nothing else, for the vectors of its reference.</summary>
public sealed class MockChain : IAsyncDisposable
{
    /// <summary>One TAO or alpha, in units of 1e-9.</summary>
    public const ulong One = 1_000_000_000;

    /// <summary>A hotkey that somebody else owns.</summary>
    public static readonly Hash256 Hotkey = Keccak.Hash("hotkey"u8);

    private readonly Anvil _anvil;
    private readonly CancellationToken _none = CancellationToken.None;

    private ushort _netuid = 100;

    private MockChain(Anvil anvil, IReadOnlyList<Address> accounts) => (_anvil, Accounts) = (anvil, accounts);

    /// <summary>Unlocked accounts with 10,000,000 TAO each.</summary>
    public IReadOnlyList<Address> Accounts { get; }

    /// <summary>The first of them.</summary>
    public Address Account => Accounts[0];

    /// <summary>Its coldkey, which is also its hotkey.</summary>
    public Hash256 Coldkey => Chain.Abi.Coldkey.Of(Account);

    /// <summary>A netuid that no test has used.</summary>
    public ushort NextNetuid() => ++_netuid;

    /// <summary>Where it answers.</summary>
    public Uri Rpc => _anvil.Rpc;

    /// <summary>Its client.</summary>
    public DevnetClient Client => _anvil.Client;

    public static async Task<MockChain> StartAsync(uint spec, ulong height = 0, bool keepsHistory = true)
    {
        var options = new AnvilOptions
        {
            Accounts = 3,
            GenesisHeight = height,
            KeepsHistory = keepsHistory,
        };
        var anvil = await Anvil.StartAsync(await DevnetTools.EnsureAsync(null, default), options, default);
        var chain = new MockChain(anvil, await anvil.Client.AccountsAsync(default));
        await SubtensorMock.InstallAsync(anvil.Client, chain.Account, spec, options.GenesisTimestamp + 1, default);
        await chain.SetAsync("setHotkey", Hotkey, Keccak.Hash("somebody else"u8));
        return chain;
    }

    /// <summary>Sets something on the mock.</summary>
    public Task SetAsync(string function, params object[] arguments) => SendAsync(SubtensorMock.Set(Account, function, arguments));

    /// <summary>Calls a precompile in a transaction that has to succeed.</summary>
    public Task CallAsync(ulong precompile, string signature, params object[] arguments) =>
        SendAsync(new DevnetTransaction(Account, At(precompile), AbiEncoder.Call(signature, arguments)));

    /// <summary>Sends a transaction that has to succeed, in the next block.</summary>
    public async Task SendAsync(params DevnetTransaction[] transactions) =>
        await Client.ExecuteAsync(transactions, await NextTimeAsync(), _none);

    /// <summary>Deploys a contract.</summary>
    public async Task<Address?> DeployAsync(string code, UInt128 value = default) =>
        (await Client.ExecuteAsync([new DevnetTransaction(Account, null, code, value)], await NextTimeAsync(), _none))[0];

    /// <summary>Deploys one of the contracts with these arguments of its constructor, as hex digits.</summary>
    public async Task<Address> DeployAsync(string contract, string arguments, UInt128 value = default) =>
        (await DeployAsync(ContractArtifact.Load(contract).Bytecode + arguments, value))!.Value;

    /// <summary>The name a call fails with; null when it succeeds. In the block after the latest, as a transaction would be.</summary>
    public Task<string?> FailureAsync(ulong precompile, string signature, params object[] arguments) =>
        FailureOfAsync(Account, precompile, signature, arguments);

    /// <summary>The same of another account's call.</summary>
    public async Task<string?> FailureOfAsync(Address from, ulong precompile, string signature, params object[] arguments)
    {
        var input = AbiEncoder.Call(signature, arguments);
        var refused = await RefusedAsync(from, SubtensorMock.State, SubtensorMock.Dispatch(At(precompile), input, from, 0));
        var forwarded = await RefusedAsync(from, At(precompile), input);
        Assert.True(refused is null == forwarded is null, $"{refused?.Message} | {forwarded?.Message}");
        if (refused is null)
            return null;

        // At the precompile's address only a revert returns something.
        var isRevert = refused.RevertData!.StartsWith(Keccak.Selector("Error(string)"), StringComparison.Ordinal);
        Assert.Equal(isRevert ? refused.RevertData : null, forwarded!.RevertData is "0x" ? null : forwarded.RevertData);
        return Encoding.ASCII.GetString(new AbiData(Convert.FromHexString(refused.RevertData.AsSpan(10))).Bytes(0));
    }

    private async Task<RpcErrorException?> RefusedAsync(Address from, Address to, string data)
    {
        try
        {
            await Client.SendAsync("eth_call", $"[{{\"from\":\"{from}\",\"to\":\"{to}\",\"data\":\"{data}\"}},\"pending\"]", _none);
            return null;
        }
        catch (RpcErrorException e)
        {
            return e;
        }
    }

    /// <summary>Reads a number of a view.</summary>
    public async Task<BigInteger> ReadAsync(ulong precompile, string signature, params object[] arguments) =>
        AbiWords.BigInteger(await WordsAsync(At(precompile), AbiEncoder.Call(signature, arguments)), 0);

    /// <summary>What a view answers.</summary>
    public async Task<byte[]> WordsAsync(Address to, string data) => (await Client.CallAsync([(to, data)], _none))[0];

    /// <summary>A coldkey's stake.</summary>
    public Task<BigInteger> StakeAsync(ushort netuid, Hash256? coldkey = null, Hash256? hotkey = null) =>
        ReadAsync(0x805, "getStake(bytes32,bytes32,uint256)", hotkey ?? Hotkey, coldkey ?? Coldkey, netuid);

    /// <summary>The raw value of a storage key through 0x807, as hex digits.</summary>
    public async Task<string> StorageAsync(byte[] key) =>
        Convert.ToHexStringLower(await WordsAsync(At(0x807), "0x" + Convert.ToHexStringLower(key)));

    /// <summary>An account's balance in rao.</summary>
    public async Task<BigInteger> BalanceAsync(Address account) =>
        HexText.BigQuantity((await Client.SendAsync("eth_getBalance", $"[\"{account}\",\"latest\"]", _none)).GetString()!) / One;

    /// <summary>Mines until the block of this height is the latest.</summary>
    public async Task PassUntilAsync(ulong height) => await Client.MineAsync((int)(height - await Client.BlockNumberAsync(_none)), _none);

    /// <summary>The time of the latest block.</summary>
    public async Task<ulong> TimeAsync() =>
        (ulong)
            HexText.BigQuantity(
                (await Client.SendAsync("eth_getBlockByNumber", "[\"latest\",false]", _none)).GetProperty("timestamp").GetString()!
            );

    private async Task<ulong> NextTimeAsync() => await TimeAsync() + 1;

    public static Address At(ulong precompile) => Address.Parse("0x" + precompile.ToString("x40", null));

    public async ValueTask DisposeAsync() => await _anvil.DisposeAsync();
}
