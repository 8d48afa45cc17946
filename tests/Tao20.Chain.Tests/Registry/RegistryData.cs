using System.Numerics;
using System.Text;
using Tao20.Chain.Abi;
using Tao20.Domain.Registry;
using Tao20.Domain.Units;
using Tao20.Domain.Weights;
using Tao20.Tests.Oracles;

namespace Tao20.Chain.Tests.Registry;

/// <summary>The call data of the registry's functions.</summary>
internal static class RegistryData
{
    public const string StatementType = "(uint256,uint64,bytes32,uint256,uint256,bytes32,bytes32,bytes32)";
    private const string StatedType = $"({StatementType},uint16[],uint16[])";

    public static string Bond(Address attester = default) => AbiEncoder.Call("bond(address)", attester);

    public static string SetAttester(Address attester) => AbiEncoder.Call("setAttester(address)", attester);

    public static string Unbond(BigInteger amount) => AbiEncoder.Call("unbond(uint256)", amount);

    public static string Withdraw() => AbiEncoder.Call("withdraw()");

    public static string Sweep(Address account) => AbiEncoder.Call("sweep(address)", account);

    public static string Commit(Address validator, ulong epoch, Hash256 commitment) =>
        AbiEncoder.Call("commit(address,uint256,bytes32)", validator, epoch, commitment);

    public static string Attest(Address validator, Stated stated, Hash256 salt, byte[] signature) =>
        Attest(validator, Tuple(stated), salt, signature);

    public static string Attest(Address validator, AbiTuple stated, Hash256 salt, byte[] signature) =>
        AbiEncoder.Call($"attest(address,{StatedType},bytes32,bytes)", validator, stated, salt, signature);

    public static string Punish(BigInteger round, Address accused, Stated settled, Stated other) =>
        AbiEncoder.Call($"punishDeviation(uint256,address,{StatedType},{StatedType})", round, accused, Tuple(settled), Tuple(other));

    public static string MarkDormant(Address validator) => AbiEncoder.Call("markDormant(address)", validator);

    public static string Wake(Address validator) => AbiEncoder.Call("wake(address)", validator);

    public static string Propose(ulong fromEpoch, string text) =>
        AbiEncoder.Call("propose(uint256,bytes)", fromEpoch, Encoding.ASCII.GetBytes(text));

    public static string Endorse(int number, Hash256 key) => AbiEncoder.Call("endorse(uint256,bytes32)", number, key);

    public static string Adopt(int number, string text) => AbiEncoder.Call("adopt(uint256,bytes)", number, Encoding.ASCII.GetBytes(text));

    public static string Lapse(int number) => AbiEncoder.Call("lapse(uint256)", number);

    /// <summary>What is endorsed: <c>keccak256(abi.encode(fromEpoch, text))</c>.</summary>
    public static Hash256 KeyOf(ulong fromEpoch, string text) =>
        Keccak.Hash(Convert.FromHexString(AbiEncoder.Encode(fromEpoch, Encoding.ASCII.GetBytes(text))));

    /// <summary>What a statement names its parameters by.</summary>
    public static Hash256 HashOf(string text) => Keccak.Hash(Encoding.ASCII.GetBytes(text));

    /// <summary>The words of a statement, with other amounts.</summary>
    public static AbiStruct WordsOf(Statement said, BigInteger nav, BigInteger supply) =>
        new([said.Epoch.Value, said.BlockNumber, said.BlockHash, nav, supply, said.RankingRoot, said.WeightsHash, said.Parameters]);

    public static AbiTuple TupleOf(AbiStruct words, IReadOnlyList<SubnetWeight> weights) =>
        new([words, weights.Select(weight => (object)weight.Uid).ToList(), weights.Select(weight => (object)weight.Weight).ToList()]);

    private static AbiTuple Tuple(Stated stated) =>
        TupleOf(WordsOf(stated.Statement, stated.Statement.Nav.Value, stated.Statement.TotalSupply.Value), stated.Weights);
}
