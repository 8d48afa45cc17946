using Tao20.Actors.Serialization;
using Tao20.Domain.Consensus;
using Tao20.Domain.Coordination;
using Tao20.Domain.Slashing;
using Tao20.Domain.Units;
using Wire = Tao20.Actors.Serialization.Wire;

namespace Tao20.Actors.Consensus;

/// <summary>What validators say on chain, and the book of it, to and from their wire form.</summary>
internal static class BookWire
{
    /// <summary>What is persisted or sent of this room, each with its manifest.</summary>
    public static readonly WireForm[] Forms =
    [
        WireForm.Of<FoldFacts, Wire.FoldFacts>("fold-facts", ToWire, FromWire),
        WireForm.Of<FactsFolded, Wire.FactsFolded>("facts-folded", ToWire, FromWire),
        WireForm.Of<CoordinatorEvent.FactsQueued, Wire.FactsQueued>("facts-queued", ToWire, FromWire),
        WireForm.Of<CoordinatorEvent.BookAdvanced, Wire.BookAdvanced>("book-advanced", ToWire, FromWire),
    ];

    private const uint Counted = 1;
    private const uint Lost = 2;
    private const uint Lowered = 3;
    private const uint Raised = 4;

    // ---- what comes ---------------------------------------------------------------------------------------------------------------

    public static Wire.FoldFacts ToWire(FoldFacts fold)
    {
        var wire = new Wire.FoldFacts { Range = fold.Range, Through = fold.Through };
        wire.Items.AddRange(fold.Items.Select(ToWire));
        return wire;
    }

    public static FoldFacts FromWire(Wire.FoldFacts wire) => new(wire.Range, [.. wire.Items.Select(FromWire)], wire.Through);

    public static Wire.FactsFolded ToWire(FactsFolded folded) => new() { Range = folded.Range };

    public static FactsFolded FromWire(Wire.FactsFolded wire) => new(wire.Range);

    public static Wire.FactsQueued ToWire(CoordinatorEvent.FactsQueued queued)
    {
        var wire = new Wire.FactsQueued();
        wire.Items.AddRange(queued.Items.Select(ToWire));
        return wire;
    }

    public static CoordinatorEvent.FactsQueued FromWire(Wire.FactsQueued wire) => new([.. wire.Items.Select(FromWire)]);

    public static Wire.BookItem ToWire(BookItem item)
    {
        var wire = new Wire.BookItem { At = Values.Position(item.At) };
        switch (item)
        {
            case BookItem.EpochEnd(var closed, var parameters):
                wire.End = new Wire.EpochEnd { Closed = EpochWire.ToWire(closed), Parameters = ParametersWire.ToWire(parameters) };
                break;
            case BookItem.Fact(ChainFact.BondChanged(_, var validator, var bond)):
                wire.Bond = Bond(validator, bond);
                break;
            case BookItem.Fact(ChainFact.Attested(_, var signed)):
                wire.Attested = AttestationWire.ToWire(signed);
                break;
            case BookItem.Fact(ChainFact.CaseRaised(_, var id, var raised, var by)):
                wire.Raised = new Wire.CaseRaisedFact
                {
                    Id = Values.Bytes(id),
                    Case = AttestationWire.ToWire(raised),
                    By = Values.Bytes(by),
                };
                break;
            case BookItem.Fact(ChainFact.CaseVoted(_, var id, var voter, var support, var stake)):
                wire.Voted = Vote(id, voter, support, stake);
                break;
            case BookItem.Fact(ChainFact.CaseDecided(_, var id, var confirmed)):
                wire.Decided = new Wire.CaseDecidedFact { Id = Values.Bytes(id), Confirmed = confirmed };
                break;
            case BookItem.Fact(ChainFact.CaseExecuted(_, var id, var accused, var slashed)):
                wire.Executed = new Wire.CaseExecutedFact
                {
                    Id = Values.Bytes(id),
                    Accused = Values.Bytes(accused),
                    SlashedWei = Values.Bytes(slashed),
                };
                break;
            default:
                throw new ArgumentException($"A {item} is not written.", nameof(item));
        }

        return wire;
    }

    public static BookItem FromWire(Wire.BookItem wire)
    {
        var at = Values.Position(wire.At);
        return wire.KindCase switch
        {
            Wire.BookItem.KindOneofCase.End => new BookItem.EpochEnd(
                EpochWire.FromWire(wire.End.Closed),
                ParametersWire.FromWire(wire.End.Parameters)
            ),
            Wire.BookItem.KindOneofCase.Bond => Fact(
                new ChainFact.BondChanged(at, Values.Address(wire.Bond.Validator), Values.Amount(wire.Bond.Bond))
            ),
            Wire.BookItem.KindOneofCase.Attested => Fact(new ChainFact.Attested(at, AttestationWire.FromWire(wire.Attested))),
            Wire.BookItem.KindOneofCase.Raised => Fact(
                new ChainFact.CaseRaised(
                    at,
                    Values.Hash(wire.Raised.Id),
                    AttestationWire.FromWire(wire.Raised.Case),
                    Values.Address(wire.Raised.By)
                )
            ),
            Wire.BookItem.KindOneofCase.Voted => Fact(
                new ChainFact.CaseVoted(
                    at,
                    Values.Hash(wire.Voted.Id),
                    Values.Address(wire.Voted.Voter),
                    wire.Voted.Support,
                    Values.UInt128(wire.Voted.StakeWei)
                )
            ),
            Wire.BookItem.KindOneofCase.Decided => Fact(
                new ChainFact.CaseDecided(at, Values.Hash(wire.Decided.Id), wire.Decided.Confirmed)
            ),
            Wire.BookItem.KindOneofCase.Executed => Fact(
                new ChainFact.CaseExecuted(
                    at,
                    Values.Hash(wire.Executed.Id),
                    Values.Address(wire.Executed.Accused),
                    Values.UInt128(wire.Executed.SlashedWei)
                )
            ),
            _ => throw new InvalidDataException("a fact of no kind"),
        };

        static BookItem Fact(ChainFact fact) => new BookItem.Fact(fact);
    }

    // ---- what follows -------------------------------------------------------------------------------------------------------------

    public static Wire.BookAdvanced ToWire(CoordinatorEvent.BookAdvanced advanced)
    {
        var wire = new Wire.BookAdvanced { Taken = (uint)advanced.Taken };
        wire.Events.AddRange(advanced.Events.Select(ToWire));
        return wire;
    }

    public static CoordinatorEvent.BookAdvanced FromWire(Wire.BookAdvanced wire) => new((int)wire.Taken, [.. wire.Events.Select(FromWire)]);

    private static Wire.BookEvent ToWire(ConsensusEvent e) =>
        e switch
        {
            ConsensusEvent.StakeSet(var validator, var stake) => new() { Stake = Bond(validator, stake) },
            ConsensusEvent.StandingMoved(var validator, var move) => new() { Standing = ToWire(validator, move) },
            ConsensusEvent.RoundOpened(var round) => new() { Opened = BookSnapshotWire.ToWire(round) },
            ConsensusEvent.AttestationTaken(var at, var signed, var verdict) => new()
            {
                Taken = new()
                {
                    At = Values.Position(at),
                    Signed = AttestationWire.ToWire(signed),
                    Verdict = (uint)verdict,
                },
            },
            ConsensusEvent.RoundConcluded concluded => new() { Concluded = ToWire(concluded) },
            ConsensusEvent.CaseFound(var id, var found) => new()
            {
                Found = new() { Id = Values.Bytes(id), Case = AttestationWire.ToWire(found) },
            },
            ConsensusEvent.CaseOpened(var id, var opened, var block) => new()
            {
                Raised = new()
                {
                    Id = Values.Bytes(id),
                    Case = AttestationWire.ToWire(opened),
                    Block = block,
                },
            },
            ConsensusEvent.VoteTaken(var id, var voter, var support, var stake) => new() { Voted = Vote(id, voter, support, stake) },
            ConsensusEvent.CaseMoved(var id, var state, var slashed) => new()
            {
                Moved = new()
                {
                    Id = Values.Bytes(id),
                    State = (uint)state,
                    SlashedWei = Values.Bytes(slashed),
                },
            },
            _ => throw new ArgumentException($"A {e} is not written.", nameof(e)),
        };

    private static ConsensusEvent FromWire(Wire.BookEvent wire) =>
        wire.KindCase switch
        {
            Wire.BookEvent.KindOneofCase.Stake => new ConsensusEvent.StakeSet(
                Values.Address(wire.Stake.Validator),
                Values.Amount(wire.Stake.Bond)
            ),
            Wire.BookEvent.KindOneofCase.Standing => new ConsensusEvent.StandingMoved(
                Values.Address(wire.Standing.Validator),
                Move(wire.Standing)
            ),
            Wire.BookEvent.KindOneofCase.Opened => new ConsensusEvent.RoundOpened(BookSnapshotWire.FromWire(wire.Opened)),
            Wire.BookEvent.KindOneofCase.Taken => new ConsensusEvent.AttestationTaken(
                Values.Position(wire.Taken.At),
                AttestationWire.FromWire(wire.Taken.Signed),
                (AttestationVerdict)wire.Taken.Verdict
            ),
            Wire.BookEvent.KindOneofCase.Concluded => FromWire(wire.Concluded),
            Wire.BookEvent.KindOneofCase.Found => new ConsensusEvent.CaseFound(
                Values.Hash(wire.Found.Id),
                AttestationWire.FromWire(wire.Found.Case)
            ),
            Wire.BookEvent.KindOneofCase.Raised => new ConsensusEvent.CaseOpened(
                Values.Hash(wire.Raised.Id),
                AttestationWire.FromWire(wire.Raised.Case),
                wire.Raised.Block
            ),
            Wire.BookEvent.KindOneofCase.Voted => new ConsensusEvent.VoteTaken(
                Values.Hash(wire.Voted.Id),
                Values.Address(wire.Voted.Voter),
                wire.Voted.Support,
                Values.UInt128(wire.Voted.StakeWei)
            ),
            Wire.BookEvent.KindOneofCase.Moved => new ConsensusEvent.CaseMoved(
                Values.Hash(wire.Moved.Id),
                (CaseState)wire.Moved.State,
                Values.UInt128(wire.Moved.SlashedWei)
            ),
            _ => throw new InvalidDataException("an event of no kind"),
        };

    private static Wire.StandingMoved ToWire(Address validator, StandingEvent move) =>
        move switch
        {
            StandingEvent.CleanRoundCounted => new() { Validator = Values.Bytes(validator), Move = Counted },
            StandingEvent.CleanRoundsLost => new() { Validator = Values.Bytes(validator), Move = Lost },
            StandingEvent.StandingLowered(var level) => new()
            {
                Validator = Values.Bytes(validator),
                Move = Lowered,
                Level = (uint)level,
            },
            StandingEvent.StandingRaised(var level) => new()
            {
                Validator = Values.Bytes(validator),
                Move = Raised,
                Level = (uint)level,
            },
            _ => throw new ArgumentException($"A {move} is not written.", nameof(move)),
        };

    private static StandingEvent Move(Wire.StandingMoved wire) =>
        wire.Move switch
        {
            Counted => new StandingEvent.CleanRoundCounted(),
            Lost => new StandingEvent.CleanRoundsLost(),
            Lowered => new StandingEvent.StandingLowered((StandingLevel)wire.Level),
            Raised => new StandingEvent.StandingRaised((StandingLevel)wire.Level),
            _ => throw new InvalidDataException($"a move {wire.Move} of a standing"),
        };

    private static Wire.RoundConcluded ToWire(ConsensusEvent.RoundConcluded concluded)
    {
        var wire = new Wire.RoundConcluded
        {
            Epoch = concluded.Epoch.Value,
            State = (uint)concluded.State,
            AtBlock = concluded.AtBlock,
            Reference = concluded.Reference is { } reference ? ToWire(reference) : null,
            UnpaidRao = concluded.Unpaid.Value,
        };
        wire.Judgements.AddRange(
            concluded.Judgements.Select(judgement => new Wire.Judgement
            {
                Validator = Values.Bytes(judgement.Validator),
                Attested = judgement.Attested,
                Agreed = judgement.Agreed,
                Nav = (uint)judgement.Nav,
                Weights = (uint)judgement.Weights,
                Severity = (uint)judgement.Severity,
                PayoutRao = judgement.Payout.Value,
            })
        );
        return wire;
    }

    private static ConsensusEvent.RoundConcluded FromWire(Wire.RoundConcluded wire) =>
        new(
            new EpochId(wire.Epoch),
            (RoundState)wire.State,
            wire.AtBlock,
            wire.Reference is { } reference ? FromWire(reference) : null,
            [
                .. wire.Judgements.Select(judgement => new Judgement(
                    Values.Address(judgement.Validator),
                    judgement.Attested,
                    judgement.Agreed,
                    (Severity)judgement.Nav,
                    (Severity)judgement.Weights,
                    (Severity)judgement.Severity,
                    new Rao(judgement.PayoutRao)
                )),
            ],
            new Rao(wire.UnpaidRao)
        );

    private static Wire.ConsensusValues ToWire(ConsensusValues reference)
    {
        var wire = new Wire.ConsensusValues
        {
            Nav = Values.Bytes(reference.Nav.Value),
            RankingRoot = Values.Bytes(reference.RankingRoot),
            WeightsHash = Values.Bytes(reference.WeightsHash),
        };
        wire.Weights.AddRange(reference.Weights.Select(AttestationWire.ToWire));
        return wire;
    }

    private static ConsensusValues FromWire(Wire.ConsensusValues wire) =>
        new(
            TaoPerToken.From(Values.UInt128(wire.Nav)),
            Values.Hash(wire.RankingRoot),
            Values.Hash(wire.WeightsHash),
            [.. wire.Weights.Select(AttestationWire.FromWire)]
        );

    // ---- the book -----------------------------------------------------------------------------------------------------------------

    private static Wire.BondFact Bond(Address validator, Wei bond) =>
        new() { Validator = Values.Bytes(validator), Bond = Values.Bytes(bond.Value) };

    private static Wire.CaseVotedFact Vote(Hash256 id, Address voter, bool support, UInt128 stake) =>
        new()
        {
            Id = Values.Bytes(id),
            Voter = Values.Bytes(voter),
            Support = support,
            StakeWei = Values.Bytes(stake),
        };
}
