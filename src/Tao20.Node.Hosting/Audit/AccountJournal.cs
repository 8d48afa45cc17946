using Akka.Actor;
using Akka.Hosting;
using Akka.Persistence.Query;
using Akka.Persistence.Sql.Query;
using Akka.Streams;
using Akka.Streams.Dsl;
using Microsoft.Data.Sqlite;
using Tao20.Actors.Arbitrage;
using Tao20.Actors.Consensus;
using Tao20.Actors.Hosting;
using Tao20.Actors.Journal;
using Tao20.Domain.Arbitrage;
using Tao20.Domain.Coordination;
using Tao20.Domain.Settlement;
using Tao20.Domain.Units;

namespace Tao20.Node.Audit;

/// <summary>What a miner's journal holds for a report.</summary>
/// <param name="Accounts">All events of the accounts that have traded, in order, by account.</param>
/// <param name="Epochs">All epochs it has settled: the same computation, over the same logs, as a validator's.</param>
internal sealed record MinerJournal(
    IReadOnlyDictionary<string, IReadOnlyList<ArbitrageEvent>> Accounts,
    IReadOnlyDictionary<EpochId, EpochReport> Epochs
);

/// <summary>Reads the books of a miner out of its journal, while it runs or afterwards, and changes nothing in it.</summary>
internal static class AccountJournal
{
    /// <summary>All that the journal of a data directory holds for a report.</summary>
    /// <exception cref="NodeException">There is no journal, or it cannot be read.</exception>
    public static async Task<MinerJournal> ReadAsync(string dataDirectory, CancellationToken cancel)
    {
        var file = Path.Combine(dataDirectory, SqliteJournal.FileName);
        if (!File.Exists(file))
            throw new NodeException(ExitCodes.DataDirectory, $"There is no journal in {dataDirectory}: give the --data-dir of a miner.");
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Logging.ClearProviders();
        builder.Services.AddAkka(
            "tao20-report",
            akka =>
                akka.WithTao20Basics()
                    .WithJournal(new JournalOptions { ConnectionString = SqliteJournal.ConnectionString(dataDirectory) })
                    .WithJournalQueries()
        );
        using var host = builder.Build();
        await host.StartAsync(cancel);
        try
        {
            var system = host.Services.GetRequiredService<ActorSystem>();
            var journal = PersistenceQuery.Get(system).ReadJournalFor<SqlReadJournal>(SqlReadJournal.Identifier);
            var ids = await journal
                .CurrentPersistenceIds()
                .Where(id => id.StartsWith(ArbitrageKey.StreamPrefix, StringComparison.Ordinal))
                .RunWith(Sink.Seq<string>(), system.Materializer());
            var accounts = new SortedDictionary<string, IReadOnlyList<ArbitrageEvent>>(StringComparer.Ordinal);
            foreach (var id in ids)
                accounts[id[ArbitrageKey.StreamPrefix.Length..]] =
                [
                    .. (await EventsAsync(id)).OfType<AccountMoved>().SelectMany(moved => moved.Events),
                ];
            var settled = (await EventsAsync(ConsensusKey.Name)).OfType<CoordinatorEvent.EpochSettled>().Select(epoch => epoch.Report);
            return new MinerJournal(accounts, settled.ToDictionary(report => report.Closed.Epoch));

            async Task<IEnumerable<object>> EventsAsync(string id) =>
                (
                    await journal
                        .CurrentEventsByPersistenceId(id, 0, long.MaxValue)
                        .RunWith(Sink.Seq<EventEnvelope>(), system.Materializer())
                ).Select(entry => entry.Event);
        }
        catch (Exception e) when (e is SqliteException or AggregateException { InnerException: SqliteException })
        {
            throw new NodeException(ExitCodes.Journal, $"The journal in {dataDirectory} cannot be read: {JournalProblems.Innermost(e)}", e);
        }
        finally
        {
            await host.StopAsync(CancellationToken.None);
        }
    }
}
