using Tao20.Domain.Transactions;
using Tao20.Domain.Units;
using static Tao20.Domain.Transactions.OutboxEvent;

namespace Tao20.Domain.Tests.Transactions;

/// <summary>What is late, what is displaced, what goes first and what is of no use any more.</summary>
public sealed partial class OutboxDeciderTests
{
    [Fact]
    public void A_receipt_that_is_late_is_no_reason_to_sign_anew_unless_someone_else_has_used_the_nonce()
    {
        var state = State(Planned("a"), Signed("a", 5), Sent("a", 99));
        var view = View(latest: 200, nonce: 6) with { NonceFinal = 6, Finalized = 200 };
        Assert.Empty(state.Decide(view));
        Assert.Equal("a", Assert.Single(state.Unexplained(view)).Intent.Id);
        Assert.Equal(new OutboxStep.Idle(), Decider.Next(state, view, Known));

        var ours = view with { Used = new Dictionary<ulong, UsedNonce> { [5] = new(HashOf(5, 0)) } };
        Assert.Empty(state.Decide(ours));
        Assert.Equal(new OutboxStep.Idle(), Decider.Next(state, ours, Known));

        foreach (var hash in (Hash256[])[HashOf(6, 0), Hash256.Zero])
        {
            var theirs = view with { Used = new Dictionary<ulong, UsedNonce> { [5] = new(hash) } };
            Assert.Equal([new TransactionDropped("a", 5)], state.Decide(theirs));
            Assert.Empty(state.Unexplained(theirs));
        }
    }

    [Fact]
    public void A_mined_transaction_whose_receipt_a_node_withholds_is_still_mined()
    {
        var receipt = new Receipt(HashOf(5, 0), 100, Hash256.Zero, true, 21_000, 1);
        var state = State(Planned("a"), Signed("a", 5), Sent("a", 99), new TransactionMined("a", receipt));
        Assert.Empty(state.Decide(View(latest: 101, nonce: 6)));

        // A node that is not as far as that block cannot know.
        Assert.Empty(state.Decide(View(latest: 99, nonce: 5)));
    }

    [Fact]
    public void What_is_mined_is_no_longer_in_flight()
    {
        var receipt = new Receipt(HashOf(5, 0), 100, Hash256.Zero, true, 21_000, 1);
        OutboxEvent[] two = [Planned("a"), Signed("a", 5), Planned("b"), Signed("b", 6), Sent("a", 100), Sent("b", 100), Planned("c")];
        Assert.IsType<OutboxStep.Idle>(Next(View(latest: 100), two));
        Assert.Equal(new OutboxStep.Simulate(Intent("c")), Next(View(latest: 100, nonce: 6), [.. two, new TransactionMined("a", receipt)]));
    }

    [Fact]
    public void What_cannot_wait_goes_first_and_among_equals_what_was_wanted_first()
    {
        IntentPlanned[] wanted =
        [
            new(Intent("weights") with { Priority = IntentPriority.Last }),
            new(Intent("punish") with { Priority = IntentPriority.Then }),
            new(Intent("attest-1")),
            new(Intent("attest-2")),
        ];
        Assert.Equal("attest-1", Assert.IsType<OutboxStep.Simulate>(Next(Chain, wanted)).Intent.Id);
        Assert.Equal("punish", Assert.IsType<OutboxStep.Simulate>(Next(Chain, wanted[..2])).Intent.Id);
    }

    [Fact]
    public void What_could_only_be_in_a_block_in_which_it_is_of_no_use_is_never_sent()
    {
        var late = Intent("a") with { LastBlock = 100 };
        Assert.Equal(
            new OutboxStep.Record(new IntentFailed("a", new IntentFailure.BlockPassed(100, 100))),
            Next(View(latest: 100), new IntentPlanned(late))
        );
        Assert.IsType<OutboxStep.Simulate>(Next(View(latest: 99), new IntentPlanned(late)));
        Assert.Equal(
            IntentState.Expired,
            State(new IntentPlanned(late), new IntentFailed("a", new IntentFailure.BlockPassed(100, 100))).ProgressOf("a")!.State
        );
    }
}
