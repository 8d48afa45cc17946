using System.Globalization;
using Google.Protobuf;
using Tao20.Actors.Consensus;
using Tao20.Actors.Status;
using Tao20.Chain.Abi;
using Tao20.Devnet;
using Tao20.Devnet.Subtensor;
using Tao20.Domain.Registry;
using Tao20.Domain.Units;
using Tao20.Domain.Weights;
using Tao20.Tests;
using Tao20.Tests.Oracles;

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
        var books = await BooksAsync(book => book.Rounds.Count(round => round.Entries.Keys.Count(round.Agreed) == Count) == 3);
        foreach (var book in books)
        {
            // The last round is over with the next epoch.
            Assert.All(
                book.Validators.Values,
                one => Assert.Equal((2, 2, StandingLevel.Active), (one.Rounds, one.Agreed, one.Standing.Level))
            );
            Assert.Equal(Dump(books[0]), Dump(book));
        }

        // What was stated is what the contract says, and weights are those of the miners.
        var said = books[0].Rounds[^1].Settled!;
        Assert.Equal(3, said.Weights.Count);
        Assert.Equal(65535, said.Weights.Max(weight => weight.Weight));
        var call =
            $"[{{\"to\":\"{Economy.Index}\",\"data\":\"{AbiEncoder.Call("getCurrentNAV()")}\"}},\"0x{said.Statement.BlockNumber:x}\"]";
        var told = (await Anvil.Client.SendAsync("eth_call", call, None)).GetString()!;
        Assert.Equal(said.Statement.Nav.Value, UInt128.Parse(told.AsSpan(34), NumberStyles.HexNumber, CultureInfo.InvariantCulture));
    }

    [Fact]
    public async Task A_validator_whose_nav_is_three_percent_off_is_slashed_fifteen_percent_once_and_the_rounds_go_on()
    {
        await StartAsync(new SkewedNav(3));
        var liar = Validators.Keys[0].Address;
        await EpochAsync();
        var books = await BooksAsync(book => book.Rounds[0].Entries[liar].Punished != Severity.None);
        await EpochAsync();
        foreach (var book in books)
        {
            Assert.Equal(Severity.Severe, book.Rounds[0].Entries[liar].Punished);
            Assert.Equal(
                ((UInt128)(ValidatorSet.BondTao * Tao * 15 / 100), 1L, StandingLevel.Probation),
                (book.Validators[liar].SlashedWei, book.Validators[liar].Slashes, book.Validators[liar].Standing.Level)
            );
            Assert.All(book.Validators.Where(one => one.Key != liar), one => Assert.Equal(0L, one.Value.Slashes));
            Assert.Equal(Dump(books[0]), Dump(book));
        }
    }

    [Fact]
    public async Task What_a_validator_states_is_told_by_nobody_before_all_have_committed()
    {
        await StartAsync();
        await TradeAsync();
        await CloseAsync();
        await BooksAsync(book => book.Rounds is [{ Entries: { Count: Count } entries }] && entries.Values.All(IsCommitted));
        foreach (var node in Nodes)
        {
            var status = await node.StatusAsync();
            Assert.Empty(status.Validator!.Computed.Epochs);
            Assert.False(status.Settled.IsTold(new EpochId(0)));
        }

        await BooksAsync(book => book.Rounds[0].SettledHash is not null);
        Assert.True((await Nodes[0].StatusAsync()).Settled.IsTold(new EpochId(0)));

        static bool IsCommitted(RoundEntry entry) => entry.Commitment is not null;
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
            await PassAsync(None);
            await Nodes[1].DisposeAsync();
            Nodes[1] = await StartAsync(1, null);
        }

        await BooksAsync(book => book.Rounds is [var round] && round.Entries.Keys.Count(round.Agreed) == Count);

        // The bond, the commitment, the statement, the weights: each once.
        Assert.Equal(WeightsStage.Set, (await WeightsAsync(1, WeightsStage.Set)).Stage);
        Assert.Equal(4UL, await Transactions.AnvilQuestions.NonceAsync(Anvil, Validators.Keys[1].Address));
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
        var attested = (await BooksAsync(book => book.Rounds is [{ SettledHash: not null }]))[0].Rounds[0].Settled!.Weights;
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
        await BooksAsync(book => book.Rounds is [{ SettledHash: not null }]);
        await EpochAsync();
        var after = await WeightsAsync(1, WeightsStage.Set);
        Assert.Equal(after.Weights, await ValidatorSet.WeightsAsync(Economy, 20, ValidatorSet.UidOf(Economy, 1), None));

        // Three miners are paid, and two who are not fill up what the subnet wants.
        Assert.Equal((5, 3), (after.Weights.Count, after.Weights.Count(weight => weight.Weight > 0)));
        await BooksAsync(book => book.Rounds.Count(round => round.Entries.Keys.Count(round.Agreed) == Count) == 2);
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
        await BooksAsync(book => book.Rounds is [{ SettledHash: not null }]);
        Assert.Empty(await ValidatorSet.WeightsAsync(Economy, 20, ValidatorSet.UidOf(Economy, 0), None));
    }

    [Fact]
    public async Task What_a_validator_has_computed_is_shown_with_executable_prices_around_nav()
    {
        await StartAsync();
        await EpochAsync();
        var status = await Eventually.BecomesAsync<NodeStatus>(
            async _ => await Nodes[0].StatusAsync(),
            status => status.Validator?.Computed.Epochs is [{ MintPrice: not null }],
            Patience
        );
        var result = status.Validator!.Computed.Epochs[0];
        Assert.Null(result.DisagreesWithConsensus);
        Assert.True(
            result.MintPrice!.Value.Value > result.Nav!.Value.Value && result.RedeemPrice!.Value.Value < result.Nav.Value.Value,
            $"{result}"
        );

        // The index's fee of a tenth of a percent, the pools' half of that, and next to no slippage in pools of millions.
        Assert.InRange(result.MintPrice.Value.Value, result.Nav.Value.Value * 1_001 / 1_000, result.Nav.Value.Value * 1_002 / 1_000);
    }

    /// <summary>All that validators agree on, as bytes.</summary>
    private static string Dump(RegistryBook book) => Convert.ToHexString(RegistryBookWire.ToWire(book).ToByteArray());
}
