using System.Globalization;
using System.Numerics;
using Tao20.Actors.Consensus;
using Tao20.Chain;
using Tao20.Chain.Following;
using Tao20.Domain.Consensus;
using Tao20.Domain.Ingestion;
using Tao20.Domain.Nav;
using Tao20.Domain.Parameters;
using Tao20.Domain.Settlement;
using Tao20.Domain.Units;
using Tao20.Domain.Weights;

namespace Tao20.Node.Audit;

/// <summary>An attestation, and what is right or wrong with it.</summary>
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
/// <param name="State">How its round stands.</param>
/// <param name="Nav">NAV at its last block, or null with the reason in <paramref name="Problem"/>.</param>
/// <param name="RankingRoot">The ranking root of its trades.</param>
/// <param name="WeightsHash">The hash of the weights of its payouts.</param>
/// <param name="Problem">Why NAV could not be computed.</param>
/// <param name="ReferenceIsRight">What the round took for right is what was recomputed; null when it took nothing.</param>
/// <param name="Attestations">What each validator said.</param>
/// <param name="Absent">Validators that should have and did not.</param>
/// <param name="Violations">What the rules hold against validators for it.</param>
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
    /// <summary>Reads the chain and recomputes the round of an epoch.</summary>
    /// <exception cref="NodeException">The epoch has not been closed.</exception>
    /// <exception cref="ChainException">The chain cannot be read.</exception>
    public static async Task<RoundAudit> OfAsync(
        ChainConnection chain,
        DomainParameters parameters,
        EpochId epoch,
        ushort netuid,
        CancellationToken cancel
    )
    {
        await chain.Head.RefreshAsync(cancel);
        var final = chain.Head.Finalized ?? throw new NodeException(ExitCodes.Failed, "The chain has no final block yet.");
        var replay = new ChainReplay(chain.Reader.Registry!.Value, parameters);
        await foreach (var range in chain.Ranges.ReadAsync(new Cursor(chain.Options.FromBlock, null), final.Number, cancel))
            replay.Fold(range, epoch);
        if (replay.Report is not { } report || replay.Round is not { } round)
            throw new NodeException(
                ExitCodes.Failed,
                $"Epoch {epoch} has not been closed up to the final block {final.Number}: give --epoch with an earlier one."
            );

        var computed = await EpochComputation.OfAsync(chain, round, report, netuid, round.LastBlock, cancel);
        var nav = (computed.Reading as NavReading.Available)?.Nav;
        var (weights, weightsHash) = (computed.Weights.Weights, computed.WeightsHash);
        var words = round.Eligible.SelectMany(one => round.AttestationsBy(one.Validator)).ToList();
        var reference = replay.Concluded?.Reference;
        return new RoundAudit(
            epoch.Value,
            round.State.ToString(),
            nav?.ToString(),
            report.RankingRoot.ToString(),
            weightsHash.ToString(),
            (computed.Reading as NavReading.Unavailable)?.Reason,
            reference is null
                ? null
                : reference.RankingRoot == report.RankingRoot
                    && reference.WeightsHash == weightsHash
                    && (nav is null || reference.Nav == nav),
            [.. words.Select(word => Audit(word, round, report, nav, weights, weightsHash))],
            [.. round.Eligible.Where(one => round.First(one.Validator) is null).Select(one => one.Validator.ToString())],
            [.. replay.Found.Select(found => $"{found.Accused} {found.Kinds} {found.Severity}")]
        );
    }

    private static AuditedAttestation Audit(
        SignedAttestation signed,
        Round round,
        EpochReport report,
        TaoPerToken? nav,
        IReadOnlyList<SubnetWeight> weights,
        Hash256 weightsHash
    )
    {
        var said = signed.Attestation;
        var findings = new List<string>();
        if (round.Equivocated.Contains(said.Validator))
            findings.Add("it has said two different things of this epoch");
        if (said.BlockNumber != round.LastBlock || said.BlockHash != round.LastBlockHash)
            findings.Add(
                $"it is of block {said.BlockNumber} ({said.BlockHash}); the epoch's last is {round.LastBlock} ({round.LastBlockHash})"
            );
        if (said.Parameters != round.Parameters)
            findings.Add($"its parameters are {said.Parameters}; here they are {round.Parameters}");
        if (round.Counted.All(counted => counted.Signed.Digest != signed.Digest) && findings.Count == 0)
            findings.Add("it came after the round's window");
        if (nav is { } right && said.Nav != right)
            findings.Add(
                $"its NAV {said.Nav} is {Percent(said.Nav.Value, right.Value)} off {right}: {ConsensusRules.OfNav(said.Nav, right)}"
            );
        if (said.RankingRoot != report.RankingRoot)
            findings.Add($"its ranking root {said.RankingRoot} is not {report.RankingRoot}");
        if (said.WeightsHash != weightsHash)
        {
            var (distance, sum) = ConsensusRules.WeightsDistance(signed.Weights, weights);
            findings.Add(
                $"its weights are {Percent((UInt128)(distance + sum), (UInt128)sum)} off: "
                    + $"{ConsensusRules.OfWeights(signed.Weights, weights)}"
            );
        }

        return new AuditedAttestation(
            said.Validator.ToString(),
            said.Nav.ToString(),
            said.RankingRoot.ToString(),
            said.WeightsHash.ToString(),
            findings.Count == 0,
            findings
        );
    }

    private static string Percent(UInt128 value, UInt128 right) =>
        right == 0
            ? "infinitely"
            : string.Create(
                CultureInfo.InvariantCulture,
                $"{(double)(((BigInteger)value - right) * 1_000_000_000_000 / right) / 10_000_000_000:0.####} %"
            );
}
