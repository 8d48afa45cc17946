using System.Collections.Immutable;
using Tao20.Domain.Epochs;
using Tao20.Domain.Slashing;
using Tao20.Domain.Units;

namespace Tao20.Domain.Consensus;

/// <summary>
/// All that validators agree on: bonds, standings, rounds and cases, folded from the chain's facts in their order. Nothing else
/// goes in, no clock and no own opinion, so every honest validator comes to the same book.
/// </summary>
/// <param name="Registry">Which registry this is the book of.</param>
/// <param name="Validators">Every validator that ever bonded, by address.</param>
/// <param name="Rounds">The latest rounds, oldest first.</param>
/// <param name="Cases">Open cases and the latest ended ones, oldest first.</param>
/// <param name="RoundsOpened">How many rounds there ever were.</param>
/// <param name="Unpaid">Validators' pools that found nobody to be paid to; the next settled round pays them.</param>
public sealed record ConsensusBook(
    RegistryIdentity Registry,
    ImmutableSortedDictionary<Address, ValidatorRecord> Validators,
    ImmutableList<Round> Rounds,
    ImmutableList<CaseProgress> Cases,
    long RoundsOpened,
    Rao Unpaid
)
{
    /// <summary>How many rounds are remembered: a contradiction to an attestation in one of them is still found.</summary>
    public const int RoundsKept = 24;

    /// <summary>How many ended cases are remembered.</summary>
    public const int EndedCasesKept = 64;

    /// <summary>Nothing has happened.</summary>
    public static ConsensusBook Initial(RegistryIdentity registry) =>
        new(registry, ImmutableSortedDictionary<Address, ValidatorRecord>.Empty, [], [], 0, Rao.Zero);

    /// <summary>What follows from a fact, in order.</summary>
    /// <param name="fact">The fact; facts come in chain order.</param>
    /// <param name="keccak">The chain's hash function.</param>
    public IReadOnlyList<ConsensusEvent> Decide(ChainFact fact, Keccak256 keccak)
    {
        var decision = new ConsensusDecision(this, keccak);
        switch (fact)
        {
            case ChainFact.BlockReached(var block):
                decision.PassTime(block);
                break;
            case ChainFact.EpochClosed closed:
                decision.PassTime(closed.Epoch.ClosedAt.Block - 1);
                decision.Open(closed);
                break;
            case ChainFact.BondChanged(var at, var validator, var bond):
                decision.PassTime(at.Block - 1);
                decision.SetStake(validator, bond);
                break;
            case ChainFact.Attested attested:
                decision.PassTime(attested.Position.Block - 1);
                decision.Take(attested);
                break;
            case ChainFact.CaseRaised raised:
                decision.PassTime(raised.Position.Block - 1);
                decision.Raise(raised);
                break;
            case ChainFact.CaseVoted(var at, var id, var voter, var support, var stake):
                decision.PassTime(at.Block - 1);
                decision.Vote(id, voter, support, stake);
                break;
            case ChainFact.CaseDecided(var at, var id, var confirmed):
                decision.PassTime(at.Block - 1);
                decision.Move(id, confirmed ? CaseState.Confirmed : CaseState.Rejected);
                break;
            case ChainFact.CaseExecuted executed:
                decision.PassTime(executed.Position.Block - 1);
                decision.Execute(executed);
                break;
        }

        return decision.Events;
    }

    /// <summary>The book after an event.</summary>
    public ConsensusBook Evolve(ConsensusEvent e) =>
        e switch
        {
            ConsensusEvent.StakeSet(var validator, var stake) => With(validator, record => record with { Stake = stake }),
            ConsensusEvent.StandingMoved(var validator, var move) => With(
                validator,
                record => record with { Standing = record.Standing.Evolve(move) }
            ),
            ConsensusEvent.RoundOpened(var round) => this with { Rounds = Trimmed(Rounds.Add(round)), RoundsOpened = round.Number },
            ConsensusEvent.AttestationTaken(var at, var signed, var verdict) => WithRound(
                signed.Attestation.Epoch,
                round => round.With(signed, at.Block, verdict)
            ),
            ConsensusEvent.RoundConcluded concluded => Concluded(concluded),
            ConsensusEvent.CaseFound(var id, var found) => Found(id, found),
            ConsensusEvent.CaseOpened(var id, var opened, var block) => Opened(id, opened, block),
            ConsensusEvent.VoteTaken vote => WithCase(
                vote.Id,
                progress =>
                    progress with
                    {
                        For = progress.For + (vote.Support ? vote.StakeWei : 0),
                        Against = progress.Against + (vote.Support ? 0 : vote.StakeWei),
                        Voted = [.. progress.Voted, vote.Voter],
                    }
            ),
            ConsensusEvent.CaseMoved moved => Moved(moved),
            _ => this,
        };

    /// <summary>The round of an epoch, if it is remembered.</summary>
    public Round? RoundOf(EpochId epoch) => Rounds.Find(round => round.Epoch == epoch);

    /// <summary>The case with this id, if it is remembered.</summary>
    public CaseProgress? CaseOf(Hash256 id) => Cases.Find(progress => progress.Id == id);

    private ConsensusBook With(Address validator, Func<ValidatorRecord, ValidatorRecord> change) =>
        this with
        {
            Validators = Validators.SetItem(
                validator,
                change(Validators.GetValueOrDefault(validator) ?? ValidatorRecord.Initial(validator))
            ),
        };

    private ConsensusBook WithRound(EpochId epoch, Func<Round, Round> change) =>
        RoundOf(epoch) is { } round ? this with { Rounds = Rounds.Replace(round, change(round)) } : this;

    private ConsensusBook WithCase(Hash256 id, Func<CaseProgress, CaseProgress> change) =>
        CaseOf(id) is { } progress ? this with { Cases = Cases.Replace(progress, change(progress)) } : this;

    private ConsensusBook Concluded(ConsensusEvent.RoundConcluded concluded)
    {
        var round = RoundOf(concluded.Epoch)!;
        var book = WithRound(concluded.Epoch, open => open with { State = concluded.State }) with { Unpaid = concluded.Unpaid };
        foreach (var judgement in concluded.Judgements)
        {
            var settled = concluded.State == RoundState.Settled;
            var missed = !judgement.Attested && !round.Incompatible.Contains(judgement.Validator);
            book = book.With(
                judgement.Validator,
                record =>
                    record with
                    {
                        Rounds = record.Rounds + (settled ? 1 : 0),
                        Agreed = record.Agreed + (settled && judgement.Agreed ? 1 : 0),
                        Attendance =
                        [
                            .. record.Attendance.TakeLast(ValidatorRecord.Remembered - 1),
                            new Attendance(concluded.Epoch, missed),
                        ],
                    }
            );
        }

        return book;
    }

    private ConsensusBook Found(Hash256 id, SlashCase found)
    {
        var round = RoundOf(found.Epoch)!;
        var inactive = found.Kinds.HasFlag(ViolationKinds.Inactivity);
        var book = CaseOf(id) is null
            ? this with
            {
                Cases = Cases.Add(new CaseProgress(id, found, CaseState.Found, true, 0, 0, 0, 0, [])),
            }
            : WithCase(id, progress => progress with { Founded = true });

        // What has been punished once is not counted again: after a case of absence the count begins anew.
        return book.With(
            found.Accused,
            record =>
                record with
                {
                    Violations = record.Violations + 1,
                    ViolationRounds = [.. record.ViolationRounds.TakeLast(ValidatorRecord.Remembered - 1), round.Number],
                    Attendance = inactive ? [] : record.Attendance,
                }
        );
    }

    private ConsensusBook Opened(Hash256 id, SlashCase opened, ulong block) =>
        CaseOf(id) is null
            ? this with
            {
                Cases = Cases.Add(new CaseProgress(id, opened, CaseState.Raised, false, block, 0, 0, 0, [])),
            }
            : WithCase(id, progress => progress with { State = CaseState.Raised, RaisedAt = block });

    private ConsensusBook Moved(ConsensusEvent.CaseMoved moved)
    {
        if (CaseOf(moved.Id) is not { } progress)
            return this;
        var book = WithCase(moved.Id, _ => progress with { State = moved.State, SlashedWei = moved.SlashedWei });
        if (moved.State == CaseState.Executed)
            book = book.With(
                progress.Case.Accused,
                record => record with { Slashes = record.Slashes + 1, SlashedWei = record.SlashedWei + moved.SlashedWei }
            );
        var surplus = book.Cases.Count(one => one.Ended) - EndedCasesKept;
        return surplus <= 0 ? book : book with { Cases = book.Cases.Remove(book.Cases.First(one => one.Ended)) };
    }

    private static ImmutableList<Round> Trimmed(ImmutableList<Round> rounds) => rounds.Count > RoundsKept ? rounds.RemoveAt(0) : rounds;
}
