using System.Numerics;
using Nethereum.ABI.FunctionEncoding.Attributes;
using Nethereum.Contracts;
using Tao20.Domain.Consensus;
using Tao20.Domain.Slashing;
using Tao20.Domain.Units;

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

/// <summary>What a validator is accused of.</summary>
[Struct("Case")]
internal sealed class CaseStruct
{
    public CaseStruct() { }

    public CaseStruct(SlashCase raised)
    {
        Epoch = raised.Epoch.Value;
        Accused = raised.Accused.ToString();
        (Kinds, Severity) = ((byte)raised.Kinds, (byte)raised.Severity);
        StakeBlock = raised.StakeBlock;
        ReferenceNav = (BigInteger)raised.ReferenceNav.Value;
        ReferenceRoot = raised.ReferenceRoot.ToBytes();
        ReferenceWeightsHash = raised.ReferenceWeightsHash.ToBytes();
    }

    [Parameter("uint256", "epoch", 1)]
    public BigInteger Epoch { get; set; }

    [Parameter("address", "accused", 2)]
    public string Accused { get; set; } = "";

    [Parameter("uint8", "kinds", 3)]
    public byte Kinds { get; set; }

    [Parameter("uint8", "severity", 4)]
    public byte Severity { get; set; }

    [Parameter("uint64", "stakeBlock", 5)]
    public ulong StakeBlock { get; set; }

    [Parameter("uint256", "referenceNav", 6)]
    public BigInteger ReferenceNav { get; set; }

    [Parameter("bytes32", "referenceRoot", 7)]
    public byte[] ReferenceRoot { get; set; } = [];

    [Parameter("bytes32", "referenceWeightsHash", 8)]
    public byte[] ReferenceWeightsHash { get; set; } = [];
}

[Function("bond")]
internal sealed class BondFunction : FunctionMessage;

[Function("beginWithdrawal")]
internal sealed class BeginWithdrawalFunction(BigInteger amount) : FunctionMessage
{
    [Parameter("uint256", "amount", 1)]
    public BigInteger Amount => amount;
}

[Function("withdraw")]
internal sealed class WithdrawFunction : FunctionMessage;

[Function("attest")]
internal sealed class AttestFunction(SignedAttestation signed) : FunctionMessage
{
    [Parameter("tuple", "said", 1)]
    public NavAttestationStruct Said { get; } = new(signed.Attestation);

    [Parameter("uint16[]", "uids", 2)]
    public List<ushort> Uids { get; } = [.. signed.Weights.Select(weight => weight.Uid)];

    [Parameter("uint16[]", "weights", 3)]
    public List<ushort> Weights { get; } = [.. signed.Weights.Select(weight => weight.Weight)];

    [Parameter("bytes", "signature", 4)]
    public byte[] Signature { get; } = signed.Signature.ToArray();
}

[Function("raiseCase")]
internal sealed class RaiseCaseFunction(SlashCase raised, IReadOnlyList<SignedAttestation> evidence) : FunctionMessage
{
    [Parameter("tuple", "details", 1)]
    public CaseStruct Details { get; } = new(raised);

    [Parameter("tuple[]", "said", 2)]
    public List<NavAttestationStruct> Said { get; } = [.. evidence.Select(signed => new NavAttestationStruct(signed.Attestation))];

    [Parameter("bytes[]", "signatures", 3)]
    public List<byte[]> Signatures { get; } = [.. evidence.Select(signed => signed.Signature.ToArray())];

    [Parameter("uint256[]", "missedEpochs", 4)]
    public List<BigInteger> MissedEpochs { get; } = [.. raised.MissedEpochs.Select(epoch => (BigInteger)epoch.Value)];
}

[Function("vote")]
internal sealed class VoteFunction(Hash256 id, bool support) : FunctionMessage
{
    [Parameter("bytes32", "id", 1)]
    public byte[] Id => id.ToBytes();

    [Parameter("bool", "support", 2)]
    public bool Support => support;
}

[Function("execute")]
internal sealed class ExecuteFunction(Hash256 id) : FunctionMessage
{
    [Parameter("bytes32", "id", 1)]
    public byte[] Id => id.ToBytes();
}

[Function("index")]
internal sealed class IndexFunction : FunctionMessage;
