using System.Numerics;
using Tao20.Chain.Abi;
using Tao20.Domain.Consensus;
using Tao20.Domain.Slashing;
using Tao20.Domain.Units;

namespace Tao20.Chain.Contracts;

/// <summary>The calls of the ValidatorRegistry, as 0x and hex digits.</summary>
public static class RegistryCalls
{
    /// <summary>Adds the TAO sent along to the caller's bond.</summary>
    public static string Bond() => AbiEncoder.Call("bond()");

    /// <summary>Begins to take an amount out of the bond.</summary>
    public static string BeginWithdrawal(BigInteger wei) => AbiEncoder.Call("beginWithdrawal(uint256)", wei);

    /// <summary>Pays out what has waited long enough.</summary>
    public static string Withdraw() => AbiEncoder.Call("withdraw()");

    /// <summary>Puts a signed attestation on chain.</summary>
    public static string Attest(SignedAttestation signed) => AbiEncoder.Call(
        $"attest({RegistryEvents.AttestationTuple},uint16[],uint16[],bytes)",
        Struct(signed.Attestation),
        signed.Weights.Select(weight => (object)weight.Uid),
        signed.Weights.Select(weight => (object)weight.Weight),
        signed.Signature.ToArray());

    /// <summary>Raises a case with the accused's attestations behind its digests.</summary>
    public static string RaiseCase(SlashCase raised, IReadOnlyList<SignedAttestation> said) => AbiEncoder.Call(
        $"raiseCase({RegistryEvents.CaseTuple},{RegistryEvents.AttestationTuple}[],bytes[],uint256[])",
        Struct(raised),
        said.Select(signed => (object)Struct(signed.Attestation)),
        said.Select(signed => (object)signed.Signature.ToArray()),
        raised.MissedEpochs.Select(epoch => (object)epoch.Value));

    /// <summary>Votes for or against a case.</summary>
    public static string Vote(Hash256 id, bool support) => AbiEncoder.Call("vote(bytes32,bool)", id, support);

    /// <summary>Takes the stake of a confirmed case.</summary>
    public static string Execute(Hash256 id) => AbiEncoder.Call("execute(bytes32)", id);

    private static AbiStruct Struct(NavAttestation said) => new(
        [said.Epoch.Value, said.BlockNumber, said.BlockHash, said.Nav.Value, said.TotalSupply.Value, said.RankingRoot, said.WeightsHash, said.Parameters, said.Validator]);

    private static AbiStruct Struct(SlashCase raised) => new(
    [
        raised.Epoch.Value,
        raised.Accused,
        (byte)raised.Kinds,
        (byte)raised.Severity,
        raised.StakeBlock,
        raised.ReferenceNav.Value,
        raised.ReferenceRoot,
        raised.ReferenceWeightsHash,
    ]);
}
