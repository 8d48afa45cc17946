using Tao20.Actors.Journal;
using Tao20.Chain;
using Tao20.Node.Configuration;

namespace Tao20.Node.Hosting;

/// <summary>
/// A node that its cluster has taken out, because the others could not reach it or it was paused, starts again by itself and joins them. It
/// has nothing in memory that the others have not decided on meanwhile: everything is read again.
/// </summary>
internal static class RejoiningNode
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);

    /// <summary>Runs a node until it is stopped, or cannot go on for another reason.</summary>
    /// <param name="settings">What it is told.</param>
    /// <param name="started">Called each time it has started.</param>
    /// <param name="run">Runs it once.</param>
    /// <param name="log">Where it is said that it starts again.</param>
    /// <param name="cancel">Stops it.</param>
    public static async Task RunAsync(
        NodeSettings settings,
        Func<NodeHost, Task> started,
        Func<NodeSettings, Func<NodeHost, Task>, Task> run,
        ILogger log,
        CancellationToken cancel
    )
    {
        var (pause, wasIn) = (FirstPause, false);
        while (!cancel.IsCancellationRequested)
        {
            string reason;
            try
            {
                await run(settings, StartedAsync);
                return;
            }
            catch (NodeException e) when (e.JoinsAgain)
            {
                (reason, pause, wasIn) = (e.Message, FirstPause, true);
            }
            catch (Exception e) when (wasIn && Passes(e))
            {
                reason = e.Message;
            }

            log.LogError("{Reason} It starts again in {Seconds:0} s, and joins the others", reason, pause.TotalSeconds);
            await Task.Delay(pause, cancel).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            pause = 2 * pause < LongestPause ? 2 * pause : LongestPause;
        }

        Task StartedAsync(NodeHost host)
        {
            // Who asks it goes on asking there.
            settings = settings with
            {
                HttpPort = host.Http.Port,
            };
            return started(host);
        }
    }

    /// <summary>
    /// Whether what kept it from joining again may be over soon: the others still have what it had, a database fails over, or it was cut
    /// off once more before it was let in.
    /// </summary>
    private static bool Passes(Exception e) =>
        e is ChainException or NodeException { IsTakenOut: true }
        || e is NodeException { InnerException: JournalException { Problem: var problem } }
            && (problem == JournalProblem.AnotherWriter || !JournalProblems.EndsNode(problem))
        || e is NodeException { ExitCode: ExitCodes.AnotherWriter };
}
