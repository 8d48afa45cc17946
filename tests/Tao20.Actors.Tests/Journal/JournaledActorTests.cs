using Akka.Actor;
using Akka.Configuration;
using Akka.Persistence;
using Akka.Persistence.Journal;
using Akka.Persistence.Snapshot;
using Akka.TestKit.Xunit2;
using Tao20.Actors.Faults;
using Tao20.Actors.Journal;

namespace Tao20.Actors.Tests.Journal;

/// <summary>What a persistent actor does when its journal or its snapshots fail.</summary>
public sealed class JournaledActorTests() : TestKit(Config)
{
    private const int Every = 10;

    private static readonly Config Config = ConfigurationFactory.ParseString(
        $$"""
        akka.loglevel = OFF
        akka.persistence.journal.plugin = "rejecting"
        akka.persistence.snapshot-store.plugin = "flaky"
        rejecting { class = "{{typeof(RejectingJournal).AssemblyQualifiedName}}" }
        flaky { class = "{{typeof(FlakySnapshots).AssemblyQualifiedName}}" }
        """
    );

    [Fact]
    public void A_write_that_the_journal_rejects_stops_the_actor()
    {
        var counter = Watch(Counter("rejected"));
        counter.Tell(Add.One);
        ExpectMsg(1);

        // All that comes after would be decided on what is not in the journal.
        counter.Tell(Add.Rejected);
        counter.Tell(Add.One);
        ExpectTerminated(counter);
        ExpectNoMsg(TimeSpan.Zero);
        Counter("rejected").Tell(Add.One);
        ExpectMsg(2);
    }

    [Fact]
    public async Task Nothing_is_deleted_that_is_not_in_a_snapshot_known_to_be_stored()
    {
        var id = $"forgetful-{Guid.NewGuid():N}";
        var counter = Watch(Counter(id));
        FlakySnapshots.Refuse(id, 2 * Every);
        var deleted = FlakySnapshots.DeletedAsync(id);
        AddMany(counter, 3 * Every, from: 1);
        await deleted.WaitAsync(TimeSpan.FromSeconds(20));
        Sys.Stop(counter);
        ExpectTerminated(counter);

        // The latest cannot be read: the one before is there, and every event since.
        FlakySnapshots.Lose(id, 3 * Every);
        Counter(id).Tell(Add.One);
        ExpectMsg(3 * Every + 1);
    }

    private IActorRef Counter(string id)
    {
        var options = new JournalOptions { ConnectionString = "none", SnapshotEvery = Every };
        var guard = new JournalFaultReporter(options, "memory", new FaultSignal(), TimeProvider.System);
        return Sys.ActorOf(Props.Create(() => new CounterActor(guard, id)));
    }

    private void AddMany(IActorRef counter, int count, int from)
    {
        for (var i = 0; i < count; i++)
        {
            counter.Tell(Add.One);
            ExpectMsg(from + i);
        }
    }

    private enum Add
    {
        One,
        Rejected,
    }

    private sealed class CounterActor(JournalFaultReporter guard, string id) : JournaledActor(guard)
    {
        private int _count;

        public override string PersistenceId => id;

        protected override bool Handle(object message)
        {
            if (message is not Add)
                return false;
            var asks = Sender;
            PersistEvent(message, () => asks.Tell(_count));
            return true;
        }

        protected override void Evolve(object e) => _count = e is int count ? count : _count + 1;

        protected override object Snapshot() => _count;
    }

    /// <summary>A journal in memory that rejects some events, as one whose serializer fails does.</summary>
    private sealed class RejectingJournal : MemoryJournal
    {
        protected override async Task<System.Collections.Immutable.IImmutableList<Exception?>> WriteMessagesAsync(
            IEnumerable<AtomicWrite> messages,
            CancellationToken cancel
        )
        {
            var writes = messages.ToList();
            var events = writes.SelectMany(write => (IEnumerable<IPersistentRepresentation>)write.Payload);
            if (events.Any(e => e.Payload.Equals(JournaledActorTests.Add.Rejected)))
                return [.. writes.Select(_ => new InvalidOperationException("cannot be serialized"))];
            return await base.WriteMessagesAsync(writes, cancel);
        }
    }

    /// <summary>Snapshots in memory, of which some are not saved and some are lost.</summary>
    private sealed class FlakySnapshots : SnapshotStore
    {
        private static readonly Lock Access = new();
        private static readonly Dictionary<(string Id, long Number), SelectedSnapshot> Kept = [];
        private static readonly Dictionary<string, TaskCompletionSource> Deletions = [];

        private static readonly HashSet<(string Id, long Number)> Refused = [];

        public static void Refuse(string id, long number)
        {
            lock (Access)
                Refused.Add((id, number));
        }

        public static Task DeletedAsync(string id)
        {
            lock (Access)
                return (Deletions[id] = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        }

        public static void Lose(string id, long number)
        {
            lock (Access)
                Assert.True(Kept.Remove((id, number)));
        }

        protected override Task<SelectedSnapshot?> LoadAsync(string id, SnapshotSelectionCriteria criteria, CancellationToken cancel)
        {
            lock (Access)
                return Task.FromResult(
                    Kept.Where(kept => kept.Key.Id == id && kept.Key.Number <= criteria.MaxSequenceNr)
                        .OrderByDescending(kept => kept.Key.Number)
                        .Select(kept => kept.Value)
                        .FirstOrDefault()
                );
        }

        protected override Task SaveAsync(SnapshotMetadata metadata, object snapshot, CancellationToken cancel)
        {
            lock (Access)
            {
                if (Refused.Contains((metadata.PersistenceId, metadata.SequenceNr)))
                    throw new InvalidOperationException("the store is full");
                Kept[(metadata.PersistenceId, metadata.SequenceNr)] = new SelectedSnapshot(metadata, snapshot);
            }

            return Task.CompletedTask;
        }

        protected override Task DeleteAsync(SnapshotMetadata metadata, CancellationToken cancel) => Task.CompletedTask;

        protected override Task DeleteAsync(string id, SnapshotSelectionCriteria criteria, CancellationToken cancel)
        {
            lock (Access)
            {
                foreach (var key in Kept.Keys.Where(key => key.Id == id && key.Number <= criteria.MaxSequenceNr).ToList())
                    Kept.Remove(key);
                if (Deletions.TryGetValue(id, out var signal))
                    signal.TrySetResult();
            }

            return Task.CompletedTask;
        }
    }
}
