using System.Numerics;
using System.Text;
using Tao20.Chain.Abi;
using Tao20.Domain.Consensus;
using Tao20.Domain.Slashing;
using Tao20.Domain.Units;
using Tao20.Domain.Weights;

namespace Tao20.Chain.Signing;

/// <summary>Typed data as wallets and contracts hash it (source: EIP-712), and the struct that validators sign.</summary>
public static class Eip712
{
    /// <summary>The type of <see cref="NavAttestation"/>, whose hash begins every attestation's.</summary>
    public const string NavAttestationType =
        "NavAttestation(uint256 epoch,uint64 blockNumber,bytes32 blockHash,uint256 nav,uint256 totalSupply,bytes32 rankingRoot,bytes32 weightsHash,bytes32 parameters,address validator)";

    private const string DomainType = "EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)";

    /// <summary>The domain separator: which application, on which chain, at which contract.</summary>
    public static Hash256 DomainSeparator(string name, string version, BigInteger chainId, Address verifyingContract) =>
        StructHash(DomainType, Text(name), Text(version), chainId, verifyingContract);

    /// <summary><c>hashStruct</c>: the hash of the type and of the fields, each a word; a string or another struct comes as its hash.</summary>
    public static Hash256 StructHash(string type, params object[] words) =>
        Keccak.Hash(Convert.FromHexString(AbiEncoder.Encode([Text(type), .. words])));

    /// <summary>What is signed: <c>keccak(0x1901 || domain || struct)</c>.</summary>
    public static Hash256 Digest(Hash256 domainSeparator, Hash256 structHash) => Keccak.Hash([0x19, 0x01, .. domainSeparator.ToBytes(), .. structHash.ToBytes()]);

    /// <summary>The digest of an attestation for a registry: domain <c>{name: "TAO20", version: "1", chainId, verifyingContract}</c>.</summary>
    public static Hash256 Digest(NavAttestation attestation, RegistryIdentity registry) => Digest(
        DomainSeparator("TAO20", "1", registry.ChainId, registry.Registry),
        StructHash(
            NavAttestationType,
            attestation.Epoch.Value,
            attestation.BlockNumber,
            attestation.BlockHash,
            attestation.Nav.Value,
            attestation.TotalSupply.Value,
            attestation.RankingRoot,
            attestation.WeightsHash,
            attestation.Parameters,
            attestation.Validator));

    /// <summary>The hash of weights in an attestation: <c>keccak(abi.encode(uint16[] uids, uint16[] weights))</c>.</summary>
    public static Hash256 WeightsHash(IReadOnlyList<SubnetWeight> weights) =>
        Keccak.Hash(Convert.FromHexString(AbiEncoder.Encode(weights.Select(weight => (object)weight.Uid), weights.Select(weight => (object)weight.Weight))));

    private static Hash256 Text(string text) => Keccak.Hash(Encoding.UTF8.GetBytes(text));
}
