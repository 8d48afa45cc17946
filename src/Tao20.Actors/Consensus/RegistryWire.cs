using System.Text;
using Google.Protobuf;
using Tao20.Actors.Serialization;
using Tao20.Domain.Coordination;
using Tao20.Domain.Registry;
using Tao20.Domain.Units;
using Tao20.Domain.Weights;
using Kind = Tao20.Actors.Serialization.Wire.RegistryItem.KindOneofCase;
using Wire = Tao20.Actors.Serialization.Wire;

namespace Tao20.Actors.Consensus;

/// <summary>What the registry says, to and from its wire form.</summary>
internal static class RegistryWire
{
    /// <summary>What is persisted or sent of this room, each with its manifest.</summary>
    public static readonly WireForm[] Forms =
    [
        WireForm.Of<FoldFacts, Wire.FoldRegistry>("fold-registry", ToWire, FromWire),
        WireForm.Of<FactsFolded, Wire.FactsFolded>("facts-folded", ToWire, FromWire),
        WireForm.Of<CoordinatorEvent.FactsQueued, Wire.RegistryQueued>("registry-queued", ToWire, FromWire),
        WireForm.Of<CoordinatorEvent.BookAdvanced, Wire.RegistryAdvanced>(
            "registry-advanced",
            advanced => new Wire.RegistryAdvanced { Taken = (uint)advanced.Taken, Rounds = { advanced.Rounds.Select(ToWire) } },
            wire => new CoordinatorEvent.BookAdvanced((int)wire.Taken, [.. wire.Rounds.Select(FromWire)])
        ),
    ];

    /// <summary>What journals hold of the first registry is read, and says nothing of the present one.</summary>
    public static readonly WireForm[] Superseded =
    [
        WireForm.Ignored("fold-facts", new CoordinatorEvent.FirstRegistryTold()),
        WireForm.Ignored("facts-queued", new CoordinatorEvent.FirstRegistryTold()),
        WireForm.Ignored("book-advanced", new CoordinatorEvent.FirstRegistryTold()),
    ];

    public static Wire.FoldRegistry ToWire(FoldFacts fold)
    {
        var wire = new Wire.FoldRegistry
        {
            Range = fold.Range,
            Through = fold.Through,
            Time = fold.Time,
            After = Values.PositionOrNull(fold.After),
        };
        wire.Items.AddRange(fold.Items.Select(ToWire));
        return wire;
    }

    public static FoldFacts FromWire(Wire.FoldRegistry wire) =>
        new(wire.Range, [.. wire.Items.Select(FromWire)], wire.Through, wire.Time, Values.PositionOrNull(wire.After));

    public static Wire.ChainedRound ToWire(ChainedRound round) => new() { Number = round.Number, Chain = Values.Chained(round.Chain) };

    public static ChainedRound FromWire(Wire.ChainedRound wire) => new(wire.Number, Values.Chained(wire.Chain)!);

    public static Wire.FactsFolded ToWire(FactsFolded folded) => new() { Range = folded.Range };

    public static FactsFolded FromWire(Wire.FactsFolded wire) => new(wire.Range);

    public static Wire.RegistryQueued ToWire(CoordinatorEvent.FactsQueued queued)
    {
        var wire = new Wire.RegistryQueued();
        wire.Items.AddRange(queued.Items.Select(ToWire));
        return wire;
    }

    public static CoordinatorEvent.FactsQueued FromWire(Wire.RegistryQueued wire) => new([.. wire.Items.Select(FromWire)]);

    // ---- items ----------------------------------------------------------------------------------------------------------------------

    public static Wire.RegistryItem ToWire(BookItem item)
    {
        var wire = item switch
        {
            BookItem.EpochEnd(var closed) => new Wire.RegistryItem { End = EpochWire.ToWire(closed) },
            BookItem.Fact(var log) => ToWire(log.Fact),
            _ => throw new ArgumentException($"A {item} is not written.", nameof(item)),
        };
        wire.At = Values.Position(item.At);
        return wire;
    }

    public static BookItem FromWire(Wire.RegistryItem wire) =>
        wire.KindCase == Kind.End
            ? new BookItem.EpochEnd(EpochWire.FromWire(wire.End))
            : new BookItem.Fact(new RegistryLog(Values.Position(wire.At), FactOf(wire)));

    private static Wire.RegistryItem ToWire(RegistryFact fact)
    {
        var wire = new Wire.RegistryItem { Time = fact.Time };
        switch (fact)
        {
            case RegistryFact.Created one:
                wire.Created = RegistryBookWire.ToWire(one.Rules);
                break;
            case RegistryFact.Bonded one:
                wire.Bonded = new() { Validator = Values.Bytes(one.Validator), Account = RegistryBookWire.ToWire(one.Account) };
                break;
            case RegistryFact.Unbonding one:
                wire.Unbonding = new()
                {
                    Validator = Values.Bytes(one.Validator),
                    Bond = Values.Bytes(one.Bond.Value),
                    Leaving = Values.Bytes(one.Leaving.Value),
                    LeavesAt = one.LeavesAt,
                };
                break;
            case RegistryFact.Withdrawn one:
                wire.Withdrawn = Values.Bytes(one.Validator);
                break;
            case RegistryFact.AttesterSet one:
                wire.Attester = new() { Validator = Values.Bytes(one.Validator), Attester = Values.Bytes(one.Attester) };
                break;
            case RegistryFact.Dormant one:
                wire.Dormant = Values.Bytes(one.Validator);
                break;
            case RegistryFact.Awake one:
                wire.Awake = Values.Bytes(one.Validator);
                break;
            case RegistryFact.RoundOpened one:
                wire.Opened = new()
                {
                    Number = one.Number,
                    Epoch = one.Epoch.Value,
                    ClosedAt = one.ClosedAt,
                    Eligible = Values.Bytes(one.Eligible),
                };
                break;
            case RegistryFact.Committed one:
                wire.Committed = new()
                {
                    Round = one.Round,
                    Validator = Values.Bytes(one.Validator),
                    Commitment = Values.Bytes(one.Commitment),
                };
                break;
            case RegistryFact.CommitmentVoided one:
                wire.Committed = new() { Round = one.Round, Validator = Values.Bytes(one.Validator) };
                break;
            case RegistryFact.Attested one:
                wire.Attested = new()
                {
                    Round = one.Round,
                    Validator = Values.Bytes(one.Validator),
                    Hash = Values.Bytes(one.Hash),
                    Stake = Values.Bytes(one.Stake),
                    Stated = ToWire(one.Stated),
                };
                break;
            case RegistryFact.Settled one:
                wire.Settled = new() { Round = one.Round, Hash = Values.Bytes(one.Hash) };
                break;
            case RegistryFact.Slashed one:
                wire.Slashed = new()
                {
                    Round = one.Round,
                    Validator = Values.Bytes(one.Validator),
                    Grade = (uint)one.Grade,
                    FromLeaving = Values.Bytes(one.FromLeaving),
                    FromBond = Values.Bytes(one.FromBond),
                };
                break;
            case RegistryFact.Proposed one:
                wire.Proposed = RegistryBookWire.ToWire(one.Number, one.Proposer, one.FromEpoch, one.Text, one.Key);
                break;
            case RegistryFact.Endorsed one:
                wire.Endorsed = new()
                {
                    Number = one.Number,
                    Validator = Values.Bytes(one.Validator),
                    Stake = Values.Bytes(one.Stake),
                };
                break;
            case RegistryFact.ProposalEnded one:
                wire.ProposalEnded = one.Number;
                break;
            case RegistryFact.ParametersScheduled one:
                wire.Scheduled = new()
                {
                    Version = one.Version,
                    FromEpoch = one.FromEpoch.Value,
                    Text = Bytes(one.Text),
                };
                break;
            default:
                throw new ArgumentException($"A {fact} is not written.", nameof(fact));
        }

        return wire;
    }

    private static RegistryFact FactOf(Wire.RegistryItem wire)
    {
        var time = wire.Time;
        return wire.KindCase switch
        {
            Kind.Created => new RegistryFact.Created(time, RegistryBookWire.FromWire(wire.Created)),
            Kind.Bonded => new RegistryFact.Bonded(
                time,
                Values.Address(wire.Bonded.Validator),
                RegistryBookWire.FromWire(wire.Bonded.Account)
            ),
            Kind.Unbonding => new RegistryFact.Unbonding(
                time,
                Values.Address(wire.Unbonding.Validator),
                Values.Amount(wire.Unbonding.Bond),
                Values.Amount(wire.Unbonding.Leaving),
                wire.Unbonding.LeavesAt
            ),
            Kind.Withdrawn => new RegistryFact.Withdrawn(time, Values.Address(wire.Withdrawn)),
            Kind.Attester => new RegistryFact.AttesterSet(
                time,
                Values.Address(wire.Attester.Validator),
                Values.Address(wire.Attester.Attester)
            ),
            Kind.Dormant => new RegistryFact.Dormant(time, Values.Address(wire.Dormant)),
            Kind.Awake => new RegistryFact.Awake(time, Values.Address(wire.Awake)),
            Kind.Opened => new RegistryFact.RoundOpened(
                time,
                wire.Opened.Number,
                new EpochId(wire.Opened.Epoch),
                wire.Opened.ClosedAt,
                Values.UInt128(wire.Opened.Eligible)
            ),
            Kind.Committed when wire.Committed.Commitment.IsEmpty => new RegistryFact.CommitmentVoided(
                time,
                wire.Committed.Round,
                Values.Address(wire.Committed.Validator)
            ),
            Kind.Committed => new RegistryFact.Committed(
                time,
                wire.Committed.Round,
                Values.Address(wire.Committed.Validator),
                Values.Hash(wire.Committed.Commitment)
            ),
            Kind.Attested => new RegistryFact.Attested(
                time,
                wire.Attested.Round,
                Values.Address(wire.Attested.Validator),
                Values.Hash(wire.Attested.Hash),
                Values.UInt128(wire.Attested.Stake),
                FromWire(wire.Attested.Stated)
            ),
            Kind.Settled => new RegistryFact.Settled(time, wire.Settled.Round, Values.Hash(wire.Settled.Hash)),
            Kind.Slashed => new RegistryFact.Slashed(
                time,
                wire.Slashed.Round,
                Values.Address(wire.Slashed.Validator),
                (Severity)wire.Slashed.Grade,
                Values.UInt128(wire.Slashed.FromLeaving),
                Values.UInt128(wire.Slashed.FromBond)
            ),
            Kind.Proposed => new RegistryFact.Proposed(
                time,
                wire.Proposed.Number,
                Values.Address(wire.Proposed.Proposer),
                new EpochId(wire.Proposed.FromEpoch),
                Text(wire.Proposed.Text),
                Values.Hash(wire.Proposed.Key)
            ),
            Kind.Endorsed => new RegistryFact.Endorsed(
                time,
                wire.Endorsed.Number,
                Values.Address(wire.Endorsed.Validator),
                Values.UInt128(wire.Endorsed.Stake)
            ),
            Kind.ProposalEnded => new RegistryFact.ProposalEnded(time, wire.ProposalEnded),
            Kind.Scheduled => new RegistryFact.ParametersScheduled(
                time,
                wire.Scheduled.Version,
                new EpochId(wire.Scheduled.FromEpoch),
                Text(wire.Scheduled.Text)
            ),
            _ => throw new InvalidDataException("a fact of no kind"),
        };
    }

    // ---- parts ----------------------------------------------------------------------------------------------------------------------

    public static Wire.Stated ToWire(Stated stated)
    {
        var said = stated.Statement;
        var wire = new Wire.Stated
        {
            Epoch = said.Epoch.Value,
            BlockNumber = said.BlockNumber,
            BlockHash = Values.Bytes(said.BlockHash),
            Nav = Values.Bytes(said.Nav.Value),
            TotalSupply = Values.Bytes(said.TotalSupply.Value),
            RankingRoot = Values.Bytes(said.RankingRoot),
            WeightsHash = Values.Bytes(said.WeightsHash),
            Parameters = Values.Bytes(said.Parameters),
        };
        wire.Weights.AddRange(stated.Weights.Select(ToWire));
        return wire;
    }

    public static Stated FromWire(Wire.Stated wire) =>
        new(
            new Statement(
                new EpochId(wire.Epoch),
                wire.BlockNumber,
                Values.Hash(wire.BlockHash),
                TaoPerToken.From(Values.UInt128(wire.Nav)),
                Values.Amount(wire.TotalSupply),
                Values.Hash(wire.RankingRoot),
                Values.Hash(wire.WeightsHash),
                Values.Hash(wire.Parameters)
            ),
            [.. wire.Weights.Select(FromWire)]
        );

    public static Wire.Weight ToWire(SubnetWeight weight) => new() { Uid = weight.Uid, Weight_ = weight.Weight };

    public static SubnetWeight FromWire(Wire.Weight wire) => new((ushort)wire.Uid, (ushort)wire.Weight_);

    /// <summary>A text of parameters, a byte for each character.</summary>
    public static ByteString Bytes(string text) => ByteString.CopyFrom(Encoding.Latin1.GetBytes(text));

    public static string Text(ByteString bytes) => Encoding.Latin1.GetString(bytes.Span);
}
