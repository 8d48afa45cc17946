using System.Globalization;
using System.Numerics;
using System.Text;
using Tao20.Chain.Abi;
using Tao20.Chain.Signing;
using Tao20.Chain.Tests.Index;
using Tao20.Chain.Tests.Registry.Model;
using Tao20.Chain.Tests.Subtensor;
using Tao20.Devnet;
using Tao20.Chain.Contracts;
using Tao20.Domain.Consensus;
using Tao20.Domain.Registry;
using Tao20.Domain.Slashing;
using Tao20.Domain.Units;
using Tao20.Domain.Weights;
using Tao20.Tests.Oracles;

namespace Tao20.Chain.Tests.Registry;

/// <summary>
/// A registry on a chain with the mock and an index, accounts with keys, and epochs that end when a test says so. Every call happens at a
/// second that is named.
/// </summary>
public sealed class RegistryChain : IAsyncDisposable
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
        RegistryData.Commit(Of(validator), said.Statement.Epoch.Value, Commitments.Of(Digest(validator, said), Salt(validator, Digest(validator, said), attester)));

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

    private Hash256 Digest(int validator, Statement said)
    {
        return Eip712.Digest(
            new NavAttestation(
                said.Epoch,
                said.BlockNumber,
                said.BlockHash,
                said.Nav,
                said.TotalSupply,
                said.RankingRoot,
                said.WeightsHash,
                said.Parameters,
                Of(validator)
            ),
            new RegistryIdentity(31_337, Registry)
        );
    }

    /// <summary>The call data of a statement with amounts that are none, and what is signed.</summary>
    public async Task<(string Data, Hash256 Digest)> TooLargeAsync(int validator, BigInteger nav, BigInteger supply)
    {
        var said = Truth();
        var type = RegistryData.StatementType;
        var words = RegistryData.WordsOf(said.Statement, nav, supply);
        var digest = new Hash256(
            await _chain.WordsAsync(Registry, AbiEncoder.Call($"digestOf({type},address)", words, Of(validator)))
        );
        var salt = Salt(validator, digest);
        var signature = Keys[validator].Sign(digest).ToBytes();
        return (RegistryData.Attest(Of(validator), RegistryData.TupleOf(words, said.Weights), salt, signature), digest);
    }

    private Hash256 Salt(int validator, Hash256 digest, PrivateKey? attester = null) =>
        Commitments.Salt(Encoding.ASCII.GetBytes((attester ?? Keys[validator]).ToString()), digest);

    /// <summary>A hash that is a number.</summary>
    public static Hash256 Number(ulong value) => Hash256.Parse("0x" + value.ToString("x64", CultureInfo.InvariantCulture));

    // ---- what there is ---------------------------------------------------------------------------------------------------------------

    /// <summary>That a call at a second fails with this error.</summary>
    public async Task RequireAsync(string error, ulong time, Address from, string data, BigInteger value = default)
    {
        var failure = await FailureAsync(time, from, data, value);
        Assert.True(failure == Keccak.Selector(error), $"{error} = {Keccak.Selector(error)} and not {failure}");
    }

    /// <summary>That a call at a second would succeed.</summary>
    public async Task AllowsAsync(ulong time, Address from, string data, BigInteger value = default) =>
        Assert.Null(await FailureAsync(time, from, data, value));

    private async Task<string?> FailureAsync(ulong time, Address from, string data, BigInteger value, bool creates = false)
    {
        var to = creates ? "" : $"\"to\":\"{Registry}\",";
        try
        {
            await _chain.Client.SendAsync(
                "eth_call",
                $"[{{\"from\":\"{from}\",{to}\"data\":\"{data}\",\"value\":\"0x{(UInt128)value:x}\"}},\"latest\",null,"
                    + $"{{\"time\":\"{HexText.Quantity(time)}\"}}]",
                _none
            );
            return null;
        }
        catch (RpcErrorException e)
        {
            return e.RevertData is { Length: >= 10 } revert ? revert[..10] : e.Message;
        }
    }

    /// <summary>Tries operations at a second, in one block and in this order; the hashes of their transactions.</summary>
    internal async Task<IReadOnlyList<string>> TryAsync(ulong time, IReadOnlyList<Operation> operations)
    {
        var hashes = new List<string>();
        for (var i = 0; i < operations.Count; i++)
        {
            var (operation, isAdvance) = (operations[i], operations[i] is Operation.Advance);
            var (from, to) = isAdvance ? (Anyone, _index.Index) : (Of(operation.From), Registry);

            // Who pays more comes first.
            var hash = await _chain.Client.SendAsync(
                "eth_sendTransaction",
                $"[{{\"from\":\"{from}\",\"to\":\"{to}\",\"data\":\"{operation.Data(this)}\",\"gas\":\"0xf4240\","
                    + $"\"gasPrice\":\"{HexText.Quantity((ulong)(1_000 - i))}\","
                    + $"\"value\":\"0x{(UInt128)operation.Rao * IndexChain.Whole:x}\"}}]",
                _none
            );
            hashes.Add(hash.GetString()!);
        }

        Now = time;
        await _chain.Client.MineAsync(time, _none);
        return hashes;
    }

    /// <summary>What a call at a second uses of gas; it has to succeed.</summary>
    public async Task<long> GasAsync(ulong time, Address from, string data, BigInteger value)
    {
        var hashes = await _chain.Client.SubmitAsync([new DevnetTransaction(from, Registry, data, (UInt128)value)], _none);
        Now = time;
        await _chain.Client.MineAsync(time, _none);
        var receipt = (await _chain.Client.ReceiptsAsync(hashes, _none))[0];
        Assert.Equal("0x1", receipt.GetProperty("status").GetString());
        return (long)HexText.BigQuantity(receipt.GetProperty("gasUsed").GetString()!);
    }

    /// <summary>The book of all logs so far.</summary>
    internal async Task<RegistryBook> BookAsync()
    {
        var logs = await _chain.Client.SendAsync(
            "eth_getLogs",
            $"[{{\"address\":[\"{Registry}\",\"{_index.Index}\"],\"fromBlock\":\"0x0\",\"toBlock\":\"latest\"}}]",
            _none
        );
        var book = RegistryBook.Initial;
        foreach (var log in logs.EnumerateArray())
        {
            IReadOnlyList<Hash256> topics = [.. log.GetProperty("topics").EnumerateArray().Select(topic => Hash256.Parse(topic.GetString()!))];
            var time = (ulong)HexText.BigQuantity(log.GetProperty("blockTimestamp").GetString()!);
            var data = Convert.FromHexString(log.GetProperty("data").GetString()!.AsSpan(2));
            if (RegistryLogs.Topics.Contains(topics[0]))
                book = book.After(RegistryLogs.Decode(time, topics, data));
            else if (topics[0] == Tao20Events.EpochAdvanced && book.Rules is not null)
                book = book.After(
                    new RegistryFact.EpochClosed(time, new EpochId((ulong)AbiWords.BigInteger(data, 0)), RegistryModel.Pool)
                );
        }

        return book;
    }

    /// <summary>Which transactions have succeeded.</summary>
    public async Task<IReadOnlyList<bool>> SucceededAsync(IReadOnlyList<string> hashes)
    {
        var succeeded = new List<bool>();
        foreach (var some in hashes.Chunk(500))
            succeeded.AddRange((await _chain.Client.ReceiptsAsync(some, _none)).Select(receipt => receipt.GetProperty("status").GetString() == "0x1"));
        return succeeded;
    }

    /// <summary>All words of what a view answers.</summary>
    public async Task<BigInteger[]> WordsAsync(string signature, params object[] arguments)
    {
        var words = await _chain.WordsAsync(Registry, AbiEncoder.Call(signature, arguments));
        return [.. Enumerable.Range(0, words.Length / 32).Select(word => AbiWords.BigInteger(words, word))];
    }

    /// <summary>A word of what a view answers.</summary>
    public async Task<BigInteger> ViewAsync(string signature, int word, params object[] arguments) =>
        (await WordsAsync(signature, arguments))[word];

    public Task<BigInteger> BondOfAsync(int validator) => ViewAsync("accountOf(address)", 0, Of(validator));

    public Task<BigInteger> LeavingOfAsync(int validator) => ViewAsync("accountOf(address)", 1, Of(validator));

    public Task<BigInteger> StakeAtAsync(int validator, ulong time) => ViewAsync("stakeAt(address,uint256)", 0, Of(validator), time);

    public Task<BigInteger> EligibleAtAsync(ulong time) => ViewAsync("eligibleAt(uint256)", 0, time);

    public Task<BigInteger> CreditOfAsync(Address account) => ViewAsync("creditOf(address)", 0, account);

    /// <summary>The hash of what was settled in a round, or 0.</summary>
    public Task<BigInteger> SettledAsync(int round = 1) => ViewAsync("roundAt(uint256)", 3, round);

    /// <summary>The hash of a validator's statement in a round, or 0.</summary>
    public Task<BigInteger> StatedAsync(int validator, int round = 1) => ViewAsync("entryOf(uint256,address)", 1, round, Of(validator));

    /// <summary>TAO of an account, in wei.</summary>
    public async Task<BigInteger> BalanceAsync(Address account) =>
        HexText.BigQuantity((await _chain.Client.SendAsync("eth_getBalance", $"[\"{account}\",\"latest\"]", _none)).GetString()!);

    public async ValueTask DisposeAsync() => await _index.DisposeAsync();
}
