using Tao20.Devnet;

namespace Tao20.EndToEnd.Tests;

/// <summary>A real local chain with the devnet's economy and seeded traders, for the tests of this assembly.</summary>
internal sealed class ChainFixture : IAsyncDisposable
{
    private ChainFixture(Anvil chain, Economy economy, ScriptedTraders traders)
    {
        Chain = chain;
        Economy = economy;
        Traders = traders;
    }

    public Anvil Chain { get; }

    public Economy Economy { get; }

    public ScriptedTraders Traders { get; }

    public static async Task<ChainFixture> StartAsync(int seed, int miners = 5)
    {
        var tools = await DevnetTools.EnsureAsync(null, CancellationToken.None);
        var chain = await Anvil.StartAsync(tools, new AnvilOptions { Accounts = miners + 1 }, CancellationToken.None);
        var (economy, time) = await Economy.DeployAsync(chain, miners, new AnvilOptions().GenesisTimestamp + 1, CancellationToken.None);
        return new ChainFixture(chain, economy, new ScriptedTraders(economy, new TraderScript(seed, 90), time));
    }

    public async Task TradeAsync(int blocks)
    {
        for (var i = 0; i < blocks; i++)
            await Traders.StepAsync(CancellationToken.None);
    }

    public IEnumerable<string> ValidatorArguments(string dataDirectory, params string[] more) =>
        ["validator", "--rpc", Chain.Rpc.ToString(), "--contract", Economy.Index.ToString(), "--netuid", "20", "--data-dir", dataDirectory, "--http-port", "0", .. more];

    public async ValueTask DisposeAsync() => await Chain.DisposeAsync();
}

/// <summary>A directory that is gone after the test.</summary>
public abstract class InDirectory : IDisposable
{
    protected string Directory { get; } = System.IO.Directory.CreateTempSubdirectory("tao20-e2e-").FullName;

    public void Dispose()
    {
        System.IO.Directory.Delete(Directory, recursive: true);
        GC.SuppressFinalize(this);
    }
}
