using System.Globalization;
using System.Numerics;
using System.Text;
using Tao20.Chain.Abi;
using Tao20.Chain.Signing;
using Tao20.Chain.Tests.Index;
using Tao20.Chain.Tests.Registry.Model;
using Tao20.Chain.Tests.Subtensor;
using Tao20.Devnet;
using Tao20.Domain.Registry;
using Tao20.Domain.Units;
using Tao20.Domain.Weights;
using Tao20.Tests.Oracles;

namespace Tao20.Chain.Tests.Registry;

/// <summary>
/// A registry on a chain with the mock and an index, accounts with keys, and epochs that end when a test says so. Every call happens at a
/// second that is named.
/// </summary>
public sealed partial class RegistryChain : IAsyncDisposable
{
    /// <summary>The text of the first parameters.</summary>
    public const string FirstText = "rules=1\n";

    /// <summary>The call data by which an index ends an epoch.</summary>
    public static readonly string AdvanceData = AbiEncoder.Call("advanceEpoch()");

    /// <summary>1e18.</summary>
    public static readonly BigInteger Tao = (BigInteger)Wei.OneTao.Value;

    private readonly CancellationToken _none = CancellationToken.None;
    private readonly IndexChain _index;
    private readonly MockChain _chain;

    private string _code = ContractArtifact.Load("ValidatorRegistry").Bytecode;
    private string? _kept;

    private RegistryChain(IndexChain index) => (_index, _chain) = (index, index.Chain);

    /// <summary>The validators' keys; by default each attests with its own.</summary>
    public IReadOnlyList<PrivateKey> Keys { get; } =
    [.. Enumerable.Range(1, 14).Select(i => PrivateKey.FromHex((0xa11ce00 + i).ToString("x64", CultureInfo.InvariantCulture)))];

    public RegistryRules Rules { get; private set; } = new();

    public Address Registry { get; private set; }

    /// <summary>Who pays for what anyone may do.</summary>
    public Address Anyone => _chain.Account;

    public MockChain Chain => _chain;

    /// <summary>T of the newest epoch that is over.</summary>
    public ulong ClosedAt { get; private set; }

    /// <summary>When the epoch that runs began.</summary>
    public ulong StartedAt { get; private set; }

    /// <summary>The newest epoch that is over.</summary>
    public ulong Epoch { get; private set; }

    /// <summary>The time of the latest block.</summary>
    public ulong Now { get; private set; }

    /// <summary>When the window for commitments ends and that for statements begins.</summary>
    public ulong RevealsAt => ClosedAt + Rules.Commit;

    /// <summary>When the window for statements ends.</summary>
    public ulong EndsAt => RevealsAt + Rules.Reveal;

    public Address Of(int validator) => Keys[validator].Address;

    public static async Task<RegistryChain> StartAsync()
    {
        var chain = new RegistryChain(await IndexChain.StartAsync(473));
        foreach (var key in chain.Keys)
            await chain.Chain.Client.SendAsync(
                [
                    ("anvil_impersonateAccount", $"[\"{key.Address}\"]"),
                    ("anvil_setBalance", $"[\"{key.Address}\",\"0x{(100_000_000 * Tao).ToString("x", CultureInfo.InvariantCulture)}\"]"),
                ],
                CancellationToken.None
            );
        foreach (var key in chain.Keys)
            await chain.Chain.SetAsync("setAddress", key.Address);
        return chain;
    }

    /// <summary>A new registry on the chain as it began.</summary>
    /// <param name="code">Its code, where it is another than ours.</param>
    public Task AnewAsync(string code)
    {
        _code = code;
        return AnewWithAsync(new RegistryRules());
    }

    /// <summary>A new registry of our own code on the chain as it began.</summary>
    public Task AnewAsync() => AnewAsync(ContractArtifact.Load("ValidatorRegistry").Bytecode);

    /// <summary>A new registry of the same code with other rules, on the chain as it began.</summary>
    public async Task AnewWithAsync(RegistryRules rules)
    {
        await _index.AnewAsync();
        (Rules, Now, _kept) = (rules, await _chain.TimeAsync() + 1, null);
        var transaction = new DevnetTransaction(Anyone, null, Creation(rules), 500 * (UInt128)IndexChain.Whole);
        Registry = (await _chain.Client.ExecuteAsync([transaction], Now, _none))[0]!.Value;
        var info = await _chain.WordsAsync(_index.Index, AbiEncoder.Call("getEpochInfo()"));
        (Epoch, ClosedAt) = ((ulong)AbiWords.BigInteger(info, 0) - 1, 0);
        StartedAt = (ulong)AbiWords.BigInteger(info, 1);
    }

    /// <summary>What a registry with these rules cannot be made with: this error, or what there is instead; null if it can.</summary>
    public async Task<string?> CreationFailureAsync(RegistryRules rules, string error, int rao = 500)
    {
        var failure = await FailureAsync(Now + 1, Anyone, Creation(rules), rao * (BigInteger)IndexChain.Whole, creates: true);
        return failure == Keccak.Selector(error) ? error : failure;
    }

    private string Creation(RegistryRules rules) =>
        _code + AbiEncoder.Encode(_index.Index, rules.Encoded, Encoding.ASCII.GetBytes(FirstText));

    /// <summary>Remembers what the chain is like now.</summary>
    public async Task KeepAsync() => _kept = (await _chain.Client.SendAsync("evm_snapshot", "[]", _none)).GetString();

    /// <summary>A commitment of a validator on the chain as it was kept.</summary>
    public async Task CommitOnlyAsync(int validator, Hash256 digest)
    {
        await _chain.Client.SendAsync("evm_revert", $"[\"{_kept}\"]", _none);
        await KeepAsync();
        var commitment = Commitments.Of(digest, Salt(validator, digest));
        await DoAsync(ClosedAt + 1, Of(validator), RegistryData.Commit(Of(validator), Epoch, commitment));
    }

    /// <summary>The same, to a statement.</summary>
    public Task CommitOnlyAsync(int validator, Stated said) => CommitOnlyAsync(validator, Digest(validator, said));

    // ---- what is done --------------------------------------------------------------------------------------------------------------

    /// <summary>Bonds so many TAO.</summary>
    public Task BondAsync(int validator, BigInteger tao, Address attester = default) =>
        DoAsync(Now + 1, (Of(validator), RegistryData.Bond(attester), tao * Tao));

    /// <summary>Ends the epoch as soon as it can be.</summary>
    public Task AdvanceAsync() => AdvanceWithAsync();

    /// <summary>The same, and in the same block what somebody does with the registry.</summary>
    public async Task AdvanceWithAsync(params (Address From, string Data, BigInteger Value)[] calls)
    {
        var info = await _chain.WordsAsync(_index.Index, AbiEncoder.Call("getEpochInfo()"));
        (Epoch, ClosedAt) = ((ulong)AbiWords.BigInteger(info, 0), Math.Max(Now + 1, (ulong)AbiWords.BigInteger(info, 2)));
        await DoAsync(ClosedAt, [new DevnetTransaction(Anyone, _index.Index, AdvanceData), .. calls.Select(Transaction)]);
    }

    /// <summary>Does something at a second, in one block; each has to succeed.</summary>
    public Task DoAsync(ulong time, params (Address From, string Data, BigInteger Value)[] calls) =>
        DoAsync(time, [.. calls.Select(Transaction)]);

    private DevnetTransaction Transaction((Address From, string Data, BigInteger Value) call) =>
        new(call.From, Registry, call.Data, (UInt128)call.Value);

    private async Task DoAsync(ulong time, IReadOnlyList<DevnetTransaction> transactions)
    {
        Now = time;
        await _chain.Client.ExecuteAsync(transactions, time, _none);
    }

    /// <summary>The same without value.</summary>
    public Task DoAsync(ulong time, Address from, string data) => DoAsync(time, (from, data, 0));

    /// <summary>Validators commit at a second.</summary>
    public Task CommitAsync(ulong time, params (int Validator, Stated Said)[] said) =>
        DoAsync(time, [.. said.Select(one => (Of(one.Validator), Commit(one.Validator, one.Said), BigInteger.Zero))]);

    /// <summary>Their statements are brought at a second.</summary>
    public Task AttestAsync(ulong time, params (int Validator, Stated Said)[] said) =>
        DoAsync(time, [.. said.Select(one => (Anyone, Attest(one.Validator, one.Said), BigInteger.Zero))]);

    /// <summary>A whole round of the next epoch.</summary>
    public async Task RoundAsync(Func<int, Stated> said, params int[] validators)
    {
        await AdvanceAsync();
        var all = validators.Select(validator => (validator, said(validator))).ToArray();
        await CommitAsync(ClosedAt + 1, all);
        await AttestAsync(RevealsAt, all);
    }

    // ---- data ----------------------------------------------------------------------------------------------------------------------

    /// <summary>The hash of a commitment of a model.</summary>
    internal Hash256 HashOf(CommitmentModel to)
    {
        var digest = to.Said is null ? Number((ulong)to.Validator + 1) : Digest(to.Validator, to.Said);
        return Commitments.Of(digest, Salt(to.Validator, digest, Keys[to.Key]));
    }

    public string Commit(int validator, Stated said, PrivateKey? attester = null) =>
        RegistryData.Commit(
            Of(validator),
            said.Statement.Epoch.Value,
            Commitments.Of(Digest(validator, said), Salt(validator, Digest(validator, said), attester))
        );

    public string Attest(int validator, Stated said, PrivateKey? attester = null, PrivateKey? signer = null) =>
        RegistryData.Attest(
            Of(validator),
            said,
            Salt(validator, Digest(validator, said), attester),
            (signer ?? attester ?? Keys[validator]).Sign(Digest(validator, said)).ToBytes()
        );

    public string Punish(int accused, Stated settled, Stated other, BigInteger? round = null) =>
        RegistryData.Punish(round ?? 1, Of(accused), settled, other);

    /// <summary>What is true of the newest epoch, but for what is given otherwise.</summary>
    public Stated Truth(
        BigInteger? nav = null,
        ulong? epoch = null,
        BigInteger? supply = null,
        ulong root = 7,
        ulong block = 1_000,
        ulong blockHash = 9,
        IReadOnlyList<SubnetWeight>? weights = null,
        string parameters = FirstText
    )
    {
        weights ??= [new(1, 65_535), new(7, 21_845)];
        return new Stated(
            new Statement(
                new EpochId(epoch ?? Epoch),
                block,
                Number(blockHash),
                TaoPerToken.From((UInt128)(nav ?? Tao)),
                Wei.From((UInt128)(supply ?? 1_000 * Tao)),
                Number(root),
                Eip712.WeightsHash(weights),
                RegistryData.HashOf(parameters)
            ),
            weights
        );
    }

    public Hash256 Digest(int validator, Stated stated) => Digest(validator, stated.Statement);

    private Hash256 Digest(int validator, Statement said) => Eip712.Digest(said, Of(validator), new RegistryIdentity(31_337, Registry));

    /// <summary>The call data of a statement with amounts that are none, and what is signed.</summary>
    public async Task<(string Data, Hash256 Digest)> TooLargeAsync(int validator, BigInteger nav, BigInteger supply)
    {
        var said = Truth();
        var type = RegistryData.StatementType;
        var words = RegistryData.WordsOf(said.Statement, nav, supply);
        var digest = new Hash256(await _chain.WordsAsync(Registry, AbiEncoder.Call($"digestOf({type},address)", words, Of(validator))));
        var salt = Salt(validator, digest);
        var signature = Keys[validator].Sign(digest).ToBytes();
        return (RegistryData.Attest(Of(validator), RegistryData.TupleOf(words, said.Weights), salt, signature), digest);
    }

    private Hash256 Salt(int validator, Hash256 digest, PrivateKey? attester = null) =>
        Commitments.Salt(Encoding.ASCII.GetBytes((attester ?? Keys[validator]).ToString()), digest);

    /// <summary>A hash that is a number.</summary>
    public static Hash256 Number(ulong value) => Hash256.Parse("0x" + value.ToString("x64", CultureInfo.InvariantCulture));

    public async ValueTask DisposeAsync() => await _index.DisposeAsync();
}
