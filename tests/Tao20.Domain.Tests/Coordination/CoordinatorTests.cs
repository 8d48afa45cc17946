using System.Security.Cryptography;
using Tao20.Domain.Coordination;
using Tao20.Domain.Epochs;
using Tao20.Domain.Parameters;
using Tao20.Domain.Registry;
using Tao20.Domain.Settlement;
using Tao20.Domain.Tests.Ingestion;
using Tao20.Domain.Trades;
using Tao20.Domain.Units;
using Tao20.Domain.Volume;
using static Tao20.Domain.Coordination.CoordinatorCommand;
using static Tao20.Domain.Coordination.CoordinatorEvent;

namespace Tao20.Domain.Tests.Coordination;

[Trait("Category", "Fast")]
public sealed class CoordinatorTests
{
    private static readonly ParametersVersion Parameters = new(1, default, DomainParameters.Default);
    private CoordinatorState _state = CoordinatorState.Initial(followsRegistry: true);

    [Fact]
    public void An_epoch_is_settled_once()
    {
        var settled = Assert.IsType<EpochSettled>(Assert.Single(When(Settle(0))));
        Assert.Equal(0UL, settled.Report.Closed.Epoch.Value);
        Assert.Empty(When(Settle(0)));
        Assert.Single(When(Settle(1)));
        Assert.Empty(When(Settle(0)));
        Assert.Equal(2, _state.Settled.Count);
    }

    [Fact]
    public void What_comes_again_after_a_crash_is_queued_once()
    {
        BookItem[] items = [Created(), Bond(1, 0), Bond(1, 1)];
        Assert.Equal(3, Assert.IsType<FactsQueued>(Assert.Single(When(new Queue(items)))).Items.Count);
        Assert.Empty(When(new Queue(items)));
        Assert.Equal([Bond(2, 0)], Assert.IsType<FactsQueued>(Assert.Single(When(new Queue([.. items, Bond(2, 0)])))).Items);
    }

    [Fact]
    public void What_follows_on_the_end_of_an_epoch_waits_until_that_is_settled()
    {
        When(new Queue([Created(), Bond(1, 0), new BookItem.EpochEnd(Ranges.End(0, 2)), Bond(3, 0)]));
        Assert.Equal(2, Assert.IsType<BookAdvanced>(Assert.Single(When(new Advance()))).Taken);
        Assert.Equal(2, _state.Inbox.Queue.Count);
        Assert.Empty(When(new Advance()));
        When(new Settle(Ranges.End(0, 2), Parameters, []));
        Assert.Equal(2, Assert.IsType<BookAdvanced>(Assert.Single(When(new Advance()))).Taken);
        Assert.Empty(_state.Inbox.Queue);
    }

    [Fact]
    public void Without_a_registry_there_is_no_book()
    {
        _state = CoordinatorState.Initial(followsRegistry: false);
        When(Settle(0));
        Assert.Empty(When(new Advance()));
        Assert.Null(_state.Inbox.Book);
    }

    [Fact]
    public void In_whatever_pieces_facts_come_the_book_is_the_same()
    {
        BookItem[] items =
        [
            Created(),
            .. Enumerable.Range(0, 20).Select(i => Bond(i / 3, i % 3)),
            new BookItem.EpochEnd(Ranges.End(0, 7)),
            .. Enumerable.Range(24, 9).Select(i => Bond(i / 3, i % 3)),
        ];
        var whole = Told([items]);
        for (var pieces = 2; pieces <= items.Length; pieces++)
            Assert.Equal(whole, Told(items.Chunk((items.Length + pieces - 1) / pieces)));

        static string Told(IEnumerable<BookItem[]> pieces)
        {
            var test = new CoordinatorTests();
            foreach (var piece in pieces)
            {
                test.When(new Queue(piece));
                test.When(new Advance());
            }

            test.When(new Settle(Ranges.End(0, 7), Parameters, []));
            test.When(new Advance());
            Assert.Empty(test._state.Inbox.Queue);
            return Text(test._state.Inbox.Book!);
        }
    }

    [Fact]
    public void A_volume_counts_once_and_only_for_its_epoch()
    {
        var epoch = new EpochToSettle(Ranges.End(4, 9), [Ranges.Account(1), Ranges.Account(2)]);
        var gathering = VolumeGathering.Of(epoch).With(Volume(1, 3));
        Assert.Equal([Ranges.Account(1), Ranges.Account(2)], gathering.Missing);
        gathering = gathering.With(Volume(1, 4)).With(Volume(1, 4));
        Assert.Equal([Ranges.Account(2)], gathering.Missing);
        Assert.False(gathering.IsComplete);
        Assert.True(gathering.With(Volume(2, 4)).IsComplete);
    }

    private static EpochVolume Volume(int miner, ulong epoch) => MinerVolume.Initial(Ranges.Account(miner)).Of(new EpochId(epoch));

    private static Settle Settle(ulong epoch) => new(Ranges.End(epoch, (int)epoch + 1), Parameters, []);

    private static BookItem.Fact Created() =>
        new(
            new RegistryLog(
                new Position(0, 0),
                new RegistryFact.Created(1, new RegistryRules(Wei.OneTao, 3, 600, 600, 108_000, 129_600, 48, Wei.OneTao, default))
            )
        );

    private static BookItem.Fact Bond(int block, int index) =>
        new(
            new RegistryLog(
                new Position((ulong)block, (uint)index + 1),
                new RegistryFact.Bonded(
                    (ulong)(10 + block),
                    Ranges.Account(1 + (block * 3 + index) % 4),
                    RegistryAccount.None with
                    {
                        Bond = Wei.From((UInt128)(1_000 + block) * Wei.OneTao.Value),
                    }
                )
            )
        );

    private IReadOnlyList<CoordinatorEvent> When(CoordinatorCommand command)
    {
        var events = _state.Decide(command, data => new Hash256(SHA256.HashData(data)));
        _state = events.Aggregate(_state, (state, e) => state.Evolve(e));
        return events;
    }

    private static string Text(RegistryBook book) =>
        string.Join("; ", book.Validators.Select(one => $"{one.Key} {one.Value}"))
        + $"{book.Newest} {book.Newest?.Stakes.Count} {book.Unpaid}";
}
