using System.Numerics;
using Akka.Actor;
using Google.Protobuf;
using Tao20.Actors.Consensus;
using Tao20.Chain;
using Tao20.Chain.Abi;
using Tao20.Devnet;
using Tao20.Devnet.Subtensor;
using Tao20.Domain.Consensus;
using Tao20.Domain.Slashing;
using Tao20.Domain.Units;
using Tao20.Domain.Weights;
using Tao20.Tests;

namespace Tao20.Actors.Tests.Consensus;

/// <summary>Four validators, each with its own actors, journal and key, that meet only on a real local chain.</summary>
public sealed class ValidatorsTests : InDirectory, IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private const int Count = 4;
    private static readonly BigInteger Tao = 1_000_000_000_000_000_000;
    private readonly CancellationToken _none = CancellationToken.None;
    private readonly List<Node> _nodes = [];
    private Anvil _anvil = null!;
    private SubtensorRpc _rpc = null!;
    private Economy _economy = null!;
    private ValidatorSet _validators = null!;
    private ulong _time;

    public async Task InitializeAsync()
    {
        _anvil = await Anvil.StartAsync(await DevnetTools.EnsureAsync(null, _none), new AnvilOptions { Accounts = 4 }, _none);
        _rpc = await SubtensorRpc.StartAsync(_anvil.Rpc, 0, _none);
        (_economy, _time) = await Economy.DeployAsync(_anvil, 3, new AnvilOptions().GenesisTimestamp + 1, _none);
        (_validators, _time) = await ValidatorSet.DeployAsync(_economy, Count, 20, 7, _time, _none);
    }

    async Task IAsyncLifetime.DisposeAsync()
    {
        foreach (var node in _nodes)
            await node.DisposeAsync();
        await _rpc.DisposeAsync();
        await _anvil.DisposeAsync();
    }

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
                (_validators.Keys[0].Address, Severity.Severe, ViolationKinds.Nav),
                (executed.Case.Accused, executed.Case.Severity, executed.Case.Kinds)
            );
            Assert.Equal((UInt128)(ValidatorSet.BondTao * Tao * 15 / 100), executed.SlashedWei);
            Assert.Equal(StandingLevel.Probation, book.Validators[_validators.Keys[0].Address].Standing.Level);
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
        Assert.Equal(StandingLevel.Suspended, book.Validators[_validators.Keys[0].Address].Standing.Level);
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
            await _anvil.Client.MineAsync(++_time, _none);
            await _nodes[1].DisposeAsync();
            _nodes[1] = await StartAsync(1, null);
        }

        var books = await BooksAsync(book => book.Rounds is [{ State: RoundState.Settled }]);
        Assert.All(books, book => Assert.Empty(book.Cases));
        Assert.Single(books[0].Rounds[0].AttestationsBy(_validators.Keys[1].Address));

        // The bond, the attestation, the weights: each once.
        Assert.Equal(WeightsStage.Set, (await WeightsAsync(1, WeightsStage.Set)).Stage);
        Assert.Equal(3UL, await Transactions.AnvilQuestions.NonceAsync(_anvil, _validators.Keys[1].Address));
    }

    [Fact]
    public async Task Weights_are_committed_to_and_revealed_also_by_who_was_restarted_in_between()
    {
        await _anvil.Client.ExecuteAsync(await ValidatorSet.CommitRevealAsync(_economy, 20, _none), ++_time, _none);
        await StartAsync();
        await TradeAsync();
        await CloseAsync();
        var committed = await WeightsAsync(1, WeightsStage.Committed);
        Assert.Empty(await ValidatorSet.WeightsAsync(_economy, 20, ValidatorSet.UidOf(_economy, 1), _none));

        // Salt and weights are in its journal, and nowhere else.
        await _nodes[1].DisposeAsync();
        _nodes[1] = await StartAsync(1, null);
        var set = await WeightsAsync(1, WeightsStage.Set);
        Assert.Equal(committed.CommittedAt, set.CommittedAt);
        Assert.Equal(committed.Salt, set.Salt);
        Assert.Equal(set.Weights, await ValidatorSet.WeightsAsync(_economy, 20, ValidatorSet.UidOf(_economy, 1), _none));
        var attested = (await BooksAsync(book => book.Rounds is [{ State: RoundState.Settled }]))[0].Rounds[0].Counted[0].Signed.Weights;
        Assert.Equal(attested, set.Weights);
    }

    [Fact]
    public async Task A_runtime_upgrade_between_two_epochs_changes_nothing_that_is_counted_attested_or_set()
    {
        await _anvil.Client.ExecuteAsync(
            [
                SubtensorMock.Set(_economy.Keeper, "setSpec", SubtensorMock.June),
                .. await ValidatorSet.CommitRevealAsync(_economy, 20, _none, minWeights: 5),
            ],
            ++_time,
            _none
        );
        await FinalAsync();
        await StartAsync();
        await TradeAsync();
        await CloseAsync();
        var before = await WeightsAsync(1, WeightsStage.Committed);

        // Between commit and reveal the chain changes how UIDs are looked up, transfers are capped and frames are taken.
        await _anvil.Client.ExecuteAsync([SubtensorMock.Set(_economy.Keeper, "setSpec", SubtensorMock.October)], ++_time, _none);

        await FinalAsync();
        foreach (var node in _nodes)
            await node.CheckedAsync(SubtensorMock.October);
        var set = await WeightsAsync(1, WeightsStage.Set);
        Assert.Equal(before.Weights, set.Weights);
        Assert.Equal(set.Weights, await ValidatorSet.WeightsAsync(_economy, 20, ValidatorSet.UidOf(_economy, 1), _none));
        await EpochAsync();
        var after = await WeightsAsync(1, WeightsStage.Set);
        Assert.Equal(after.Weights, await ValidatorSet.WeightsAsync(_economy, 20, ValidatorSet.UidOf(_economy, 1), _none));

        // Three miners are paid, and two who are not fill up what the subnet wants.
        Assert.Equal((5, 3), (after.Weights.Count, after.Weights.Count(weight => weight.Weight > 0)));
        var books = await BooksAsync(book => book.Rounds is [{ State: RoundState.Settled }, { State: RoundState.Settled }]);
        Assert.All(books, book => Assert.Empty(book.Cases));
        Assert.All(books[0].Rounds, round => Assert.Equal(Count, round.Counted.Count));
    }

    [Fact]
    public async Task A_miner_whose_UID_goes_to_another_is_left_out()
    {
        await _anvil.Client.ExecuteAsync(
            [ValidatorSet.SetWeightRules(_economy, 20, commitReveal: false, rateLimitBlocks: 80)],
            ++_time,
            _none
        );
        await StartAsync();
        await EpochAsync();
        await WeightsAsync(1, WeightsStage.Set);
        await TradeAsync();
        await CloseAsync();

        // The epoch is over and its weights wait for the rate limit, when the first miner's neuron is replaced.
        await WeightsAsync(1, WeightsStage.Waiting);
        await _anvil.Client.ExecuteAsync(
            [SubtensorMock.Set(_economy.Keeper, "recycle", (ushort)20, (ushort)1, Keccak.Hash("a newcomer"u8))],
            ++_time,
            _none
        );
        var set = await WeightsAsync(1, WeightsStage.Set);
        Assert.Equal([(ushort)1], set.Recycled);
        Assert.DoesNotContain(set.Weights, weight => weight.Uid == 1);
        Assert.Equal(set.Weights.Count, (await ValidatorSet.WeightsAsync(_economy, 20, ValidatorSet.UidOf(_economy, 1), _none)).Count);
    }

    [Fact]
    public async Task Weights_the_subnet_does_not_take_are_refused_with_the_reason_and_the_round_goes_on()
    {
        await _anvil.Client.ExecuteAsync(
            [
                .. _validators.Keys.Select(
                    (key, i) =>
                        SubtensorMock.Set(_economy.Keeper, "setNeuron", (ushort)20, ValidatorSet.UidOf(_economy, i), key.Address, false)
                ),
            ],
            ++_time,
            _none
        );
        await StartAsync();
        await TradeAsync();
        await CloseAsync();
        Assert.Contains("no validator permit", (await WeightsAsync(0, WeightsStage.Refused)).Reason, StringComparison.Ordinal);
        await BooksAsync(book => book.Rounds is [{ State: RoundState.Settled }]);
        Assert.Empty(await ValidatorSet.WeightsAsync(_economy, 20, ValidatorSet.UidOf(_economy, 0), _none));
    }

    [Fact]
    public async Task What_a_validator_has_computed_is_shown_with_executable_prices_around_nav()
    {
        await StartAsync();
        await EpochAsync();
        var result = Assert.Single((await _nodes[0].StatusAsync()).Validator!.Computed.Epochs);
        Assert.Null(result.DisagreesWithConsensus);
        Assert.True(
            result.MintPrice!.Value.Value > result.Nav!.Value.Value && result.RedeemPrice!.Value.Value < result.Nav.Value.Value,
            $"{result}"
        );

        // Fee and slippage of one TAO in pools of millions: under a tenth of a percent.
        Assert.True(result.MintPrice.Value.Value < result.Nav.Value.Value * 1001 / 1000);
    }

    /// <summary>Lets blocks go by until a validator's weights of the last epoch are as far as wanted.</summary>
    private async Task<WeightsProgress> WeightsAsync(int node, WeightsStage stage)
    {
        var state = await Eventually.BecomesAsync<WeightsState>(
            async cancel => await _nodes[node].Actor<WeightsKey>().Ask<WeightsState>(GetWeights.Instance, TimeSpan.FromSeconds(20), cancel),
            state => state.Recent is [.., var last] && last.Stage == stage,
            Patience,
            cancel => _anvil.Client.MineAsync(++_time, cancel),
            state => string.Join(", ", state.Recent)
        );
        return state.Recent[^1];
    }

    private async Task StartAsync(IAttestationStrategy? first = null)
    {
        for (var i = 0; i < Count; i++)
            _nodes.Add(await StartAsync(i, i == 0 ? first : null));
    }

    private async Task<Node> StartAsync(int i, IAttestationStrategy? strategy)
    {
        var directory = Directory.CreateDirectory(System.IO.Path.Combine(Path, $"validator-{i}")).FullName;
        var chain = new ChainOptions
        {
            Endpoints = [_rpc.Url],
            Contract = _economy.Index,
            Registry = _validators.Registry,
            FromBlock = 1,
            WebSocket = false,
            PollInterval = TimeSpan.FromMilliseconds(50),
            Retries = 1,
        };
        var node = await Node.ValidatingAsync(directory, chain, _validators.Keys[i], strategy);
        await node.CheckedAsync();
        return node;
    }

    private async Task FinalAsync()
    {
        for (var blocks = 0; blocks < 3; blocks++)
            await _anvil.Client.MineAsync(++_time, _none);
    }

    private async Task TradeAsync()
    {
        var prices = await _economy.PricesAsync(_none);
        await _anvil.Client.ExecuteAsync(
            [.. _economy.Miners.Select((miner, i) => _economy.Mint(miner, (i + 2) * Tao, prices, _time + 100))],
            ++_time,
            _none
        );
    }

    private Task CloseAsync() => _anvil.Client.ExecuteAsync([_economy.AdvanceEpoch()], _time += 3700, _none);

    /// <summary>Trades, the end of the epoch, and blocks until everyone knows the end of its round.</summary>
    private async Task EpochAsync()
    {
        var before = (await _nodes[0].ConsensusAsync()).Book?.RoundsOpened ?? 0;
        await TradeAsync();
        await CloseAsync();
        await BooksAsync(book => book.RoundsOpened == before + 1 && book.Rounds[^1].State != RoundState.Collecting);
    }

    /// <summary>Lets blocks go by until every validator's book is as wanted.</summary>
    private Task<IReadOnlyList<ConsensusBook>> BooksAsync(Func<ConsensusBook, bool> wanted) =>
        Eventually.BecomesAsync<IReadOnlyList<ConsensusBook>>(
            async _ => [.. (await Task.WhenAll(_nodes.Select(node => node.ConsensusAsync()))).Select(settled => settled.Book!)],
            books => books.All(wanted),
            Patience,
            cancel => _anvil.Client.MineAsync(++_time, cancel),
            books => string.Join("; ", books.Select(book => string.Join(", ", book.Rounds.Select(round => $"{round.Epoch} {round.State}"))))
        );

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
