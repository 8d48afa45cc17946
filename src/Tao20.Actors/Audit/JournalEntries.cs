using Akka.Actor;
using Akka.Persistence.Query;
using Akka.Persistence.Sql.Query;
using Akka.Streams;
using Akka.Streams.Dsl;

namespace Tao20.Actors.Audit;

/// <summary>The entries of a journal, read as a stream: a page of them is in memory at a time.</summary>
public static class JournalEntries
{
    /// <summary>The first entries of one stream, in their order.</summary>
    /// <param name="system">A system with the journal and its queries.</param>
    /// <param name="stream">The persistence id.</param>
    /// <param name="cancel">Cancels the operation.</param>
    /// <param name="most">How many are read at most.</param>
    public static async Task<IReadOnlyList<EventEnvelope>> OfAsync(
        ActorSystem system,
        string stream,
        CancellationToken cancel,
        long most = long.MaxValue
    ) =>
        await Queries(system)
            .CurrentEventsByPersistenceId(stream, 0, long.MaxValue)
            .Take(most)
            .RunWith(Sink.Seq<EventEnvelope>(), system.Materializer())
            .WaitAsync(cancel)
            .ConfigureAwait(false);

    /// <summary>All entries of all streams, in the order in which they were written; read while those before are taken.</summary>
    /// <param name="system">A system with the journal and its queries.</param>
    /// <param name="take">Takes one; false for no more.</param>
    /// <param name="cancel">Cancels the operation.</param>
    internal static async Task EachAsync(ActorSystem system, Func<EventEnvelope, bool> take, CancellationToken cancel)
    {
        var (stop, read) = Queries(system)
            .CurrentAllEvents(Offset.NoOffset())
            .ViaMaterialized(KillSwitches.Single<EventEnvelope>(), Keep.Right)
            .Async()
            .TakeWhile(entry => take(entry))
            .ToMaterialized(Sink.Ignore<EventEnvelope>(), Keep.Both)
            .Run(system.Materializer());
        await using var registration = cancel.Register(stop.Shutdown).ConfigureAwait(false);
        await read.ConfigureAwait(false);
        cancel.ThrowIfCancellationRequested();
    }

    private static SqlReadJournal Queries(ActorSystem system) =>
        PersistenceQuery.Get(system).ReadJournalFor<SqlReadJournal>(SqlReadJournal.Identifier);
}
