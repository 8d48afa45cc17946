using System.Numerics;
using Tao20.Chain.Abi;
using Tao20.Devnet;
using Tao20.Domain.Units;
using Tao20.Tests;
using Tao20.Tests.Oracles;

namespace Tao20.Chain.Tests.Devnet;

/// <summary>The contracts of the devnet, on a real local chain.</summary>
public sealed class ContractTests : IAsyncLifetime
{
    private static readonly BigInteger Tao = 1_000_000_000_000_000_000;
    private readonly CancellationToken _none = CancellationToken.None;
    private Anvil _chain = null!;
    private Economy _economy = null!;
    private ulong _time;

    public async Task InitializeAsync()
    {
        var tools = await DevnetTools.EnsureAsync(null, _none);
        _chain = await Anvil.StartAsync(tools, new AnvilOptions { Accounts = 3 }, _none);
        (_economy, _time) = await Economy.DeployAsync(_chain, 2, new AnvilOptions().GenesisTimestamp + 1, _none);
    }

    public async Task DisposeAsync() => await _chain.DisposeAsync();

    [Fact]
    public async Task The_artifacts_are_what_the_sources_compile_to()
    {
        var tools = await DevnetTools.EnsureAsync(null, _none);
        var devnet = RepositoryFiles.PathOf("src", "Tao20.Devnet");
        var output = Directory.CreateTempSubdirectory("tao20-compile-").FullName;
        var (code, text) = await NpmTools.RunAsync(
            "node",
            [Path.Combine(devnet, "Tools", "compile.cjs"), Path.Combine(devnet, "Contracts"), output],
            devnet,
            TimeSpan.FromMinutes(5),
            _none,
            new Dictionary<string, string> { ["NODE_PATH"] = tools.NodeModules }
        );
        Assert.True(code == 0, text);
        var checkedIn = Directory.GetFiles(Path.Combine(devnet, "Contracts", "Artifacts"), "*.json").Order().ToList();
        Assert.Equal(checkedIn.Select(Path.GetFileName), Directory.GetFiles(output, "*.json").Order().Select(Path.GetFileName));
        foreach (var file in checkedIn)
            Assert.Equal(
                (await File.ReadAllTextAsync(Path.Combine(output, Path.GetFileName(file)))).ReplaceLineEndings("\n"),
                (await File.ReadAllTextAsync(file)).ReplaceLineEndings("\n")
            );
        Directory.Delete(output, recursive: true);
    }

    [Fact]
    public async Task The_coldkey_computed_on_chain_is_the_one_computed_here()
    {
        var words = await ViewAsync("coldkey()");
        Assert.Equal(Coldkey.Of(_economy.Index), new Hash256(words));
    }

    [Fact]
    public async Task A_mint_in_kind_creates_tokens_at_nav_and_a_redemption_gives_the_basket_back()
    {
        var prices = await _economy.PricesAsync(_none);
        await ExecuteAsync(_economy.Mint(_economy.Miners[0], 10 * Tao, prices, _time + 100));
        var tokens = (await _economy.BalancesAsync(_none))[0];
        Assert.InRange(tokens, 9_999 * Tao / 1000, 10 * Tao);
        Assert.Equal(tokens, AbiWords.BigInteger(await ViewAsync("totalSupply()"), 0));

        await ExecuteAsync(_economy.Redeem(_economy.Miners[0], tokens, _time + 100));
        Assert.Equal(BigInteger.Zero, (await _economy.BalancesAsync(_none))[0]);
        Assert.Equal(Tao, AbiWords.BigInteger(await ViewAsync("getCurrentNAV()"), 0));
        Assert.InRange((BigInteger)(await _economy.VolumesAsync(_none))[_economy.Miners[0]], 19_998 * Tao / 1000, 20 * Tao);
    }

    [Fact]
    public async Task Minting_and_redeeming_leave_the_nav_where_it_was()
    {
        var prices = await _economy.PricesAsync(_none);
        await ExecuteAsync(_economy.Mint(_economy.Miners[0], 50 * Tao, prices, _time + 100));
        await ExecuteAsync(_economy.Buy(3, 900_000_000_000_000));
        var moved = AbiWords.BigInteger(await ViewAsync("getCurrentNAV()"), 0);
        Assert.True(moved > Tao);
        prices = await _economy.PricesAsync(_none);
        await ExecuteAsync(_economy.Mint(_economy.Miners[1], 20 * Tao, prices, _time + 100));
        await ExecuteAsync(_economy.Redeem(_economy.Miners[0], 7 * Tao, _time + 100));
        Assert.InRange(AbiWords.BigInteger(await ViewAsync("getCurrentNAV()"), 0), moved - 100_000_000, moved + 100_000_000);
    }

    [Fact]
    public async Task A_basket_off_its_weights_a_passed_deadline_and_too_little_out_are_refused()
    {
        var prices = await _economy.PricesAsync(_none);
        var wrongPrices = prices.Select((price, i) => i == 4 ? price / 2 : price).ToList();
        await AssertRevertedAsync(_economy.Mint(_economy.Miners[0], 10 * Tao, wrongPrices, _time + 100));
        await AssertRevertedAsync(_economy.Mint(_economy.Miners[0], 10 * Tao, prices, _time - 100));
        await AssertRevertedAsync(_economy.Redeem(_economy.Miners[0], Tao, _time + 100));
        await AssertRevertedAsync(_economy.AdvanceEpoch());
    }

    [Fact]
    public async Task An_epoch_ends_after_its_hour()
    {
        _time += 3600;
        await ExecuteAsync(_economy.AdvanceEpoch());
        Assert.Equal(BigInteger.One, AbiWords.BigInteger(await ViewAsync("epoch()"), 0));
    }

    [Fact]
    public async Task The_router_mints_and_redeems_with_tao_alone_and_credits_the_caller()
    {
        var miner = _economy.Miners[1];
        await ExecuteAsync(
            new DevnetTransaction(miner, _economy.Router, AbiEncoder.Call("mint(uint256,uint256)", 1, _time + 100), (UInt128)(5 * Tao))
        );
        var tokens = (await _economy.BalancesAsync(_none))[1];
        Assert.InRange(tokens, 49 * Tao / 10, 5 * Tao);
        await ExecuteAsync(
            new DevnetTransaction(miner, _economy.Index, AbiEncoder.Call("approve(address,uint256)", _economy.Router, tokens))
        );
        await ExecuteAsync(
            new DevnetTransaction(miner, _economy.Router, AbiEncoder.Call("redeem(uint256,uint256,uint256)", tokens, 4 * Tao, _time + 100))
        );
        Assert.True((await _economy.VolumesAsync(_none))[miner] > (UInt128)(9 * Tao));
    }

    [Fact]
    public async Task The_market_trades_at_a_constant_product_less_its_fee_and_the_router_refuses_a_loss()
    {
        var miner = _economy.Miners[0];
        await ExecuteAsync(_economy.Mint(miner, 100 * Tao, await _economy.PricesAsync(_none), _time + 100));
        await ExecuteAsync(
            new DevnetTransaction(miner, _economy.Index, AbiEncoder.Call("approve(address,uint256)", _economy.Pool, 90 * Tao))
        );
        await ExecuteAsync(
            new DevnetTransaction(
                miner,
                _economy.Pool,
                AbiEncoder.Call("addLiquidity(uint256,uint256,uint256)", 80 * Tao, 1, _time + 100),
                (UInt128)(88 * Tao)
            )
        );
        var quote = AbiWords.BigInteger(
            (await _chain.Client.CallAsync([(_economy.Pool, AbiEncoder.Call("quote(bool,uint256)", true, Tao))], _none))[0],
            0
        );
        Assert.Equal(80 * Tao * Tao * 997 / (88 * Tao * 1000 + Tao * 997), quote);

        // The market pays 1.10 for what costs 1.00 to mint: minting pays, redeeming does not.
        await ExecuteAsync(
            new DevnetTransaction(
                miner,
                _economy.Router,
                AbiEncoder.Call("mintAndSell(int256,uint256)", Tao / 20, _time + 100),
                (UInt128)Tao
            )
        );
        await AssertRevertedAsync(
            new DevnetTransaction(miner, _economy.Router, AbiEncoder.Call("buyAndRedeem(int256,uint256)", 0, _time + 100), (UInt128)Tao)
        );
    }

    [Fact]
    public async Task Stake_below_the_minimum_is_refused() => await AssertRevertedAsync(_economy.Buy(1, 1_999_999));

    private async Task<byte[]> ViewAsync(string signature) =>
        (await _chain.Client.CallAsync([(_economy.Index, AbiEncoder.Call(signature))], _none))[0];

    private Task ExecuteAsync(DevnetTransaction transaction) => _chain.Client.ExecuteAsync([transaction], ++_time, _none);

    private async Task AssertRevertedAsync(DevnetTransaction transaction) =>
        await Assert.ThrowsAsync<DevnetException>(() => ExecuteAsync(transaction));
}
