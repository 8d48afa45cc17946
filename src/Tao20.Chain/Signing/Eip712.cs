using System.Buffers.Binary;
using Nethereum.ABI.EIP712;
using Tao20.Chain.Abi;
using Tao20.Chain.Contracts.Messages;
using Tao20.Domain.Registry;
using Tao20.Domain.Units;
using Tao20.Domain.Weights;

namespace Tao20.Chain.Signing;

/// <summary>The struct that validators sign, hashed as wallets and contracts do (source: EIP-712).</summary>
public static class Eip712
{
    private const int Word = 32;

    // Read by reflection, once.
    private static readonly IDictionary<string, MemberDescription[]> Types = MemberDescriptionFactory.GetTypesMemberDescription(
        typeof(Nethereum.ABI.EIP712.Domain),
        typeof(NavAttestationStruct)
    );

    /// <summary>
    /// The digest of what a validator signs of a statement, for a registry: domain
    /// <c>{name: "TAO20", version: "1", chainId, verifyingContract}</c>.
    /// </summary>
    public static Hash256 Digest(Statement statement, Address validator, RegistryIdentity registry)
    {
        // Made anew each time: Nethereum writes into the typed data it is given, so that one must not be shared between threads.
        var typed = new TypedData<Nethereum.ABI.EIP712.Domain>
        {
            Domain = new Nethereum.ABI.EIP712.Domain
            {
                Name = "TAO20",
                Version = "1",
                ChainId = registry.ChainId,
                VerifyingContract = registry.Registry.ToString(),
            },
            Types = new Dictionary<string, MemberDescription[]>(Types),
            PrimaryType = "NavAttestation",
        };
        return new Hash256(
            Keccak.Hash(new Eip712TypedDataEncoder().EncodeTypedData(new NavAttestationStruct(statement, validator), typed)).ToBytes()
        );
    }

    /// <summary>The hash of weights in an attestation: <c>keccak(abi.encode(uint16[] uids, uint16[] weights))</c>.</summary>
    /// <remarks>
    /// Every attestation that is read is held against it, so the words are written in place: two offsets, then each list with its
    /// length before it (source: the Solidity ABI specification, "Use of Dynamic Types").
    /// </remarks>
    public static Hash256 WeightsHash(IReadOnlyList<SubnetWeight> weights)
    {
        var list = 1 + weights.Count;
        var encoded = new byte[(2 + 2 * list) * Word];
        Put(0, 2 * Word);
        Put(1, (2 + list) * Word);
        Put(2, weights.Count);
        Put(2 + list, weights.Count);
        for (var i = 0; i < weights.Count; i++)
        {
            Put(3 + i, weights[i].Uid);
            Put(3 + list + i, weights[i].Weight);
        }

        return Keccak.Hash(encoded);

        void Put(int word, int value) => BinaryPrimitives.WriteInt32BigEndian(encoded.AsSpan((word + 1) * Word - sizeof(int)), value);
    }
}
