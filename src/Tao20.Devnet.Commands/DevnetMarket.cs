using System.Globalization;
using Tao20.Actors.Arbitrage;
using Tao20.Actors.Status;
using Tao20.Domain.Arbitrage;
using Tao20.Domain.Units;
using Tao20.Node;
using Tao20.Node.Configuration;
using Tao20.Node.Hosting;

namespace Tao20.Devnet.Commands;

/// <summary>
/// The market of a devnet: its noise, the miners that trade against it, each with actors, journal and key of its own, and what they
/// own together.
/// </summary>
internal sealed class DevnetMarket : IAsyncDisposable
{
    /// <summary>What a block stands for while miners trade: Bittensor's 12 s.</summary>
    public const int SecondsPerBlock = 12;

    private const int DeadlineSeconds = 600;
    private const ulong BaseFee = 1_000_000_000;
    private const int MostBlocksToFinish = 60;
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(2);
    private static readonly TimeSpan LongestBlock = TimeSpan.FromSeconds(5);
    private readonly List<NodeHost> _hosts = [];
    private readonly Economy _economy;
    private readonly PegMarket _market;
    private readonly MarketScript _script;
    private readonly IReadOnlyList<Address> _others;
    private Conservation? _before;

    private DevnetMarket(Economy economy, PegMarket market, MarketScript script, IReadOnlyList<Address> others)
    {
        _economy = economy;
        _market = market;
        _script = script;
        _others = others;
    }

    /// <summary>The spread in basis points at the end of each block, oldest first.</summary>
    public IReadOnlyList<double> Spreads => _market.Spreads;

    /// <summary>The miners.</summary>
    public IReadOnlyList<NodeHost> Hosts => _hosts;

    /// <summary>What it came to.</summary>
    public PegFigures Figures => _market.Figures;

    /// <summary>Opens the market; nobody trades against it yet.</summary>
    public static async Task<(DevnetMarket Market, ulong Time)> OpenAsync(
        Economy economy,
        DevnetSettings settings,
        ulong time,
        CancellationToken cancel
    )
    {
        // Gas costs something, and nothing else is charged: offers beyond it buy nothing on the chain.
        economy.Chain.Client.BaseFee = BaseFee;
        var accounts = await economy.Chain.Client.AccountsAsync(cancel);
        var script = new MarketScript(settings.Seed, settings.MarketNoise, settings.SecondsPerBlock);
        var arbitrageurs = Enumerable.Range(1, settings.Arbitrageurs).Select(i => PegMarket.KeyOf(i, settings.Seed).Address).ToList();
        (var market, time) = await PegMarket.OpenAsync(economy, accounts[settings.Scripted + 1], arbitrageurs, script, time, cancel);
        return (new DevnetMarket(economy, market, script, accounts), time);
    }

    /// <summary>Plays the same noise, and the same script of the other traders, on a chain of its own on which no miner trades.</summary>
    public static async Task<PegFigures> WithoutArbitrageAsync(DevnetTools tools, DevnetSettings settings, CancellationToken cancel)
    {
        await using var chain = await Anvil.StartAsync(tools, settings.Anvil, cancel);
        var (economy, time) = await settings.DeployAsync(chain, cancel);
        (var market, time) = await OpenAsync(economy, settings, time, cancel);
        var traders = new ScriptedTraders(economy, settings.Script with { Observes = true }, time);
        for (var block = 0; block < settings.Blocks; block++)
            await market.StepAsync(traders, [], cancel);
        return market.Figures;
    }

    /// <summary>Starts the miners.</summary>
    public async Task StartAsync(
        DevnetSettings settings,
        Func<int, NodeSettings> settingsOf,
        IEnumerable<Address> others,
        CancellationToken cancel
    )
    {
        for (var i = 0; i < settings.Arbitrageurs; i++)
            _hosts.Add(await NodeHost.StartAsync(settingsOf(i), cancel, new DevnetRole(PegMarket.KeyOf(i + 1, settings.Seed))));
        _before = await Conservation.CountAsync(_economy, [.. _others, .. others], cancel);
    }

    /// <summary>Plays one block: noise after the other traders, and then a look at the spread.</summary>
    /// <param name="traders">The other traders.</param>
    /// <param name="others">What else happens in the block.</param>
    /// <param name="cancel">Cancels the operation.</param>
    public async Task StepAsync(ScriptedTraders traders, IReadOnlyList<DevnetTransaction> others, CancellationToken cancel)
    {
        var noise = await _market.NoiseAsync(traders.Time + (ulong)_script.SecondsPerBlock + DeadlineSeconds, cancel);
        await traders.StepAsync([.. noise, .. others], cancel);
        await _market.MeasureAsync(cancel);
        await TradedAsync(await _economy.Chain.Client.BlockNumberAsync(cancel), cancel);
    }

    /// <summary>Lets no miner begin anything any more, and blocks go by until what was begun is done.</summary>
    /// <exception cref="NodeException">A trade does not end.</exception>
    public async Task FinishAsync(ScriptedTraders traders, CancellationToken cancel)
    {
        foreach (var host in _hosts)
            await host.OperateAsync(Operation.Pause, cancel);
        for (var block = 0; block < MostBlocksToFinish; block++)
        {
            if ((await TradersAsync(cancel)).All(trader => trader.State.Open is null))
                return;
            await traders.PassAsync(cancel);
            await TradedAsync(await _economy.Chain.Client.BlockNumberAsync(cancel), cancel);
        }

        throw new NodeException(ExitCodes.Failed, $"A miner's trade has not ended within {MostBlocksToFinish} blocks.");
    }

    /// <summary>How each miner is.</summary>
    public async Task<IReadOnlyList<ArbitrageStatus>> TradersAsync(CancellationToken cancel) =>
        await Task.WhenAll(_hosts.Select(host => host.TraderAsync(cancel)));

    /// <summary>What all own, before the first trade and now, and what was burned between.</summary>
    public async Task<(Conservation Before, Conservation After, System.Numerics.BigInteger Burned)> CountAsync(
        IEnumerable<Address> others,
        CancellationToken cancel
    )
    {
        var after = await Conservation.CountAsync(_economy, [.. _others, .. others], cancel);
        return (_before!, after, await _before!.BurnedAsync(_economy, after, cancel));
    }

    /// <summary>The miners' faults.</summary>
    public async Task<IReadOnlyList<NodeStatus>> StatusesAsync(CancellationToken cancel) =>
        await Task.WhenAll(_hosts.Select(host => host.StatusAsync(false, cancel)));

    public async ValueTask DisposeAsync()
    {
        foreach (var host in _hosts)
            await host.DisposeAsync();
    }

    /// <summary>
    /// Waits until every miner has done with a block what it is going to do: here a block takes a moment and not 12 s, and a busy machine
    /// must not make them slow.
    /// </summary>
    private async Task TradedAsync(ulong block, CancellationToken cancel)
    {
        using var looks = new PeriodicTimer(LookEvery);
        var started = TimeProvider.System.GetTimestamp();
        while (
            _hosts.Any(host => host.TradedBlock < block && !host.Ended.IsCompleted)
            && TimeProvider.System.GetElapsedTime(started) < LongestBlock
        )
            await looks.WaitForNextTickAsync(cancel);
    }
}

/// <summary>A part that is written as a percentage: 2%. A bare number is none, so that no fraction is taken for one.</summary>
internal static class Percentage
{
    /// <summary>Reads one; null when it is none.</summary>
    public static double? TryParse(string text) =>
        text.EndsWith('%') && double.TryParse(text[..^1], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var percent)
            ? percent / 100
            : null;
}
