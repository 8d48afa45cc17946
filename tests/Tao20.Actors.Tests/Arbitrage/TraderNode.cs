using System.Globalization;
using System.Numerics;
using Akka.Actor;
using Akka.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Tao20.Actors.Arbitrage;
using Tao20.Actors.Faults;
using Tao20.Actors.Hosting;
using Tao20.Actors.Journal;
using Tao20.Actors.Metrics;
using Tao20.Actors.Tests.Transactions;
using Tao20.Chain;
using Tao20.Chain.Contracts;
using Tao20.Chain.Following;
using Tao20.Chain.JsonRpc;
using Tao20.Chain.Signing;
using Tao20.Devnet;
using Tao20.Devnet.Subtensor;
using Tao20.Domain.Arbitrage;
using Tao20.Domain.Transactions;
using Tao20.Tests;
using Tao20.Tests.Oracles;

namespace Tao20.Actors.Tests.Arbitrage;

/// <summary>
/// A miner's actors on a real local chain and a market of its own, between which a gate can be shut for requests of a kind.
/// </summary>
internal sealed class TraderNode : IAsyncDisposable
{
    private static readonly BigInteger Tao = 1_000_000_000_000_000_000;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly IHost _host;
    private readonly MarketFixture _market;
    private readonly ChainConnection _chain;
    private readonly PipelineMetrics _metrics;

    private TraderNode(IHost host, MarketFixture market, ChainConnection chain, GatedTransport gate, PipelineMetrics metrics) =>
        (_host, _market, _chain, Gate, _metrics) = (host, market, chain, gate, metrics);

    public GatedTransport Gate { get; }

    private IActorRef Trader => _host.Services.GetRequiredService<ActorRegistry>().Get<ArbitrageKey>();

    public static async Task<TraderNode> StartAsync(
        MarketFixture market,
        string directory,
        ArbitrageRules? rules = null,
        bool stepwise = false
    )
    {
        var options = new ChainOptions
        {
            Endpoints = [market.Anvil.Rpc],
            Contract = market.Economy.Index,
            WebSocket = false,
            PollInterval = TimeSpan.FromMilliseconds(50),
            Retries = 0,
        };
        var gate = new GatedTransport(new HttpRpcTransport(market.Anvil.Rpc, options));
        var chain = new ChainConnection(options, [gate], NullLogger.Instance);
        chain.Head.Start();
        var journal = new JournalOptions { ConnectionString = SqliteJournal.ConnectionString(directory), SnapshotEvery = 10 };
        SqliteJournal.Prepare(journal);
        var guard = new JournalFaultReporter(journal, directory, new FaultSignal(), TimeProvider.System);
        var metrics = new PipelineMetrics();
        var trader = new TraderSetup(
            market.Key.Address,
            market.Key,
            31337,
            new MarketAddresses(stepwise ? null : market.Economy.Router, [market.Economy.Pool]),
            rules ?? market.Rules,
            new FeePolicy { LegGas = Economy.LegGas },
            DryRun: false,
            MaxBlockAge: null,
            guard,
            metrics.Arbitrage,
            TimeProvider.System
        );
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddLogging(logging => logging.ClearProviders());
        builder.Services.AddAkka(
            "tao20",
            akka => akka.WithTao20Basics().WithJournal(journal).WithTrader(trader, chain, new FreeRules(trader.Fees))
        );
        var host = builder.Build();
        await host.StartAsync();
        return new TraderNode(host, market, chain, gate, metrics);
    }

    public Task<ArbitrageStatus> StatusAsync() => Trader.Ask<ArbitrageStatus>(GetArbitrage.Instance, Patience);

    public Task<ArbitrageStatus> OperateAsync(Operation operation) => Trader.Ask<ArbitrageStatus>(new Operate(operation), Patience);

    /// <summary>Looks at the status until it is as wanted; what <paramref name="meanwhile"/> says happens between two looks.</summary>
    public Task<ArbitrageStatus> UntilAsync(Func<ArbitrageStatus, bool> wanted, Func<Task>? meanwhile = null) =>
        Eventually.BecomesAsync<ArbitrageStatus>(
            async _ => await StatusAsync(),
            wanted,
            Patience,
            meanwhile is null ? null : _ => meanwhile(),
            last => $"{last.Doing}, {last.Why}, {last.State.Open}, {last.State.Totals}"
        );

    /// <summary>
    /// Lets a block go by, and waits until nothing more comes of it: chain time does not run ahead of the node, however slow the
    /// machine.
    /// </summary>
    public async Task PassAsync()
    {
        await _market.PassAsync();
        await DecidedAsync(await _market.BlockAsync());
    }

    /// <summary>Waits until it has decided at the latest block.</summary>
    public Task DecidedAsync(ulong block) =>
        Eventually.HoldsAsync(
            () => _metrics.Arbitrage.HandledBlock >= block,
            Patience,
            () => $"decided at {_metrics.Arbitrage.HandledBlock} of {block}"
        );

    public async ValueTask DisposeAsync()
    {
        Gate.Open();
        await _host.StopAsync();
        _host.Dispose();
        await _chain.DisposeAsync();
        _metrics.Dispose();
    }
}

/// <summary>A local chain with a market, and an account that trades in it.</summary>
internal sealed class MarketFixture : IAsyncDisposable
{
    private static readonly BigInteger Tao = 1_000_000_000_000_000_000;
    private readonly CancellationToken _none = CancellationToken.None;
    private ulong _time;

    private MarketFixture(Anvil anvil, Economy economy, ulong time) => (Anvil, Economy, _time) = (anvil, economy, time);

    public Anvil Anvil { get; }

    public Economy Economy { get; }

    public PrivateKey Key { get; } = PegMarket.KeyOf(1, 1);

    /// <summary>No neutral trades, and no back-off before ten failures: a test says itself what it is about.</summary>
    public ArbitrageRules Rules { get; } =
        new()
        {
            VolumeTargetWei = Domain.Units.Wei.Zero,
            FailuresInRow = 10,
            CooldownSeconds = 0,
        };

    public static async Task<MarketFixture> StartAsync()
    {
        var anvil = await Anvil.StartAsync(
            await DevnetTools.EnsureAsync(null, CancellationToken.None),
            new AnvilOptions { Accounts = 3 },
            CancellationToken.None
        );
        var (economy, time) = await Economy.DeployAsync(anvil, 1, new AnvilOptions().GenesisTimestamp + 1, CancellationToken.None);
        var market = new MarketFixture(anvil, economy, time);
        (_, market._time) = await PegMarket.OpenAsync(
            economy,
            await market.MakerAsync(),
            [market.Key.Address],
            new MarketScript(1, 0, 12),
            time,
            CancellationToken.None
        );
        return market;
    }

    /// <summary>Lets a block go by.</summary>
    public Task PassAsync() => Anvil.Client.MineAsync(_time += 12, _none);

    /// <summary>Buys so many TAO worth of tokens: afterwards minting pays.</summary>
    public async Task MakeDearAsync(int tao) =>
        await SendAsync(
            new DevnetTransaction(
                await MakerAsync(),
                Economy.Pool,
                AbiEncoder.Call("buy(uint256,uint256)", 1, _time + 600),
                (UInt128)(tao * Tao)
            )
        );

    /// <summary>Sells so many tokens: what was dear is no longer.</summary>
    public async Task MakeCheapAsync(int tokens) =>
        await SendAsync(
            new DevnetTransaction(
                await MakerAsync(),
                Economy.Pool,
                AbiEncoder.Call("sell(uint256,uint256,uint256)", tokens * Tao, 1, _time + 600)
            )
        );

    /// <summary>Lets a subnet refuse all swaps, or take them again.</summary>
    public Task SetSwapsAsync(int netuid, bool refuses) =>
        SendAsync(SubtensorMock.Set(Economy.Keeper, "setFailures", (ushort)netuid, false, refuses));

    /// <summary>Lets a subnet refuse transfers of stake, or take them again.</summary>
    public Task SetTransfersAsync(int netuid, bool refuses) =>
        SendAsync(SubtensorMock.Set(Economy.Keeper, "setSwitches", (ushort)netuid, true, refuses, false));

    public async Task GiveAsync(int tao, int tokens)
    {
        var maker = await MakerAsync();
        await Anvil.Client.SubmitAsync(
            [
                new DevnetTransaction(maker, Key.Address, "0x", (UInt128)(tao * Tao)),
                new DevnetTransaction(maker, Economy.Index, AbiEncoder.Call("transfer(address,uint256)", Key.Address, tokens * Tao)),
            ],
            _none
        );
    }

    public Task<BigInteger> BalanceAsync() => Anvil.BalanceAsync(Key.Address);

    public Task<ulong> NonceAsync() => Anvil.NonceAsync(Key.Address);

    public Task<ulong> BlockAsync() => Anvil.Client.BlockNumberAsync(_none);

    public Task BaseFeeAsync(BigInteger wei) =>
        Anvil.Client.SendAsync(
            "anvil_setNextBlockBaseFeePerGas",
            $"[\"0x{wei.ToString("x", CultureInfo.InvariantCulture).TrimStart('0').PadLeft(1, '0')}\"]",
            _none
        );

    public async ValueTask DisposeAsync() => await Anvil.DisposeAsync();

    private async Task<Domain.Units.Address> MakerAsync() => (await Anvil.Client.AccountsAsync(_none))[2];

    private Task SendAsync(DevnetTransaction transaction) => Anvil.Client.ExecuteAsync([transaction], _time += 12, _none);
}

/// <summary>Passes requests on, and holds those of a kind back while its gate is shut; or breaks all of them off.</summary>
internal sealed class GatedTransport(IRpcTransport inner) : IRpcTransport
{
    private readonly Lock _lock = new();
    private TaskCompletionSource _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TaskCompletionSource _waiting = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private string? _held;
    private bool _down;

    public EndpointName Name => inner.Name;

    /// <summary>From now on, requests with this method wait until <see cref="Open"/>; completes when one does.</summary>
    public Task ShutFor(string method)
    {
        lock (_lock)
        {
            _held = method;
            _opened = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return _waiting.Task;
        }
    }

    /// <summary>From now on, nothing is answered until <see cref="Open"/>.</summary>
    public void Down() => _down = true;

    public void Open()
    {
        lock (_lock)
        {
            (_held, _down) = (null, false);
            _opened.TrySetResult();
        }
    }

    public async Task<RpcReply> SendAsync(ReadOnlyMemory<byte> body, CancellationToken cancel)
    {
        Task? wait = null;
        lock (_lock)
        {
            if (_held is { } method && System.Text.Encoding.UTF8.GetString(body.Span).Contains(method, StringComparison.Ordinal))
            {
                wait = _opened.Task;
                _waiting.TrySetResult();
            }
        }

        if (wait is not null)
            await wait.WaitAsync(cancel);
        return _down ? throw new EndpointUnreachableException(Name, "cut off") : await inner.SendAsync(body, cancel);
    }
}
