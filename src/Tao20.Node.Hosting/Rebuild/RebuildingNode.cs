using Tao20.Chain;
using Tao20.Node.Configuration;
using Tao20.Node.Hosting;

namespace Tao20.Node.Rebuild;

/// <summary>
/// A node until it is stopped. With <c>Chain:RebuildOnDivergence</c>, one that finds trades missing rebuilds its journal by itself: it goes
/// on answering, and sending what it has to, while the new journal is folded beside its own, and starts again with that one.
/// </summary>
internal static class RebuildingNode
{
    /// <summary>After a rebuild, whatever came of it, the next waits for so long, and twice as long each time.</summary>
    private static readonly TimeSpan FirstPause = TimeSpan.FromMinutes(10);

    private static readonly TimeSpan LongestPause = TimeSpan.FromHours(6);

    /// <summary>Runs a node.</summary>
    /// <param name="settings">What it is told.</param>
    /// <param name="started">Called each time it has started.</param>
    /// <param name="cancel">Stops it.</param>
    /// <param name="reread">Reads its settings again: what of them can be changed while it runs is, when it is told to (SIGHUP).</param>
    /// <exception cref="NodeException">It cannot go on.</exception>
    /// <exception cref="ChainException">The chain cannot be reached at its start.</exception>
    public static Task RunAsync(NodeSettings settings, Func<NodeHost, Task> started, CancellationToken cancel, Func<NodeSettings> reread) =>
        LastWords.KeptInAsync(settings.DataDirectory, () => RunUntilStoppedAsync(settings, started, cancel, reread));

    private static async Task RunUntilStoppedAsync(
        NodeSettings settings,
        Func<NodeHost, Task> started,
        CancellationToken cancel,
        Func<NodeSettings> reread
    )
    {
        var levels = new LogLevels(settings.LogLevel);
        using var logging = LoggerFactory.Create(builder => NodeLogging.Configure(builder, levels, settings.LogFormat));
        var changeable = new ChangeableSettings(reread, settings, levels, logging.CreateLogger("Tao20.Settings"));
        using var hangUp = HangUp.Watch(changeable);
        await RejoiningNode.RunAsync(
            settings,
            started,
            (again, onStart) => RunUntilStoppedAsync(again, onStart, changeable, logging, cancel),
            logging.CreateLogger("Tao20.Cluster"),
            cancel
        );
    }

    private static async Task RunUntilStoppedAsync(
        NodeSettings settings,
        Func<NodeHost, Task> started,
        ChangeableSettings changeable,
        ILoggerFactory logging,
        CancellationToken cancel
    )
    {
        var log = logging.CreateLogger("Tao20.Rebuild");
        var pause = TimeSpan.Zero;
        while (true)
        {
            var rebuild = new JournalRebuild(settings, logging);
            await using (var host = await NodeHost.StartAsync(settings, cancel, changeable: changeable))
            {
                await started(host);
                using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
                var running = host.RunAsync(stop.Token);
                var rebuilding = settings.Chain.RebuildOnDivergence ? FoldAsync(rebuild, host, log, pause, stop.Token) : null;
                var ended = rebuilding is null || await Task.WhenAny(running, rebuilding) == running;
                if (ended && rebuilding is null)
                {
                    await running;
                    return;
                }

                await stop.CancelAsync();
                await rebuilding!.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                await running;
                if (ended)
                    return;
                await rebuilding;
                settings = settings with { HttpPort = host.Http.Port };
            }

            pause = Longer(pause);
            await TakePlaceAsync(rebuild, settings, log, cancel);
        }
    }

    /// <summary>Waits until trades are missing, and folds until the new journal is level; what goes wrong is tried again.</summary>
    private static async Task FoldAsync(JournalRebuild rebuild, NodeHost host, ILogger log, TimeSpan pause, CancellationToken cancel)
    {
        await host.Incomplete.WaitAsync(cancel);
        while (true)
        {
            await Task.Delay(pause, cancel);
            try
            {
                log.LogWarning("Trades or events are missing: the journal is rebuilt from the chain, beside the one in use");
                var rebuilt = await rebuild.FoldAsync(cancel);
                log.LogWarning("The journal is rebuilt: {Differences}", rebuilt.Differences);
                return;
            }
            catch (Exception e) when (e is NodeException or ChainException)
            {
                pause = Longer(pause);
                log.LogError("The journal could not be rebuilt: {Reason} Trying again in {Minutes:0} min", e.Message, pause.TotalMinutes);
            }
        }
    }

    private static async Task TakePlaceAsync(JournalRebuild rebuild, NodeSettings settings, ILogger log, CancellationToken cancel)
    {
        using var directory = DataDirectory.Take(settings.DataDirectory);
        try
        {
            log.LogWarning(
                "The rebuilt journal has taken the place of the former one, which is {Kept}",
                await rebuild.TakePlaceAsync(cancel)
            );
        }
        catch (NodeException e)
        {
            log.LogError("The rebuilt journal could not take the place of the one in use: {Reason}", e.Message);
        }
    }

    private static TimeSpan Longer(TimeSpan pause) =>
        pause == TimeSpan.Zero ? FirstPause
        : 2 * pause < LongestPause ? 2 * pause
        : LongestPause;
}
