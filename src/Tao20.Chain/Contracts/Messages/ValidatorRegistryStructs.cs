using System.Numerics;
using Nethereum.ABI.FunctionEncoding.Attributes;
using Tao20.Domain.Registry;
using Tao20.Domain.Units;

namespace Tao20.Chain.Contracts.Messages;

// The structs of the ValidatorRegistry (source: Contracts/Registry in Tao20.Devnet). They have setters because Nethereum fills them.

[Struct("RegistryRules")]
internal sealed class RegistryRulesStruct
{
    [Parameter("uint256", "minStake", 1)]
    public BigInteger MinStake { get; set; }

    [Parameter("uint256", "minAttesters", 2)]
    public BigInteger MinAttesters { get; set; }

    [Parameter("uint256", "commitSeconds", 3)]
    public BigInteger CommitSeconds { get; set; }

    [Parameter("uint256", "revealSeconds", 4)]
    public BigInteger RevealSeconds { get; set; }

    [Parameter("uint256", "evidenceSeconds", 5)]
    public BigInteger EvidenceSeconds { get; set; }

    [Parameter("uint256", "unbondingSeconds", 6)]
    public BigInteger UnbondingSeconds { get; set; }

    [Parameter("uint256", "dormantRounds", 7)]
    public BigInteger DormantRounds { get; set; }

    [Parameter("uint256", "proposalDeposit", 8)]
    public BigInteger ProposalDeposit { get; set; }

    [Parameter("address", "treasury", 9)]
    public string Treasury { get; set; } = "";

    public static RegistryRulesStruct Of(RegistryRules rules) =>
        new()
        {
            MinStake = (BigInteger)rules.MinStake.Value,
            MinAttesters = rules.MinAttesters,
            CommitSeconds = rules.CommitSeconds,
            RevealSeconds = rules.RevealSeconds,
            EvidenceSeconds = rules.EvidenceSeconds,
            UnbondingSeconds = rules.UnbondingSeconds,
            DormantRounds = rules.DormantRounds,
            ProposalDeposit = (BigInteger)rules.ProposalDeposit.Value,
            Treasury = rules.Treasury.ToString(),
        };
}

[Struct("RegistryAccount")]
internal sealed class RegistryAccountStruct
{
    [Parameter("uint128", "bond", 1)]
    public BigInteger Bond { get; set; }

    [Parameter("uint128", "leaving", 2)]
    public BigInteger Leaving { get; set; }

    [Parameter("address", "attester", 3)]
    public string Attester { get; set; } = "";

    [Parameter("uint48", "leavesAt", 4)]
    public ulong LeavesAt { get; set; }

    [Parameter("bool", "dormant", 5)]
    public bool Dormant { get; set; }

    [Parameter("uint32", "lastSeen", 6)]
    public uint LastSeen { get; set; }
}

/// <summary>What a statement has as a struct by itself, and in what is signed.</summary>
internal abstract class StatementFields
{
    protected StatementFields() { }

    protected StatementFields(Statement statement)
    {
        Epoch = statement.Epoch.Value;
        BlockNumber = statement.BlockNumber;
        BlockHash = statement.BlockHash.ToBytes();
        Nav = (BigInteger)statement.Nav.Value;
        TotalSupply = (BigInteger)statement.TotalSupply.Value;
        RankingRoot = statement.RankingRoot.ToBytes();
        WeightsHash = statement.WeightsHash.ToBytes();
        Parameters = statement.Parameters.ToBytes();
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
}

[Struct("Statement")]
internal sealed class StatementStruct : StatementFields
{
    public StatementStruct() { }

    public StatementStruct(Statement statement)
        : base(statement) { }
}

/// <summary>What a validator signs (EIP-712): a statement, and who says it.</summary>
[Struct("NavAttestation")]
internal sealed class NavAttestationStruct(Statement statement, Address validator) : StatementFields(statement)
{
    [Parameter("address", "validator", 9)]
    public string Validator => validator.ToString();
}

[Struct("Stated")]
internal sealed class StatedStruct
{
    public StatedStruct() { }

    public StatedStruct(Stated stated)
    {
        Statement = new StatementStruct(stated.Statement);
        Uids = [.. stated.Weights.Select(weight => weight.Uid)];
        Weights = [.. stated.Weights.Select(weight => weight.Weight)];
    }

    [Parameter("tuple", "statement", 1)]
    public StatementStruct Statement { get; set; } = new();

    [Parameter("uint16[]", "uids", 2)]
    public List<ushort> Uids { get; set; } = [];

    [Parameter("uint16[]", "weights", 3)]
    public List<ushort> Weights { get; set; } = [];
}
