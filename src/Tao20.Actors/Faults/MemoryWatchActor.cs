using Akka.Actor;
using Akka.Event;

namespace Tao20.Actors.Faults;

/// <summary>Hears of everything that actors log as an error: one for want of memory ends the node, whoever had it.</summary>
public sealed class MemoryWatchActor : ReceiveActor
{
    /// <summary>The watch of an actor system.</summary>
    /// <param name="faults">Where faults that end the node are told.</param>
    /// <param name="clock">The clock.</param>
    public MemoryWatchActor(FaultSignal faults, TimeProvider clock) =>
        Receive<LogEvent>(entry => OutOfMemory.IsBehind(entry.Cause), _ => faults.Raise(OutOfMemory.Fault(clock)));

    /// <inheritdoc/>
    protected override void PreStart()
    {
        Context.System.EventStream.Subscribe<Error>(Self);
        Context.System.EventStream.Subscribe<Warning>(Self);
    }

    /// <inheritdoc/>
    protected override void Unhandled(object message)
    {
        // Any other entry of the log.
    }
}
