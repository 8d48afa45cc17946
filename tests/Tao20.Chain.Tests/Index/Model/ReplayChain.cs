using System.Numerics;
using System.Text;
using Tao20.Chain.Abi;
using Tao20.Chain.Tests.Subtensor;
using Tao20.Devnet;
using Tao20.Devnet.Subtensor;
using Tao20.Domain.Units;
using Tao20.Tests.Oracles;

namespace Tao20.Chain.Tests.Index.Model;

/// <summary>
/// A chain with an index that has been begun, as the model has it, and a contract that runs sequences of calls in one.
/// </summary>
internal sealed class ReplayChain : ISequenceChain, IAsyncDisposable
{
    private readonly MockChain _chain;
    private Address _runner;

    private ReplayChain(MockChain chain) => _chain = chain;

    public Address Index { get; private set; }

    public Address State => SubtensorMock.State;

    public Hash256 IndexColdkey => Coldkey.Of(Index);

    /// <summary>The model of it.</summary>
    public IndexModel Model { get; private set; } = null!;

    public Hash256 HotkeyOf(int hotkey) => Keccak.Hash(Encoding.ASCII.GetBytes($"hotkey {hotkey}"));

    public string Harness(string function, params object[] arguments) => SubtensorMock.Data(function, arguments);

    public static async Task<ReplayChain> StartAsync(uint spec)
    {
        var replay = new ReplayChain(await MockChain.StartAsync(spec, IndexChain.Height, keepsHistory: false));
        await replay.OpenAsync(spec == SubtensorMock.June);
        return replay;
    }

    /// <summary>Runs calls in one; what there is after each: whether it succeeded, and then as <see cref="Seen"/> has it.</summary>
    public async Task<IReadOnlyList<BigInteger[]>> RunAsync(IReadOnlyList<SequenceCall> calls)
    {
        var data = AbiEncoder.Call(
            "run((uint256,address,uint256,bytes)[],address,(bytes32,uint16)[])",
            calls.Select(Words).ToList(),
            Index,
            Probes().Select(probe => (object)new AbiStruct([HotkeyOf(probe.Hotkey), (ushort)probe.Netuid])).ToList()
        );
        var answer = await _chain.Client.SendAsync(
            "eth_call",
            $"[{{\"from\":\"{_chain.Account}\",\"to\":\"{_runner}\",\"data\":\"{data}\",\"gas\":\"0x12a05f200\"}},\"latest\"]",
            CancellationToken.None
        );
        var (rows, count) = new AbiData(Convert.FromHexString(answer.GetString()!.AsSpan(2))).List(0);
        return
        [
            .. Enumerable
                .Range(0, count)
                .Select(i =>
                {
                    var (words, length) = rows.List(i);
                    return Enumerable.Range(0, length).Select(words.Integer).ToArray();
                }),
        ];

        static object Words(SequenceCall call) =>
            new AbiTuple([call.Actor, call.To, call.Rao * Sequences.Whole, Convert.FromHexString(call.Data.AsSpan(2))]);
    }

    /// <summary>What the runner tells of an index, out of the model.</summary>
    public BigInteger[] Seen(IndexModel index) =>
        [
            index.Revision,
            index.Supply,
            index.Chain.TaoOf(IndexModel.Account),
            index.WindowUntil,
            index.Legs.Count,
            .. index.Legs.SelectMany(leg =>
                new[]
                {
                    leg.Netuid,
                    leg.IsActive ? 1 : 0,
                    leg.Book,
                    leg.Unit,
                    new BigInteger(HotkeyOf(leg.Hotkey).ToBytes(), isUnsigned: true, isBigEndian: true),
                    index.Held(leg),
                }
            ),
            .. Enumerable
                .Range(0, Sequences.Actors)
                .SelectMany(actor =>
                    new[] { index.TokensOf(actor), index.Chain.TaoOf(actor) }.Concat(
                        Probes().Select(probe => index.Chain.Stake(probe.Hotkey, actor, probe.Netuid))
                    )
                ),
        ];

    public async ValueTask DisposeAsync() => await _chain.DisposeAsync();

    /// <summary>The stakes that are told of each actor: with the hotkeys that subnets begin with.</summary>
    private static IEnumerable<(int Hotkey, int Netuid)> Probes() =>
        Sequences.Netuids.Select(netuid => (Sequences.HotkeyOf(netuid), netuid));

    private async Task OpenAsync(bool isJune)
    {
        var (from, netuids) = (_chain.Account, Sequences.Netuids.Select(netuid => (ushort)netuid).ToList());
        List<DevnetTransaction> setup =
        [
            .. IndexChain.Begin(from),
            SubtensorMock.Set(from, "setHotkey", HotkeyOf(0), Keccak.Hash("one owner"u8)),
            SubtensorMock.Set(from, "setHotkey", HotkeyOf(1), Keccak.Hash("another"u8)),
        ];
        for (var i = 0; i < netuids.Count; i++)
            setup.AddRange(IndexChain.OldSubnet(from, netuids[i], (ulong)Sequences.PoolTao(i), (ulong)Sequences.PoolAlpha));

        await _chain.SendAsync([.. setup]);
        var means = await _chain.DeployAsync("Means", AbiEncoder.Encode(IndexChain.Rules, true));
        await _chain.SendAsync(
            new DevnetTransaction(from, means, AbiEncoder.Call("observe(uint16[])", netuids.Select(netuid => (object)netuid).ToList()))
        );
        await _chain.Client.MineAsync(IndexChain.Shortest - 1, CancellationToken.None);
        await _chain.SetAsync("moveMovingPrices", netuids, (ulong)IndexChain.Shortest);
        _runner = await _chain.DeployAsync("SequenceRunner", AbiEncoder.Encode(Sequences.Actors));
        var actors = new List<Address>();
        for (var i = 0; i < Sequences.Actors; i++)
        {
            actors.Add(new AbiData(await _chain.WordsAsync(_runner, AbiEncoder.Call("actor(uint256)", i))).Address(0));
        }

        var targets = Sequences.Weights.Select(
            (weight, i) => (object)IndexChain.TargetOf(netuids[i], weight, HotkeyOf(Sequences.HotkeyOf(netuids[i])))
        );
        Index = await _chain.DeployAsync(
            "Index",
            AbiEncoder.Encode(
                actors[Sequences.Founder],
                actors[Sequences.Manager],
                means,
                IndexChain.Rules,
                targets.ToList(),
                new List<object>()
            ),
            500 * (UInt128)Sequences.Whole
        );
        await _chain.SendAsync([
            SubtensorMock.Set(from, "setAddress", Index),
            .. actors.Select(actor => SubtensorMock.Set(from, "setAddress", actor)),
            .. netuids.SelectMany(netuid =>
                actors.Select(actor =>
                    SubtensorMock.Set(
                        from,
                        "grantStake",
                        HotkeyOf(Sequences.HotkeyOf(netuid)),
                        Coldkey.Of(actor),
                        netuid,
                        (ulong)Sequences.Granted
                    )
                )
            ),
        ]);
        foreach (var actor in actors)
        {
            await _chain.Client.SendAsync(
                "anvil_setBalance",
                $"[\"{actor}\",\"0x{(UInt128)(Sequences.ActorRao * Sequences.Whole):x}\"]",
                CancellationToken.None
            );
        }

        List<SequenceCall> begin =
        [
            .. netuids.SelectMany(netuid =>
                actors.Select(
                    (_, i) =>
                        new SequenceCall(
                            i,
                            MockChain.At(0x805),
                            0,
                            AbiEncoder.Call("approve(address,uint256,uint256)", Index, netuid, BigInteger.Pow(2, 255))
                        )
                )
            ),
            new(Sequences.Founder, Index, Sequences.Sent, AbiEncoder.Call("seed(uint256,uint256)", Sequences.Seed, IndexChain.LegGas)),
            new(Sequences.Founder, Index, 0, IndexChain.Genesis(100)),
        ];
        foreach (var call in begin)
            await BeginAsync(call);

        // The means of the first mint are those of its block; all that is run later is run in that block.
        var prices = new Dictionary<int, BigInteger>();
        foreach (var netuid in netuids)
            prices[netuid] = AbiWords.BigInteger(await _chain.WordsAsync(means, AbiEncoder.Call("mean(uint16)", netuid)), 0);
        Model = Sequences.Begun(Sequences.Chain(isJune), prices);
    }

    private Task BeginAsync(SequenceCall call) =>
        _chain.SendAsync(
            new DevnetTransaction(
                _chain.Account,
                _runner,
                AbiEncoder.Call(
                    "act(uint256,address,uint256,bytes)",
                    call.Actor,
                    call.To,
                    call.Rao * Sequences.Whole,
                    Convert.FromHexString(call.Data.AsSpan(2))
                )
            )
        );
}
