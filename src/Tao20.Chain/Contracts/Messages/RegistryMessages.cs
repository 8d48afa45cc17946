using System.Numerics;
using Nethereum.ABI.FunctionEncoding.Attributes;
using Nethereum.Contracts;
using Tao20.Domain.Registry;

namespace Tao20.Chain.Contracts.Messages;

// The structs and functions of the ValidatorRegistry (source: ValidatorRegistry.sol). Structs have setters because Nethereum fills them.

/// <summary>The struct that validators sign (EIP-712) and that the registry takes.</summary>
[Struct("NavAttestation")]
internal sealed class NavAttestationStruct
{
    public NavAttestationStruct() { }

    public NavAttestationStruct(NavAttestation attestation)
    {
        Epoch = attestation.Epoch.Value;
        BlockNumber = attestation.BlockNumber;
        BlockHash = attestation.BlockHash.ToBytes();
        Nav = (BigInteger)attestation.Nav.Value;
        TotalSupply = (BigInteger)attestation.TotalSupply.Value;
        RankingRoot = attestation.RankingRoot.ToBytes();
        WeightsHash = attestation.WeightsHash.ToBytes();
        Parameters = attestation.Parameters.ToBytes();
        Validator = attestation.Validator.ToString();
    }

    [Parameter("uint256", "epoch", 1)]
    public BigInteger Epoch { get; set; }

    [Parameter("uint64", "blockNumber", 2)]
    public ulong BlockNumber { get; set; }

    [Parameter("bytes32", "blockHash", 3)]
    public byte[] BlockHash { get; set; } = [];

    [Parameter("uint256", "nav", 4)]
    public BigInteger Nav { get; set; }

    [Parameter("uint256", "totalSupply", 5)]
    public BigInteger TotalSupply { get; set; }

    [Parameter("bytes32", "rankingRoot", 6)]
    public byte[] RankingRoot { get; set; } = [];

    [Parameter("bytes32", "weightsHash", 7)]
    public byte[] WeightsHash { get; set; } = [];

    [Parameter("bytes32", "parameters", 8)]
    public byte[] Parameters { get; set; } = [];

    [Parameter("address", "validator", 9)]
    public string Validator { get; set; } = "";
}

[Function("withdraw")]
internal sealed class WithdrawFunction : FunctionMessage;

[Function("index")]
internal sealed class IndexFunction : FunctionMessage;
