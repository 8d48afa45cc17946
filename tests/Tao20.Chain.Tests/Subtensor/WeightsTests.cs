using Microsoft.Extensions.Logging.Abstractions;
using Tao20.Chain.Abi;
using Tao20.Chain.Contracts;
using Tao20.Chain.JsonRpc;
using Tao20.Chain.Runtime;
using Tao20.Chain.Substrate;
using Tao20.Devnet;
using Tao20.Devnet.Subtensor;
using Tao20.Domain.Units;
using Tao20.Domain.Weights;

namespace Tao20.Chain.Tests.Subtensor;

/// <summary>Weights through INeuron, by the chain's own rules and epochs.</summary>
public sealed class WeightsTests(MockChains chains) : IClassFixture<MockChains>
{
    private const string Set = "setWeights(uint16,uint16[],uint16[],uint64)";
    private const string Commit = "commitWeights(uint16,bytes32)";
    private const string Reveal = "revealWeights(uint16,uint16[],uint16[],uint16[],uint64)";
    private const ushort Self = 130;
    private static readonly ushort[] Salt = [1, 2, 3, 4, 5, 6, 7, 8];

    [Fact]
    [ReferencePoint(17, "subtensor/src/subnets/weights.rs, get_commit_hash")]
    public async Task The_hash_of_a_commit()
    {
        var chain = await chains.OfAsync(425);
        Assert.Equal("0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266", chain.Account.ToString(), ignoreCase: true);
        Assert.Equal(
            "0xb2de58a85f5f0969c316abeacadd9f8fda230a0e29580670db4b91dcdbc561a5",
            NeuronCalls.Commit(chain.Account, 20, [new(0, 65535), new(1, 1)], Salt, 0).ToString()
        );
    }

    [Theory]
    [InlineData(425u)]
    [InlineData(473u)]
    [ReferencePoint(16, "subtensor/src/coinbase/run_coinbase.rs, drain_pending; subnets/weights.rs, current_epoch_with_lookahead")]
    public async Task A_commit_is_revealed_in_the_epoch_it_is_due_in_and_in_no_other(uint spec)
    {
        await using var chain = await MockChain.StartAsync(spec, 1_000_080);
        var netuid = await SubnetAsync(chain, commitReveal: true, tempo: 360, index: 2_777, last: 1_000_080);
        SubnetWeight[] weights = [new(1, 65535), new(2, 9)];
        var commit = NeuronCalls.Commit(chain.Account, netuid, weights, Salt, 7);
        await chain.PassUntilAsync(1_000_099);
        await chain.CallAsync(0x804, Commit, netuid, commit);
        Assert.Equal(new OpenCommit(2_777, 1_000_100), Assert.Single((await ViewAsync(chain, netuid)).Commits));
        await RevealableAsync(1_000_440, 1_000_799);

        // One block later where the epoch before was put off by one.
        await chain.SetAsync("setClock", netuid, (ushort)360, 2_777UL, await chain.Client.BlockNumberAsync(default) - 20);
        var last = await chain.Client.BlockNumberAsync(default) - 21;
        await chain.SetAsync("deferEpoch", netuid, last + 360, 1UL);
        await chain.SetAsync("deferEpoch", netuid, last + 721, 0UL);
        await chain.CallAsync(0x804, Commit, netuid, commit);
        var due = last + 361;
        await chain.PassUntilAsync(due - 1);
        var deferred = (await ViewAsync(chain, netuid)).Rules.Clock;
        Assert.Equal((2_777UL, due, 2_778UL), (deferred.Index, deferred.PendingAt, deferred.Current));
        await chain.PassUntilAsync(due);
        Assert.Equal(
            (2_778UL, due, 0UL),
            (await ViewAsync(chain, netuid)).Rules.Clock is var clock ? (clock.Index, clock.Last, clock.PendingAt) : default
        );
        await chain.PassUntilAsync(due + 358);
        Assert.Null(await FailureAsync());
        await chain.PassUntilAsync(due + 359);
        Assert.Equal("RevealTooEarly", await FailureAsync());

        async Task RevealableAsync(ulong first, ulong lastBlock)
        {
            // What is asked is asked for the block after the latest.
            await chain.PassUntilAsync(first - 2);
            Assert.Equal("RevealTooEarly", await FailureAsync());
            await chain.PassUntilAsync(first - 1);
            Assert.Null(await FailureAsync());
            await chain.PassUntilAsync(lastBlock - 1);
            Assert.Null(await FailureAsync());
            await chain.PassUntilAsync(lastBlock);
            Assert.Equal("RevealTooEarly", await FailureAsync());
        }

        Task<string?> FailureAsync() => chain.FailureAsync(0x804, Reveal, [netuid, .. RevealArguments(weights, 7)]);
    }

    [Theory]
    [InlineData(425u)]
    [InlineData(473u)]
    [ReferencePoint(17, "subtensor/src/subnets/weights.rs, internal_commit_weights, internal_reveal_weights, normalize_weights")]
    public async Task What_is_revealed_takes_older_commits_with_it_and_is_stored_up_to_65535(uint spec)
    {
        var chain = await chains.OfAsync(spec);
        var netuid = await SubnetAsync(chain, commitReveal: true, tempo: 30);
        SubnetWeight[] weights = [new(1, 300), new(7, 100), new(9, 0), new(200, 1)];
        for (var i = 0; i < 9; i++)
            await chain.CallAsync(0x804, Commit, netuid, Keccak.Hash([(byte)i]));
        await chain.CallAsync(0x804, Commit, netuid, NeuronCalls.Commit(chain.Account, netuid, weights, Salt, 7));
        Assert.Equal("TooManyUnrevealedCommits", await chain.FailureAsync(0x804, Commit, netuid, Hash256.Zero));
        Assert.Equal("RevealTooEarly", await chain.FailureAsync(0x804, Reveal, [netuid, .. RevealArguments(weights, 7)]));
        var begun = (await ViewAsync(chain, netuid)).Rules.Clock;
        await chain.PassUntilAsync(begun.Last + begun.Tempo);

        // Another salt, another version: not what was committed to, and nobody is told that it is that.
        Assert.Equal("NoWeightsCommitFound", await chain.FailureAsync(0x804, Reveal, [netuid, .. RevealArguments(weights, 8)]));
        var updated = (await ViewAsync(chain, netuid)).Self!.LastUpdate;
        await chain.CallAsync(0x804, Reveal, [netuid, .. RevealArguments(weights, 7)]);
        var view = await ViewAsync(chain, netuid);
        Assert.Empty(view.Commits);
        Assert.Equal(updated, view.Self!.LastUpdate);
        Assert.Equal([(1, 65535), (7, 21845), (9, 0), (200, 218)], await StoredAsync(chain, netuid));
        Assert.Equal("NoWeightsCommitFound", await chain.FailureAsync(0x804, Reveal, [netuid, .. RevealArguments(weights, 7)]));

        // Commits that nobody revealed make room once they are too old.
        for (var i = 0; i < 10; i++)
            await chain.CallAsync(0x804, Commit, netuid, Keccak.Hash([(byte)i]));
        Assert.Equal("TooManyUnrevealedCommits", await chain.FailureAsync(0x804, Commit, netuid, Hash256.Zero));
        await chain.PassUntilAsync(await chain.Client.BlockNumberAsync(default) + 60);
        Assert.Null(await chain.FailureAsync(0x804, Commit, netuid, Hash256.Zero));
    }

    [Theory]
    [InlineData(425u)]
    [InlineData(473u)]
    [ReferencePoint(17, "subtensor/src/subnets/weights.rs, internal_set_weights, check_validator_permit, check_length")]
    public async Task Weights_in_the_clear_are_checked_one_rule_after_the_other(uint spec)
    {
        var chain = await chains.OfAsync(spec);
        var netuid = await SubnetAsync(chain, commitReveal: false, tempo: 30, rateLimit: 10, version: 5, minWeights: 3);
        SubnetWeight[] weights = [new(1, 65535), new(7, 0), new(200, 1)];
        await chain.CallAsync(0x804, Set, [netuid, .. Arguments(weights, 5)]);
        Assert.Equal([(1, 65535), (7, 0), (200, 1)], await StoredAsync(chain, netuid));
        Assert.Equal("SettingWeightsTooFast", await chain.FailureAsync(0x804, Set, [netuid, .. Arguments(weights, 5)]));
        Assert.Equal("CommitRevealDisabled", await chain.FailureAsync(0x804, Commit, netuid, Hash256.Zero));
        await chain.PassUntilAsync(await chain.Client.BlockNumberAsync(default) + 10);
        Assert.Equal("IncorrectWeightVersionKey", await chain.FailureAsync(0x804, Set, [netuid, .. Arguments(weights, 4)]));
        Assert.Equal("WeightVecLengthIsLow", await chain.FailureAsync(0x804, Set, [netuid, .. Arguments(weights[1..], 5)]));
        Assert.Null(await chain.FailureAsync(0x804, Set, [netuid, .. Arguments([new(Self, 1)], 5)]));
        Assert.Equal("DuplicateUids", await chain.FailureAsync(0x804, Set, [netuid, .. Arguments([new(1, 1), new(1, 2), new(2, 1)], 5)]));
        Assert.Equal(
            "UidVecContainInvalidOne",
            await chain.FailureAsync(0x804, Set, [netuid, .. Arguments([new(1, 1), new(2, 2), new(201, 1)], 5)])
        );
        await chain.SetAsync("setNeuron", netuid, Self, chain.Account, false);
        Assert.Equal("NeuronNoValidatorPermit", await chain.FailureAsync(0x804, Set, [netuid, .. Arguments(weights, 5)]));
        await chain.SetAsync("setNeuronState", netuid, Self, 1UL, 1UL, 5UL);
        await chain.SetAsync("setStakeThreshold", 6UL);
        Assert.Equal("NotEnoughStakeToSetWeights", await chain.FailureAsync(0x804, Set, [netuid, .. Arguments(weights, 5)]));
        await chain.SetAsync("setStakeThreshold", 0UL);
        Assert.Equal(
            "HotKeyNotRegisteredInSubNet",
            await chain.FailureAsync(0x804, Set, [await OtherSubnetAsync(), .. Arguments(weights[..0], 5)])
        );

        async Task<ushort> OtherSubnetAsync()
        {
            var other = chain.NextNetuid();
            await chain.SetAsync("registerSubnet", other);
            await chain.SendAsync(ValidatorRules(chain, other, false, 10, 0, 1));
            return other;
        }
    }

    [Theory]
    [InlineData(425u)]
    [InlineData(473u)]
    [ReferencePoint(15, "precompiles/src/metagraph.rs, subnet.rs; subtensor/src/subnets/registration.rs, append_neuron")]
    public async Task Unknown_UIDs_and_subnets(uint spec)
    {
        var chain = await chains.OfAsync(spec);
        var netuid = await SubnetAsync(chain, commitReveal: true, tempo: 30);
        Assert.Equal("InvalidRange", await chain.FailureAsync(0x802, "getHotkey(uint16,uint16)", netuid, 201));
        Assert.Equal("InvalidRange", await chain.FailureAsync(0x802, "getColdkey(uint16,uint16)", 77, 0));
        Assert.Equal(0, await chain.ReadAsync(0x802, "getLastUpdate(uint16,uint16)", netuid, 201));
        Assert.Equal(65535, await chain.ReadAsync(0x803, "getMaxWeightLimit(uint16)", netuid));
        Assert.Equal(1024, await chain.ReadAsync(0x803, "getMinAllowedWeights(uint16)", 77));
        Assert.Equal(1, await chain.ReadAsync(0x803, "getCommitRevealWeightsEnabled(uint16)", 77));
        await Assert.ThrowsAsync<FormatException>(() => ViewAsync(chain, 77));

        // A neuron's last update is its registration: it waits for the rate limit before it can commit.
        await chain.SetAsync("recycle", netuid, (ushort)3, Coldkey.Of(chain.Accounts[1]));
        var registered = await chain.Client.BlockNumberAsync(default);
        Assert.Equal(registered, await chain.ReadAsync(0x802, "getLastUpdate(uint16,uint16)", netuid, 3));
    }

    [Theory]
    [InlineData(425u)]
    [InlineData(473u)]
    public async Task A_subnet_is_read_with_whose_UIDs_are_whose(uint spec)
    {
        var chain = await chains.OfAsync(spec);
        var netuid = await SubnetAsync(chain, commitReveal: true, tempo: 30, rateLimit: 10, version: 5, minWeights: 3);
        var before = await ViewAsync(chain, netuid, 3, 4, 201);
        var (rules, self) = (before.Rules, before.Self!);
        Assert.Equal(
            (5UL, 10UL, true, 1UL, 3, 201),
            (rules.VersionKey, rules.RateLimitBlocks, rules.CommitReveal, rules.RevealPeriod, rules.MinWeights, rules.Neurons)
        );
        Assert.Equal((Self, true), (self.Uid, self.Permit));
        Assert.Equal([3, 4, 201], before.Neurons.Keys.Order().Select(uid => (int)uid));
        Assert.Null(before.Neurons[201]);
        await chain.SetAsync("recycle", netuid, (ushort)3, Coldkey.Of(chain.Accounts[1]));
        var after = await ViewAsync(chain, netuid, 3, 4);
        Assert.Equal(before.Neurons[4], after.Neurons[4]);
        Assert.Equal(new NeuronIdentity(3, Coldkey.Of(chain.Accounts[1]), after.Block), after.Neurons[3]);
        Assert.NotEqual(before.Neurons[3], after.Neurons[3]);
        await chain.SetAsync("setNeuron", netuid, Self, chain.Accounts[2], true);
        Assert.Null((await ViewAsync(chain, netuid)).Self);
        await chain.SetAsync("setNeuron", netuid, (ushort)12, chain.Account, false);
        Assert.Equal((12, false), (await ViewAsync(chain, netuid)).Self is { } moved ? (moved.Uid, moved.Permit) : default);
    }

    private static async Task<ushort> SubnetAsync(
        MockChain chain,
        bool commitReveal,
        ushort tempo,
        ulong index = 0,
        ulong? last = null,
        ulong rateLimit = 0,
        ulong version = 0,
        ushort minWeights = 1
    )
    {
        var netuid = chain.NextNetuid();
        await chain.SendAsync(
            SubtensorMock.Set(chain.Account, "registerSubnet", netuid),
            ValidatorRules(chain, netuid, commitReveal, rateLimit, version, minWeights),
            SubtensorMock.Set(chain.Account, "setNeuron", netuid, (ushort)200, chain.Accounts[1], false),
            SubtensorMock.Set(chain.Account, "setNeuron", netuid, Self, chain.Account, true),
            SubtensorMock.Set(chain.Account, "setNeuronState", netuid, Self, 0UL, 1UL, ulong.MaxValue),
            SubtensorMock.Set(chain.Account, "setClock", netuid, tempo, index, last ?? await chain.Client.BlockNumberAsync(default) + 1),
            MockStorage.Subnet(chain.Account, netuid),
            MockStorage.Hotkey(chain.Account, netuid, chain.Coldkey),
            MockStorage.Uid(chain.Account, netuid, 3),
            MockStorage.Uid(chain.Account, netuid, 4)
        );
        return netuid;
    }

    private static DevnetTransaction ValidatorRules(
        MockChain chain,
        ushort netuid,
        bool commitReveal,
        ulong rateLimit,
        ulong version,
        ushort minWeights
    ) =>
        SubtensorMock.Set(
            chain.Account,
            "setWeightRules",
            netuid,
            new object[] { version, rateLimit, !commitReveal, 1UL, minWeights, (ushort)256 }
        );

    private static async Task<SubnetView> ViewAsync(MockChain chain, ushort netuid, params ushort[] uids)
    {
        await using var rpc = await SubtensorRpc.StartAsync(chain.Rpc, 0, default);
        using var transport = new HttpRpcTransport(
            rpc.Url,
            new ChainOptions
            {
                Endpoints = [rpc.Url],
                Contract = default,
                Retries = 0,
            }
        );
        var pool = new EndpointPool([transport], NullLogger.Instance);
        BlockHeader? header = null;
        var number = await chain.Client.BlockNumberAsync(default);
        await pool.SendAsync([EthCalls.Header(number, found => header = found)], default);
        return await new SubnetReader(pool, new RuntimeWatch(pool), netuid, chain.Account).ReadAsync(header!, uids, default);
    }

    private static object[] Arguments(IReadOnlyList<SubnetWeight> weights, ulong version) =>
        [weights.Select(weight => (object)weight.Uid), weights.Select(weight => (object)weight.Weight), version];

    private static object[] RevealArguments(IReadOnlyList<SubnetWeight> weights, ulong version) =>
        [
            weights.Select(weight => (object)weight.Uid),
            weights.Select(weight => (object)weight.Weight),
            Salt.Select(word => (object)word),
            version,
        ];

    private static async Task<IEnumerable<(int, int)>> StoredAsync(MockChain chain, ushort netuid)
    {
        await chain.SendAsync(MockStorage.Uid(chain.Account, netuid, Self));
        return Read(Convert.FromHexString(await chain.StorageAsync(RuntimeStorage.Weights.Key(netuid, Self))));

        static IEnumerable<(int, int)> Read(byte[] value)
        {
            var reader = new ScaleReader(value);
            var weights = new (int, int)[reader.Length()];
            for (var i = 0; i < weights.Length; i++)
                weights[i] = (reader.UInt16(), reader.UInt16());
            return weights;
        }
    }
}
