using System.Diagnostics;
using Akka.Actor;
using Akka.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Tao20.Actors.Configuration;
using Tao20.Actors.Consensus;
using Tao20.Actors.Faults;
using Tao20.Actors.Hosting;
using Tao20.Actors.Journal;
using Tao20.Actors.Metrics;
using Tao20.Actors.Miners;
using Tao20.Chain.Abi;
using Tao20.Chain.Signing;
using Tao20.Domain.Coordination;
using Tao20.Domain.Epochs;
using Tao20.Domain.Ingestion;
using Tao20.Domain.Parameters;
using Tao20.Domain.Registry;
using Tao20.Domain.Settlement;
using Tao20.Domain.Trades;
using Tao20.Domain.Units;
using Tao20.Domain.Volume;
using Tao20.Domain.Weights;
using Address = Tao20.Domain.Units.Address;

namespace Tao20.Benchmarks.Pipeline;

/// <summary>
/// One line of <c>epoch</c>; times in milliseconds, the middle of the runs. <c>CoordinatorMilliseconds</c> is the same work through the
/// coordinator's actor and its SQLite journal, from the order to settle to the settled round.
/// </summary>
internal sealed record EpochResult(
    int Validators,
    int Miners,
    double SettleMilliseconds,
    double WeightsMilliseconds,
    double RoundMilliseconds,
    double TotalMilliseconds,
    double CoordinatorMilliseconds
);

/// <summary>
/// The close of an epoch, from the miners' volumes to the settled round: scores, ranking root, rewards, weights, and every validator's
/// commitment and statement taken into the book, statements and weights held against their hashes.
/// </summary>
internal static class EpochRun
{
    // As many as the runtime needs until the code is compiled in its last form.
    private const int Warmup = 10;
    private const int Runs = 5;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly ParametersVersion Parameters = new(1, new EpochId(0), DomainParameters.Default);

    public static async Task<EpochResult> RunAsync(int validators, int miners)
    {
        var keys = Enumerable.Range(1, validators).Select(i => Address.Parse($"0x{i:x40}")).ToList();
        var volumes = Enumerable.Range(0, miners).Select(Volume).ToList();
        var uids = volumes.Select((volume, i) => (volume.Miner, Uid: (ushort)i)).ToDictionary(pair => pair.Miner, pair => pair.Uid);
        var results = Enumerable.Range(0, Warmup + Runs).Select(_ => Once(keys, volumes, uids)).Skip(Warmup).ToList();
        var through = new List<double>();
        for (var i = 0; i < Warmup + Runs; i++)
            through.Add(await CoordinatorAsync(keys, volumes, uids));
        return new EpochResult(
            validators,
            miners,
            Middle(results, r => r.Settle),
            Middle(results, r => r.Weights),
            Middle(results, r => r.Round),
            Middle(results, r => r.Settle + r.Weights + r.Round),
            Math.Round(through.Skip(Warmup).Order().ElementAt(Runs / 2), 1)
        );
    }

    /// <summary>The same through the coordinator's actor and a fresh journal; miners that answer at once stand for the real ones.</summary>
    private static async Task<double> CoordinatorAsync(List<Address> keys, List<EpochVolume> volumes, Dictionary<Address, ushort> uids)
    {
        var directory = Directory.CreateTempSubdirectory("tao20-epoch-").FullName;
        var journal = new JournalOptions { ConnectionString = SqliteJournal.ConnectionString(directory) };
        SqliteJournal.Prepare(journal);
        var faults = new FaultSignal();
        var settings = new FollowerSettings(
            new ChainIdentity(964, Hash256.Zero, keys[0], 0, keys[0]),
            DomainParameters.Default,
            new JournalFaultReporter(journal, directory, faults, TimeProvider.System),
            faults,
            new PipelineMetrics(),
            TimeProvider.System
        );
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Logging.ClearProviders();
        builder.Services.AddAkka(
            "tao20",
            akka =>
                akka.WithTao20Basics()
                    .WithJournal(journal)
                    .WithActors(
                        (system, registered) => registered.Register<MinersKey>(system.ActorOf(Props.Create(() => new Answering(volumes))))
                    )
                    .WithConsensus(settings)
        );
        using var host = builder.Build();
        await host.StartAsync();
        var coordinator = host.Services.GetRequiredService<ActorRegistry>().Get<ConsensusKey>();

        var closed = Closed;
        var report = EpochReport.Settle(closed, volumes, Parameters, null, Keccak.Hash);
        var weights = SubnetWeights.Of(report.Rewards.Payouts, uids).Weights;
        List<BookItem> items = [new BookItem.EpochEnd(closed), .. Items(Round(keys, Said(closed, report, weights)), 1_001)];
        await coordinator.Ask<FactsFolded>(new FoldFacts(1, [.. Items(Beginning(keys), 1)], 900, 1_700_000_000, null), Patience);
        var started = Stopwatch.GetTimestamp();
        var folded = coordinator.Ask<FactsFolded>(new FoldFacts(2, items, 1_001, closed.Timestamp + 700, null), Patience);
        await coordinator.Ask<EpochAcknowledged>(
            new SettleEpoch(new EpochToSettle(closed, [.. volumes.Select(volume => volume.Miner)]), Parameters, Nothing, 0),
            Patience
        );
        await folded;
        var settled = await coordinator.Ask<SettledEpochs>(GetSettledEpochs.Instance, Patience);
        var elapsed = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
        if (settled.Book!.Rounds is not [{ SettledHash: not null }])
            throw new InvalidOperationException("The round is not settled.");
        await host.StopAsync();
        Directory.Delete(directory, recursive: true);
        return elapsed;
    }

    private static Dictionary<Address, MinerHead> Nothing => [];

    private static ClosedEpoch Closed =>
        new(new EpochId(0), new EpochId(1), new Position(1_000, 0), 1_700_003_600) { LastBlockHash = Keccak.Hash([1]) };

    private static Stated Said(ClosedEpoch closed, EpochReport report, IReadOnlyList<SubnetWeight> weights) =>
        new(
            new Statement(
                closed.Epoch,
                closed.LastBlock,
                closed.LastBlockHash,
                TaoPerToken.From(Wei.OneTao.Value),
                Wei.OneTao,
                report.RankingRoot,
                Eip712.WeightsHash(weights),
                DomainParameters.HashOf(DomainParameters.Default.Text(), Keccak.Hash)
            ),
            weights
        );

    private static IEnumerable<RegistryFact> Beginning(List<Address> keys)
    {
        var rules = new RegistryRules(Wei.OneTao, 3, 600, 600, 108_000, 129_600, 48, Wei.OneTao, default);
        return
        [
            new RegistryFact.ParametersScheduled(1, 1, new EpochId(0), DomainParameters.Default.Text()),
            new RegistryFact.Created(1, rules),
            .. keys.Select(
                (key, i) =>
                    new RegistryFact.Bonded(1, key, RegistryAccount.None with { Bond = Wei.From((2_000 + (ulong)i) * Wei.OneTao.Value) })
            ),
        ];
    }

    /// <summary>A round in which everybody commits to the same and states it.</summary>
    private static List<RegistryFact> Round(List<Address> keys, Stated said)
    {
        var (time, hash) = (Closed.Timestamp, Commitments.StatementHash(said.Statement));
        return
        [
            new RegistryFact.RoundOpened(time + 1, 1, said.Statement.Epoch, time, 1),
            .. keys.Select((key, i) => new RegistryFact.Committed(time + 1, 1, key, Keccak.Hash(BitConverter.GetBytes(i)))),
            .. keys.Select(key => new RegistryFact.Attested(time + 601, 1, key, hash, 1, said)),
            new RegistryFact.Settled(time + 601, 1, hash),
        ];
    }

    private static IEnumerable<BookItem> Items(IEnumerable<RegistryFact> facts, ulong block) =>
        facts.Select((fact, i) => new BookItem.Fact(new RegistryLog(new Position(block, (uint)i), fact)));

    private static (double Settle, double Weights, double Round) Once(
        List<Address> keys,
        List<EpochVolume> volumes,
        Dictionary<Address, ushort> uids
    )
    {
        var closed = Closed;
        var book = Beginning(keys).Aggregate(RegistryBook.Initial, (book, fact) => book.After(fact));
        var started = Stopwatch.GetTimestamp();
        var report = EpochReport.Settle(closed, volumes, Parameters, null, Keccak.Hash);
        var settle = Lap(ref started);
        var weights = SubnetWeights.Of(report.Rewards.Payouts, uids).Weights;
        var said = Said(closed, report, weights);
        var weighed = Lap(ref started);
        var facts = Round(keys, said);
        started = Stopwatch.GetTimestamp();
        book = book.After(new RegistryFact.EpochClosed(closed.Timestamp, closed.Epoch, report.Rewards.ValidatorPool));
        foreach (var fact in facts)
        {
            if (
                fact is RegistryFact.Attested { Stated: var stated, Hash: var hash }
                && (
                    Commitments.StatementHash(stated.Statement) != hash
                    || Eip712.WeightsHash(stated.Weights) != stated.Statement.WeightsHash
                )
            )
                throw new InvalidOperationException("A statement is not of its hash.");
            book = book.After(fact);
        }

        if (book.Rounds[0].SettledHash is null)
            throw new InvalidOperationException("The round is not settled.");
        return (settle, weighed, Lap(ref started));
    }

    private static EpochVolume Volume(int miner)
    {
        var volume = MinerVolume.Initial(SyntheticTrades.Miner(miner));
        var trades = Enumerable
            .Range(0, 4)
            .Select(i => new Trade(
                new Position((ulong)(i + 1), (uint)miner),
                new EpochId(0),
                Hash256.Zero,
                SyntheticTrades.Miner(miner),
                TradeSide.Mint,
                Wei.OneTao,
                Wei.From(Wei.OneTao.Value * (ulong)(1 + miner % 97)),
                TaoPerToken.From(1),
                1_700_000_000UL + (ulong)i * 600
            ))
            .ToArray();
        var folded = (
            (FoldDecision.Fold)volume.Decide(new FoldTrades(volume.Miner, EligibilityRules.Default, trades, null), Keccak.Hash)
        ).Event;
        return volume.Evolve(folded).Of(new EpochId(0));
    }

    private static double Lap(ref long started)
    {
        var elapsed = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
        started = Stopwatch.GetTimestamp();
        return elapsed;
    }

    private static double Middle(
        List<(double Settle, double Weights, double Round)> results,
        Func<(double Settle, double Weights, double Round), double> value
    ) => Math.Round(results.Select(value).Order().ElementAt(results.Count / 2), 1);

    private sealed class Answering : ReceiveActor
    {
        public Answering(List<EpochVolume> volumes)
        {
            var byMiner = volumes.ToDictionary(volume => volume.Miner);
            Receive<GetEpochVolume>(query => Sender.Tell(byMiner[query.Miner]));
        }
    }
}
