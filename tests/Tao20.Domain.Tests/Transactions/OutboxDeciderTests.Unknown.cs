using Tao20.Domain.Transactions;
using static Tao20.Domain.Transactions.OutboxEvent;

namespace Tao20.Domain.Tests.Transactions;

/// <summary>What the account has sent that is not in the outbox, as after a restore from a backup.</summary>
public sealed partial class OutboxDeciderTests
{
    [Fact]
    public void Nothing_new_is_signed_before_it_is_known_what_was_sent_from_elsewhere()
    {
        var state = State(Planned("a"));
        Assert.Equal(
            new OutboxStep.Idle(new OutboxWait.Unknown(Account, 0, 5)),
            Decider.Next(state, View(latest: 100, nonce: 5), UnknownTransactions.None)
        );
        Assert.IsType<OutboxStep.Simulate>(Decider.Next(state, View(latest: 100, nonce: 5), UnknownTransactions.None.With(5, [])));

        // What is in the outbox is known.
        var signed = State(Planned("a"), Signed("a", 4), Planned("b"));
        Assert.IsType<OutboxStep.Simulate>(Decider.Next(signed, View(latest: 100, nonce: 5), UnknownTransactions.None));
        Assert.IsType<OutboxStep.Idle>(Decider.Next(signed, View(latest: 100, nonce: 6), UnknownTransactions.None));
    }

    [Fact]
    public void Who_sends_from_elsewhere_without_end_holds_it_up_for_twenty_blocks_and_no_longer()
    {
        var state = State(Planned("a"));
        var (unknown, held) = (UnknownTransactions.None, 0UL);
        for (var block = 100UL; ; block++, held++)
        {
            // A transaction in each block, and none of the latest two is final.
            var view = View(block, nonce: block) with
            {
                NonceFinal = block - 2,
            };
            unknown = unknown.Seen(state, view);
            if (unknown.CanBeLookedUp(view))
                unknown = unknown.With(view.NonceLatest, []);
            if (Decider.Next(state, view, unknown) is OutboxStep.Simulate)
                break;
        }

        Assert.Equal(UnknownTransactions.MostBlocksHeld, held);
        var final = View(100, nonce: 5) with { NonceFinal = 5 };
        Assert.True(UnknownTransactions.None.Seen(state, final).CanBeLookedUp(final));
        Assert.False(UnknownTransactions.None.With(5, []).Seen(state, final).CanBeLookedUp(final));
    }

    [Fact]
    public void What_was_sent_already_belongs_to_who_wants_it_and_is_not_sent_again()
    {
        var wanted = Intent("a") with { Data = new byte[] { 1, 2 }, ValueWei = 3 };
        var state = State(new IntentPlanned(wanted), Planned("b"));
        var (mine, other) = (Sent(4, wanted, block: 95), Sent(3, wanted with { ValueWei = 4 }, block: 94));
        var unknown = UnknownTransactions.None.With(5, [other, mine]);
        Assert.Equal(new OutboxStep.Record(new TransactionSigned("a", mine.Attempt)), Decider.Next(state, Chain, unknown));
        var after = state.Evolve(new TransactionSigned("a", mine.Attempt));
        Assert.Equal(
            new OutboxStep.Simulate(Intent("b")),
            Decider.Next(after, View(latest: 100, nonce: 5), unknown.Without(mine.Attempt.Hash))
        );
        Assert.Equal(5UL, after.NextNonce);
    }

    [Fact]
    public void What_was_sent_long_ago_was_for_something_else()
    {
        var wanted = Intent("a") with { ValueWei = 3 };
        var unknown = UnknownTransactions.None.With(5, [Sent(4, wanted, block: 898)]);
        Assert.Equal(new OutboxStep.Simulate(wanted), Decider.Next(State(new IntentPlanned(wanted)), View(latest: 1_000), unknown));
        Assert.IsType<OutboxStep.Record>(Decider.Next(State(new IntentPlanned(wanted)), View(latest: 999), unknown));
    }

    [Fact]
    public void What_was_sent_before_it_was_wanted_is_not_what_is_wanted()
    {
        // The weights of two epochs may be the same.
        var wanted = Intent("weights-2") with
        {
            Data = new byte[] { 7 },
            NotDoneAt = 95,
        };
        var (before, since) = (Sent(3, wanted, block: 95), Sent(4, wanted, block: 96));
        var state = State(new IntentPlanned(wanted));
        Assert.Equal(new OutboxStep.Simulate(wanted), Decider.Next(state, Chain, UnknownTransactions.None.With(5, [before])));
        Assert.Equal(
            new OutboxStep.Record(new TransactionSigned("weights-2", since.Attempt)),
            Decider.Next(state, Chain, UnknownTransactions.None.With(5, [before, since]))
        );
    }

    [Fact]
    public void What_has_taken_a_nonce_and_does_the_same_is_what_was_wanted()
    {
        var wanted = Intent("a") with { ValueWei = 3 };
        var state = State(new IntentPlanned(wanted), Signed("a", 5));
        var dearer = Sent(5, wanted, block: 100);
        var view = View(latest: 200, nonce: 6) with { NonceFinal = 6, Finalized = 200 };
        Assert.Equal([new TransactionSigned("a", dearer.Attempt)], state.Decide(With(dearer)));
        Assert.Equal([new TransactionDropped("a", 5)], state.Decide(With(Sent(5, wanted with { ValueWei = 4 }, block: 100))));

        AccountView With(SentTransaction sent) =>
            view with
            {
                Used = new Dictionary<ulong, UsedNonce> { [5] = new(sent.Attempt.Hash, sent) },
            };
    }

    [Fact]
    public void What_may_be_among_what_nobody_shows_is_given_up()
    {
        var state = State(Planned("a"), Signed("a", 3), Planned("b"));
        Assert.Equal([new IntentFailed("b", new IntentFailure.MaybeSent(4, 7))], Decider.OnUnreadable(state, 4, 7));
    }

    private static SentTransaction Sent(ulong nonce, TransactionIntent intent, ulong block) =>
        new(new Attempt(nonce, HashOf(nonce, 9), new byte[] { 9 }, 2_000_000, 1, 21_000), intent.To, intent.ValueWei, intent.Data, block);
}
