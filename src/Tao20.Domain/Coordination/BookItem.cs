using Tao20.Domain.Epochs;
using Tao20.Domain.Registry;
using Tao20.Domain.Trades;

namespace Tao20.Domain.Coordination;

/// <summary>Something for the book, in chain order: what the registry says, or the place where an epoch ended.</summary>
public abstract record BookItem
{
    private BookItem() { }

    /// <summary>Where it stands in the chain.</summary>
    public abstract Position At { get; }

    /// <summary>A log of the registry.</summary>
    public sealed record Fact(RegistryLog Log) : BookItem
    {
        /// <inheritdoc/>
        public override Position At => Log.At;
    }

    /// <summary>The end of an epoch; what it gives its validators is known once it is settled.</summary>
    public sealed record EpochEnd(ClosedEpoch Closed) : BookItem
    {
        /// <inheritdoc/>
        public override Position At => Closed.ClosedAt;
    }
}
