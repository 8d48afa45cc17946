using Tao20.Domain.Ingestion;
using Tao20.Domain.Parameters;
using Tao20.Domain.Registry;
using Tao20.Domain.Trades;
using Tao20.Domain.Units;
using Tao20.Domain.Volume;
using static Tao20.Domain.Ingestion.CursorCommand;
using static Tao20.Domain.Ingestion.CursorEvent;
using static Tao20.Domain.Tests.Ingestion.Ranges;

namespace Tao20.Domain.Tests.Ingestion;

[Trait("Category", "Fast")]
public sealed class CursorTests
{
    private static readonly DomainParameters Wanted = DomainParameters.Default with
    {
        Rewards = DomainParameters.Default.Rewards with { ValidatorPercent = 6 },
    };

    private CursorState _state = CursorState.Initial;

    [Fact]
    public void The_first_start_notes_which_chain_it_is_and_which_parameters_are_in_force()
    {
        Assert.Collection(
            When(new Begin(Identity, DomainParameters.Default)),
            e => Assert.Equal(Identity, Assert.IsType<FollowingBegan>(e).Identity),
            e => Assert.Equal(DomainParameters.Default, Assert.IsType<ParametersAdopted>(e).Schedule.At(default).Parameters)
        );
    }

    [Fact]
    public void A_later_start_with_the_same_parameters_changes_nothing()
    {
        When(new Begin(Identity, DomainParameters.Default));
        Assert.Empty(When(new Begin(Identity, DomainParameters.Default)));
    }

    [Fact]
    public void Without_a_registry_other_parameters_are_in_force_from_the_next_epoch_on()
    {
        var identity = Identity with { Registry = null };
        When(new Begin(identity, DomainParameters.Default));
        var adopted = Assert.IsType<ParametersAdopted>(Assert.Single(When(new Begin(identity, Wanted))));
        Assert.Equal(DomainParameters.Default, adopted.Schedule.At(default).Parameters);
        Assert.Equal(Wanted, adopted.Schedule.At(new EpochId(1)).Parameters);
    }

    [Fact]
    public void With_a_registry_the_first_start_decides_and_afterwards_what_the_registry_logs()
    {
        When(new Begin(Identity, DomainParameters.Default));
        Assert.Empty(When(new Begin(Identity, Wanted)));
        var scheduled = new RegistryFact.ParametersScheduled(1, 2, new EpochId(60), Wanted.Text());
        var range = Range(3) with { Facts = [new RegistryLog(new Position(2, 1), scheduled)] };
        var schedule = Assert.Single(Complete(range).OfType<ParametersAdopted>()).Schedule;
        Assert.Equal(
            (DomainParameters.Default, Wanted),
            (schedule.At(new EpochId(59)).Parameters, schedule.At(new EpochId(60)).Parameters)
        );
        Assert.Empty(Complete(Range(4)).OfType<ParametersAdopted>());
    }

    [Fact]
    public void Reading_goes_on_only_where_the_chain_still_has_the_last_folded_block()
    {
        Assert.Null(_state.Check(Identity, null));
        When(new Begin(Identity, DomainParameters.Default));
        Assert.Null(_state.Check(Identity, null));
        Complete(Range(3));
        Assert.Null(_state.Check(Identity, Header(3)));
        Assert.Equal(new CursorProblem.UnknownBlock(Header(3)), _state.Check(Identity, null));
        Assert.Equal(new CursorProblem.Replaced(Header(3), Hash(99)), _state.Check(Identity, Header(3) with { Hash = Hash(99) }));
        Assert.Equal(new CursorProblem.ForeignJournal(Identity), _state.Check(Identity with { FromBlock = 2 }, Header(3)));
    }

    [Fact]
    public void Closed_epochs_wait_until_the_oldest_of_them_is_settled()
    {
        When(new Begin(Identity, DomainParameters.Default));
        Complete(Range(1, Mints(1), End(0, 1)));
        Complete(Range(2, Mints(2), End(1, 2)));
        Assert.Equal([0UL, 1], _state.Unsettled.Select(epoch => epoch.Closed.Epoch.Value));
        Assert.Empty(When(new AcknowledgeSettlement(new EpochId(1))));
        Assert.Equal<CursorEvent>([new SettlementAcknowledged(new EpochId(0))], When(new AcknowledgeSettlement(new EpochId(0))));
        Assert.Empty(When(new AcknowledgeSettlement(new EpochId(0))));
        Assert.Equal((1L, 1UL), (_state.Settled, Assert.Single(_state.Unsettled).Closed.Epoch.Value));
    }

    [Fact]
    public void The_state_counts_trades_and_knows_everyone_who_ever_traded()
    {
        Complete(Range(1, Mints(1, [Account(5), Account(6), Account(5)])));
        Complete(Range(2, Mints(2, [Account(6), Account(7)]), End(0, 2)));
        Assert.Equal((2UL, 5L), (_state.Last!.Number, _state.Trades));
        Assert.Equal([Account(5), Account(6), Account(7)], _state.Known.Keys.Order());
        Assert.All(_state.Known, one => Assert.Equal(HeadOf(one.Key), one.Value));
        Assert.Equal([Account(5), Account(6), Account(7)], Assert.Single(_state.Unsettled).Miners);
    }

    [Fact]
    public void A_journal_of_version_0_1_tells_of_settlements_with_the_next_range()
    {
        Complete(Range(1, Mints(1), End(0, 1)));
        _state = _state.Evolve(new RangeFolded(Header(2), [], new EpochId(1), [], 0, [], Settled: 1));
        Assert.Empty(_state.Unsettled);
        Assert.Equal(1, _state.Settled);
    }

    private IReadOnlyList<CursorEvent> Complete(TradeRange range)
    {
        var progress = _state.Book.Read(range.Trades, range.Advances);
        var work = InFlightRange.Of(1, range, progress, _state.Schedule ?? Schedule, followsRegistry: false);
        return When(new Complete(work, work.Batches.Keys.ToDictionary(miner => miner, HeadOf)));
    }

    private static MinerHead HeadOf(Address miner) => new(3, new Hash256([.. miner.ToBytes(), .. new byte[12]]));

    private IReadOnlyList<CursorEvent> When(CursorCommand command)
    {
        var events = _state.Decide(command);
        _state = events.Aggregate(_state, (state, e) => state.Evolve(e));
        return events;
    }
}
