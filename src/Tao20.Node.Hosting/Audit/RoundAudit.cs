using System.Text.Json.Serialization;
using Tao20.Actors.Consensus;
using Tao20.Chain;
using Tao20.Chain.Abi;
using Tao20.Chain.Following;
using Tao20.Domain.Audit;
using Tao20.Domain.Ingestion;
using Tao20.Domain.Parameters;
using Tao20.Domain.Registry;
using Tao20.Domain.Settlement;
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
/// <param name="WeightsHash">The hash of the weights of its payouts.</param>
/// <param name="Problem">Why the chain does not tell the NAV.</param>
/// <param name="ReferenceIsRight">Whether what was settled is what was recomputed; null when nothing was settled.</param>
/// <param name="Attestations">What each validator has stated.</param>
/// <param name="Absent">Validators that could have and did not.</param>
/// <param name="Violations">What was stated and is punished, by its grade, and whether it has been.</param>
internal sealed record RoundAudit(
    ulong Epoch,
    string State,
    string? Nav,
    string RankingRoot,
    string WeightsHash,
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

    /// <summary>Reads the chain and recomputes the round of an epoch.</summary>
    /// <param name="chain">The chain.</param>
    /// <param name="epoch">The epoch.</param>
    /// <param name="netuid">The subnet whose UIDs weights are of.</param>
    /// <param name="miner">The miner whose place is to be proved; null for none.</param>
    /// <param name="cancel">Cancels the operation.</param>
    /// <exception cref="NodeException">The epoch has not been closed, its rules are not known here, or the miner is not ranked.</exception>
    /// <exception cref="ChainException">The chain cannot be read.</exception>
    public static async Task<RoundAudit> OfAsync(
        ChainConnection chain,
        EpochId epoch,
        ushort netuid,
        Address? miner,
        CancellationToken cancel
    )
    {
        await chain.Head.RefreshAsync(cancel);
        var final = chain.Head.Finalized ?? throw new NodeException(ExitCodes.Failed, "The chain has no final block yet.");
        var (registry, from) = (chain.Options.Registry!.Value, chain.Options.FromBlock);
        var first =
            await RegistryLogs.FirstParametersAsync(chain.Pool, registry, from, final.Number, cancel)
            ?? throw new RegistryNotFinalException(registry, from, final.Number);
        var (found, firstBlock, nextFirst, round) = (default(EpochReport), 0UL, 0UL, default(RegistryRound));
        var replay = new HistoryReplay(ParameterSchedule.Of(ParametersOf(first.Text, first.Version)), followsRegistry: true, Keccak.Hash)
        {
            Settled = settled =>
            {
                if (settled.Closed.Epoch == epoch)
                    (found, firstBlock) = (settled, nextFirst);
                nextFirst = settled.Closed.LastBlock + 1;
            },
            BookChanged = book => round = book.RoundOf(epoch) ?? round,
        };
        await foreach (var range in chain.Ranges.ReadAsync(new Cursor(from, null), final.Number, cancel))
            replay.Fold(range);
        if (found is not { } report)
            throw new NodeException(
                ExitCodes.Failed,
                $"Epoch {epoch} has not been closed up to the final block {final.Number}: give --epoch with an earlier one."
            );
        var scheduled =
            replay.Book.Parameters.Of(epoch)
            ?? throw new NodeException(
                ExitCodes.Failed,
                $"Epoch {epoch} was over before there was a registry: give --epoch with a later one."
            );
        var parameters = ParametersOf(scheduled.Text, scheduled.Version);
        var hash = DomainParameters.HashOf(scheduled.Text, Keccak.Hash);
        var computed = await EpochComputation.OfAsync(chain, report, firstBlock, parameters.Statement, hash, netuid, cancel);
        return Of(epoch, round, computed) with { Proof = miner is { } one ? PlaceProof.Of(report, one) : null };
    }

    private static RoundAudit Of(EpochId epoch, RegistryRound? round, EpochComputation computed)
    {
        var right = computed.Stated.Statement;
        var entries = round?.Entries.Where(entry => entry.Value.Stated is not null).ToList() ?? [];
        return new RoundAudit(
            epoch.Value,
            round?.Standing.ToString() ?? "None",
            computed.NavFailure is null ? right.Nav.ToString() : null,
            right.RankingRoot.ToString(),
            right.WeightsHash.ToString(),
            computed.NavFailure,
            round?.Settled is { } settled ? settled.Statement == right : null,
            [.. entries.Select(entry => Audit(entry.Key, entry.Value.Stated!, computed.Stated))],
            [.. round?.Stakes.Keys.Except(entries.Select(entry => entry.Key)).Select(absent => absent.ToString()) ?? []],
            [.. round?.Deviations.Select(one => $"{one.Validator} {one.Grade}, {(one.IsPunished ? "" : "not ")}punished") ?? []]
        );
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

    private static DomainParameters ParametersOf(string text, long version) =>
        DomainParameters.TryParse(text, out var problem)
        ?? throw new NodeException(
            ExitCodes.Failed,
            $"The parameters {version} are not known here ({problem}): use a version that knows them."
        );
}
