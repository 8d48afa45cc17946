using System.Numerics;
using System.Text;
using Tao20.Chain.Abi;
using Tao20.Chain.Contracts.Messages;
using Tao20.Domain.Registry;
using Tao20.Domain.Units;

namespace Tao20.Chain.Contracts;

/// <summary>The calls of the ValidatorRegistry, as 0x and hex digits (source: Contracts/Registry).</summary>
public static class RegistryCalls
{
    /// <summary>Adds the TAO sent along to the caller's bond, and names its attester; the zero address leaves that as it is.</summary>
    public static string Bond(Address attester) => new RegistryBondFunction(attester).Encode();

    /// <summary>Names the account that commits, signs and wakes for the caller.</summary>
    public static string SetAttester(Address attester) => new RegistrySetAttesterFunction(attester).Encode();

    /// <summary>Has a part of the bond leave, in wei.</summary>
    public static string Unbond(BigInteger wei) => new RegistryUnbondFunction(wei).Encode();

    /// <summary>Pays out what has waited long enough.</summary>
    public static string Withdraw() => new WithdrawFunction().Encode();

    /// <summary>Pays out what else is owed to an account.</summary>
    public static string Sweep(Address account) => new RegistrySweepFunction(account).Encode();

    /// <summary>Commits to a statement about an epoch.</summary>
    public static string Commit(Address validator, EpochId epoch, Hash256 commitment) =>
        new RegistryCommitFunction(validator, epoch.Value, commitment).Encode();

    /// <summary>States what was committed to.</summary>
    public static string Attest(Address validator, Stated stated, Hash256 salt, byte[] signature) =>
        new RegistryAttestFunction(validator, stated, salt, signature).Encode();

    /// <summary>Punishes who has stated something else than what was settled.</summary>
    public static string PunishDeviation(long round, Address accused, Stated settled, Stated other) =>
        new RegistryPunishDeviationFunction(round, accused, settled, other).Encode();

    /// <summary>Has a validator that stays away count no more.</summary>
    public static string MarkDormant(Address validator) => new RegistryMarkDormantFunction(validator).Encode();

    /// <summary>Has a dormant validator count again.</summary>
    public static string Wake(Address validator) => new RegistryWakeFunction(validator).Encode();

    /// <summary>Proposes parameters from an epoch on.</summary>
    public static string Propose(EpochId fromEpoch, string text) =>
        new RegistryProposeFunction(fromEpoch.Value, Encoding.Latin1.GetBytes(text)).Encode();

    /// <summary>Agrees to a proposal.</summary>
    public static string Endorse(long number, Hash256 key) => new RegistryEndorseFunction((ulong)number, key).Encode();

    /// <summary>Puts an endorsed proposal in force.</summary>
    public static string Adopt(long number, string text) =>
        new RegistryAdoptFunction((ulong)number, Encoding.Latin1.GetBytes(text)).Encode();

    /// <summary>Ends a proposal that can no longer be adopted.</summary>
    public static string Lapse(long number) => new RegistryLapseFunction((ulong)number).Encode();

    /// <summary>Asks which index contract the registry belongs to.</summary>
    public static string Index() => new IndexFunction().Encode();
}
