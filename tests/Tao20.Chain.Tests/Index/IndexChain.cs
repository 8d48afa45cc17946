using System.Numerics;
using Tao20.Chain.Abi;
using Tao20.Chain.Tests.Subtensor;
using Tao20.Devnet;
using Tao20.Devnet.Subtensor;
using Tao20.Domain.Units;
using Tao20.Tests.Oracles;

namespace Tao20.Chain.Tests.Index;

/// <summary>
/// A chain with an index of four legs that has been begun: a founder who owns its manager, and two accounts that hold alpha and have
/// approved it, the second its guardian. A fifth subnet can be bought into.
/// </summary>
public sealed partial class IndexChain : IAsyncDisposable
{
    /// <summary>All subnets there are.</summary>
    private static readonly ushort[] All = [11, 12, 13, 14, Spare];

    /// <summary>The netuids of the legs; three of them with one hotkey, the last with another.</summary>
    public static readonly ushort[] Netuids = [11, 12, 13, 14];

    /// <summary>A subnet that is none of its legs; with the first hotkey.</summary>
    public const ushort Spare = 15;

    /// <summary>The rules of the real chain: its times in seconds, its spans in blocks.</summary>
    internal static readonly AbiStruct Rules = new([Delay, Expiry, Window, Gap, Day, Pause, PauseEvery, Shortest, Longest]);

    public const ulong Delay = 48 * 3_600;
    public const ulong Expiry = 7 * Day;
    public const ulong Window = 7 * Day;
    public const ulong Gap = 300;
    public const ulong Day = 86_400;
    public const ulong Pause = 72 * 3_600;
    public const ulong PauseEvery = 14 * Day;
    public const int Shortest = 1_800;
    public const int Longest = 14_400;

    /// <summary>Whole tokens, TAO or alpha.</summary>
    public const ulong Whole = 1_000_000_000;

    /// <summary>The height of chains on which subnets are old enough for means.</summary>
    public const ulong Height = 3_000_000;
    private const ulong Alpha = 200_000 * Whole;
    private const string MintSignature = "mint(uint256,uint256[],uint256,uint256,uint256,uint256)";
    private const string RedeemSignature = "redeem(uint256,uint256,uint256[],uint256,uint256,uint256,uint256,uint256)";

    /// <summary>1e18.</summary>
    public static readonly BigInteger One = 1_000_000_000_000_000_000;

    /// <summary>The gas of a leg on the mock, whose code costs more than the chain's.</summary>
    public const ulong LegGas = 3_000_000;

    private static readonly ulong[] Weights = [300, 300, 300, 100];
    private static readonly int[] MilliPrices = [200, 50, 400, 100, 150];
    private static readonly Hash256 Second = Keccak.Hash("a second hotkey"u8);

    private string? _beginning;

    private IndexChain(MockChain chain) => Chain = chain;

    public MockChain Chain { get; }

    public Address Index { get; private set; }

    public Address Means { get; private set; }

    public Address Lens { get; private set; }

    public Address Manager { get; private set; }

    /// <summary>Who founded the index and owns its manager.</summary>
    public Address Founder => Chain.Accounts[0];

    public Address Alice => Chain.Accounts[1];

    public Address Bob => Chain.Accounts[2];

    public Hash256 Coldkey => ColdkeyOf(Index);

    public static async Task<IndexChain> StartAsync(uint spec)
    {
        var index = new IndexChain(await MockChain.StartAsync(spec, Height, keepsHistory: false));
        await index.OpenAsync();
        return index;
    }

    /// <summary>The coldkey of an account.</summary>
    public static Hash256 ColdkeyOf(Address account) => Tao20.Chain.Abi.Coldkey.Of(account);

    /// <summary>The hotkey a leg had at first.</summary>
    public static Hash256 HotkeyOf(int leg) => leg == 3 ? Second : MockChain.Hotkey;

    private async Task OpenAsync()
    {
        await Chain.SetAsync("setHotkey", Second, Keccak.Hash("its owner"u8));
        List<DevnetTransaction> setup = [.. Begin(Founder)];
        setup.AddRange(new[] { MockChain.Hotkey, Second }.Select(hotkey => MockStorage.Account(Founder, hotkey)));
        for (var i = 0; i < All.Length; i++)
        {
            setup.AddRange(OldSubnet(Founder, All[i], (ulong)MilliPrices[i] * 1_000 * Whole, 1_000_000 * Whole));
            setup.AddRange(
                Chain.Accounts.Select(account => SubtensorMock.Set(Founder, "grantStake", HotkeyOf(i), ColdkeyOf(account), All[i], Alpha))
            );
        }

        await Chain.SendAsync([.. setup]);
        Means = await Chain.DeployAsync("Means", AbiEncoder.Encode(Rules, true));
        await ObserveAsync();
        await PassAsync(Shortest);
        Manager = await Chain.DeployAsync("Manager", AbiEncoder.Encode(Founder, Bob, Rules));
        Index = await DeployIndexAsync(Manager);
        await Chain.Client.SendAsync("anvil_impersonateAccount", $"[\"{Manager}\"]", CancellationToken.None);
        await Chain.SendAsync(
            new DevnetTransaction(Founder, Manager, AbiEncoder.Call("bind(address)", Index)),
            MockStorage.Account(Founder, ColdkeyOf(Index))
        );
        Lens = await Chain.DeployAsync("Lens", AbiEncoder.Encode(Index));
        await Chain.SendAsync([
            .. Chain.Accounts.SelectMany(account => All.Select(netuid => Approve(account, netuid))),
            new DevnetTransaction(
                Founder,
                Index,
                AbiEncoder.Call("seed(uint256,uint256)", 10_000_000UL, LegGas),
                20_000_000 * (UInt128)Whole
            ),
        ]);
        await Chain.SendAsync(new DevnetTransaction(Founder, Index, Genesis(100)));
    }

    /// <summary>What every chain with an index begins with: the root subnet, by which it is known that the chain reads.</summary>
    public static IEnumerable<DevnetTransaction> Begin(Address from) =>
        [MockStorage.Chain(from), MockStorage.Subnet(from, 0), SubtensorMock.Set(from, "registerSubnet", (ushort)0)];

    /// <summary>A subnet with such a pool that has had emission for 2,000,000 blocks, its moving price where its price is.</summary>
    public static IEnumerable<DevnetTransaction> OldSubnet(Address from, ushort netuid, ulong tao, ulong alpha) =>
        [
            SubtensorMock.Set(from, "setPool", netuid, tao, alpha),
            MockStorage.Subnet(from, netuid),
            SubtensorMock.Set(from, "setEmission", netuid, new object[] { Height - 2_000_000, 0UL, false }, 0UL),
            SubtensorMock.Set(from, "setMovingPrice", netuid, ((BigInteger)tao << 32) / alpha),
        ];

    /// <summary>An index that has not been begun.</summary>
    public Task<Address> DeployIndexAsync(Address manager) =>
        Chain.DeployAsync(
            "Index",
            AbiEncoder.Encode(
                Founder,
                manager,
                Means,
                Rules,
                Netuids.Select((netuid, i) => (object)TargetOf(netuid, Weights[i], HotkeyOf(i))).ToList(),
                new List<object>()
            ),
            500 * (UInt128)Whole
        );

    /// <summary>What there should be of a leg, its weight in thousandths.</summary>
    internal static AbiStruct TargetOf(ushort netuid, ulong weight, Hash256 hotkey) => new([netuid, weight * (One / 1_000), hotkey]);

    /// <summary>The first mint, of about so many TAO.</summary>
    public static string Genesis(int tao) =>
        AbiEncoder.Call(
            "genesis(uint256[],uint256,uint256)",
            Weights.Select((weight, i) => (object)((ulong)tao * Whole * weight / (ulong)MilliPrices[i])).ToList(),
            LegGas,
            ulong.MaxValue
        );

    /// <summary>The blocks that go by, in which moving prices follow prices.</summary>
    public async Task PassAsync(int blocks)
    {
        await Chain.Client.MineAsync(blocks - 1, CancellationToken.None);
        await Chain.SetAsync("moveMovingPrices", All.ToList(), (ulong)blocks);
    }

    /// <summary>The time that goes by, in one block.</summary>
    public async Task WaitAsync(ulong seconds) => await Chain.Client.MineAsync(await Chain.TimeAsync() + seconds, CancellationToken.None);

    /// <summary>Readings of all moving prices.</summary>
    public Task ObserveAsync() =>
        Chain.SendAsync(new DevnetTransaction(Founder, Means, AbiEncoder.Call("observe(uint16[])", Objects(All))));

    // ---- operations --------------------------------------------------------------------------------------------------------------------

    /// <summary>The data of a mint: the most of each leg; by default with the revision of now.</summary>
    public async Task<string> MintDataAsync(
        IReadOnlyList<BigInteger> alpha,
        ulong gifts = 0,
        BigInteger? least = null,
        ulong legGas = LegGas,
        ulong? revision = null
    ) =>
        AbiEncoder.Call(
            MintSignature,
            revision ?? await RevisionAsync(),
            alpha.Select(amount => (object)amount).ToList(),
            gifts,
            least ?? 1,
            legGas,
            ulong.MaxValue
        );

    /// <summary>The data of a redemption.</summary>
    public async Task<string> RedeemDataAsync(
        BigInteger tokens,
        BigInteger? sell = null,
        BigInteger? leave = null,
        BigInteger? minTao = null,
        ulong legGas = LegGas
    ) =>
        AbiEncoder.Call(
            RedeemSignature,
            await RevisionAsync(),
            tokens,
            (await LegsAsync()).Select(_ => (object)0).ToList(),
            minTao ?? 0,
            sell ?? 0,
            leave ?? 0,
            legGas,
            ulong.MaxValue
        );

    /// <summary>Calls the index, or another contract, in a transaction that has to succeed.</summary>
    public Task CallAsync(Address from, string data, BigInteger? rao = null, Address? to = null) =>
        Chain.SendAsync(new DevnetTransaction(from, to ?? Index, data, (UInt128)((rao ?? 0) * Whole)));

    /// <summary>The selector of the error that a call fails with; null when it succeeds.</summary>
    public async Task<string?> FailureAsync(
        Address from,
        string data,
        BigInteger? rao = null,
        ulong gas = 60_000_000,
        ulong extraWei = 0,
        Address? to = null
    )
    {
        var revert = await RevertAsync(from, data, rao, to, gas, extraWei);
        return revert?[..Math.Min(10, revert.Length)];
    }

    /// <summary>The data of a call's revert, or what the chain says where there is none; null when it succeeds.</summary>
    public async Task<string?> RevertAsync(
        Address from,
        string data,
        BigInteger? rao = null,
        Address? to = null,
        ulong gas = 60_000_000,
        ulong extraWei = 0
    )
    {
        try
        {
            await Chain.Client.SendAsync(
                "eth_call",
                $"[{{\"from\":\"{from}\",\"to\":\"{to ?? Index}\",\"data\":\"{data}\",\"gas\":\"{HexText.Quantity(gas)}\","
                    + $"\"value\":\"0x{(UInt128)((rao ?? 0) * Whole + extraWei):x}\"}},\"pending\"]",
                CancellationToken.None
            );
            return null;
        }
        catch (RpcErrorException e)
        {
            return e.RevertData is { Length: >= 10 } revert ? revert : e.Message;
        }
    }

    /// <summary>That a call fails with this error.</summary>
    public async Task RequireAsync(
        string error,
        Address from,
        string data,
        BigInteger? rao = null,
        ulong gas = 60_000_000,
        ulong extraWei = 0,
        Address? to = null
    )
    {
        var failure = await FailureAsync(from, data, rao, gas, extraWei, to);
        Assert.True(failure == Keccak.Selector(error), $"{error} = {Keccak.Selector(error)} and not {failure}");
    }

    public async ValueTask DisposeAsync() => await Chain.DisposeAsync();

    /// <summary>Allows an index, or another contract, all of an account's alpha of a subnet.</summary>
    public DevnetTransaction Approve(Address account, ushort netuid, Address? to = null) =>
        new(account, MockChain.At(0x805), AbiEncoder.Call("approve(address,uint256,uint256)", to ?? Index, netuid, BigInteger.Pow(2, 255)));

    /// <summary>Goes back to how the index began.</summary>
    public async Task<IndexChain> AnewAsync()
    {
        if (_beginning is not null)
            await Chain.Client.SendAsync("evm_revert", $"[\"{_beginning}\"]", CancellationToken.None);
        _beginning = (await Chain.Client.SendAsync("evm_snapshot", "[]", CancellationToken.None)).GetString();
        return this;
    }

    private static List<object> Objects(IEnumerable<ushort> netuids) => [.. netuids.Cast<object>()];
}
