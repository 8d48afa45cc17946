using System.Numerics;
using Akka.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Tao20.Actors.Faults;
using Tao20.Actors.Hosting;
using Tao20.Actors.Index;
using Tao20.Actors.Journal;
using Tao20.Actors.Transactions;
using Tao20.Chain;
using Tao20.Chain.Contracts;
using Tao20.Chain.Following;
using Tao20.Chain.JsonRpc;
using Tao20.Chain.Signing;
using Tao20.Devnet;
using Tao20.Domain.Index;
using Tao20.Domain.Transactions;
using Tao20.Domain.Units;
using Tao20.Tests;

namespace Tao20.Actors.Tests.Index;

/// <summary>A node does an index's duties, on a real local chain: a window is seen through by it alone, also across its own end.</summary>
public sealed class IndexDutiesTests : InDirectory, IAsyncLifetime
{
    private const int SecondsPerBlock = 12;
    private const ulong Delay = 600;
    private const ulong BaseFee = 1_000_000_000;
    private static readonly BigInteger Tao = BigInteger.Pow(10, 18);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(150);
    private static readonly PrivateKey Key = PegMarket.KeyOf(1, 1);
    private readonly CancellationToken _none = CancellationToken.None;
    private Anvil _anvil = null!;
    private Economy _economy = null!;
    private IndexReader _reader = null!;
    private ulong _time;

    public async Task InitializeAsync()
    {
        _anvil = await Anvil.StartAsync(await DevnetTools.EnsureAsync(null, _none), new AnvilOptions { Accounts = 2 }, _none);
        (_economy, _time) = await Economy.DeployAsync(_anvil, 1, new AnvilOptions().GenesisTimestamp + 1, _none);
        await _anvil.Client.SendAsync("anvil_setBalance", $"[\"{Key.Address}\",\"0x{100 * Tao:x}\"]", _none);
        _reader = new IndexReader(_anvil.Client.Pool, _economy.Index);
    }

    async Task IAsyncLifetime.DisposeAsync() => await _anvil.DisposeAsync();

    [Fact]
    public async Task A_window_is_seen_through_and_means_are_observed_also_by_a_node_that_is_ended_in_between()
    {
        await OpenWindowAsync();
        _anvil.Client.BaseFee = BaseFee;
        await using (var first = await StartAsync(new IndexDutyOptions()))
            await UntilAsync(view => view.Legs.Any(leg => leg.SteppedAt > 0));
        await using var again = await StartAsync(new IndexDutyOptions());
        var end = await UntilAsync(view => view.WindowUntil == 0);

        // The TAO that was short of the targets, by fees and by prices that had moved, is less than a fiftieth of any leg.
        Assert.All(end.Legs, leg => Assert.InRange((double)leg.Counted / (double)end.TargetOf(leg), 0.98, 1.02));
        Assert.All(end.Legs, leg => Assert.True(leg.ObservedAt + 30 > end.Block.Number, $"{leg} at {end.Block.Number}"));
    }

    [Fact]
    public async Task When_the_days_gas_is_spent_it_waits()
    {
        await OpenWindowAsync();
        _anvil.Client.BaseFee = BaseFee;

        // Gas costs something from the first block on that the node sees.
        await PassAsync();

        // A step is expected to take 1.2 million units, a reading of all legs 0.9: there is enough for one of that.
        await using var node = await StartAsync(new IndexDutyOptions { DailyGasWei = Wei.From(1_000_000UL * BaseFee) });
        await Eventually.BecomesAsync<string>(
            async _ => $"{await _anvil.Client.NonceAsync(Key.Address, _none)}",
            sent => sent == "1",
            Patience,
            _ => PassAsync()
        );
        var later = (await _anvil.Client.LatestAsync(_none)).Number + 25;
        await UntilAsync(view => view.Block.Number >= later);
        Assert.Equal(1UL, await _anvil.Client.NonceAsync(Key.Address, _none));
    }

    /// <summary>The owner moves a fiftieth of the value from the largest leg to the smallest.</summary>
    private async Task OpenWindowAsync()
    {
        const ulong moved = 20_000_000_000_000_000;
        var targets = Economy.Netuids.Select(
            (netuid, i) =>
                new LegTarget(
                    (ushort)netuid,
                    (ulong)Economy.Weights[i] - (i == 0 ? moved : 0) + (i == Economy.Netuids.Count - 1 ? moved : 0),
                    Economy.Hotkey
                )
        );
        var proposal = new Proposal.Composition([.. targets], []);
        await ExecuteAsync(new DevnetTransaction(_economy.Keeper, _economy.Manager, ManagerCalls.Propose(proposal)));
        _time += Delay;
        await ExecuteAsync(_economy.Observe());
        await ExecuteAsync(
            new DevnetTransaction(
                _economy.Keeper,
                _economy.Manager,
                ManagerCalls.Execute(proposal.Kind, ManagerCalls.DataOf(proposal), Economy.LegGas)
            )
        );
    }

    private Task<IndexView> UntilAsync(Func<IndexView, bool> wanted) =>
        Eventually.BecomesAsync<IndexView>(
            async _ => await _reader.ReadAsync(await _anvil.Client.LatestAsync(_none), _none),
            wanted,
            Patience,
            _ => PassAsync(),
            last => $"block {last.Block}, room {last.RoomNow}, off {string.Join(", ", last.Legs.Where(leg => !last.IsThere(leg)))}"
        );

    private Task PassAsync() => _anvil.Client.MineAsync(_time += SecondsPerBlock, _none);

    private Task ExecuteAsync(DevnetTransaction transaction) => _anvil.Client.ExecuteAsync([transaction], _time += SecondsPerBlock, _none);

    private async Task<DutyNode> StartAsync(IndexDutyOptions options)
    {
        var chainOptions = new ChainOptions
        {
            Endpoints = [_anvil.Rpc],
            Contract = _economy.Index,
            WebSocket = false,
            PollInterval = TimeSpan.FromMilliseconds(50),
            Retries = 0,
        };
        var chain = new ChainConnection(chainOptions, [new HttpRpcTransport(_anvil.Rpc, chainOptions)], NullLogger.Instance);
        chain.Head.Start();
        var journal = new JournalOptions { ConnectionString = SqliteJournal.ConnectionString(Path), SnapshotEvery = 10 };
        SqliteJournal.Prepare(journal);
        var guard = new JournalFaultReporter(journal, Path, new FaultSignal(), TimeProvider.System);
        var fees = new FeePolicy { LegGas = Economy.LegGas };
        var rules = new FreeRules(fees);
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddLogging(logging => logging.ClearProviders());
        builder.Services.AddAkka(
            "tao20",
            akka =>
                akka.WithTao20Basics()
                    .WithJournal(journal)
                    .WithTransactions(new SenderSettings(31337, Key, fees, rules, guard), chain)
                    .WithIndexDuties(new IndexDutySettings(Key.Address, options, fees, rules, guard), chain)
        );
        var host = builder.Build();
        await host.StartAsync();
        return new DutyNode(host, chain);
    }

    private sealed class DutyNode(IHost host, ChainConnection chain) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            await host.StopAsync();
            host.Dispose();
            await chain.DisposeAsync();
        }
    }
}
