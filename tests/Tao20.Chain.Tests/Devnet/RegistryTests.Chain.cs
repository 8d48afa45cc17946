using System.Globalization;
using System.Text.Json;
using Tao20.Chain.Abi;
using Tao20.Chain.Contracts;
using Tao20.Chain.Signing;
using Tao20.Devnet;
using Tao20.Domain.Consensus;
using Tao20.Domain.Epochs;
using Tao20.Domain.Parameters;
using Tao20.Domain.Slashing;
using Tao20.Domain.Trades;
using Tao20.Domain.Units;
using Tao20.Domain.Weights;
using Tao20.Tests.Oracles;

namespace Tao20.Chain.Tests.Devnet;

/// <summary>The chain these tests run on, and what they do to it.</summary>
public sealed partial class RegistryTests
{
    private static readonly UInt128 Tao = Wei.OneTao.Value;
    private static readonly SubnetWeight[] Weights = [new(1, 65535), new(7, 21845)];
    private readonly CancellationToken _none = CancellationToken.None;
    private readonly PrivateKey[] _keys =
    [
        .. Enumerable.Range(1, 4).Select(i => PrivateKey.FromHex(i.ToString("x64", CultureInfo.InvariantCulture))),
    ];
    private Anvil _chain = null!;
    private Address _keeper;
    private Address _registry;
    private RegistryIdentity _identity;
    private ulong _time = new AnvilOptions().GenesisTimestamp + 1;
    private ulong _epochBlock;
    private Hash256 _epochHash;

    public async Task InitializeAsync()
    {
        var tools = await DevnetTools.EnsureAsync(null, _none);
        _chain = await Anvil.StartAsync(tools, new AnvilOptions { Accounts = 2 }, _none);
        (var economy, _time) = await Economy.DeployAsync(_chain, 1, _time, _none);
        _keeper = economy.Keeper;
        _registry = (
            await _chain.Client.ExecuteAsync(
                [new DevnetTransaction(_keeper, null, ContractArtifact.Load("FirstRegistry").Bytecode + AbiEncoder.Encode(economy.Index))],
                ++_time,
                _none
            )
        )[0]!.Value;
        var chainId = await _chain.Client.SendAsync("eth_chainId", "[]", _none);
        _identity = new RegistryIdentity(ulong.Parse(chainId.GetString()!.AsSpan(2), NumberStyles.HexNumber, null), _registry);
        foreach (var key in _keys)
            await _chain.Client.SendAsync(
                [
                    ("anvil_impersonateAccount", $"[\"{key.Address}\"]"),
                    ("anvil_setBalance", $"[\"{key.Address}\",\"0x21e19e0c9bab2400000\"]"),
                ],
                _none
            );
        foreach (var key in _keys)
            await SendAsync(key.Address, RegistryCalls.Bond(), 2_000 * Tao);
        _epochBlock = await _chain.Client.BlockNumberAsync(_none);
        _epochHash = Hash256.Parse(
            (await _chain.Client.SendAsync("eth_getBlockByNumber", "[\"latest\",false]", _none)).GetProperty("hash").GetString()!
        );
        _time += 3600;
        await _chain.Client.ExecuteAsync([economy.AdvanceEpoch()], ++_time, _none);
    }

    public async Task DisposeAsync() => await _chain.DisposeAsync();

    private SignedAttestation Says(int validator, ulong navPercent, ulong epoch = 0, RegistryIdentity? of = null) =>
        Signed(_keys[validator], of ?? _identity, epoch, navPercent);

    private SignedAttestation Signed(PrivateKey key, RegistryIdentity identity, ulong epoch, ulong navPercent)
    {
        var said = new NavAttestation(
            new EpochId(epoch),
            _epochBlock,
            _epochHash,
            TaoPerToken.From(Tao * navPercent / 100),
            Wei.OneTao,
            Hash256.Zero,
            Eip712.WeightsHash(Weights),
            DomainParameters.Default.Hash(Keccak.Hash),
            key.Address
        );
        var digest = Eip712.Digest(said, identity);
        return new SignedAttestation(said, digest, Weights, key.Sign(digest).ToBytes());
    }

    /// <summary>The book of all logs of the registry so far.</summary>
    private async Task<ConsensusBook> BookAsync()
    {
        var logs = await _chain.Client.SendAsync(
            "eth_getLogs",
            $"[{{\"address\":\"{_registry}\",\"fromBlock\":\"0x0\",\"toBlock\":\"latest\"}}]",
            _none
        );
        var book = ConsensusBook.Initial(_identity);
        var closed = false;
        foreach (var log in logs.EnumerateArray())
        {
            var topics = log.GetProperty("topics").EnumerateArray().Select(topic => Hash256.Parse(topic.GetString()!)).ToList();
            if (!RegistryEvents.All.Contains(topics[0]))
                continue;
            var position = new Position(Quantity(log, "blockNumber"), (uint)Quantity(log, "logIndex"));
            if (!closed && position.Block > _epochBlock)
            {
                Tell(
                    new ChainFact.EpochClosed(
                        new ClosedEpoch(new EpochId(0), new EpochId(1), new Position(_epochBlock + 1, 0), _time)
                        {
                            LastBlockHash = _epochHash,
                        },
                        DomainParameters.Default.Hash(Keccak.Hash),
                        ConsensusRules.Default,
                        Rao.Zero
                    )
                );
                closed = true;
            }

            Tell(RegistryEvents.Decode(_identity, position, topics, Convert.FromHexString(log.GetProperty("data").GetString()!.AsSpan(2))));
        }

        return book;

        void Tell(ChainFact fact)
        {
            foreach (var e in book.Decide(fact, Keccak.Hash))
                book = book.Evolve(e);
        }
    }

    private async Task<UInt128> ViewAsync(string signature, params object[] arguments) =>
        (UInt128)AbiWords.BigInteger((await _chain.Client.CallAsync([(_registry, AbiEncoder.Call(signature, arguments))], _none))[0], 0);

    private Task SendAsync(Address from, string data, UInt128 value = default) =>
        _chain.Client.ExecuteAsync([new DevnetTransaction(from, _registry, data, value)], ++_time, _none);

    /// <summary>The contract refuses, with exactly this error.</summary>
    private async Task RefusedAsync(Address from, string data, string error, int after = 0, UInt128 value = default)
    {
        for (var i = 0; i < after; i++)
            await _chain.Client.MineAsync(++_time, _none);
        var refused = await Assert.ThrowsAsync<RpcErrorException>(() =>
            _chain.Client.SendAsync(
                "eth_call",
                $"[{{\"from\":\"{from}\",\"to\":\"{_registry}\",\"value\":\"0x{value:x}\",\"data\":\"{data}\"}},\"latest\"]",
                _none
            )
        );
        Assert.Contains(Keccak.Selector(error)[2..], refused.ToString(), StringComparison.Ordinal);
    }

    private static ulong Quantity(JsonElement log, string name) =>
        ulong.Parse(log.GetProperty(name).GetString()!.AsSpan(2), NumberStyles.HexNumber, null);
}
