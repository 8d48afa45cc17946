using System.Text.Json.Serialization;
using Tao20.Actors.Consensus;
using Tao20.Domain.Registry;
using Tao20.Domain.Units;

namespace Tao20.Node.Audit;

/// <summary>A statement, and what is right or wrong with it.</summary>
internal sealed record AuditedAttestation(
    string Validator,
    string Nav,
    string RankingRoot,
    string WeightsHash,
    bool Right,
    IReadOnlyList<string> Findings
);

/// <summary>A round recomputed from the chain alone.</summary>
/// <param name="Epoch">The epoch.</param>
/// <param name="State">How its round stands; <c>None</c> where nobody has committed to anything.</param>
/// <param name="Nav">The index's NAV at its last block, or null with the reason in <paramref name="Problem"/>.</param>
/// <param name="RankingRoot">The ranking root of its trades.</param>
/// <param name="WeightsHash">The hash of the weights of its payouts; null where the UIDs are not known.</param>
/// <param name="Problem">Why there is no NAV: the chain does not tell it, or its state cannot be read.</param>
/// <param name="ReferenceIsRight">
/// Whether what was settled is what was recomputed, as far as it could be; null when nothing was settled.
/// </param>
/// <param name="Attestations">What each validator has stated.</param>
/// <param name="Absent">Validators that could have and did not.</param>
/// <param name="Violations">What was stated and is punished, by its grade, and whether it has been.</param>
internal sealed record RoundAudit(
    ulong Epoch,
    string State,
    string? Nav,
    string RankingRoot,
    string? WeightsHash,
    string? Problem,
    bool? ReferenceIsRight,
    IReadOnlyList<AuditedAttestation> Attestations,
    IReadOnlyList<string> Absent,
    IReadOnlyList<string> Violations
)
{
    /// <summary>The proof of a miner's place; null where none is asked for.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public PlaceProof? Proof { get; init; }

    /// <summary>The round of an epoch.</summary>
    /// <param name="folded">The epoch.</param>
    /// <param name="inputs">The chain's state at its last block, as far as it can be read.</param>
    /// <param name="computed">What there was to be stated by that; null where the state cannot be read.</param>
    public static RoundAudit Of(FoldedEpoch folded, EpochInputs inputs, EpochComputation? computed)
    {
        var round = folded.Round;
        var entries = round?.Entries.Where(entry => entry.Value.Stated is not null).ToList() ?? [];
        return new RoundAudit(
            folded.Report.Closed.Epoch.Value,
            round?.Standing.ToString() ?? "None",
            computed is { NavFailure: null } ? computed.Stated.Statement.Nav.ToString() : null,
            folded.Report.RankingRoot.ToString(),
            computed?.Stated.Statement.WeightsHash.ToString(),
            computed is null ? inputs.NotVerified[0] : computed.NavFailure,
            round?.Settled is { } settled ? settled.Statement == Right(settled).Statement : null,
            [.. entries.Select(entry => Audit(entry.Key, entry.Value.Stated!, Right(entry.Value.Stated!)))],
            [.. round?.Stakes.Keys.Except(entries.Select(entry => entry.Key)).Select(absent => absent.ToString()) ?? []],
            [.. round?.Deviations.Select(one => $"{one.Validator} {one.Grade}, {(one.IsPunished ? "" : "not ")}punished") ?? []]
        );

        // Where the chain's state is not known, what was said of it is let stand.
        Stated Right(Stated said) =>
            computed?.Stated
            ?? said with
            {
                Statement = said.Statement with
                {
                    Epoch = folded.Report.Closed.Epoch,
                    BlockNumber = folded.Report.Closed.LastBlock,
                    BlockHash = folded.Report.Closed.LastBlockHash,
                    RankingRoot = folded.Report.RankingRoot,
                    Parameters = folded.ParametersHash,
                },
            };
    }

    /// <summary>The same in lines for people.</summary>
    public IEnumerable<string> Lines()
    {
        yield return $"  recomputed  NAV {Nav ?? (WeightsHash is null ? "not read" : $"not told by the index: {Problem}")}";
        yield return $"              ranking root {RankingRoot}";
        yield return $"              weights {WeightsHash ?? "not known"}";
        yield return ReferenceIsRight switch
        {
            true => "  what was settled is what was recomputed",
            false => "  what was settled is NOT what was recomputed",
            null => "  nothing was settled",
        };
        foreach (var attestation in Attestations)
            yield return $"  {attestation.Validator}  {(attestation.Right ? "right" : string.Join("; ", attestation.Findings))}";
        foreach (var absent in Absent)
            yield return $"  {absent}  has stated nothing";
        foreach (var violation in Violations)
            yield return $"  deviation: {violation}";
        foreach (var line in Proof?.Lines() ?? [])
            yield return line;
    }

    private static AuditedAttestation Audit(Address validator, Stated said, Stated right)
    {
        var differences = LocalEpochResult.Differences(said.Statement, right.Statement);
        return new AuditedAttestation(
            validator.ToString(),
            said.Statement.Nav.ToString(),
            said.Statement.RankingRoot.ToString(),
            said.Statement.WeightsHash.ToString(),
            differences.Count == 0,
            differences.Count == 0 ? [] : [.. differences, $"that is {Words(Grades.Between(right, said))}"]
        );
    }

    private static string Words(Severity grade) => grade == Severity.None ? "within what is tolerated" : grade.ToString();
}
