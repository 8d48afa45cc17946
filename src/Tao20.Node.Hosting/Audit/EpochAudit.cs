using System.Globalization;
using Tao20.Domain.Audit;
using Tao20.Domain.Registry;
using Tao20.Domain.Units;
using Tao20.Domain.Weights;
using Tao20.Node.Http;

namespace Tao20.Node.Audit;

/// <summary>A neuron's weight.</summary>
internal sealed record WeightDocument(ushort Uid, ushort Weight);

/// <summary>What a validator had to state of an epoch.</summary>
/// <param name="Nav">The index's NAV at the last block; null where it does not tell it.</param>
/// <param name="Supply">Tokens in circulation there, in wei.</param>
/// <param name="Weights">The weights, by UID.</param>
/// <param name="WithoutUid">Paid miners that have no UID.</param>
internal sealed record StatedDocument(string? Nav, string Supply, IReadOnlyList<WeightDocument> Weights, IReadOnlyList<string> WithoutUid);

/// <summary>What a validator has done in a round.</summary>
/// <param name="Validator">The validator.</param>
/// <param name="StakeWei">Its effective stake when the epoch ended; 0 where it had none.</param>
/// <param name="Commitment">What it has committed to; null for nothing.</param>
/// <param name="Statement">The hash of what it has stated; null for nothing.</param>
/// <param name="Punished">The grade it was punished by.</param>
/// <param name="PayoutRao">What it was paid.</param>
internal sealed record RoundMemberDocument(
    string Validator,
    string StakeWei,
    string? Commitment,
    string? Statement,
    string Punished,
    string PayoutRao
)
{
    /// <summary>Everybody who could take part in a round, or has, by address.</summary>
    public static IReadOnlyList<RoundMemberDocument> Of(RegistryRound round) =>
        [.. round.Stakes.Keys.Union(round.Entries.Keys).Order().Select(validator => Of(round, validator))];

    private static RoundMemberDocument Of(RegistryRound round, Address validator)
    {
        var entry = round.Entries.GetValueOrDefault(validator) ?? RoundEntry.None;
        return new RoundMemberDocument(
            validator.ToString(),
            round.Stakes.GetValueOrDefault(validator).ToString(CultureInfo.InvariantCulture),
            entry.Commitment?.ToString(),
            entry.Hash?.ToString(),
            entry.Punished.ToString(),
            entry.Payout.ToString()
        );
    }
}

/// <summary>An epoch recomputed from a history alone: all that anybody can be paid or slashed for.</summary>
/// <param name="Epoch">The epoch.</param>
/// <param name="FirstBlock">Its first block.</param>
/// <param name="LastBlock">Its last block.</param>
/// <param name="LastBlockHash">The hash of that.</param>
/// <param name="Block">Up to which block the history goes.</param>
/// <param name="ParametersHash">The hash of the parameters that hold for it.</param>
/// <param name="Result">How it is settled: ranks, scores, payouts, root and hash.</param>
/// <param name="Stated">What there was to be stated beside that; null where the chain's state is not known.</param>
/// <param name="Round">What validators have stated, beside what was recomputed.</param>
/// <param name="Members">Who could take part in its round, or has, and what came of it.</param>
/// <param name="NotVerified">What could not be verified, and why.</param>
/// <param name="Differences">What differs from what was settled.</param>
internal sealed record EpochAudit(
    ulong Epoch,
    ulong FirstBlock,
    ulong LastBlock,
    string LastBlockHash,
    ulong Block,
    string ParametersHash,
    EpochDocument Result,
    StatedDocument? Stated,
    RoundAudit Round,
    IReadOnlyList<RoundMemberDocument> Members,
    IReadOnlyList<string> NotVerified,
    IReadOnlyList<DifferenceDocument> Differences
)
{
    /// <summary>The document of an epoch.</summary>
    /// <param name="folded">The epoch.</param>
    /// <param name="inputs">The chain's state at its last block, as far as it can be read.</param>
    public static EpochAudit Of(FoldedEpoch folded, EpochInputs inputs)
    {
        var closed = folded.Report.Closed;
        var computed = folded.Computed(inputs);
        var round = RoundAudit.Of(folded, inputs, computed);
        return new EpochAudit(
            closed.Epoch.Value,
            folded.FirstBlock,
            closed.LastBlock,
            closed.LastBlockHash.ToString(),
            folded.Block,
            folded.ParametersHash.ToString(),
            EpochDocument.Of(folded.Report, isTold: true),
            computed is not null
                ? new StatedDocument(
                    round.Nav,
                    computed.Stated.Statement.TotalSupply.ToString(),
                    [.. computed.Stated.Weights.Select(Document)],
                    [.. computed.WithoutUid.Select(miner => miner.ToString())]
                )
                : null,
            round,
            folded.Round is { } members ? RoundMemberDocument.Of(members) : [],
            inputs.NotVerified,
            round.ReferenceIsRight == false
                ?
                [
                    DifferenceDocument.Of(
                        new AuditDifference(
                            DifferenceKind.StatementDiffers,
                            null,
                            $"epoch {closed.Epoch}: what validators have settled is not what follows from the chain"
                        )
                    ),
                ]
                : []
        );
    }

    /// <summary>The same in lines for people.</summary>
    public IEnumerable<string> Lines()
    {
        yield return $"Epoch {Epoch}, blocks {FirstBlock} to {LastBlock}, known up to block {Block}: {Round.State}";
        foreach (var line in Round.Lines())
            yield return line;
        yield return $"  parameters {Result.ParametersVersion}, {ParametersHash}; hash of the epoch {Result.Hash}";
        yield return $"  {Result.EmissionRao} rao, {Result.CarriedInRao} carried in: {Result.ValidatorPoolRao} to validators, "
            + $"{Result.CarriedOutRao} carried out";
        foreach (var paid in Result.Ranked)
            yield return $"  {paid.Rank}. {paid.Miner} {paid.Tier}: W {paid.WeightedVolume}, score {paid.Score}, "
                + $"payout {paid.PayoutRao} rao";
        foreach (var unranked in Result.Unranked)
            yield return $"  -  {unranked.Miner} {unranked.Reason}";
        if (Stated is { } stated)
            yield return $"  weights {string.Join(' ', stated.Weights.Select(one => $"{one.Uid}:{one.Weight}"))}";
        foreach (var member in Members)
            yield return $"  validator {member.Validator}: stake {member.StakeWei} wei, payout {member.PayoutRao} rao"
                + (member.Punished == nameof(Severity.None) ? "" : $", punished {member.Punished}");
        foreach (var reason in NotVerified)
            yield return $"  not verified: {reason}";
        foreach (var line in Differences.SelectMany(one => one.Lines()))
            yield return line;
        yield return Differences.Count == 0
            ? "no differences"
            : $"{Differences.Count} {(Differences.Count == 1 ? "difference" : "differences")}";
    }

    private static WeightDocument Document(SubnetWeight one) => new(one.Uid, one.Weight);
}
