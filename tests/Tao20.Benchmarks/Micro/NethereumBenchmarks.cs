using System.Numerics;
using System.Text;
using System.Text.Json;
using BenchmarkDotNet.Attributes;
using Nethereum.ABI.FunctionEncoding.Attributes;
using Nethereum.Contracts;
using Nethereum.RPC.Eth.DTOs;
using Nethereum.Signer;
using Newtonsoft.Json.Linq;
using Tao20.Benchmarks.Pipeline;
using Tao20.Chain.Abi;
using Tao20.Chain.Contracts;
using Tao20.Chain.Contracts.Messages;
using Tao20.Chain.JsonRpc;
using Tao20.Chain.Signing;
using Tao20.Domain.Units;
using Tao20.Tests.Oracles;

namespace Tao20.Benchmarks.Micro;

/// <summary>What is ours beside what Nethereum offers for the same; what is not ours any more beside what it was.</summary>
[MemoryDiagnoser]
public class NethereumBenchmarks
{
    private const int Trades = 1000;
    private readonly Hash256 _digest = Keccak.Hash("digest"u8);
    private readonly PrivateKey _key = PrivateKey.FromHex(new string('4', 64));
    private readonly EthECKey _nethereumKey = new(new string('4', 64));
    private byte[] _digestBytes = [];
    private byte[] _reply = [];

    /// <summary>Prepares the inputs.</summary>
    [GlobalSetup]
    public void Setup()
    {
        _digestBytes = _digest.ToBytes();
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
    }

    /// <summary>
    /// The mints among a thousand trades' logs by Nethereum, without checks; <see cref="StepBenchmarks.Decode"/> is ours.
    /// </summary>
    [Benchmark]
    public int DecodeLogsByNethereum() =>
        JToken.Parse(Encoding.UTF8.GetString(_reply))[0]!["result"]!.ToObject<FilterLog[]>()!.DecodeAllEvents<MintedEvent>().Count;

    /// <summary>A signature over NBitcoin.Secp256k1, as it is made here.</summary>
    [Benchmark]
    public object Sign() => _key.Sign(_digest);

    /// <summary>The same by Nethereum's key as it comes.</summary>
    [Benchmark]
    public object SignByEthECKey() => _nethereumKey.SignAndCalculateYParityV(_digestBytes);

    /// <summary>Call data of a typed message, its shape read once.</summary>
    [Benchmark]
    public string Encode() => new RegistryEndorseFunction(7, _digest).Encode();

    /// <summary>The same by Nethereum's own extension.</summary>
    [Benchmark]
    public object EncodeByNethereum() => new RegistryEndorseFunction(7, _digest).GetCallData();

    /// <summary>The same by the encoder that was here before.</summary>
    [Benchmark]
    public string EncodeAsBefore() => AbiEncoder.Call("endorse(uint256,bytes32)", 7UL, _digest);

    [Event("TAO20Minted")]
    private sealed class MintedEvent : IEventDTO
    {
        [Parameter("address", "recipient", 1, true)]
        public string Recipient { get; set; } = "";

        [Parameter("address", "miner", 2, true)]
        public string Miner { get; set; } = "";

        [Parameter("uint256", "tao20Amount", 3)]
        public BigInteger Amount { get; set; }

        [Parameter("uint256", "depositAmount", 4)]
        public BigInteger Deposit { get; set; }

        [Parameter("uint16", "netuid", 5, true)]
        public ushort Netuid { get; set; }

        [Parameter("uint256", "nav", 6)]
        public BigInteger Nav { get; set; }

        [Parameter("bytes32", "depositId", 7)]
        public byte[] DepositId { get; set; } = [];
    }
}
