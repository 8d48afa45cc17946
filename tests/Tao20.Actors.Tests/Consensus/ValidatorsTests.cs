using Google.Protobuf;
using Tao20.Actors.Consensus;
using Tao20.Chain.Abi;
using Tao20.Devnet;
using Tao20.Devnet.Subtensor;
using Tao20.Domain.Consensus;
using Tao20.Domain.Slashing;
using Tao20.Domain.Units;
using Tao20.Domain.Weights;

namespace Tao20.Actors.Tests.Consensus;

/// <summary>Four validators that agree, lie, are restarted and are slashed.</summary>
public sealed class ValidatorsTests() : OnOneChain(Count)
{
    private const int Count = 4;

    [Fact]
    public async Task Honest_validators_settle_every_round_and_their_books_are_equal()
    {
        await StartAsync();
        for (var epoch = 0; epoch < 3; epoch++)
            await EpochAsync();
        var books = await BooksAsync(book => book.Rounds.Count(round => round.State == RoundState.Settled) == 3);
        foreach (var book in books)
        {
            Assert.Empty(book.Cases);
            Assert.All(
                book.Validators.Values,
                record => Assert.Equal((3, 3, StandingLevel.Active), (record.Rounds, record.Agreed, record.Standing.Level))
            );
            Assert.Equal(Dump(books[0]), Dump(book));
        }
        // What was attested is what the contract says, and weights are those of the miners.
        var said = books[0].Rounds[^1].Counted[0].Signed;
        Assert.Equal(3, said.Weights.Count);
        Assert.Equal(65535, said.Weights.Max(weight => weight.Weight));
        Assert.All(books[0].Rounds, round => Assert.Equal(Count, round.Counted.Count));
    }

    [Fact]
    public async Task A_validator_whose_nav_is_three_percent_off_is_slashed_fifteen_percent_once_and_the_rounds_go_on()
    {
        await StartAsync(new SkewedNav(3));
        await EpochAsync();
        var books = await BooksAsync(book => book.Cases is [{ State: CaseState.Executed }]);
        foreach (var book in books)
        {
            var executed = Assert.Single(book.Cases);
            Assert.Equal(
                (Validators.Keys[0].Address, Severity.Severe, ViolationKinds.Nav),
                (executed.Case.Accused, executed.Case.Severity, executed.Case.Kinds)
            );
            Assert.Equal((UInt128)(ValidatorSet.BondTao * Tao * 15 / 100), executed.SlashedWei);
            Assert.Equal(StandingLevel.Probation, book.Validators[Validators.Keys[0].Address].Standing.Level);
            Assert.Equal(Dump(books[0]), Dump(book));
        }
    }

    [Fact]
    public async Task A_validator_that_says_two_things_is_slashed_by_half_suspended_and_the_next_round_is_without_it()
    {
        await StartAsync(new Equivocating());
        await EpochAsync();
        var book = (await BooksAsync(book => book.Cases is [{ State: CaseState.Executed }]))[^1];
        Assert.Equal((Severity.Critical, ViolationKinds.Equivocation), (book.Cases[0].Case.Severity, book.Cases[0].Case.Kinds));
        Assert.Equal((UInt128)(ValidatorSet.BondTao * Tao / 2), book.Cases[0].SlashedWei);
        await EpochAsync();
        book = (await BooksAsync(book => book.Rounds is [_, { State: RoundState.Settled }]))[^1];
        Assert.Equal(Count - 1, book.Rounds[1].Eligible.Count);
        Assert.Equal(StandingLevel.Suspended, book.Validators[Validators.Keys[0].Address].Standing.Level);
    }

    [Fact]
    public async Task A_validator_that_is_restarted_says_nothing_twice()
    {
        await StartAsync();
        await TradeAsync();
        await CloseAsync();

        // Ended somewhere in the round and started again on its journal: the outbox and the book know what was said.
        for (var restarts = 0; restarts < 5; restarts++)
        {
            await Anvil.Client.MineAsync(++Time, None);
            await Nodes[1].DisposeAsync();
            Nodes[1] = await StartAsync(1, null);
        }

        var books = await BooksAsync(book => book.Rounds is [{ State: RoundState.Settled }]);
        Assert.All(books, book => Assert.Empty(book.Cases));
        Assert.Single(books[0].Rounds[0].AttestationsBy(Validators.Keys[1].Address));

        // The bond, the attestation, the weights: each once.
        Assert.Equal(WeightsStage.Set, (await WeightsAsync(1, WeightsStage.Set)).Stage);
        Assert.Equal(3UL, await Transactions.AnvilQuestions.NonceAsync(Anvil, Validators.Keys[1].Address));
    }

    [Fact]
    public async Task Weights_are_committed_to_and_revealed_also_by_who_was_restarted_in_between()
    {
        await Anvil.Client.ExecuteAsync(await ValidatorSet.CommitRevealAsync(Economy, 20, None), ++Time, None);
        await StartAsync();
        await TradeAsync();
        await CloseAsync();
        var committed = await WeightsAsync(1, WeightsStage.Committed);
        Assert.Empty(await ValidatorSet.WeightsAsync(Economy, 20, ValidatorSet.UidOf(Economy, 1), None));

        // Salt and weights are in its journal, and nowhere else.
        await Nodes[1].DisposeAsync();
        Nodes[1] = await StartAsync(1, null);
        var set = await WeightsAsync(1, WeightsStage.Set);
        Assert.Equal(committed.CommittedAt, set.CommittedAt);
        Assert.Equal(committed.Salt, set.Salt);
        Assert.Equal(set.Weights, await ValidatorSet.WeightsAsync(Economy, 20, ValidatorSet.UidOf(Economy, 1), None));
        var attested = (await BooksAsync(book => book.Rounds is [{ State: RoundState.Settled }]))[0].Rounds[0].Counted[0].Signed.Weights;
        Assert.Equal(attested, set.Weights);
    }

    [Fact]
    public async Task A_runtime_upgrade_between_two_epochs_changes_nothing_that_is_counted_attested_or_set()
    {
        await Anvil.Client.ExecuteAsync(
            [
                SubtensorMock.Set(Economy.Keeper, "setSpec", SubtensorMock.June),
                .. await ValidatorSet.CommitRevealAsync(Economy, 20, None, minWeights: 5),
            ],
            ++Time,
            None
        );
        await FinalAsync();
        await StartAsync();
        await TradeAsync();
        await CloseAsync();
        var before = await WeightsAsync(1, WeightsStage.Committed);

        // Between commit and reveal the chain changes how UIDs are looked up, transfers are capped and frames are taken.
        await Anvil.Client.ExecuteAsync([SubtensorMock.Set(Economy.Keeper, "setSpec", SubtensorMock.October)], ++Time, None);

        await FinalAsync();
        foreach (var node in Nodes)
            await node.CheckedAsync(SubtensorMock.October);
        var set = await WeightsAsync(1, WeightsStage.Set);
        Assert.Equal(before.Weights, set.Weights);
        Assert.Equal(set.Weights, await ValidatorSet.WeightsAsync(Economy, 20, ValidatorSet.UidOf(Economy, 1), None));
        await EpochAsync();
        var after = await WeightsAsync(1, WeightsStage.Set);
        Assert.Equal(after.Weights, await ValidatorSet.WeightsAsync(Economy, 20, ValidatorSet.UidOf(Economy, 1), None));

        // Three miners are paid, and two who are not fill up what the subnet wants.
        Assert.Equal((5, 3), (after.Weights.Count, after.Weights.Count(weight => weight.Weight > 0)));
        var books = await BooksAsync(book => book.Rounds is [{ State: RoundState.Settled }, { State: RoundState.Settled }]);
        Assert.All(books, book => Assert.Empty(book.Cases));
        Assert.All(books[0].Rounds, round => Assert.Equal(Count, round.Counted.Count));
    }

    [Fact]
    public async Task A_miner_whose_UID_goes_to_another_is_left_out()
    {
        await Anvil.Client.ExecuteAsync([ValidatorSet.SetWeightRules(Economy, 20, commitReveal: false, rateLimitBlocks: 80)], ++Time, None);
        await StartAsync();
        await EpochAsync();
        await WeightsAsync(1, WeightsStage.Set);
        await TradeAsync();
        await CloseAsync();

        // The epoch is over and its weights wait for the rate limit, when the first miner's neuron is replaced.
        await WeightsAsync(1, WeightsStage.Waiting);
        await Anvil.Client.ExecuteAsync(
            [SubtensorMock.Set(Economy.Keeper, "recycle", (ushort)20, (ushort)1, Keccak.Hash("a newcomer"u8))],
            ++Time,
            None
        );
        var set = await WeightsAsync(1, WeightsStage.Set);
        Assert.Equal([(ushort)1], set.Recycled);
        Assert.DoesNotContain(set.Weights, weight => weight.Uid == 1);
        Assert.Equal(set.Weights.Count, (await ValidatorSet.WeightsAsync(Economy, 20, ValidatorSet.UidOf(Economy, 1), None)).Count);
    }

    [Fact]
    public async Task Weights_the_subnet_does_not_take_are_refused_with_the_reason_and_the_round_goes_on()
    {
        await Anvil.Client.ExecuteAsync(
            [
                .. Validators.Keys.Select(
                    (key, i) =>
                        SubtensorMock.Set(Economy.Keeper, "setNeuron", (ushort)20, ValidatorSet.UidOf(Economy, i), key.Address, false)
                ),
            ],
            ++Time,
            None
        );
        await StartAsync();
        await TradeAsync();
        await CloseAsync();
        Assert.Contains("no validator permit", (await WeightsAsync(0, WeightsStage.Refused)).Reason, StringComparison.Ordinal);
        await BooksAsync(book => book.Rounds is [{ State: RoundState.Settled }]);
        Assert.Empty(await ValidatorSet.WeightsAsync(Economy, 20, ValidatorSet.UidOf(Economy, 0), None));
    }

    [Fact]
    public async Task What_a_validator_has_computed_is_shown_with_executable_prices_around_nav()
    {
        await StartAsync();
        await EpochAsync();
        var result = Assert.Single((await Nodes[0].StatusAsync()).Validator!.Computed.Epochs);
        Assert.Null(result.DisagreesWithConsensus);
        Assert.True(
            result.MintPrice!.Value.Value > result.Nav!.Value.Value && result.RedeemPrice!.Value.Value < result.Nav.Value.Value,
            $"{result}"
        );

        // The index's fee of a tenth of a percent, the pools' half of that, and next to no slippage in pools of millions.
        Assert.InRange(result.MintPrice.Value.Value, result.Nav.Value.Value * 1_001 / 1_000, result.Nav.Value.Value * 1_002 / 1_000);
    }

    /// <summary>All that validators agree on, as bytes.</summary>
    private static string Dump(ConsensusBook book) => Convert.ToHexString(BookSnapshotWire.ToWire(book).ToByteArray());

    private sealed class SkewedNav(int percent) : IAttestationStrategy
    {
        public IReadOnlyList<PlannedAttestation> Create(NavAttestation computed, IReadOnlyList<SubnetWeight> weights, Round round) =>
            [
                new PlannedAttestation(
                    computed with
                    {
                        Nav = TaoPerToken.From(computed.Nav.Value * (UInt128)(100 + percent) / 100),
                    },
                    weights,
                    0
                ),
            ];
    }

    private sealed class Equivocating : IAttestationStrategy
    {
        public IReadOnlyList<PlannedAttestation> Create(NavAttestation computed, IReadOnlyList<SubnetWeight> weights, Round round) =>
            [
                new PlannedAttestation(computed, weights, 0),
                new PlannedAttestation(computed with { Nav = TaoPerToken.From(computed.Nav.Value + 1) }, weights, 0),
            ];
    }
}
