using Tao20.Chain.Abi;
using Tao20.Chain.Contracts;
using Tao20.Chain.JsonRpc;
using Tao20.Devnet;
using Tao20.Domain.Units;
using Tao20.Domain.Weights;
using Tao20.Tests.Oracles;

namespace Tao20.Chain.Tests.Devnet;

/// <summary>Weights through INeuron on a real local chain, whose stand-in keeps to Subtensor's rules.</summary>
public sealed class WeightsTests : IAsyncLifetime
{
    private const int Netuid = 20;
    private readonly CancellationToken _none = CancellationToken.None;
    private Anvil _chain = null!;
    private Economy _economy = null!;
    private ulong _time;

    private Address Account => _economy.Miners[0];

    public async Task InitializeAsync()
    {
        _chain = await Anvil.StartAsync(await DevnetTools.EnsureAsync(null, _none), new AnvilOptions { Accounts = 3 }, _none);
        (_economy, _time) = await Economy.DeployAsync(_chain, 2, new AnvilOptions().GenesisTimestamp + 1, _none);
        await ExecuteAsync(
            Mock("setUid(uint16,address,uint16)", Netuid, _economy.Miners[1], 200),
            Mock("setNeuron(uint16,uint16,address,bool)", Netuid, 130, Account, true),
            ValidatorSet.SetWeightRules(_economy, Netuid, commitReveal: false)
        );
    }

    public async Task DisposeAsync() => await _chain.DisposeAsync();

    [Fact]
    public async Task Weights_in_the_clear_are_what_the_subnet_has()
    {
        SubnetWeight[] weights = [new(1, 65535), new(7, 21845), new(200, 1)];
        await ExecuteAsync(Neuron(NeuronCalls.SetWeights(Netuid, weights, 1)));
        Assert.Equal(weights, await ValidatorSet.WeightsAsync(_economy, Netuid, 130, _none));
        var (rules, self) = await ReadAsync();
        Assert.Equal(
            (1UL, 10UL, false, 1UL, 1, 65535, 201),
            (
                rules.VersionKey,
                rules.RateLimitBlocks,
                rules.CommitReveal,
                rules.RevealTempos,
                rules.MinWeights,
                rules.MaxLimit,
                rules.Neurons
            )
        );
        Assert.Equal(new WeightSetter(130, true, await _chain.Client.BlockNumberAsync(_none)), self);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(63)]
    [InlineData(64)]
    [InlineData(200)]
    public async Task What_is_committed_to_is_what_is_revealed_whatever_its_length(int count)
    {
        await ExecuteAsync(ValidatorSet.SetWeightRules(_economy, Netuid, commitReveal: true));
        var random = new Random(count);
        SubnetWeight[] weights =
        [
            .. Enumerable.Range(0, Math.Max(1, count)).Select(uid => new SubnetWeight((ushort)uid, (ushort)random.Next(1, 65536))),
        ];
        ushort[] salt = [.. Enumerable.Range(0, count).Select(_ => (ushort)random.Next(65536))];
        await ExecuteAsync(Neuron(NeuronCalls.CommitWeights(Netuid, NeuronCalls.Commit(Account, Netuid, weights, salt, 7))));
        var committed = await _chain.Client.BlockNumberAsync(_none);
        var (rules, _) = await ReadAsync();
        var (first, last) = rules.RevealWindow(Netuid, committed);
        var reveal = Neuron(NeuronCalls.RevealWeights(Netuid, weights, salt, 7));
        await RefusedAsync("RevealTooEarly()", reveal);
        await PassUntilAsync(first - 2);
        await RefusedAsync("RevealTooEarly()", reveal);
        await PassUntilAsync(first - 1);

        // Another word, another salt, another version: not what was committed to.
        await RefusedAsync("InvalidRevealCommitHashNotMatch()", Neuron(NeuronCalls.RevealWeights(Netuid, weights, [.. salt, 1], 7)));
        await RefusedAsync("InvalidRevealCommitHashNotMatch()", Neuron(NeuronCalls.RevealWeights(Netuid, weights, salt, 8)));
        await ExecuteAsync(reveal);
        Assert.Equal(weights, await ValidatorSet.WeightsAsync(_economy, Netuid, 130, _none));
        await RefusedAsync("NoWeightsCommitFound()", reveal);
        Assert.True(await _chain.Client.BlockNumberAsync(_none) <= last);
    }

    [Fact]
    public async Task A_commit_that_is_not_revealed_in_its_tempo_is_lost()
    {
        await ExecuteAsync(ValidatorSet.SetWeightRules(_economy, Netuid, commitReveal: true));
        SubnetWeight[] weights = [new(1, 65535)];
        await ExecuteAsync(Neuron(NeuronCalls.CommitWeights(Netuid, NeuronCalls.Commit(Account, Netuid, weights, [9], 1))));
        var (rules, _) = await ReadAsync();
        await PassUntilAsync(rules.RevealWindow(Netuid, await _chain.Client.BlockNumberAsync(_none)).Last);
        await RefusedAsync("ExpiredWeightCommit()", Neuron(NeuronCalls.RevealWeights(Netuid, weights, [9], 1)));
    }

    [Fact]
    public async Task What_breaks_the_subnets_rules_is_refused_by_name()
    {
        SubnetWeight[] one = [new(1, 65535)];
        await RefusedAsync(
            "HotKeyNotRegisteredInSubNet()",
            new DevnetTransaction(_economy.Miners[1], Precompiles.Neuron, NeuronCalls.SetWeights(Netuid, one, 1))
        );
        await RefusedAsync("IncorrectWeightVersionKey()", Neuron(NeuronCalls.SetWeights(Netuid, one, 0)));
        await RefusedAsync("UidVecContainInvalidOne()", Neuron(NeuronCalls.SetWeights(Netuid, [new(201, 1)], 1)));
        await RefusedAsync("DuplicateUids()", Neuron(NeuronCalls.SetWeights(Netuid, [new(1, 1), new(1, 2)], 1)));
        await RefusedAsync("CommitRevealDisabled()", Neuron(NeuronCalls.CommitWeights(Netuid, Hash256.Zero)));
        await ExecuteAsync(Neuron(NeuronCalls.SetWeights(Netuid, one, 1)));
        await RefusedAsync("SettingWeightsTooFast()", Neuron(NeuronCalls.SetWeights(Netuid, one, 1)));
        await ExecuteAsync(ValidatorSet.SetWeightRules(_economy, Netuid, commitReveal: false, rateLimitBlocks: 0, maxLimit: 30000));
        await RefusedAsync("MaxWeightExceeded()", Neuron(NeuronCalls.SetWeights(Netuid, [new(1, 65535), new(2, 1)], 1)));
        var (rules, _) = await ReadAsync();
        var fit = rules.Fit([new(1, 65535), new(2, 9000), new(3, 9000)], out _)!;
        await ExecuteAsync(Neuron(NeuronCalls.SetWeights(Netuid, fit, 1)));
        await ExecuteAsync(Mock("setNeuron(uint16,uint16,address,bool)", Netuid, 130, Account, false));
        await RefusedAsync("NeuronNoValidatorPermit()", Neuron(NeuronCalls.SetWeights(Netuid, one, 1)));
    }

    [Fact]
    public async Task A_neuron_is_found_by_its_hotkey_also_after_it_has_moved()
    {
        using var transport = Transport();
        var reader = new SubnetReader(
            new EndpointPool([transport], Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance),
            Netuid,
            Account,
            20
        );
        Assert.Equal(130, (await reader.ReadAsync(_none)).Self!.Uid);
        await ExecuteAsync(Mock("setNeuron(uint16,uint16,address,bool)", Netuid, 130, _economy.Miners[1], true));
        Assert.Null((await reader.ReadAsync(_none)).Self);
        await ExecuteAsync(Mock("setNeuron(uint16,uint16,address,bool)", Netuid, 12, Account, false));
        Assert.Equal(new WeightSetter(12, false, 0), (await reader.ReadAsync(_none)).Self);
    }

    private async Task<(WeightRules Rules, WeightSetter? Self)> ReadAsync()
    {
        using var transport = Transport();
        return await new SubnetReader(
            new EndpointPool([transport], Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance),
            Netuid,
            Account,
            ValidatorSet.TempoBlocks
        ).ReadAsync(_none);
    }

    private HttpRpcTransport Transport() =>
        new(
            _chain.Rpc,
            new ChainOptions
            {
                Endpoints = [_chain.Rpc],
                Contract = default,
                Retries = 0,
            }
        );

    private DevnetTransaction Neuron(string data) => new(Account, Precompiles.Neuron, data);

    private DevnetTransaction Mock(string signature, params object[] arguments) =>
        new(_economy.Keeper, Economy.Staking, AbiEncoder.Call(signature, arguments));

    private async Task ExecuteAsync(params DevnetTransaction[] transactions)
    {
        foreach (var transaction in transactions)
            await _chain.Client.ExecuteAsync([transaction], ++_time, _none);
    }

    private async Task PassUntilAsync(ulong block)
    {
        var blocks = (int)(block - await _chain.Client.BlockNumberAsync(_none));
        _time = await _chain.Client.MineAsync(blocks, _none);
    }

    /// <summary>Simulated in the block after the latest, where a transaction would be.</summary>
    private async Task RefusedAsync(string error, DevnetTransaction transaction)
    {
        var refused = await Assert.ThrowsAsync<RpcErrorException>(() =>
            _chain.Client.SendAsync(
                "eth_call",
                $"[{{\"from\":\"{transaction.From}\",\"to\":\"{transaction.To}\",\"data\":\"{transaction.Data}\"}},\"pending\"]",
                _none
            )
        );
        Assert.Equal(Keccak.Selector(error), refused.RevertData);
    }
}
