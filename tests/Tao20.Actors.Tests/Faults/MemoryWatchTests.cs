using Akka.Actor;
using Akka.TestKit.Xunit2;
using Tao20.Actors.Faults;

namespace Tao20.Actors.Tests.Faults;

/// <summary>Whoever has no memory left: the node ends, and not that actor alone.</summary>
public sealed class MemoryWatchTests() : TestKit("akka.loglevel = WARNING, akka.loggers = [\"Akka.Event.DefaultLogger\"]")
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task The_end_of_memory_in_any_actor_ends_the_node_and_no_other_failure_does()
    {
        var faults = new FaultSignal();
        var watch = Sys.ActorOf(Props.Create(() => new MemoryWatchActor(faults, TimeProvider.System)));
        await watch.Ask<ActorIdentity>(new Identify(1), Limit);
        var failing = Sys.ActorOf(Props.Create(() => new Failing()));
        failing.Tell(new InvalidOperationException("anything else"));
        failing.Tell(new AggregateException(new TimeoutException()));

        // The same actor answers after that: the node was not ended by these.
        await failing.Ask<ActorIdentity>(new Identify(2), Limit);
        Assert.False(faults.Ended.IsCompleted);
        failing.Tell(new InvalidOperationException("a batch", new OutOfMemoryException()));
        Assert.Equal(FaultKind.OutOfMemory, (await faults.Ended.WaitAsync(Limit)).Kind);
    }

    private sealed class Failing : ReceiveActor
    {
        public Failing() => Receive<Exception>(failure => throw failure);
    }
}
