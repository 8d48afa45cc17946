using System.Numerics;
using Microsoft.Extensions.Logging.Abstractions;
using Tao20.Chain.Abi;
using Tao20.Chain.Contracts;
using Tao20.Chain.Following;
using Tao20.Chain.JsonRpc;
using Tao20.Devnet;
using Tao20.Devnet.Subtensor;
using Tao20.Domain.Epochs;
using Tao20.Domain.Nav;
using Tao20.Domain.Parameters;
using Tao20.Domain.Runtime;
using Tao20.Domain.Trades;
using Tao20.Domain.Units;
using Tao20.Tests.Oracles;

namespace Tao20.Chain.Tests.Contracts;

/// <summary>NAV read from precompiles and contract of a real local chain, against what the contract itself computes.</summary>
public sealed class NavReaderTests : IAsyncLifetime
{
    private static readonly BigInteger Tao = 1_000_000_000_000_000_000;
    private readonly CancellationToken _none = CancellationToken.None;
    private Anvil _anvil = null!;
    private SubtensorRpc _rpc = null!;
    private Economy _economy = null!;
    private ChainConnection _chain = null!;
    private NavReader _reader = null!;
    private UidReader _uids = null!;
    private ulong _time;

    public async Task InitializeAsync()
    {
        _anvil = await Anvil.StartAsync(await DevnetTools.EnsureAsync(null, _none), new AnvilOptions { Accounts = 3 }, _none);
        _rpc = await SubtensorRpc.StartAsync(_anvil.Rpc, 0, _none);
        (_economy, _time) = await Economy.DeployAsync(_anvil, 2, new AnvilOptions().GenesisTimestamp + 1, _none);
        _chain = ChainConnection.Http(
            new ChainOptions
            {
                Endpoints = [_rpc.Url],
                Contract = _economy.Index,
                WebSocket = false,
            },
            NullLogger.Instance
        );
        _reader = new NavReader(_chain.Pool, _economy.Index);
        _uids = new UidReader(_chain.Pool);
    }

    public async Task DisposeAsync()
    {
        await _chain.DisposeAsync();
        await _rpc.DisposeAsync();
        await _anvil.DisposeAsync();
    }

    [Fact]
    public async Task It_is_the_contracts_own()
    {
        await ExecuteAsync(_economy.Mint(_economy.Miners[0], 50 * Tao, await _economy.NavAsync(_none), _time + 100));
        await ExecuteAsync(_economy.Buy(3, 900_000_000_000_000));
        var own = AbiWords.BigInteger((await _anvil.Client.CallAsync([(_economy.Index, AbiEncoder.Call("getCurrentNAV()"))], _none))[0], 0);
        var nav = Assert.IsType<NavReading.Available>(await NavAsync());
        Assert.InRange((BigInteger)nav.Nav.Value, own - 100, own + 100);
        Assert.Equal(20, nav.Inputs.Holdings.Count);
        Assert.Equal(
            Economy.Weights.Select(weight => (Int128)(UInt128)weight),
            nav.Inputs.Holdings.Select(holding => holding.Weight.Value)
        );
    }

    [Fact]
    public async Task It_stays_the_contracts_own_while_emission_moves_the_weights_of_pools_and_on_another_curve()
    {
        await ExecuteAsync(_economy.Mint(_economy.Miners[0], 50 * Tao, await _economy.NavAsync(_none), _time + 100));
        await ExecuteAsync(SubtensorMock.Set(_economy.Keeper, "emitIntoPool", (ushort)5, 0UL, 20_000_000_000_000_000UL));
        await RequireOwnAsync();
        await ExecuteAsync(SubtensorMock.Set(_economy.Keeper, "setForeignCurve", (ushort)6, true));
        await RequireOwnAsync();

        async Task RequireOwnAsync()
        {
            var own = await _anvil.Client.CallAsync([(_economy.Index, AbiEncoder.Call("getCurrentNAV()"))], _none);
            var nav = (BigInteger)Assert.IsType<NavReading.Available>(await NavAsync()).Nav.Value;
            Assert.InRange(nav, AbiWords.BigInteger(own[0], 0) - 100, AbiWords.BigInteger(own[0], 0) + 100);
        }
    }

    [Fact]
    public async Task A_curve_that_nobody_knows_or_a_pool_that_is_empty_makes_it_unavailable()
    {
        await ExecuteAsync(_economy.Mint(_economy.Miners[0], 50 * Tao, await _economy.NavAsync(_none), _time + 100));
        await ExecuteAsync(SubtensorMock.Set(_economy.Keeper, "setForeignCurve", (ushort)5, true));
        await ExecuteAsync(SubtensorMock.Set(_economy.Keeper, "setDropped", "SwapSuperellipse", true));
        Assert.Equal(NavProblem.PricesDisagree, Assert.IsType<NavReading.Unavailable>(await NavAsync()).Problem);

        // Of a spec that is not known no formula is held against the chain's own word.
        Assert.IsType<NavReading.Available>(await NavAsync(RuntimeProfile.Unknown));
        await ExecuteAsync(SubtensorMock.Set(_economy.Keeper, "setForeignCurve", (ushort)5, false));
        await ExecuteAsync(SubtensorMock.Set(_economy.Keeper, "setPool", (ushort)7, 5_000_000UL, 0UL));
        var missing = Assert.IsType<NavReading.Unavailable>(await NavAsync());
        Assert.Contains("subnet", missing.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_subnet_that_is_dissolved_counts_with_its_tao_as_it_comes_and_no_longer_with_its_alpha()
    {
        await ExecuteAsync(_economy.Mint(_economy.Miners[0], 50 * Tao, await _economy.NavAsync(_none), _time + 100));
        await ExecuteAsync(SubtensorMock.Set(_economy.Keeper, "dissolve", (ushort)9));
        var states = new List<LegState>();
        var tao = BigInteger.Zero;
        for (var step = 0; step < 12 && !states.Contains(LegState.Gone); step++)
        {
            if (step > 0)
                await ExecuteAsync(SubtensorMock.Set(_economy.Keeper, "stepDissolution", (ushort)9, (BigInteger)1_000, false));
            var own = AbiWords.BigInteger(
                (await _anvil.Client.CallAsync([(_economy.Index, AbiEncoder.Call("getCurrentNAV()"))], _none))[0],
                0
            );
            var nav = Assert.IsType<NavReading.Available>(await NavAsync());
            Assert.InRange((BigInteger)nav.Nav.Value, own - 100, own + 100);
            states.Add(nav.Inputs.Holdings.Single(holding => holding.Netuid == 9).State);
            tao = nav.Inputs.TaoRao;
        }

        Assert.Equal([LegState.Dissolving, LegState.Gone], states.Distinct());
        Assert.True(tao > 1_000_000_000, $"{tao}");
    }

    [Fact]
    public async Task It_is_read_at_the_block_asked_for_and_not_at_a_later_one()
    {
        await ExecuteAsync(_economy.Mint(_economy.Miners[0], 50 * Tao, await _economy.NavAsync(_none), _time + 100));
        await _chain.Head.RefreshAsync(_none);
        var block = _chain.Head.Latest!;
        var before = Assert.IsType<NavReading.Available>(
            NavReading.Of(await _reader.ReadAsync(block, RuntimeProfile.Spec473, _none), block.Timestamp)
        );
        await ExecuteAsync(_economy.Buy(3, 900_000_000_000_000));
        var again = Assert.IsType<NavReading.Available>(
            NavReading.Of(await _reader.ReadAsync(block, RuntimeProfile.Spec473, _none), block.Timestamp)
        );
        Assert.Equal(before.Nav, again.Nav);
        Assert.NotEqual(before.Nav, Assert.IsType<NavReading.Available>(await NavAsync()).Nav);
    }

    [Fact]
    public async Task What_is_stated_is_the_contracts_own_at_the_epochs_last_block_and_nothing_where_it_cannot_tell()
    {
        await ExecuteAsync(_economy.Mint(_economy.Miners[0], 50 * Tao, await _economy.NavAsync(_none), _time + 100));
        await _chain.Head.RefreshAsync(_none);
        var last = _chain.Head.Latest!;
        await ExecuteAsync(_economy.Buy(3, 900_000_000_000_000));
        var block = $"0x{last.Number:x}";
        var own = (await _anvil.Client.CallAsync([(_economy.Index, AbiEncoder.Call("getCurrentNAV()"))], _none, block))[0];
        var stated = await StatedAsync(last, StatementRules.Default);
        Assert.Equal((AbiWords.BigInteger(own, 0), null), ((BigInteger)stated.Nav.Value, stated.NavFailure));
        var supply = (await _anvil.Client.CallAsync([(_economy.Index, AbiEncoder.Call("totalSupply()"))], _none, block))[0];
        Assert.Equal(AbiWords.BigInteger(supply, 0), (BigInteger)stated.Supply.Value);

        // With too little gas the chain cannot tell it: that is said of the chain, and is the same from every node.
        var untold = await StatedAsync(last, StatementRules.Default with { NavGas = 100_000 });
        Assert.Equal(0UL, untold.Nav.Value);
        Assert.NotNull(untold.NavFailure);
        Assert.Contains("NAV", stated.DifferenceFrom(untold), StringComparison.Ordinal);
        Assert.Null(stated.DifferenceFrom(await StatedAsync(last, StatementRules.Default)));
    }

    [Theory]
    [InlineData(-32603, "VM Exception while processing transaction: revert no price", "reverted")]
    [InlineData(3, "execution reverted", "reverted")]
    [InlineData(-32603, "out of gas", "out of gas")]
    [InlineData(-32003, "EVM error OutOfGas", "out of gas")]
    [InlineData(-32603, "evm error: Other(\"dispatch execution failed: AmountTooLow\")", "failed")]
    [InlineData(-32000, "header not found", null)]
    [InlineData(-32005, "rate limit exceeded", null)]
    public void What_a_node_refuses_for_reasons_of_its_own_says_nothing_of_the_chain(int code, string text, string? kind) =>
        Assert.Equal(
            kind,
            ExecutionFailure.KindOf(new RpcErrorException(new EndpointName(1, new Uri("http://127.0.0.1")), "eth_call", code, text))
        );

    private Task<StatementInputs> StatedAsync(BlockHeader last, StatementRules rules) =>
        new StatementReader(_chain.Pool, _chain.Options, 20).ReadAsync(
            new ClosedEpoch(new EpochId(0), new EpochId(1), new Position(last.Number + 1, 0), last.Timestamp + 12)
            {
                LastBlockHash = last.Hash,
            },
            0,
            [],
            rules,
            _none
        );

    [Fact]
    public async Task A_miners_uid_is_the_one_it_has_on_the_subnet_and_who_has_none_is_left_out()
    {
        await ExecuteAsync(SubtensorMock.Set(_economy.Keeper, "setUid", (ushort)20, _economy.Miners[0], (ushort)77));
        await _chain.Head.RefreshAsync(_none);
        var head = _chain.Head.Latest!;
        var uids = await _uids.UidsAsync(20, [.. _economy.Miners], head.Number, head.Hash, _none);
        Assert.Equal([(_economy.Miners[0], (ushort)77)], uids.Select(pair => (pair.Key, pair.Value)));
        Assert.Empty(await _uids.UidsAsync(21, [.. _economy.Miners], head.Number, head.Hash, _none));

        // At a block that is not the one meant nothing is read.
        await Assert.ThrowsAsync<BlockReplacedException>(() =>
            _uids.UidsAsync(20, [.. _economy.Miners], head.Number, head.ParentHash, _none)
        );
    }

    private async Task<NavReading> NavAsync(RuntimeProfile profile = RuntimeProfile.Spec473)
    {
        await _chain.Head.RefreshAsync(_none);
        return NavReading.Of(await _reader.ReadAsync(_chain.Head.Latest!, profile, _none), _chain.Head.Latest!.Timestamp);
    }

    private Task ExecuteAsync(DevnetTransaction transaction) => _anvil.Client.ExecuteAsync([transaction], ++_time, _none);
}
