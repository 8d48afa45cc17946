using System.Runtime.InteropServices;
using Tao20.Node.Configuration;

namespace Tao20.Node.Hosting;

/// <summary>What SIGHUP does: the settings are read again, and what can be changed while the node runs is. It ends nothing.</summary>
internal static class HangUp
{
    /// <summary>Watches for it.</summary>
    /// <param name="reread">Reads the settings again.</param>
    /// <param name="running">What the node was started with.</param>
    /// <param name="levels">From which level on it logs.</param>
    /// <param name="log">Where it is said.</param>
    public static PosixSignalRegistration Watch(Func<NodeSettings> reread, NodeSettings running, LogLevels levels, ILogger log) =>
        PosixSignalRegistration.Create(
            PosixSignal.SIGHUP,
            signal =>
            {
                signal.Cancel = true;
                try
                {
                    var settings = reread();
                    levels.Level = settings.LogLevel;
                    log.LogWarning(
                        "The settings were read again: what is logged begins with {Level}{Endpoints}",
                        settings.LogLevel,
                        settings.Chain.Endpoints.SequenceEqual(running.Chain.Endpoints)
                            ? ""
                            : "; the endpoints, which have changed, are taken with the next start, as all else is"
                    );
                }
                catch (NodeException e)
                {
                    log.LogError("The settings were read again, and are not right; the node goes on as it was: {Problem}", e.Message);
                }
            }
        );
}
