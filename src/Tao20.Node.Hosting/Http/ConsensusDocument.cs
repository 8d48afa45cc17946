using System.Globalization;
using Tao20.Domain.Consensus;
using Tao20.Domain.Slashing;

namespace Tao20.Node.Http;

/// <summary>What validators agree on, as <c>/status</c> and the devnet's summary show it.</summary>
internal sealed record ConsensusDocument(
    string Registry,
    long RoundsOpened,
    string UnpaidRao,
    IReadOnlyList<RoundDocument> Rounds,
    IReadOnlyList<ValidatorDocument> Validators,
    IReadOnlyList<CaseDocument> Cases
)
{
    public static ConsensusDocument Of(ConsensusBook book) =>
        new(
            book.Registry.Registry.ToString(),
            book.RoundsOpened,
            book.Unpaid.ToString(),
            [.. book.Rounds.Select(round => RoundDocument.Of(book, round))],
            [.. book.Validators.Values.Select(record => ValidatorDocument.Of(book, record))],
            [.. book.Cases.Select(CaseDocument.Of)]
        );
}

internal sealed record RoundDocument(
    ulong Epoch,
    string State,
    string? ReferenceNav,
    string? RankingRoot,
    IReadOnlyList<string> Attested,
    int Eligible,
    string AttestedWei,
    string EligibleWei,
    IReadOnlyList<ViolationDocument> Violations
)
{
    public static RoundDocument Of(ConsensusBook book, Round round)
    {
        var reference = round.State == RoundState.Settled ? ConsensusValues.Of(round.Counted) : null;
        return new RoundDocument(
            round.Epoch.Value,
            round.State.ToString(),
            reference?.Nav.ToString(),
            reference?.RankingRoot.ToString(),
            [.. round.Counted.Select(counted => counted.Validator.ToString())],
            round.Eligible.Count,
            Text(round.AttestedStake),
            Text(round.EligibleStake),
            [
                .. book
                    .Cases.Where(progress => progress.Case.Epoch == round.Epoch && progress.Founded)
                    .Select(progress => new ViolationDocument(
                        progress.Case.Accused.ToString(),
                        progress.Case.Kinds.ToString(),
                        progress.Case.Severity.ToString()
                    )),
            ]
        );
    }

    private static string Text(UInt128 wei) => wei.ToString(CultureInfo.InvariantCulture);
}

internal sealed record ViolationDocument(string Validator, string Kinds, string Severity);

internal sealed record ValidatorDocument(
    string Address,
    string Standing,
    int CleanRounds,
    string StakeWei,
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
    private const int Window = 10;

    public static ValidatorDocument Of(ConsensusBook book, ValidatorRecord record) =>
        new(
            record.Validator.ToString(),
            record.Standing.Level.ToString(),
            record.Standing.CleanRounds,
            record.Stake.ToString(),
            record.SlashedWei.ToString(CultureInfo.InvariantCulture),
            record.Reputation.ToString(),
            record.Rounds,
            record.Agreed,
            record.Violations,
            record.Slashes,
            record.Missed(Window),
            book.Rounds.LastOrDefault(round => round.Counted.Any(counted => counted.Validator == record.Validator))?.Epoch.Value
        );
}

internal sealed record CaseDocument(
    string Id,
    ulong Epoch,
    string Accused,
    string Kinds,
    string Severity,
    string State,
    bool Founded,
    string ForWei,
    string AgainstWei,
    string SlashedWei
)
{
    public static CaseDocument Of(CaseProgress progress) =>
        new(
            progress.Id.ToString(),
            progress.Case.Epoch.Value,
            progress.Case.Accused.ToString(),
            progress.Case.Kinds.ToString(),
            progress.Case.Severity.ToString(),
            progress.State.ToString(),
            progress.Founded,
            progress.For.ToString(CultureInfo.InvariantCulture),
            progress.Against.ToString(CultureInfo.InvariantCulture),
            progress.SlashedWei.ToString(CultureInfo.InvariantCulture)
        );
}
