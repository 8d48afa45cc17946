using Microsoft.Extensions.Logging.Abstractions;
using Tao20.Actors.Audit;
using Tao20.Chain;
using Tao20.Chain.Following;
using Tao20.Domain.Audit;
using Tao20.Domain.Ingestion;
using Tao20.Domain.Parameters;
using Tao20.Domain.Units;

namespace Tao20.Node.Audit;

/// <summary>What the chain has said, from the chain itself or from a journal: what every result can be recomputed from.</summary>
internal abstract class AuditHistory : IAsyncDisposable
{
    /// <summary>Where it is from, in words.</summary>
    public abstract string Where { get; }

    /// <summary>Which chain and contracts it is of, once it has begun.</summary>
    public ChainIdentity Identity { get; protected set; } = new(0, default, default, 0);

    /// <summary>The registry whose book is kept; null where none is.</summary>
    public Address? Registry => Identity.Registry;

    /// <summary>The parameters of each epoch, as far as the registry does not say them later.</summary>
    public ParameterSchedule Schedule { get; protected set; } = ParameterSchedule.Of(DomainParameters.Default);

    /// <summary>Reads up to which block there is something, and what is wanted first.</summary>
    /// <exception cref="NodeException">There is nothing.</exception>
    public abstract Task BeginAsync(CancellationToken cancel);

    /// <summary>Feeds replays, all of which want the same, up to the block that they want.</summary>
    /// <exception cref="NodeException">That block has not come yet, or what is needed is no longer there.</exception>
    public abstract Task FeedAsync(IReadOnlyList<HistoryReplay> replays, CancellationToken cancel);

    /// <summary>
    /// Reads what the chain's state was at an epoch's last block: NAV, supply and UIDs, of which a history has nothing.
    /// </summary>
    /// <param name="epoch">The epoch.</param>
    /// <param name="netuid">The subnet whose UIDs weights are of.</param>
    /// <param name="cancel">Cancels the operation.</param>
    /// <exception cref="EndpointsDisagreeException">Two endpoints say different things.</exception>
    public abstract Task<EpochInputs> ReadInputsAsync(FoldedEpoch epoch, ushort netuid, CancellationToken cancel);

    /// <inheritdoc/>
    public abstract ValueTask DisposeAsync();

    /// <summary>The error of a block that has not come yet.</summary>
    protected NodeException TooLate(ulong wanted, ulong? last) =>
        new(
            ExitCodes.Failed,
            $"Block {wanted} has not come yet: {Where} is known up to "
                + $"{last?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "no block"}. "
                + "Give --block with an earlier one."
        );
}

/// <summary>The logs of the chain, fetched afresh.</summary>
/// <param name="options">The chain.</param>
internal sealed class ChainHistory(ChainOptions options) : AuditHistory
{
    private readonly ChainConnection _chain = ChainConnection.Http(options, NullLogger.Instance);
    private ulong _final;
    private IReadOnlyList<string> _notVerified = [];

    /// <inheritdoc/>
    public override string Where => $"the chain of {_chain.Pool.All[0].Name}";

    /// <inheritdoc/>
    public override async Task BeginAsync(CancellationToken cancel)
    {
        Identity = await _chain.ProbeAsync(cancel);
        await _chain.Head.RefreshAsync(cancel);
        _final = _chain.Head.Finalized?.Number ?? throw new NodeException(ExitCodes.Failed, "The chain has no final block yet.");
        if (Registry is not { } registry)
            return;
        var first =
            await RegistryLogs.FirstParametersAsync(_chain.Pool, registry, options.FromBlock, _final, cancel)
            ?? throw new RegistryNotFinalException(registry, options.FromBlock, _final);
        Schedule = ParameterSchedule.Of(
            DomainParameters.TryParse(first.Text, out var problem)
                ?? throw new NodeException(
                    ExitCodes.Failed,
                    $"Version {first.Version} of the parameters is not known here: {problem}. Audit with a version that knows its rules."
                )
        );
    }

    /// <inheritdoc/>
    public override async Task FeedAsync(IReadOnlyList<HistoryReplay> replays, CancellationToken cancel)
    {
        var until = replays[0].Until;
        if (until > _final)
            throw TooLate(until.Value, _final);
        var history = new WholeHistory(_chain);
        await history.RequireAsync(
            until ?? _final,
            range =>
            {
                foreach (var replay in replays)
                    replay.Fold(range);
            },
            cancel
        );
        _notVerified = await history.CompareCountsAsync(until ?? _final, cancel);
    }

    /// <inheritdoc/>
    public override async Task<EpochInputs> ReadInputsAsync(FoldedEpoch epoch, ushort netuid, CancellationToken cancel)
    {
        try
        {
            return new EpochInputs(await epoch.ReadInputsAsync(_chain, netuid, cancel), _notVerified);
        }
        catch (EndpointException e)
        {
            return new EpochInputs(
                null,
                [
                    $"NAV, supply and weights: the state of block {epoch.Report.Closed.LastBlock} cannot be read "
                        + $"({e.Message.TrimEnd('.')}); give an endpoint that keeps old state",
                    .. _notVerified,
                ]
            );
        }
    }

    /// <inheritdoc/>
    public override ValueTask DisposeAsync() => _chain.DisposeAsync();
}

/// <summary>What a journal has kept.</summary>
/// <param name="journal">The journal.</param>
internal sealed class KeptHistory(OpenedJournal journal) : AuditHistory
{
    /// <inheritdoc/>
    public override string Where => $"the journal {journal.Where}";

    /// <inheritdoc/>
    public override async Task BeginAsync(CancellationToken cancel)
    {
        try
        {
            var beginning = await journal.ToldAsync(() => JournalHistory.BeginningAsync(journal.System, journal.Options, cancel));
            if (beginning is not (var identity, var schedule))
                throw new NodeException(ExitCodes.DataDirectory, $"The journal {journal.Where} has nothing of a chain yet.");
            (Identity, Schedule) = (identity, schedule);
        }
        catch (EntriesDeletedException e)
        {
            throw new NodeException(
                ExitCodes.Failed,
                $"The journal {journal.Where} does not have all: {e.Message}. Give --rpc and --contract in its place, or keep all in "
                    + "future "
                    + "(Journal:KeepEverything).",
                e
            );
        }
    }

    /// <inheritdoc/>
    public override async Task FeedAsync(IReadOnlyList<HistoryReplay> replays, CancellationToken cancel)
    {
        await journal.ToldAsync(async () =>
        {
            await JournalHistory.FeedAsync(journal.System, replays, cancel);
            return true;
        });
        if (replays[0] is { Until: { } until, IsComplete: false, LastBlock: var last })
            throw TooLate(until, last?.Number);
    }

    /// <inheritdoc/>
    public override Task<EpochInputs> ReadInputsAsync(FoldedEpoch epoch, ushort netuid, CancellationToken cancel) =>
        Task.FromResult(
            new EpochInputs(null, ["NAV, supply and weights: a journal does not have the chain's state; give --rpc in its place"])
        );

    /// <inheritdoc/>
    public override ValueTask DisposeAsync() => journal.DisposeAsync();
}
