using System.Diagnostics.Metrics;
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
using Tao20.Chain;
using Tao20.Chain.Contracts;
using Tao20.Chain.Following;
using Tao20.Devnet;
using Tao20.Domain.Arbitrage;
using Tao20.Domain.Transactions;
using Tao20.Tests;

namespace Tao20.Benchmarks.Pipeline;

/// <summary>One line of <c>trade</c>: how many trades an hour one miner executes, and how fast it reacts, in milliseconds.</summary>
internal sealed record TradeRunResult(
    int Seconds,
    double BlockSeconds,
    long Confirmed,
    long Failed,
    double TradesPerHour,
    double MedianRead,
    double P99Read,
    double MedianSigned,
    double P99Signed,
    double MedianResponse,
    double P99Response,
    double MedianDecision,
    double P99Decision,
    int Ticks
);

/// <summary>
/// One miner against a market whose noise always leaves something to earn, on a real local chain that mines by the clock. Read,
/// signed and response are from hearing of a block to its tick, to the signed bytes in the journal, and to the node having taken them.
/// </summary>
internal static class TradeRun
{
    private const int Seed = 7;
    private const string Read = "tao20.market.read";
    private const string Signed = "tao20.arbitrage.signed";
    private const string Response = "tao20.arbitrage.response";
    private const string Decision = "tao20.arbitrage.decision";
    private static readonly string[] Measured = [Read, Signed, Response, Decision];

    public static async Task<TradeRunResult> RunAsync(int seconds, int blockMilliseconds, CancellationToken cancel)
    {
        var tools = await DevnetTools.EnsureAsync(Console.Error.WriteLine, cancel);
        var options = new AnvilOptions { Accounts = 3 };
        await using var anvil = await Anvil.StartAsync(tools, options, cancel);
        var (economy, time) = await Economy.DeployAsync(anvil, 1, options.GenesisTimestamp + 1, cancel);
        var key = PegMarket.KeyOf(1, Seed);
        var perBlock = Math.Max(1, blockMilliseconds / 1000);
        (var market, time) = await PegMarket.OpenAsync(
            economy,
            (await anvil.Client.AccountsAsync(cancel))[2],
            [key.Address],
            new MarketScript(Seed, 0.03 * Math.Sqrt(60.0 / perBlock), perBlock),
            time,
            cancel
        );
        var directory = Directory.CreateTempSubdirectory("tao20-trade-").FullName;
        var measured = Measured.ToDictionary(name => name, _ => new List<double>());
        using var listener = Listen(measured);
        try
        {
            var chainOptions = new ChainOptions { Endpoints = [anvil.Rpc], Contract = economy.Index };
            await using var chain = ChainConnection.Http(chainOptions, NullLogger.Instance);
            chain.Head.Start();
            using var metrics = new PipelineMetrics();
            using var host = NodeOf(chain, new MarketAddresses(economy.Router, [economy.Pool]), key, directory, metrics);
            await host.StartAsync(cancel);
            var trader = host.Services.GetRequiredService<ActorRegistry>().Get<ArbitrageKey>();
            TradingTotals before = TradingTotals.Zero;
            var warmUp = seconds / 4;
            using var ticks = new PeriodicTimer(TimeSpan.FromMilliseconds(blockMilliseconds));
            var blocks = (seconds + warmUp) * 1000 / blockMilliseconds;
            for (var block = 0; block < blocks; block++)
            {
                if (block == warmUp * 1000 / blockMilliseconds)
                {
                    before = (await trader.Ask<ArbitrageStatus>(GetArbitrage.Instance, cancel)).State.Totals;
                    lock (measured)
                    {
                        foreach (var values in measured.Values)
                            values.Clear();
                    }
                }

                await anvil.Client.SubmitAsync(await market.NoiseAsync(time + 600, cancel), cancel);
                await anvil.Client.MineAsync(time += (ulong)perBlock, cancel);
                await ticks.WaitForNextTickAsync(cancel);
            }

            var totals = (await trader.Ask<ArbitrageStatus>(GetArbitrage.Instance, cancel)).State.Totals;
            await host.StopAsync(cancel);
            var confirmed = totals.Confirmed - before.Confirmed;
            lock (measured)
            {
                return new TradeRunResult(
                    seconds,
                    blockMilliseconds / 1000.0,
                    confirmed,
                    totals.Failed - before.Failed,
                    Math.Round(confirmed * 3600.0 / seconds),
                    At(measured[Read], 0.5),
                    At(measured[Read], 0.99),
                    At(measured[Signed], 0.5),
                    At(measured[Signed], 0.99),
                    At(measured[Response], 0.5),
                    At(measured[Response], 0.99),
                    At(measured[Decision], 0.5),
                    At(measured[Decision], 0.99),
                    measured[Decision].Count
                );
            }
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    private static IHost NodeOf(
        ChainConnection chain,
        MarketAddresses market,
        Chain.Signing.PrivateKey key,
        string directory,
        PipelineMetrics metrics
    )
    {
        var journal = new JournalOptions { ConnectionString = SqliteJournal.ConnectionString(directory) };
        SqliteJournal.Prepare(journal);
        var guard = new JournalFaultReporter(journal, directory, new FaultSignal(), TimeProvider.System);
        var trader = new TraderSetup(
            key.Address,
            key,
            31337,
            market,
            new ArbitrageRules(),
            new FeePolicy(),
            DryRun: false,
            MaxBlockAge: null,
            guard,
            metrics.Arbitrage,
            TimeProvider.System
        );
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Logging.ClearProviders();
        builder.Services.AddAkka(
            "tao20",
            akka => akka.WithTao20Basics().WithJournal(journal).WithTrader(trader, chain, new FreeRules(trader.Fees))
        );
        return builder.Build();
    }

    private static MeterListener Listen(Dictionary<string, List<double>> measured)
    {
        var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (measured.ContainsKey(instrument.Name))
                self.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<double>(
            (instrument, value, _, _) =>
            {
                lock (measured)
                    measured[instrument.Name].Add(value);
            }
        );
        listener.Start();
        return listener;
    }

    private static double At(List<double> values, double part) =>
        values.Count == 0 ? 0 : Math.Round(values.Order().ElementAt(Math.Min(values.Count - 1, (int)(values.Count * part))), 3);
}
