using Tao20.Domain.Consensus;
using Tao20.Domain.Slashing;
using Tao20.Domain.Units;

namespace Tao20.Actors.Consensus;

/// <summary>Something a validator has to do on chain.</summary>
public abstract record Duty
{
    private Duty() { }

    /// <summary>The name of the intent: the same duty is done once.</summary>
    public abstract string Id { get; }

    /// <summary>Say what an epoch was.</summary>
    public sealed record Attest(Round Round) : Duty
    {
        /// <inheritdoc/>
        public override string Id => $"attest-{Round.Epoch}";
    }

    /// <summary>Raise a case.</summary>
    /// <param name="Case">The case.</param>
    /// <param name="Said">The accused's attestations it is about.</param>
    public sealed record Raise(CaseProgress Case, IReadOnlyList<SignedAttestation> Said) : Duty
    {
        /// <inheritdoc/>
        public override string Id => $"raise-{Case.Id}";
    }

    /// <summary>Vote on a case.</summary>
    public sealed record Vote(CaseProgress Case, bool Support) : Duty
    {
        /// <inheritdoc/>
        public override string Id => $"vote-{Case.Id}";
    }

    /// <summary>Take the stake of a confirmed case.</summary>
    public sealed record Execute(CaseProgress Case) : Duty
    {
        /// <inheritdoc/>
        public override string Id => $"execute-{Case.Id}";
    }
}

/// <summary>What a validator has to do, read from the book: pure, so that after a restart the same comes out.</summary>
public static class ValidatorDuties
{
    /// <summary>
    /// How many blocks later the next validator does what all could do, should the one before not have done it: time to be mined,
    /// final and read.
    /// </summary>
    public const ulong TurnBlocks = 8;

    /// <summary>The duties of <paramref name="self"/> when the chain is final up to <paramref name="block"/>.</summary>
    public static IReadOnlyList<Duty> Of(ConsensusBook book, Address self, ulong block) =>
        [
            .. book
                .Rounds.Where(round =>
                    round.State == RoundState.Collecting && round.Eligible.Any(one => one.Validator == self) && round.First(self) is null
                )
                .Select(round => new Duty.Attest(round)),
            .. book.Cases.Where(progress => CanJudge(book, self, progress)).SelectMany(progress => OfCase(book, self, block, progress)),
        ];

    /// <summary>
    /// What a signed attestation's round looks like when it is remembered: the accused's words behind the digests of a case.
    /// </summary>
    public static IReadOnlyList<SignedAttestation> Evidence(ConsensusBook book, SlashCase accused)
    {
        if (book.RoundOf(accused.Epoch) is not { } round)
            return [];
        var said = round.AttestationsBy(accused.Accused).ToDictionary(signed => signed.Digest, signed => signed);
        return accused.Digests.All(said.ContainsKey) ? [.. accused.Digests.Select(digest => said[digest])] : [];
    }

    private static IEnumerable<Duty> OfCase(ConsensusBook book, Address self, ulong block, CaseProgress progress)
    {
        switch (progress.State)
        {
            case CaseState.Found when IsTurn(book, self, block, progress, FoundAt(book, progress)):
                var said = Evidence(book, progress.Case);
                if (said.Count == progress.Case.Digests.Count)
                    yield return new Duty.Raise(progress, said);
                break;
            case CaseState.Raised when !progress.Voted.Contains(self) && progress.Founded:
                yield return new Duty.Vote(progress, true);
                break;
            case CaseState.Raised
                when !progress.Voted.Contains(self) && book.RoundOf(progress.Case.Epoch) is not { State: RoundState.Collecting }:
                // The round is over, and one's own computation has found nothing of the kind.
                yield return new Duty.Vote(progress, false);
                break;
            case CaseState.Confirmed when IsTurn(book, self, block, progress, progress.RaisedAt):
                yield return new Duty.Execute(progress);
                break;
        }
    }

    private static bool CanJudge(ConsensusBook book, Address self, CaseProgress progress) =>
        progress.Case.Accused != self
        && book.Validators.GetValueOrDefault(self) is { } record
        && record.Stake.CompareTo(Rules(book).MinStakeWei) >= 0;

    /// <summary>One after the other, so that not all pay for what one can do; who begins is another one each epoch.</summary>
    private static bool IsTurn(ConsensusBook book, Address self, ulong block, CaseProgress progress, ulong since)
    {
        var able = book
            .Validators.Values.Where(record =>
                record.Validator != progress.Case.Accused
                && record.Stake.CompareTo(Rules(book).MinStakeWei) >= 0
                && record.Standing.TakesPart
            )
            .Select(record => record.Validator)
            .ToList();
        var index = able.IndexOf(self);
        if (index < 0)
            return false;
        var turn = ((ulong)index + (ulong)able.Count - progress.Case.Epoch.Value % (ulong)able.Count) % (ulong)able.Count;
        return block >= since + turn * TurnBlocks;
    }

    private static ulong FoundAt(ConsensusBook book, CaseProgress progress) =>
        book.RoundOf(progress.Case.Epoch) is { } round ? round.FirstAttestedAt ?? round.LastBlock : 0;

    private static ConsensusRules Rules(ConsensusBook book) => book.Rounds.LastOrDefault()?.Rules ?? ConsensusRules.Default;
}
