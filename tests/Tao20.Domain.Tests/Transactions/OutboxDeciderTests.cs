using System.Numerics;
using CsCheck;
using Tao20.Domain.Transactions;
using Tao20.Domain.Units;
using Tao20.Tests;
using static Tao20.Domain.Transactions.OutboxEvent;

namespace Tao20.Domain.Tests.Transactions;

/// <summary>What an account's sender does next, given what is in its outbox and what the chain shows.</summary>
[Trait("Category", "Fast")]
public sealed partial class OutboxDeciderTests
{
    private static readonly Address Account = Address.Parse("0x00000000000000000000000000000000000000aa");
    private static readonly FeePolicy Fees = new()
    {
        MaxFeePerGas = 1_000_000_000,
        PriorityFeePerGas = 1_000_000,
        StuckBlocks = 3,
        MaxInFlight = 2,
        GasMarginPercent = 25,
    };
    private static readonly OutboxDecider Decider = new(Account, Fees, new FreeRules(Fees));
    private static readonly AccountView Chain = View(latest: 100);

    // Whatever the account has sent is known.
    private static readonly UnknownTransactions Known = new(ulong.MaxValue, []);

    [Fact]
    public void Nothing_wanted_is_nothing_done() => Assert.Equal(new OutboxStep.Idle(), Next(Chain));

    [Fact]
    public void What_is_planned_is_simulated_before_it_is_signed() =>
        Assert.Equal(new OutboxStep.Simulate(Intent("a")), Next(Chain, Planned("a")));

    [Fact]
    public void What_is_past_its_deadline_is_never_sent()
    {
        var late = Intent("a") with { Deadline = 999 };
        Assert.Equal(
            new OutboxStep.Record(new IntentFailed("a", new IntentFailure.DeadlinePassed(999, 1000))),
            Next(Chain, new IntentPlanned(late))
        );
        Assert.IsType<OutboxStep.Simulate>(Next(Chain, new IntentPlanned(late with { Deadline = 1000 })));
    }

    [Fact]
    public void What_would_be_reverted_ends_with_what_the_node_said() =>
        Assert.Equal(
            new OutboxStep.Record(new IntentFailed("a", new IntentFailure.SimulationRefused("no", "0x01"))),
            Decider.OnSimulated(State(Planned("a")), Chain, Intent("a"), new Simulation(0, "no", "0x01", BroadcastAnswer.Refused, true))
        );

    [Fact]
    public void What_a_node_will_not_simulate_is_tried_again_for_some_blocks_before_it_is_given_up()
    {
        var behind = new Simulation(0, "block height is 176 but requested was 177", null, BroadcastAnswer.Refused);
        foreach (var blocks in (ulong[])[0, 1, 2])
            Assert.Equal(
                new OutboxStep.Idle(new OutboxWait.Acceptance("a", behind.Refusal!, AcceptanceOutlook.NextBlock)),
                Decider.OnSimulated(State(Planned("a")), Chain, Intent("a"), behind, blocks)
            );
        Assert.IsType<OutboxStep.Record>(Decider.OnSimulated(State(Planned("a")), Chain, Intent("a"), behind, 3));
    }

    [Fact]
    public void Want_of_money_is_waited_for() =>
        Assert.Equal(
            new OutboxStep.Idle(new OutboxWait.Funds(Account, "a", "poor")),
            Decider.OnSimulated(State(Planned("a")), Chain, Intent("a"), new Simulation(0, "poor", null, BroadcastAnswer.InsufficientFunds))
        );

    [Fact]
    public void A_base_fee_above_the_limit_is_waited_for() =>
        Assert.Equal(
            new OutboxStep.Idle(new OutboxWait.BaseFee("a", Fees.MaxFeePerGas, Fees.MaxFeePerGas)),
            Decider.OnSimulated(State(Planned("a")), Chain with { BaseFee = Fees.MaxFeePerGas }, Intent("a"), new Simulation(100))
        );

    [Fact]
    public void What_full_blocks_must_not_keep_out_of_a_window_offers_what_fifty_of_them_can_make_of_the_base_fee()
    {
        var raised = Enumerable.Range(0, 50).Aggregate(1.0, (fee, _) => fee * 1.0625);
        Assert.Equal(FeePolicy.WindowFactor, (int)Math.Ceiling(raised));
        var statement = Intent("a") with { OutlastsFullBlocks = true };
        var signed = Assert.IsType<OutboxStep.Sign>(Decider.OnSimulated(State(Planned("a")), Chain, statement, new Simulation(100)));
        Assert.Equal(FeePolicy.WindowFactor * Chain.BaseFee + Fees.PriorityFeePerGas, signed.Fees.MaxFee);
        Assert.False(Fees.FallsShort(Chain.BaseFee));
        Assert.True(Fees.FallsShort(Fees.MaxFeePerGas / FeePolicy.WindowFactor));
    }

    [Fact]
    public void A_first_signature_has_the_next_nonce_a_margin_of_gas_and_twice_the_base_fee() =>
        Assert.Equal(
            new OutboxStep.Sign(Intent("b"), 8, new GasFees(2_000_000 + 1_000_000, 1_000_000), 125),
            Decider.OnSimulated(
                State(Planned("a"), Signed("a", 7), Planned("b")),
                Chain with
                {
                    BaseFee = 1_000_000,
                },
                Intent("b"),
                new Simulation(100)
            )
        );

    [Fact]
    public void What_is_signed_goes_out_before_anything_new_in_the_order_of_its_nonces()
    {
        var step = Assert.IsType<OutboxStep.Broadcast>(
            Next(Chain, Planned("b"), Planned("a"), Signed("a", 6), Signed("b", 7), Planned("c"))
        );
        Assert.Equal(("a", 6UL), (step.Id, step.Attempt.Nonce));
    }

    [Fact]
    public void No_more_are_in_flight_than_allowed() =>
        Assert.Equal(
            new OutboxStep.Idle(),
            Next(Chain, Planned("a"), Signed("a", 5), Sent("a", 100), Planned("b"), Signed("b", 6), Sent("b", 100), Planned("c"))
        );

    [Fact]
    public void What_is_not_heard_of_is_sent_again_after_two_blocks_and_with_a_higher_fee_after_three()
    {
        OutboxEvent[] sent = [Planned("a"), Signed("a", 5), Sent("a", 100)];
        Assert.IsType<OutboxStep.Idle>(Next(View(latest: 101, nonce: 5), sent));
        Assert.IsType<OutboxStep.Broadcast>(Next(View(latest: 102, nonce: 5), sent));
        var raised = Assert.IsType<OutboxStep.Sign>(Next(View(latest: 103, nonce: 5), sent));
        Assert.Equal((5UL, new GasFees(1_125_001, 1_125_001), 21_000UL), (raised.Nonce, raised.Fees, raised.GasLimit));
    }

    [Fact]
    public void What_waits_behind_another_is_not_stuck() =>
        Assert.IsType<OutboxStep.Broadcast>(Next(View(latest: 110, nonce: 4), Planned("a"), Signed("a", 5), Sent("a", 100)));

    [Fact]
    public void A_stuck_transaction_that_must_not_pay_more_is_sent_as_it_is_and_says_so()
    {
        var step = Assert.IsType<OutboxStep.Broadcast>(
            Next(View(latest: 110, nonce: 5), Planned("a"), Signed("a", 5, fee: Fees.MaxFeePerGas), Sent("a", 100))
        );
        Assert.Equal(new OutboxWait.HigherFee("a", Fees.MaxFeePerGas), step.Wait);
    }

    [Fact]
    public void A_node_that_accepts_is_noted_and_one_that_wants_more_gets_more()
    {
        var state = State(Planned("a"), Signed("a", 5));
        var attempt = state.Open[0].Attempts[0];
        Assert.Equal(
            new OutboxStep.Record(new TransactionBroadcast("a", attempt.Hash, 100)),
            Answer(state, attempt, BroadcastAnswer.Taken)
        );
        Assert.IsType<OutboxStep.Sign>(Answer(state, attempt, BroadcastAnswer.Underpriced));
        Assert.Equal(new OutboxStep.Idle(), Answer(state, attempt, BroadcastAnswer.NonceTooLow));
        Assert.Equal(
            new OutboxStep.Idle(new OutboxWait.Acceptance("a", "no", AcceptanceOutlook.NextBlock)),
            Answer(state, attempt, BroadcastAnswer.Refused)
        );
    }

    [Fact]
    public void What_no_node_accepts_for_some_blocks_is_replaced_with_its_own_nonce()
    {
        var state = State(Planned("a"), Signed("a", 5));
        var entry = state.Open[0];
        Assert.Equal(
            new OutboxStep.FindReplacement(entry, "no"),
            Decider.OnAnswered(state, Chain, "a", entry.Attempts[0], BroadcastAnswer.Refused, "no", 3)
        );
        var same = Assert.IsType<OutboxStep.Sign>(
            Decider.OnReplacementFound(Chain, new ReplacementTransaction(entry, "no", entry.Intent, 200))
        );
        Assert.Equal((5UL, 250UL, false), (same.Nonce, same.GasLimit, same.Cancels));
        var nothing = Assert.IsType<OutboxStep.Sign>(
            Decider.OnReplacementFound(Chain, new ReplacementTransaction(entry, "no", new TransactionIntent("a", Account, 0, default), 100))
        );
        Assert.Equal((5UL, true), (nothing.Nonce, nothing.Cancels));
        Assert.Equal(
            new OutboxStep.Idle(new OutboxWait.Acceptance("a", "no", AcceptanceOutlook.CancellationImpossible, "poor")),
            Decider.OnReplacementFound(Chain, new ReplacementTransaction(entry, "no", null, 0, "poor"))
        );
    }

    [Fact]
    public void Transactions_from_elsewhere_are_counted_but_none_of_before_the_outbox()
    {
        var first = default(ExternalUse).After(OutboxState.Initial, View(latest: 1, nonce: 40));
        Assert.Equal(0, first.Count);
        var own = first.After(State(Planned("a"), Signed("a", 40)), View(latest: 2, nonce: 41));
        Assert.Equal(0, own.Count);
        Assert.Equal(2, own.After(State(Planned("a"), Signed("a", 40)), View(latest: 3, nonce: 43)).Count);
    }

    [Fact]
    public void A_mined_transaction_that_is_reorged_goes_out_again_and_a_final_one_never_does()
    {
        var receipt = new Receipt(HashOf(5, 0), 100, Hash256.Zero, true, 21_000, 1);
        OutboxEvent[] mined = [Planned("a"), Signed("a", 5), Sent("a", 99), new TransactionMined("a", receipt)];
        Assert.Equal([new TransactionReorged("a", receipt.Hash)], State(mined).Decide(View(latest: 101, nonce: 5)));
        Assert.IsType<OutboxStep.Broadcast>(Next(View(latest: 101, nonce: 5), [.. mined, new TransactionReorged("a", receipt.Hash)]));
        var ended = State([.. mined, new TransactionFinal("a", receipt)]);
        Assert.Equal((0, IntentState.Final), (ended.Open.Count, ended.ProgressOf("a")!.State));
    }

    /// <summary>
    /// Whatever nodes answer and however the chain goes on, no nonce is signed for two intents, an intent has one nonce at a time, what is
    /// replaced pays more, nothing pays more than the limit, and no ended intent is touched again.
    /// </summary>
    [Fact]
    public void No_nonce_is_ever_signed_for_two_intents() =>
        Gen.Int[0, 9]
            .Array[1, 120]
            .Sample(
                moves =>
                {
                    var (state, view, count) = (OutboxState.Initial, View(latest: 1), 0);
                    var owners = new Dictionary<ulong, string>();
                    foreach (var move in moves)
                    {
                        view = view with { Latest = view.Latest + 1, LatestTime = view.LatestTime + 12, BaseFee = move * 150_000_000 };
                        if (move is 0 or 5)
                            state = state.Evolve(
                                new IntentPlanned(Intent($"i{count++}") with { Deadline = move == 5 ? view.LatestTime + 24 : 0 })
                            );
                        foreach (var e in state.Decide(view))
                            state = state.Evolve(e);
                        state = Follow(state, view, Decider.Next(state, view, Known), move, owners);
                        if (
                            move is 3 or 7
                            && state.Open.Where(entry => entry.Attempts.Count > 0).MinBy(entry => entry.Attempts[0].Nonce) is { } next
                        )
                            view = Mine(view, next.Attempts[^1]);
                    }
                },
                iter: 2_000
            );

    private static OutboxState Follow(OutboxState state, AccountView view, OutboxStep step, int move, Dictionary<ulong, string> owners)
    {
        for (var steps = 0; steps < 8; steps++)
        {
            switch (step)
            {
                case OutboxStep.Record(var e):
                    Assert.Contains(state.Open, entry => entry.Intent.Id == e.Id);
                    state = state.Evolve(e);
                    step = Decider.Next(state, view, Known);
                    break;
                case OutboxStep.Simulate(var intent):
                    step = Decider.OnSimulated(
                        state,
                        view,
                        intent,
                        move == 8 ? new Simulation(0, "no", null, BroadcastAnswer.Refused, Reverts: true) : new Simulation(50_000)
                    );
                    break;
                case OutboxStep.Sign sign:
                    Assert.Equal(sign.Intent.Id, owners.GetValueOrDefault(sign.Nonce, sign.Intent.Id));
                    owners[sign.Nonce] = sign.Intent.Id;
                    Assert.True(sign.Fees.MaxFee <= Fees.MaxFeePerGas);
                    var earlier = state.Open.First(entry => entry.Intent.Id == sign.Intent.Id).Attempts;
                    Assert.All(earlier, one => Assert.True(one.Nonce == sign.Nonce && one.MaxFee < sign.Fees.MaxFee));
                    var attempt = new Attempt(
                        sign.Nonce,
                        HashOf(sign.Nonce, earlier.Count),
                        default,
                        sign.Fees.MaxFee,
                        sign.Fees.Priority,
                        sign.GasLimit,
                        sign.Cancels
                    );
                    state = state.Evolve(new TransactionSigned(sign.Intent.Id, attempt));
                    step = Decider.OnAnswered(state, view, sign.Intent.Id, attempt, (BroadcastAnswer)(move % 6), "no", (ulong)move);
                    break;
                case OutboxStep.Broadcast broadcast:
                    step = Decider.OnAnswered(state, view, broadcast.Id, broadcast.Attempt, (BroadcastAnswer)(move % 6), "no", (ulong)move);
                    break;
                case OutboxStep.FindReplacement find:
                    step = Decider.OnReplacementFound(
                        view,
                        new ReplacementTransaction(find.Entry, find.Refusal, find.Entry.Intent, 60_000)
                    );
                    break;
                default:
                    return state;
            }
        }

        return state;
    }

    private static AccountView Mine(AccountView view, Attempt attempt) =>
        view with
        {
            Receipts = new Dictionary<Hash256, Receipt>(view.Receipts)
            {
                [attempt.Hash] = new(attempt.Hash, view.Latest, Hash256.Zero, true, 21_000, 1),
            },
            NonceLatest = Math.Max(view.NonceLatest, attempt.Nonce + 1),
            Finalized = view.Latest,
        };

    private static OutboxStep Answer(OutboxState state, Attempt attempt, BroadcastAnswer answer) =>
        Decider.OnAnswered(state, Chain, "a", attempt, answer, "no", 0);

    private static OutboxStep Next(AccountView view, params OutboxEvent[] given) => Decider.Next(State(given), view, Known);

    private static OutboxState State(params OutboxEvent[] given) => given.Aggregate(OutboxState.Initial, (state, e) => state.Evolve(e));

    private static AccountView View(ulong latest, ulong nonce = 5) =>
        new(new Dictionary<Hash256, Receipt>(), nonce, 0, latest, 1000, latest - 1, 0);

    private static TransactionIntent Intent(string id) => new(id, Account, 0, default);

    private static IntentPlanned Planned(string id) => new(Intent(id));

    private static TransactionSigned Signed(string id, ulong nonce, BigInteger? fee = null) =>
        new(id, new Attempt(nonce, HashOf(nonce, 0), default, fee ?? 1_000_000, 1_000_000, 21_000));

    private static TransactionBroadcast Sent(string id, ulong block) => new(id, Hash256.Zero, block);

    private static Hash256 HashOf(ulong nonce, int attempt)
    {
        var bytes = new byte[32];
        System.Buffers.Binary.BinaryPrimitives.WriteUInt64BigEndian(bytes, nonce + 1);
        bytes[31] = (byte)attempt;
        return new Hash256(bytes);
    }
}
