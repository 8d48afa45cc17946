namespace Tao20.EndToEnd.Tests;

/// <summary>A chain on which there has been trade, for all tests of a class that only read it.</summary>
public abstract class TradedChain(int seed, int blocks) : IAsyncLifetime
{
    private protected ChainFixture? Started { get; private set; }

    internal ChainFixture Chain => Started ?? throw new InvalidOperationException("It has not been started.");

    public async Task InitializeAsync()
    {
        Started = await ChainFixture.StartAsync(seed);
        await Started.TradeAsync(blocks);
        await Started.Traders.FinishAsync(CancellationToken.None);
    }

    async Task IAsyncLifetime.DisposeAsync()
    {
        if (Started is not null)
            await Started.DisposeAsync();
    }
}
