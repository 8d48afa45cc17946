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
        var contracts = RepositoryFiles.PathOf("src", "Tao20.Devnet", "Contracts");
        var output = Directory.CreateTempSubdirectory("tao20-compile-").FullName;
        await SolidityCompiler.RunAsync(contracts, output);
        var checkedIn = Directory.GetFiles(Path.Combine(contracts, "Artifacts"), "*.json").Order().ToList();
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
    public async Task A_mint_in_kind_creates_tokens_at_nav_less_the_fee_and_a_redemption_gives_the_basket_back()
    {
        var nav = await _economy.NavAsync(_none);
        await ExecuteAsync(_economy.Mint(_economy.Miners[0], 10 * Tao, nav, _time + 100));
        var tokens = (await _economy.BalancesAsync(_none))[0];
        Assert.InRange(tokens * nav.Nav.Value / Tao, 10 * Tao * 998 / 1_000, 10 * Tao * 1_006 / 1_000);
        await ExecuteAsync(_economy.Redeem(_economy.Miners[0], tokens, await _economy.NavAsync(_none), _time + 100));
        Assert.Equal(BigInteger.Zero, (await _economy.BalancesAsync(_none))[0]);
        Assert.InRange((BigInteger)(await _economy.VolumesAsync(_none))[_economy.Miners[0]], 1_990 * Tao / 100, 2_010 * Tao / 100);
    }

    [Fact]
    public async Task A_passed_deadline_tokens_that_are_not_owned_and_an_epoch_that_runs_are_refused()
    {
        var nav = await _economy.NavAsync(_none);
        await AssertRevertedAsync(_economy.Mint(_economy.Miners[0], 10 * Tao, nav, _time - 100));
        await AssertRevertedAsync(_economy.Redeem(_economy.Miners[0], Tao, nav, _time + 100));
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
    public async Task Stake_below_the_minimum_is_refused() => await AssertRevertedAsync(_economy.Buy(1, 1_999_999));

    private async Task<byte[]> ViewAsync(string signature) =>
        (await _chain.Client.CallAsync([(_economy.Index, AbiEncoder.Call(signature))], _none))[0];

    private Task ExecuteAsync(DevnetTransaction transaction) => _chain.Client.ExecuteAsync([transaction], ++_time, _none);

    private async Task AssertRevertedAsync(DevnetTransaction transaction) =>
        await Assert.ThrowsAsync<DevnetException>(() => ExecuteAsync(transaction));
}
