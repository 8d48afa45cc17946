using Akka.Actor;
using Akka.Cluster.Sharding;
using Tao20.Actors.Hosting;
using Address = Tao20.Domain.Units.Address;

namespace Tao20.Actors.Miners;

/// <summary>The miners of a single node: one child per miner, the same messages and the same passivation as the shard region.</summary>
public sealed class LocalMiners(JournalGuard journal) : UntypedActor
{
    private readonly Dictionary<IActorRef, List<(object Message, IActorRef Sender)>> _stopping = [];

    /// <summary>How to make one.</summary>
    public static Props Props(JournalGuard journal) => Akka.Actor.Props.Create(() => new LocalMiners(journal));

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

    private IActorRef Start(Address miner, string name) => Context.Watch(Context.ActorOf(MinerActor.Props(miner, journal), name));
}
