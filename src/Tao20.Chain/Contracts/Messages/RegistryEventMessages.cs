using System.Numerics;
using Nethereum.ABI.FunctionEncoding.Attributes;

namespace Tao20.Chain.Contracts.Messages;

// The events of the ValidatorRegistry that are read (source: ValidatorRegistry.sol). Nethereum fills them.

[Event("BondChanged")]
internal sealed class BondChangedEvent : IEventDTO
{
    [Parameter("address", "validator", 1, true)]
    public string Validator { get; set; } = "";

    [Parameter("uint256", "bond", 2)]
    public BigInteger Bond { get; set; }
}

[Event("Attested")]
internal sealed class AttestedEvent : IEventDTO
{
    [Parameter("address", "validator", 1, true)]
    public string Validator { get; set; } = "";

    [Parameter("uint256", "epoch", 2, true)]
    public BigInteger Epoch { get; set; }

    [Parameter("tuple", "attestation", 3)]
    public NavAttestationStruct Attestation { get; set; } = new();

    [Parameter("bytes32", "digest", 4)]
    public byte[] Digest { get; set; } = [];

    [Parameter("uint16[]", "uids", 5)]
    public List<ushort> Uids { get; set; } = [];

    [Parameter("uint16[]", "weights", 6)]
    public List<ushort> Weights { get; set; } = [];

    [Parameter("bytes", "signature", 7)]
    public byte[] Signature { get; set; } = [];
}

[Event("CaseRaised")]
internal sealed class CaseRaisedEvent : IEventDTO
{
    [Parameter("bytes32", "id", 1, true)]
    public byte[] Id { get; set; } = [];

    [Parameter("address", "accused", 2, true)]
    public string Accused { get; set; } = "";

    [Parameter("address", "raisedBy", 3)]
    public string RaisedBy { get; set; } = "";

    [Parameter("tuple", "details", 4)]
    public CaseStruct Details { get; set; } = new();

    [Parameter("bytes32[]", "digests", 5)]
    public List<byte[]> Digests { get; set; } = [];

    [Parameter("uint256[]", "missedEpochs", 6)]
    public List<BigInteger> MissedEpochs { get; set; } = [];
}

[Event("Voted")]
internal sealed class VotedEvent : IEventDTO
{
    [Parameter("bytes32", "id", 1, true)]
    public byte[] Id { get; set; } = [];

    [Parameter("address", "voter", 2, true)]
    public string Voter { get; set; } = "";

    [Parameter("bool", "support", 3)]
    public bool Support { get; set; }

    [Parameter("uint256", "stake", 4)]
    public BigInteger Stake { get; set; }
}

[Event("CaseConfirmed")]
internal sealed class CaseConfirmedEvent : IEventDTO
{
    [Parameter("bytes32", "id", 1, true)]
    public byte[] Id { get; set; } = [];
}

[Event("CaseRejected")]
internal sealed class CaseRejectedEvent : IEventDTO
{
    [Parameter("bytes32", "id", 1, true)]
    public byte[] Id { get; set; } = [];
}

[Event("CaseExecuted")]
internal sealed class CaseExecutedEvent : IEventDTO
{
    [Parameter("bytes32", "id", 1, true)]
    public byte[] Id { get; set; } = [];

    [Parameter("address", "accused", 2, true)]
    public string Accused { get; set; } = "";

    [Parameter("uint256", "slashed", 3)]
    public BigInteger Slashed { get; set; }
}
