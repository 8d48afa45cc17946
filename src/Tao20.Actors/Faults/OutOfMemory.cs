namespace Tao20.Actors.Faults;

/// <summary>There is no memory left: nothing that comes after is to be relied on, so the node ends, and says so.</summary>
public static class OutOfMemory
{
    /// <summary>What a person is told.</summary>
    public const string Words =
        "There is no memory left. Nothing was lost: give the process more (its container's limit, or DOTNET_GCHeapHardLimit), or have it "
        + "read less at once (Chain:MaxRangeBlocks, Chain:Parallelism), and start it again.";

    /// <summary>Whether that is behind an exception.</summary>
    public static bool IsBehind(Exception? cause) =>
        cause switch
        {
            null => false,
            OutOfMemoryException => true,
            AggregateException { InnerExceptions: var inner } => inner.Any(IsBehind),
            _ => IsBehind(cause.InnerException),
        };

    /// <summary>The fault.</summary>
    public static NodeFault Fault(TimeProvider clock) => new(FaultKind.OutOfMemory, Words, clock.GetUtcNow());
}
