using Tao20.Node.Configuration;

namespace Tao20.Node.Hosting;

/// <summary>What of a running node's settings can be changed while it runs: it is read again when somebody wants that.</summary>
/// <param name="reread">Reads the settings again.</param>
/// <param name="running">What the node was started with.</param>
/// <param name="levels">From which level on it logs.</param>
/// <param name="log">Where it is said.</param>
internal sealed class ChangeableSettings(Func<NodeSettings> reread, NodeSettings running, LogLevels levels, ILogger log)
{
    /// <summary>From which level on it logs.</summary>
    public LogLevels Levels => levels;

    /// <summary>Reads them again and takes what can be changed; the node goes on as it was where they are not right.</summary>
    /// <returns>What came of it, in a sentence.</returns>
    public string Refresh()
    {
        try
        {
            var settings = reread();
            levels.Level = settings.LogLevel;
            var endpoints = settings.Chain.Endpoints.SequenceEqual(running.Chain.Endpoints)
                ? ""
                : "; the endpoints, which have changed, are taken with the next start, as all else is";
            log.LogWarning("The settings were read again: what is logged begins with {Level}{Endpoints}", settings.LogLevel, endpoints);
            return $"The settings were read again: what is logged begins with {settings.LogLevel}{endpoints}.";
        }
        catch (NodeException e)
        {
            log.LogError("The settings were read again, and are not right; the node goes on as it was: {Problem}", e.Message);
            return $"The settings were read again, and are not right; the node goes on as it was: {e.Message}";
        }
    }
}
