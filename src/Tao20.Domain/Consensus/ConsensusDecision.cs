using System.Collections.Immutable;
using Tao20.Domain.Epochs;
using Tao20.Domain.Slashing;
using Tao20.Domain.Units;

namespace Tao20.Domain.Consensus;

/// <summary>One decision in the making: what has been decided so far is already in the book that the rest looks at.</summary>
internal sealed class ConsensusDecision(ConsensusBook book, Keccak256 keccak)
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
        var concluded = RoundConclusion.Of(round, _book, block);
        Emit(concluded);
        if (concluded.State == RoundState.Disputed)
            return;
        if (concluded.Reference is { } reference)
        {
            foreach (
                var judgement in concluded.Judgements.Where(judgement =>
                    judgement.Severity > Severity.None && !round.Equivocated.Contains(judgement.Validator)
                )
            )
                FindDeviation(round, reference, judgement);
        }

        FindAbsences(round);
        if (concluded.State == RoundState.Settled)
            CountCleanRounds(round, concluded.Judgements);
    }

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
                    RoundConclusion.EscalateForRepeats(Severity.Minor, round, record),
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

    private int DisputeBlocks(CaseProgress progress) => (_book.RoundOf(progress.Case.Epoch)?.Rules ?? ConsensusRules.Default).DisputeBlocks;

    private void Emit(ConsensusEvent e)
    {
        _events.Add(e);
        _book = _book.Evolve(e);
    }
}
