using System.Buffers.Binary;
using Tao20.Domain.Epochs;
using Tao20.Domain.Units;

namespace Tao20.Domain.Slashing;

/// <summary>Which registry on which chain: so that evidence of one is nothing on another.</summary>
/// <param name="ChainId">The chain's id.</param>
/// <param name="Registry">The registry's address: the <c>verifyingContract</c>.</param>
public readonly record struct RegistryIdentity(ulong ChainId, Address Registry);

/// <summary>The accusation of one validator for one epoch, with all that is needed to check it.</summary>
/// <param name="Epoch">The epoch.</param>
/// <param name="Accused">The validator.</param>
/// <param name="Kinds">What it did.</param>
/// <param name="Severity">How grave that is.</param>
/// <param name="StakeBlock">The block at which its stake counts: the epoch's last.</param>
/// <param name="ReferenceNav">What the round took for right; 0 where that is no part of the case.</param>
/// <param name="ReferenceRoot">The ranking root taken for right.</param>
/// <param name="ReferenceWeightsHash">The weights taken for right.</param>
/// <param name="Digests">The digests of the accused's attestations it is about.</param>
/// <param name="MissedEpochs">For absence, the epochs missed.</param>
public sealed record SlashCase(
    EpochId Epoch,
    Address Accused,
    ViolationKinds Kinds,
    Severity Severity,
    ulong StakeBlock,
    TaoPerToken ReferenceNav,
    Hash256 ReferenceRoot,
    Hash256 ReferenceWeightsHash,
    IReadOnlyList<Hash256> Digests,
    IReadOnlyList<EpochId> MissedEpochs
)
{
    /// <summary>
    /// Its id: the hash of its evidence, so that it cannot be raised twice. <c>keccak(abi.encode(chainId, registry, epoch, accused,
    /// kinds, severity, stakeBlock, referenceNav, referenceRoot, referenceWeightsHash, keccak(digests), keccak(missedEpochs)))</c>.
    /// </summary>
    public Hash256 Id(RegistryIdentity registry, Keccak256 keccak)
    {
        var digests = new byte[Digests.Count * Hash256.Length];
        for (var i = 0; i < Digests.Count; i++)
            Digests[i].CopyTo(digests.AsSpan(i * Hash256.Length));
        var missed = new byte[MissedEpochs.Count * 32];
        for (var i = 0; i < MissedEpochs.Count; i++)
            BinaryPrimitives.WriteUInt64BigEndian(missed.AsSpan(i * 32 + 24), MissedEpochs[i].Value);

        Span<byte> words = stackalloc byte[12 * 32];
        words.Clear();
        BinaryPrimitives.WriteUInt64BigEndian(words[24..], registry.ChainId);
        registry.Registry.CopyTo(words[44..]);
        BinaryPrimitives.WriteUInt64BigEndian(words[88..], Epoch.Value);
        Accused.CopyTo(words[108..]);
        words[159] = (byte)Kinds;
        words[191] = (byte)Severity;
        BinaryPrimitives.WriteUInt64BigEndian(words[216..], StakeBlock);
        BinaryPrimitives.WriteUInt128BigEndian(words[240..], ReferenceNav.Value);
        ReferenceRoot.CopyTo(words[256..]);
        ReferenceWeightsHash.CopyTo(words[288..]);
        keccak(digests).CopyTo(words[320..]);
        keccak(missed).CopyTo(words[352..]);
        return keccak(words);
    }
}

/// <summary>Where a case is.</summary>
public enum CaseState : byte
{
    /// <summary>Found by one's own computation; nobody has raised it on chain yet.</summary>
    Found = 0,

    /// <summary>On chain, open for votes.</summary>
    Raised = 1,

    /// <summary>67 % of the eligible stake have voted for it.</summary>
    Confirmed = 2,

    /// <summary>The stake has been taken. The end.</summary>
    Executed = 3,

    /// <summary>So much has voted against it that it can no longer be confirmed. The end.</summary>
    Rejected = 4,

    /// <summary>Not confirmed in time. The end.</summary>
    Expired = 5,
}

/// <summary>A case and how far it has come.</summary>
/// <param name="Id">The hash of its evidence.</param>
/// <param name="Case">The evidence.</param>
/// <param name="State">Where it is.</param>
/// <param name="Founded">One's own computation came to the same case.</param>
/// <param name="RaisedAt">The block it was raised in; 0 before.</param>
/// <param name="For">Stake that voted for it, in wei.</param>
/// <param name="Against">Stake that voted against it, in wei.</param>
/// <param name="SlashedWei">What was taken, in wei.</param>
/// <param name="Voted">Who has voted.</param>
public sealed record CaseProgress(
    Hash256 Id,
    SlashCase Case,
    CaseState State,
    bool Founded,
    ulong RaisedAt,
    UInt128 For,
    UInt128 Against,
    UInt128 SlashedWei,
    IReadOnlyList<Address> Voted
)
{
    /// <summary>Nothing more can happen to it.</summary>
    public bool Ended => State is CaseState.Executed or CaseState.Rejected or CaseState.Expired;
}
