using System.Collections.Immutable;
using System.Numerics;
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
        var decision = new DecisionBuilder(this, keccak);
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

    /// <summary>One decision in the making: what has been decided so far is already in the book that the rest looks at.</summary>
    private sealed class DecisionBuilder(ConsensusBook book, Keccak256 keccak)
    {
        private readonly List<ConsensusEvent> _events = [];
        private ConsensusBook _book = book;

        public IReadOnlyList<ConsensusEvent> Events => _events;

        /// <summary>Ends what a block's passing ends: windows of rounds, and of cases.</summary>
        public void PassTime(ulong block)
        {
            foreach (var round in _book.Rounds.Where(round => round.State == RoundState.Collecting && round.WindowEnd <= block))
                Conclude(round, round.WindowEnd!.Value);
            foreach (
                var progress in _book.Cases.Where(progress =>
                    progress.State == CaseState.Raised && progress.RaisedAt + (ulong)DisputeBlocks(progress) < block
                )
            )
                Emit(new ConsensusEvent.CaseMoved(progress.Id, CaseState.Expired, 0));
        }

        public void Open(ChainFact.EpochClosed closed)
        {
            // A round nobody attested in has no window that could end: a later epoch ends it, when there was time to attest.
            foreach (
                var empty in _book.Rounds.Where(round =>
                    round is { State: RoundState.Collecting, FirstAttestedAt: null }
                    && closed.Epoch.LastBlock > round.LastBlock + (ulong)round.Rules.WindowBlocks
                )
            )
                Conclude(empty, closed.Epoch.ClosedAt.Block);
            var eligible = _book
                .Validators.Values.Where(record => record.Stake.CompareTo(closed.Rules.MinStakeWei) >= 0 && record.Standing.TakesPart)
                .Select(record => new EligibleValidator(record.Validator, record.Stake));
            Emit(
                new ConsensusEvent.RoundOpened(
                    new Round(
                        closed.Epoch.Epoch,
                        _book.RoundsOpened + 1,
                        closed.Epoch.LastBlock,
                        closed.Epoch.LastBlockHash,
                        closed.Parameters,
                        closed.Rules,
                        closed.ValidatorPool,
                        [.. eligible],
                        RoundState.Collecting,
                        null,
                        [],
                        [],
                        [],
                        []
                    )
                )
            );
        }

        public void SetStake(Address validator, Wei stake)
        {
            // A bond that is still growing to the least was never lost.
            var enough = stake.CompareTo(MinStake()) >= 0;
            var before = _book.Validators.GetValueOrDefault(validator)?.Stake.CompareTo(MinStake()) >= 0;
            Emit(new ConsensusEvent.StakeSet(validator, stake));
            if (enough != before)
                Move(validator, new StandingCommand.ChangeStake(enough));
        }

        public void Take(ChainFact.Attested attested)
        {
            var signed = attested.Signed;
            var round = _book.RoundOf(signed.Attestation.Epoch);
            var verdict = round?.Judge(signed, attested.Position.Block) ?? AttestationVerdict.NoSuchRound;
            var known = round?.Equivocated.Contains(signed.Attestation.Validator) == true;
            Emit(new ConsensusEvent.AttestationTaken(attested.Position, signed, verdict));
            if (verdict == AttestationVerdict.Equivocation && !known)
                FindEquivocation(round!, signed);
            if (verdict == AttestationVerdict.Counted && _book.RoundOf(signed.Attestation.Epoch) is { Complete: true } complete)
                Conclude(complete, attested.Position.Block);
        }

        public void Raise(ChainFact.CaseRaised raised)
        {
            if (_book.CaseOf(raised.Id) is null or { State: CaseState.Found })
                Emit(new ConsensusEvent.CaseOpened(raised.Id, raised.Case, raised.Position.Block));
        }

        public void Vote(Hash256 id, Address voter, bool support, UInt128 stake)
        {
            if (_book.CaseOf(id) is { State: CaseState.Raised } progress && !progress.Voted.Contains(voter))
                Emit(new ConsensusEvent.VoteTaken(id, voter, support, stake));
        }

        public void Move(Hash256 id, CaseState state)
        {
            if (_book.CaseOf(id) is { State: CaseState.Raised })
                Emit(new ConsensusEvent.CaseMoved(id, state, 0));
        }

        public void Execute(ChainFact.CaseExecuted executed)
        {
            if (_book.CaseOf(executed.Id) is not { Ended: false } progress)
                return;
            Emit(new ConsensusEvent.CaseMoved(executed.Id, CaseState.Executed, executed.SlashedWei));
            Move(executed.Accused, new StandingCommand.ExecuteSlash(progress.Case.Severity));
        }

        private void Conclude(Round round, ulong block)
        {
            if (!round.HasQuorum)
            {
                Emit(
                    new ConsensusEvent.RoundConcluded(
                        round.Epoch,
                        RoundState.Expired,
                        block,
                        null,
                        [.. round.Eligible.Select(one => Absent(round, one))],
                        _book.Unpaid + round.ValidatorPool
                    )
                );
                FindAbsences(round);
                return;
            }

            if (ConsensusValues.Of(round.Counted) is not { } reference)
            {
                Emit(
                    new ConsensusEvent.RoundConcluded(round.Epoch, RoundState.Disputed, block, null, [], _book.Unpaid + round.ValidatorPool)
                );
                return;
            }

            var judgements = round.Eligible.Select(one => Judge(round, reference, one)).ToList();
            var (paid, unpaid) = Pay(judgements, round.ValidatorPool + _book.Unpaid);
            Emit(new ConsensusEvent.RoundConcluded(round.Epoch, RoundState.Settled, block, reference, paid, unpaid));
            foreach (
                var judgement in paid.Where(judgement =>
                    judgement.Severity > Severity.None && !round.Equivocated.Contains(judgement.Validator)
                )
            )
                FindDeviation(round, reference, judgement);
            FindAbsences(round);
            CountCleanRounds(round, paid);
        }

        private static Judgement Absent(Round round, EligibleValidator one) =>
            new(
                one.Validator,
                round.Counted.Any(counted => counted.Validator == one.Validator),
                false,
                Severity.None,
                Severity.None,
                Severity.None,
                Rao.Zero
            );

        private Judgement Judge(Round round, ConsensusValues reference, EligibleValidator one)
        {
            if (round.Counted.FirstOrDefault(counted => counted.Validator == one.Validator)?.Signed is not { } signed)
                return Absent(round, one);
            var nav = ConsensusRules.OfNav(signed.Attestation.Nav, reference.Nav);
            var weights =
                signed.Attestation.WeightsHash == reference.WeightsHash
                    ? Severity.None
                    : ConsensusRules.OfWeights(signed.Weights, reference.Weights);
            var severity = EscalateForRepeats((Severity)Math.Max((byte)nav, (byte)weights), round, one.Validator);
            var agreed =
                severity == Severity.None
                && signed.Attestation.RankingRoot == reference.RankingRoot
                && !round.Equivocated.Contains(one.Validator);
            return new Judgement(one.Validator, true, agreed, nav, weights, severity, Rao.Zero);
        }

        /// <summary>A third or later violation within 24 rounds is one step graver.</summary>
        private Severity EscalateForRepeats(Severity severity, Round round, Address validator)
        {
            if (severity == Severity.None)
                return severity;
            var recent = _book.Validators[validator].ViolationRounds.Count(number => number > round.Number - round.Rules.RepeatRounds);
            return recent + 1 >= round.Rules.RepeatCount ? (Severity)Math.Min((byte)Severity.Critical, (byte)severity + 1) : severity;
        }

        /// <summary>Cuts the pool by stake times reputation over those that agreed, losing nothing.</summary>
        private (IReadOnlyList<Judgement> Paid, Rao Unpaid) Pay(List<Judgement> judgements, Rao pool)
        {
            var agreed = judgements.Where(judgement => judgement.Agreed).ToList();
            var merits = agreed.Select(judgement => Merit(_book.Validators[judgement.Validator])).ToList();
            if (agreed.Count == 0)
                return (judgements, pool);
            var parts = LargestRemainder.Split(pool.Value, merits);
            var pay = agreed.Zip(parts).ToDictionary(pair => pair.First.Validator, pair => new Rao(pair.Second));
            return ([.. judgements.Select(judgement => judgement with { Payout = pay.GetValueOrDefault(judgement.Validator) })], Rao.Zero);
        }

        /// <summary>Stake times reputation as this round leaves it: it has agreed once more.</summary>
        private static BigInteger Merit(ValidatorRecord record) =>
            (BigInteger)record.Stake.Value
            * (BigInteger)Reputation.Of(record.Rounds + 1, record.Agreed + 1, record.Violations, record.Slashes).Value;

        private void FindDeviation(Round round, ConsensusValues reference, Judgement judgement)
        {
            var signed = round.First(judgement.Validator)!;
            var kinds =
                (judgement.Nav > Severity.None ? ViolationKinds.Nav : 0) | (judgement.Weights > Severity.None ? ViolationKinds.Weights : 0);
            Find(
                new SlashCase(
                    round.Epoch,
                    judgement.Validator,
                    kinds,
                    judgement.Severity,
                    round.LastBlock,
                    reference.Nav,
                    reference.RankingRoot,
                    reference.WeightsHash,
                    [signed.Digest],
                    []
                )
            );
        }

        private void FindEquivocation(Round round, SignedAttestation second) =>
            Find(
                new SlashCase(
                    round.Epoch,
                    second.Attestation.Validator,
                    ViolationKinds.Equivocation,
                    Severity.Critical,
                    round.LastBlock,
                    default,
                    Hash256.Zero,
                    Hash256.Zero,
                    [round.First(second.Attestation.Validator)!.Digest, second.Digest],
                    []
                )
            );

        private void FindAbsences(Round round)
        {
            foreach (var one in round.Eligible)
            {
                var record = _book.Validators[one.Validator];
                if (record.Missed(round.Rules.MissedWindow) < round.Rules.MissedMinor)
                    continue;
                var missed = record
                    .Attendance.TakeLast(round.Rules.MissedWindow)
                    .Where(attendance => attendance.Missed)
                    .Select(attendance => attendance.Epoch);
                Find(
                    new SlashCase(
                        round.Epoch,
                        one.Validator,
                        ViolationKinds.Inactivity,
                        EscalateForRepeats(Severity.Minor, round, one.Validator),
                        round.LastBlock,
                        default,
                        Hash256.Zero,
                        Hash256.Zero,
                        [],
                        [.. missed]
                    )
                );
            }
        }

        /// <summary>
        /// In a settled round, who took part without fault has a clean round; so has who sits out a suspension with enough stake.
        /// </summary>
        private void CountCleanRounds(Round round, IReadOnlyList<Judgement> judgements)
        {
            foreach (var judgement in judgements)
            {
                var clean = judgement.Attested && judgement.Severity == Severity.None && !round.Equivocated.Contains(judgement.Validator);
                Move(judgement.Validator, clean ? new StandingCommand.CloseRoundClean() : new StandingCommand.CloseRoundUnclean());
            }

            foreach (
                var record in _book.Validators.Values.Where(record =>
                    record.Standing.Level == StandingLevel.Suspended && record.Stake.CompareTo(round.Rules.MinStakeWei) >= 0
                )
            )
            {
                if (round.Eligible.All(one => one.Validator != record.Validator))
                    Move(record.Validator, new StandingCommand.CloseRoundClean());
            }
        }

        private void Find(SlashCase found)
        {
            var id = found.Id(_book.Registry, keccak);
            if (_book.CaseOf(id) is null or { Founded: false })
                Emit(new ConsensusEvent.CaseFound(id, found));
        }

        private void Move(Address validator, StandingCommand command)
        {
            foreach (var move in _book.Validators[validator].Standing.Decide(command))
                Emit(new ConsensusEvent.StandingMoved(validator, move));
        }

        private Wei MinStake() => (_book.Rounds.LastOrDefault()?.Rules ?? ConsensusRules.Default).MinStakeWei;

        private int DisputeBlocks(CaseProgress progress) =>
            (_book.RoundOf(progress.Case.Epoch)?.Rules ?? ConsensusRules.Default).DisputeBlocks;

        private void Emit(ConsensusEvent e)
        {
            _events.Add(e);
            _book = _book.Evolve(e);
        }
    }
}
