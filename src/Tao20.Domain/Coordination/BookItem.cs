using Tao20.Domain.Consensus;
using Tao20.Domain.Epochs;
using Tao20.Domain.Parameters;
using Tao20.Domain.Trades;

namespace Tao20.Domain.Coordination;

/// <summary>Something for the book, in chain order: what the registry says, or the place where an epoch ended.</summary>
public abstract record BookItem
{
    private BookItem() { }

    /// <summary>Where it stands in the chain.</summary>
    public abstract Position At { get; }

    /// <summary>A log of the registry.</summary>
    public sealed record Fact(ChainFact Said) : BookItem
    {
        /// <inheritdoc/>
        public override Position At => Said.At!.Value;
    }

    /// <summary>The end of an epoch; its round begins once it is settled.</summary>
    public sealed record EpochEnd(ClosedEpoch Closed, ParametersVersion Parameters) : BookItem
    {
        /// <inheritdoc/>
        public override Position At => Closed.ClosedAt;
    }
}
