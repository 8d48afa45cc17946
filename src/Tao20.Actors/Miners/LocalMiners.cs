using Akka.Actor;
using Akka.Cluster.Sharding;
using Akka.Event;
using Microsoft.Data.Sqlite;
using Tao20.Actors.Journal;
using Address = Tao20.Domain.Units.Address;

namespace Tao20.Actors.Miners;

/// <summary>The miners of a single node: one child per miner, the same messages and the same passivation as the shard region.</summary>
/// <remarks>
/// Nobody else writes this journal, so what it held at the start and who has been here since is all there can be: a miner of neither has
/// nothing to recover, and the journal is not asked.
/// </remarks>
public sealed class LocalMiners(JournalFaultReporter journal) : UntypedActor
{
    private readonly Dictionary<IActorRef, List<(object Message, IActorRef Sender)>> _stopping = [];
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private HashSet<string>? _known;

    /// <summary>How to make one.</summary>
    public static Props Props(JournalFaultReporter journal) => Akka.Actor.Props.Create(() => new LocalMiners(journal));

    /// <inheritdoc/>
    protected override void PreStart()
    {
        try
        {
            if (journal.Options.Kind == JournalKind.Sqlite)
                _known = [.. SqliteJournal.PersistenceIds(journal.Options)];
        }
        catch (SqliteException e)
        {
            // Then every miner is recovered, and what is wrong with the journal shows there.
            _log.Warning("Whose entries the journal holds cannot be read: {Reason}", e.Message);
        }
    }

    /// <inheritdoc/>
    protected override void PostRestart(Exception reason)
    {
        // What is in the journal is not read again: an entry may still be on its way there. So every miner is recovered.
    }

    /// <inheritdoc/>
    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case IMinerMessage forMiner:
                Forward(forMiner);
                break;
            case Passivate passivate:
                _stopping.TryAdd(Sender, []);
                Sender.Tell(passivate.StopMessage);
                break;
            case Terminated terminated:
                if (_stopping.Remove(terminated.ActorRef, out var waiting))
                    waiting.ForEach(delayed => Self.Tell(delayed.Message, delayed.Sender));
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private void Forward(IMinerMessage message)
    {
        var name = message.Miner.ToString();
        var child = Context.Child(name);
        if (_stopping.TryGetValue(child, out var waiting))
            waiting.Add((message, Sender));
        else
            (child.IsNobody() ? Start(message.Miner, name) : child).Forward(message);
    }

    private IActorRef Start(Address miner, string name)
    {
        // Only the first time: after a failure the same props make it again, and then it has a past.
        var isNew = _known?.Add(MinerActor.PersistenceIdOf(miner)) == true ? 1 : 0;
        return Context.Watch(Context.ActorOf(MinerActor.Props(miner, journal, () => Interlocked.Exchange(ref isNew, 0) == 1), name));
    }
}
