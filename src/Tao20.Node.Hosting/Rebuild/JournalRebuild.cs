using Akka.Actor;
using Akka.Hosting;
using Tao20.Actors.Configuration;
using Tao20.Actors.Faults;
using Tao20.Actors.Hosting;
using Tao20.Actors.Ingestion;
using Tao20.Actors.Journal;
using Tao20.Actors.Metrics;
using Tao20.Actors.Miners;
using Tao20.Actors.Rebuild;
using Tao20.Chain;
using Tao20.Chain.Following;
using Tao20.Domain.Ingestion;
using Tao20.Domain.Parameters;
using Tao20.Domain.Volume;
using Tao20.Node.Configuration;
using Tao20.Node.Hosting;

namespace Tao20.Node.Rebuild;

/// <summary>
/// Folds the chain anew into a fresh journal beside the one in use, with the parameters that each epoch had, and reads every header on the
/// way. Where trades are missing again, it begins once more and reads those blocks from the receipts of all endpoints. Once it is level
/// with the chain and equal to what the contract has counted, it can take the other's place.
/// </summary>
internal sealed class JournalRebuild
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan SayEvery = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly NodeSettings _settings;
    private readonly JournalReplacement _replacement;
    private readonly ILoggerFactory _logging;
    private readonly ILogger _log;

    /// <summary>A rebuild of the journal of a node with these settings.</summary>
    public JournalRebuild(NodeSettings settings, ILoggerFactory logging)
    {
        (_settings, _logging) = (settings, logging);
        _log = logging.CreateLogger("Tao20.Rebuild");
        _replacement = JournalReplacement.Of(settings.Journal, settings.DataDirectory, TimeProvider.System);
    }

    /// <summary>Folds the chain into the new journal until it is level with the chain.</summary>
    /// <returns>What it has come to.</returns>
    /// <exception cref="NodeException">
    /// A journal cannot be used, is of another chain, or no endpoint gives what the contract has counted.
    /// </exception>
    /// <exception cref="ChainException">The chain cannot be reached.</exception>
    public async Task<RebuiltJournal> FoldAsync(CancellationToken cancel)
    {
        if (_settings.Journal.Kind == JournalKind.Sqlite && !File.Exists(Path.Combine(_settings.DataDirectory, SqliteJournal.FileName)))
            throw Nothing;
        var former = await ReadAsync(_settings.Journal, Where, cancel);
        if (former.Cursor is not { Identity: { } journal, Schedule: { } schedule })
            throw Nothing;
        await using var chain = ChainConnection.Http(
            _settings.Chain with
            {
                VerifyEveryHeader = true,
            },
            _logging.CreateLogger("Tao20.Chain")
        );
        var identity = await chain.ProbeAsync(cancel);
        if (identity != journal)
            throw new NodeException(
                ExitCodes.DataDirectory,
                new JournalFaultReporter(_settings.Journal, Where, new FaultSignal(), TimeProvider.System).Foreign(journal, identity)
            );
        await RequireSameAsync(identity, schedule, cancel);
        var doubted = new List<HistoryGap>();
        while (await FoldOnceAsync(chain, identity, schedule, cancel) is { } gap)
        {
            if (doubted.Any(known => known.Covers(gap.FirstBlock) && known.Covers(gap.LastBlock)))
            {
                await DiscardAsync(cancel);
                throw new NodeException(
                    ExitCodes.Failed,
                    $"{new HistoryMissingException(gap).Message} The receipts of these blocks do not have them at any endpoint either; the "
                        + "journal in use is as it was."
                );
            }

            _log.LogWarning("{Gap}: the rebuild begins again and reads these blocks from the receipts of all endpoints", gap);
            doubted.Add(gap);
            chain.Reader.Doubted = [.. doubted];
            await DiscardAsync(cancel);
        }

        var rebuilt = await ReadAsync(_replacement.Options, _replacement.Where, cancel);
        return new RebuiltJournal(former, rebuilt);
    }

    /// <summary>Takes the place of the journal in use, which no node may use meanwhile.</summary>
    /// <returns>Where the former one is kept.</returns>
    /// <exception cref="NodeException">It cannot; the one in use is as it was.</exception>
    public Task<string> TakePlaceAsync(CancellationToken cancel) =>
        JournalErrors.ToldAsync(Guard(new FaultSignal()), () => _replacement.TakePlaceAsync(cancel));

    private NodeException Nothing =>
        new(
            ExitCodes.DataDirectory,
            $"The journal in {Where} is empty: there is nothing to rebuild. Give --data-dir of a node, or start it."
        );

    private string Where => JournalErrors.Where(_settings);

    private JournalFaultReporter Guard(FaultSignal faults) => new(_replacement.Options, _replacement.Where, faults, TimeProvider.System);

    private Task PrepareAsync(CancellationToken cancel) =>
        JournalErrors.ToldAsync(Guard(new FaultSignal()), () => _replacement.PrepareAsync(cancel));

    private Task DiscardAsync(CancellationToken cancel) =>
        JournalErrors.ToldAsync(Guard(new FaultSignal()), () => _replacement.DiscardAsync(cancel));

    /// <summary>What an interrupted rebuild has left is gone on with when it was one of the same chain with the same parameters.</summary>
    private async Task RequireSameAsync(ChainIdentity identity, ParameterSchedule schedule, CancellationToken cancel)
    {
        await PrepareAsync(cancel);
        var left = (await ReadAsync(_replacement.Options, _replacement.Where, cancel)).Cursor;
        if (left.Identity is null || (left.Identity == identity && left.Schedule?.Versions.SequenceEqual(schedule.Versions) == true))
            return;
        _log.LogWarning(
            "What an earlier rebuild has left in {Where} is of another chain or other parameters, and is removed",
            _replacement.Where
        );
        await DiscardAsync(cancel);
    }

    /// <summary>Folds until all is folded, null, or until trades are found to be missing.</summary>
    private async Task<HistoryGap?> FoldOnceAsync(
        ChainConnection chain,
        ChainIdentity identity,
        ParameterSchedule schedule,
        CancellationToken cancel
    )
    {
        await PrepareAsync(cancel);
        var faults = new FaultSignal();
        using var metrics = new PipelineMetrics($"{PipelineMetrics.MeterName}.Rebuild");
        var follower = new FollowerSettings(
            identity,
            schedule.Latest.Parameters,
            Guard(faults),
            faults,
            metrics,
            TimeProvider.System,
            Earlier: schedule
        );
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddSingleton(_logging);
        builder.Services.AddAkka("tao20-rebuild", akka => akka.WithTao20Node(follower, chain, new NodeWork.Counting()));
        using var host = builder.Build();
        await host.StartAsync(cancel);
        try
        {
            return await FoldedAsync(host, chain, faults, cancel);
        }
        catch (AskTimeoutException e)
        {
            throw new NodeException(ExitCodes.Failed, $"The rebuild stands still: {e.Message} Run it again; it goes on where it was.", e);
        }
        finally
        {
            await host.StopAsync(CancellationToken.None);
        }
    }

    private async Task<HistoryGap?> FoldedAsync(IHost host, ChainConnection chain, FaultSignal faults, CancellationToken cancel)
    {
        var follower = await host.Services.GetRequiredService<IRequiredActor<ChainFollowerKey>>().GetAsync(cancel);
        var check = new TotalsCheck(await host.Services.GetRequiredService<IRequiredActor<MinersKey>>().GetAsync(cancel), chain.Counts);
        using var look = new PeriodicTimer(LookEvery);
        var said = TimeProvider.System.GetTimestamp();
        while (true)
        {
            if (faults.Ended.IsCompleted)
                throw JournalErrors.Of(await faults.Ended);
            if (faults.Incomplete.IsCompleted && (await faults.Incomplete).Gap is { } missing)
                return missing;
            var status = await follower.Ask<FollowerStatus>(GetFollowerStatus.Brief, Patience, cancel);
            if (status.Fault is { Passing: false, Gap: null } fault)
                throw new NodeException(ExitCodes.Failed, $"The rebuild came to nothing, the journal in use is as it was: {fault.Message}");
            if (status is { State.Last: { } last, Finalized: not null, LagBlocks: 0 })
                return await check.FindAsync(status.State, last.Number, cancel);
            if (TimeProvider.System.GetElapsedTime(said) > SayEvery)
            {
                said = TimeProvider.System.GetTimestamp();
                Say(status);
            }

            await look.WaitForNextTickAsync(cancel);
        }
    }

    private void Say(FollowerStatus status) =>
        _log.LogInformation(
            "Rebuilding: folded up to block {Block} of {Final}, {Trades} trades{Trouble}",
            status.State.Last?.Number ?? 0,
            status.Finalized?.Number,
            status.State.Trades,
            status.Fault is { } fault ? $"; {fault.Message}" : ""
        );

    private async Task<StoredFold> ReadAsync(JournalOptions journal, string where, CancellationToken cancel)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddSingleton(_logging);
        builder.Services.AddAkka("tao20-stored", akka => akka.WithTao20Basics().WithJournal(journal));
        using var host = builder.Build();
        await host.StartAsync(cancel);
        try
        {
            return await StoredFold.ReadAsync(host.Services.GetRequiredService<ActorSystem>(), cancel);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            throw new NodeException(ExitCodes.Journal, $"The journal in {where} cannot be read: {JournalProblems.Innermost(e)}.", e);
        }
        finally
        {
            await host.StopAsync(CancellationToken.None);
        }
    }
}

/// <summary>A journal that has been folded anew.</summary>
/// <param name="Former">What the one in use has come to.</param>
/// <param name="Rebuilt">What the new one has come to.</param>
internal sealed record RebuiltJournal(StoredFold Former, StoredFold Rebuilt)
{
    private const int MostNamed = 10;

    /// <summary>What is different now, in a sentence.</summary>
    public string Differences
    {
        get
        {
            var (former, rebuilt) = (Former.Cursor, Rebuilt.Cursor);
            var epochs = Rebuilt.DifferencesFrom(Former);
            var more = epochs.Count > MostNamed ? $" and {epochs.Count - MostNamed} more" : "";
            return $"{rebuilt.Trades} trades up to block {rebuilt.Last?.Number}, before {former.Trades} up to block {former.Last?.Number}; "
                + (
                    epochs.Count == 0
                        ? "all epochs that were settled have the same ranking root"
                        : $"another ranking root have epochs {string.Join(", ", epochs.Take(MostNamed))}{more}"
                );
        }
    }
}
