using System.Globalization;
using Tao20.Domain.Coordination;
using Tao20.Domain.Registry;
using Tao20.Domain.Units;

namespace Tao20.Node.Http;

/// <summary>What validators agree on, as <c>/status</c> and the devnet's summary show it.</summary>
internal sealed record ConsensusDocument(
    string? Registry,
    long RoundsOpened,
    string UnpaidRao,
    ChainedRoundDocument? LastRound,
    IReadOnlyList<RoundDocument> Rounds,
    IReadOnlyList<ValidatorDocument> Validators,
    IReadOnlyList<ScheduledParametersDocument> Parameters,
    IReadOnlyList<ProposalDocument> Proposals
)
{
    // Of all rounds of which there is evidence those of a day.
    private const int RoundsShown = 24;

    /// <summary>The document of a book.</summary>
    /// <param name="registry">The registry it is of.</param>
    /// <param name="book">The book.</param>
    /// <param name="last">The hash of the last round that is over.</param>
    public static ConsensusDocument Of(Address? registry, RegistryBook book, ChainedRound? last) =>
        new(
            registry?.ToString(),
            book.RoundCount,
            book.Unpaid.ToString(),
            last is null ? null : new ChainedRoundDocument(last.Number, last.Chain.Hash.ToString(), last.Chain.Previous.ToString()),
            [.. book.Rounds.TakeLast(RoundsShown).Select(RoundDocument.Of)],
            [.. book.Validators.Select(one => ValidatorDocument.Of(book, one.Key, one.Value))],
            [.. book.Parameters.Schedule.Select(one => new ScheduledParametersDocument(one.Version, one.FromEpoch.Value))],
            [.. book.Parameters.Proposals.Select(ProposalDocument.Of)]
        );
}

/// <summary>The hash of a round that is over, which covers that of the round before.</summary>
internal sealed record ChainedRoundDocument(long Number, string Hash, string PreviousHash);

/// <summary>Parameters that hold from an epoch on.</summary>
internal sealed record ScheduledParametersDocument(long Version, ulong FromEpoch);

/// <summary>Parameters that can still be adopted.</summary>
internal sealed record ProposalDocument(
    long Number,
    string Proposer,
    ulong FromEpoch,
    string Text,
    ulong ProposedIn,
    IReadOnlyList<string> Endorsers
)
{
    public static ProposalDocument Of(ProposedParameters one) =>
        new(
            one.Number,
            one.Proposer.ToString(),
            one.FromEpoch.Value,
            one.Text,
            one.Epoch.Value,
            [.. one.Endorsers.Keys.Select(endorser => endorser.ToString())]
        );
}

internal sealed record RoundDocument(
    ulong Epoch,
    long Number,
    string State,
    string? ReferenceNav,
    string? RankingRoot,
    IReadOnlyList<string> Committed,
    IReadOnlyList<string> Attested,
    int Eligible,
    string AttestedWei,
    string EligibleWei,
    ulong? SettledAfterSeconds,
    IReadOnlyList<ViolationDocument> Violations
)
{
    public static RoundDocument Of(RegistryRound round)
    {
        var settled = round.Settled?.Statement;
        return new RoundDocument(
            round.Epoch.Value,
            round.Number,
            round.Standing.ToString(),
            settled?.Nav.ToString(),
            settled?.RankingRoot.ToString(),
            [.. round.Entries.Where(entry => entry.Value.Commitment is not null).Select(entry => entry.Key.ToString())],
            [.. round.Entries.Where(entry => entry.Value.Stated is not null).Select(entry => entry.Key.ToString())],
            round.Stakes.Count,
            Text(round.AttestedStake),
            Text(round.Eligible),
            settled is null ? null : round.SettledAt - round.ClosedAt,
            [.. round.Deviations.Select(one => new ViolationDocument(one.Validator.ToString(), one.Grade.ToString(), one.IsPunished))]
        );
    }

    private static string Text(UInt128 wei) => wei.ToString(CultureInfo.InvariantCulture);
}

/// <summary>A statement that is further from the settled one than is tolerated.</summary>
internal sealed record ViolationDocument(string Validator, string Severity, bool Punished);

internal sealed record ValidatorDocument(
    string Address,
    string? Attester,
    string Standing,
    int CleanRounds,
    string StakeWei,
    string LeavingWei,
    ulong? LeavesAt,
    bool Dormant,
    string SlashedWei,
    string Reputation,
    long Rounds,
    long Agreed,
    long Violations,
    long Slashes,
    int MissedOfLast10,
    ulong? LastAttested
)
{
    public static ValidatorDocument Of(RegistryBook book, Address validator, RegistryValidator one) =>
        new(
            validator.ToString(),
            one.Account.Attester?.ToString(),
            one.Standing.Level.ToString(),
            one.Standing.CleanRounds,
            one.Account.Bond.ToString(),
            one.Account.Leaving.ToString(),
            one.Account.Leaving.Value > 0 ? one.Account.LeavesAt : null,
            one.Account.IsDormant,
            one.SlashedWei.ToString(CultureInfo.InvariantCulture),
            one.Reputation.ToString(),
            one.Rounds,
            one.Agreed,
            one.Deviations,
            one.Slashes,
            one.Missed.Count(missed => missed),
            book.Rounds.FindLast(round => round.Entries.GetValueOrDefault(validator)?.Stated is not null)?.Epoch.Value
        );
}
