using System.Numerics;
using Tao20.Chain.Abi;
using Tao20.Chain.Contracts.Messages;
using Tao20.Domain.Consensus;
using Tao20.Domain.Slashing;
using Tao20.Domain.Units;

namespace Tao20.Chain.Contracts;

/// <summary>The calls of the ValidatorRegistry, as 0x and hex digits.</summary>
public static class RegistryCalls
{
    /// <summary>Adds the TAO sent along to the caller's bond.</summary>
    public static string Bond() => new BondFunction().Encode();

    /// <summary>Begins to take an amount out of the bond.</summary>
    public static string BeginWithdrawal(BigInteger wei) => new BeginWithdrawalFunction(wei).Encode();

    /// <summary>Pays out what has waited long enough.</summary>
    public static string Withdraw() => new WithdrawFunction().Encode();

    /// <summary>Puts a signed attestation on chain.</summary>
    public static string Attest(SignedAttestation signed) => new AttestFunction(signed).Encode();

    /// <summary>Raises a case with the accused's attestations behind its digests.</summary>
    public static string RaiseCase(SlashCase raised, IReadOnlyList<SignedAttestation> said) => new RaiseCaseFunction(raised, said).Encode();

    /// <summary>Votes for or against a case.</summary>
    public static string Vote(Hash256 id, bool support) => new VoteFunction(id, support).Encode();

    /// <summary>Takes the stake of a confirmed case.</summary>
    public static string Execute(Hash256 id) => new ExecuteFunction(id).Encode();

    /// <summary>Asks which index contract the registry belongs to.</summary>
    public static string Index() => new IndexFunction().Encode();
}
