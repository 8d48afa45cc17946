using System.Numerics;
using Nethereum.ABI.FunctionEncoding.Attributes;

namespace Tao20.Chain.Contracts.Messages;

// The events of the ValidatorRegistry (source: Contracts/Registry in Tao20.Devnet). Nethereum fills them.

[Event("RegistryCreated")]
internal sealed class RegistryCreatedEvent : IEventDTO
{
    [Parameter("address", "index", 1, true)]
    public string Index { get; set; } = "";

    [Parameter("tuple", "rules", 2)]
    public RegistryRulesStruct Rules { get; set; } = new();
}

[Event("Bonded")]
internal sealed class RegistryBondedEvent : IEventDTO
{
    [Parameter("address", "validator", 1, true)]
    public string Validator { get; set; } = "";

    [Parameter("uint256", "amount", 2)]
    public BigInteger Amount { get; set; }

    [Parameter("tuple", "account", 3)]
    public RegistryAccountStruct Account { get; set; } = new();
}

[Event("Unbonding")]
internal sealed class RegistryUnbondingEvent : IEventDTO
{
    [Parameter("address", "validator", 1, true)]
    public string Validator { get; set; } = "";

    [Parameter("uint256", "amount", 2)]
    public BigInteger Amount { get; set; }

    [Parameter("uint256", "bond", 3)]
    public BigInteger Bond { get; set; }

    [Parameter("uint256", "leaving", 4)]
    public BigInteger Leaving { get; set; }

    [Parameter("uint256", "leavesAt", 5)]
    public BigInteger LeavesAt { get; set; }
}

[Event("Withdrawn")]
internal sealed class RegistryWithdrawnEvent : IEventDTO
{
    [Parameter("address", "validator", 1, true)]
    public string Validator { get; set; } = "";

    [Parameter("uint256", "amount", 2)]
    public BigInteger Amount { get; set; }
}

[Event("AttesterSet")]
internal sealed class RegistryAttesterSetEvent : IEventDTO
{
    [Parameter("address", "validator", 1, true)]
    public string Validator { get; set; } = "";

    [Parameter("address", "attester", 2)]
    public string Attester { get; set; } = "";
}

[Event("Dormant")]
internal sealed class RegistryDormantEvent : IEventDTO
{
    [Parameter("address", "validator", 1, true)]
    public string Validator { get; set; } = "";
}

[Event("Awake")]
internal sealed class RegistryAwakeEvent : IEventDTO
{
    [Parameter("address", "validator", 1, true)]
    public string Validator { get; set; } = "";
}

[Event("RoundOpened")]
internal sealed class RegistryRoundOpenedEvent : IEventDTO
{
    [Parameter("uint256", "number", 1, true)]
    public BigInteger Number { get; set; }

    [Parameter("uint256", "epoch", 2, true)]
    public BigInteger Epoch { get; set; }

    [Parameter("uint256", "closedAt", 3)]
    public BigInteger ClosedAt { get; set; }

    [Parameter("uint256", "eligible", 4)]
    public BigInteger Eligible { get; set; }
}

[Event("Committed")]
internal sealed class RegistryCommittedEvent : IEventDTO
{
    [Parameter("uint256", "number", 1, true)]
    public BigInteger Number { get; set; }

    [Parameter("address", "validator", 2, true)]
    public string Validator { get; set; } = "";

    [Parameter("bytes32", "commitment", 3)]
    public byte[] Commitment { get; set; } = [];
}

[Event("CommitmentVoided")]
internal sealed class RegistryCommitmentVoidedEvent : IEventDTO
{
    [Parameter("uint256", "number", 1, true)]
    public BigInteger Number { get; set; }

    [Parameter("address", "validator", 2, true)]
    public string Validator { get; set; } = "";
}

[Event("Attested")]
internal sealed class RegistryAttestedEvent : IEventDTO
{
    [Parameter("uint256", "number", 1, true)]
    public BigInteger Number { get; set; }

    [Parameter("address", "validator", 2, true)]
    public string Validator { get; set; } = "";

    [Parameter("bytes32", "hash", 3, true)]
    public byte[] Hash { get; set; } = [];

    [Parameter("uint256", "stake", 4)]
    public BigInteger Stake { get; set; }

    [Parameter("tuple", "stated", 5)]
    public StatedStruct Stated { get; set; } = new();

    [Parameter("bytes32", "salt", 6)]
    public byte[] Salt { get; set; } = [];

    [Parameter("bytes", "signature", 7)]
    public byte[] Signature { get; set; } = [];
}

[Event("Settled")]
internal sealed class RegistrySettledEvent : IEventDTO
{
    [Parameter("uint256", "number", 1, true)]
    public BigInteger Number { get; set; }

    [Parameter("bytes32", "hash", 2)]
    public byte[] Hash { get; set; } = [];

    [Parameter("uint256", "stake", 3)]
    public BigInteger Stake { get; set; }

    [Parameter("uint256", "accounts", 4)]
    public BigInteger Accounts { get; set; }
}

[Event("Slashed")]
internal sealed class RegistrySlashedEvent : IEventDTO
{
    [Parameter("uint256", "number", 1, true)]
    public BigInteger Number { get; set; }

    [Parameter("address", "validator", 2, true)]
    public string Validator { get; set; } = "";

    [Parameter("uint8", "grade", 3)]
    public byte Grade { get; set; }

    [Parameter("uint256", "fromLeaving", 4)]
    public BigInteger FromLeaving { get; set; }

    [Parameter("uint256", "fromBond", 5)]
    public BigInteger FromBond { get; set; }
}

[Event("Proposed")]
internal sealed class RegistryProposedEvent : IEventDTO
{
    [Parameter("uint256", "number", 1, true)]
    public BigInteger Number { get; set; }

    [Parameter("address", "proposer", 2, true)]
    public string Proposer { get; set; } = "";

    [Parameter("uint256", "fromEpoch", 3)]
    public BigInteger FromEpoch { get; set; }

    [Parameter("bytes", "text", 4)]
    public byte[] Text { get; set; } = [];

    [Parameter("bytes32", "key", 5)]
    public byte[] Key { get; set; } = [];
}

[Event("Endorsed")]
internal sealed class RegistryEndorsedEvent : IEventDTO
{
    [Parameter("uint256", "number", 1, true)]
    public BigInteger Number { get; set; }

    [Parameter("address", "validator", 2, true)]
    public string Validator { get; set; } = "";

    [Parameter("uint256", "stake", 3)]
    public BigInteger Stake { get; set; }
}

[Event("Adopted")]
internal sealed class RegistryAdoptedEvent : IEventDTO
{
    [Parameter("uint256", "number", 1, true)]
    public BigInteger Number { get; set; }
}

[Event("Lapsed")]
internal sealed class RegistryLapsedEvent : IEventDTO
{
    [Parameter("uint256", "number", 1, true)]
    public BigInteger Number { get; set; }
}

[Event("ParametersScheduled")]
internal sealed class RegistryParametersScheduledEvent : IEventDTO
{
    [Parameter("uint256", "version", 1, true)]
    public BigInteger Version { get; set; }

    [Parameter("uint256", "fromEpoch", 2)]
    public BigInteger FromEpoch { get; set; }

    [Parameter("bytes", "text", 3)]
    public byte[] Text { get; set; } = [];
}
