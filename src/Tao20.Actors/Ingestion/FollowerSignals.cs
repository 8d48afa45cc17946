using Akka.Event;
using Tao20.Chain;
using Tao20.Chain.Following;
using Tao20.Chain.JsonRpc;
using Tao20.Domain.Ingestion;
using Tao20.Domain.Parameters;
using Tao20.Domain.Registry;
using Tao20.Domain.Units;

namespace Tao20.Actors.Ingestion;

// What the follower tells itself: outcomes of what it has asked the chain, and times that have come.

/// <summary>What the chain says before anything is read.</summary>
/// <param name="OnChain">What it has at the height of the cursor.</param>
/// <param name="First">The parameters that the registry was created with; null where none is followed, or they are known.</param>
internal sealed record CursorChecked(BlockHeader? OnChain, RegistryFact.ParametersScheduled? First)
{
    /// <summary>Asks the chain for the last folded block, and for what trades are counted by where nothing is folded yet.</summary>
    public static async Task<CursorChecked> AskAsync(
        ChainConnection chain,
        ChainIdentity identity,
        CursorState state,
        CancellationToken cancel
    )
    {
        BlockHeader? header = null;
        if (state.Last is { } folded)
            await chain.Pool.SendAsync([EthCalls.Header(folded.Number, found => header = found)], cancel).ConfigureAwait(false);
        if (identity.Registry is not { } registry || state.Schedule is not null)
            return new CursorChecked(header, null);
        if (chain.Head.Finalized is null)
            await chain.Head.RefreshAsync(cancel).ConfigureAwait(false);
        var final = chain.Head.Finalized?.Number ?? 0;
        var first = await RegistryLogs.FirstParametersAsync(chain.Pool, registry, identity.FromBlock, final, cancel).ConfigureAwait(false);
        return new CursorChecked(header, first ?? throw new RegistryNotFinalException(registry, identity.FromBlock, final));
    }

    /// <summary>What trades are counted by from the first on. Rules that are not known here are no reason not to count.</summary>
    /// <param name="wanted">What they are counted by where no registry says it.</param>
    /// <param name="log">Where it is said that the rules are not known.</param>
    public DomainParameters ParametersOr(DomainParameters wanted, ILoggingAdapter log)
    {
        if (First is not { } first)
            return wanted;
        if (DomainParameters.TryParse(first.Text, out var problem) is { } parameters)
            return parameters;
        log.Error("The registry's first parameters are not known here ({Problem}): trades are counted by the defaults", problem);
        return DomainParameters.Default;
    }
}

/// <summary>A range has been read; without one, all that was wanted has been.</summary>
internal sealed record RangeRead(RangeReadSession By, TradeRange? Range);

/// <summary>Something could not be read; without a session, it was none of its ranges.</summary>
internal sealed record ReadingFailed(RangeReadSession? By, Exception Cause);

/// <summary>What is not acknowledged is to be sent again.</summary>
internal sealed record Resend;

/// <summary>The pause after a failure is over.</summary>
internal sealed record ReadAgain;
