using System.Text.Json;
using BenchmarkDotNet.Attributes;
using Tao20.Actors.Miners;
using Tao20.Benchmarks.Pipeline;
using Tao20.Chain.Abi;
using Tao20.Chain.Contracts;
using Tao20.Chain.JsonRpc;
using Tao20.Domain.Ranking;
using Tao20.Domain.Trades;
using Tao20.Domain.Units;
using Tao20.Domain.Volume;

namespace Tao20.Benchmarks.Micro;

/// <summary>The single steps of a trade's way, a thousand trades an operation.</summary>
[MemoryDiagnoser]
public class StepBenchmarks
{
    private const int Trades = 1000;
    private readonly Trade[] _trades = new Trade[Trades];
    private byte[] _reply = [];
    private readonly MinerVolume _volume = MinerVolume.Initial(SyntheticTrades.Miner(0));
    private FoldTrades _command = null!;
    private TradesFolded _folded = null!;
    private byte[] _bytes = [];
    private EpochVolume[] _volumes = [];

    /// <summary>Prepares the inputs.</summary>
    [GlobalSetup]
    public void Setup()
    {
        SyntheticTrades.Fill(_trades, _volume.Miner, 0);
        var chain = new SyntheticChain(Trades, 10, 50);
        _reply = chain.Answer(
            RpcCall.Body([
                EthCalls.Logs(
                    new LogFilter(SyntheticChain.ContractAddress, null),
                    1,
                    chain.Head,
                    (ref Utf8JsonReader _, ReadOnlySpan<byte> _) => { }
                ),
            ])
        );
        _command = new FoldTrades(_volume.Miner, EligibilityRules.Default, _trades, null);
        _folded = ((FoldDecision.Fold)_volume.Decide(_command, Keccak.Hash)).Event;
        _bytes = Google.Protobuf.MessageExtensions.ToByteArray(MinerWire.ToWire(_folded));
        _volumes =
        [
            .. Enumerable
                .Range(0, 1000)
                .Select(i =>
                {
                    var miner = MinerVolume.Initial(SyntheticTrades.Miner(i));
                    var trades = new Trade[50];
                    SyntheticTrades.Fill(trades, miner.Miner, i);
                    return miner
                        .Evolve(
                            (
                                (FoldDecision.Fold)
                                    miner.Decide(new FoldTrades(miner.Miner, EligibilityRules.Default, trades, null), Keccak.Hash)
                            ).Event
                        )
                        .Of(new EpochId(0));
                }),
        ];
    }

    /// <summary>Reply bytes to trades, every check included.</summary>
    [Benchmark]
    public int Decode()
    {
        var decoder = new LogDecoder(SyntheticChain.ContractAddress, 1, 1_000_000);
        using var memory = decoder.Memory;
        RpcCall.ReadReply(
            new EndpointName(1, new Uri("http://synthetic.invalid")),
            _reply,
            [EthCalls.Logs(new LogFilter(SyntheticChain.ContractAddress, null), 1, 20, decoder.Read)]
        );
        return decoder.Count;
    }

    /// <summary>The ceiling: the same bytes through the JSON reader, nothing decoded.</summary>
    [Benchmark(Baseline = true)]
    public int ReadTokens()
    {
        var reader = new Utf8JsonReader(_reply);
        var tokens = 0;
        while (reader.Read())
            tokens++;
        return tokens;
    }

    /// <summary>The judgement of a thousand trades.</summary>
    [Benchmark]
    public FoldDecision Decide() => _volume.Decide(_command, Keccak.Hash);

    /// <summary>The counting of a thousand judged trades.</summary>
    [Benchmark]
    public MinerVolume Evolve() => _volume.Evolve(_folded);

    /// <summary>The event to bytes.</summary>
    [Benchmark]
    public byte[] Serialize() => Google.Protobuf.MessageExtensions.ToByteArray(MinerWire.ToWire(_folded));

    /// <summary>The event from bytes.</summary>
    [Benchmark]
    public object Deserialize() => MinerWire.FromWire(Tao20.Actors.Serialization.Wire.TradesFolded.Parser.ParseFrom(_bytes));

    /// <summary>The ranking of a thousand miners.</summary>
    [Benchmark]
    public EpochRanking Rank() => EpochRanking.Of(_volumes, (long)(1_700_000_000 / 3600) + 1, ScoreRules.Default);

    /// <summary>Keccak of 160 bytes: a leaf of the ranking root.</summary>
    [Benchmark]
    public object Leaf() => Keccak.Hash(new byte[160]);
}
