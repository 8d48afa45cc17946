using Akka.Event;

namespace Tao20.Actors.Hosting;

/// <summary>
/// What Akka logs with while its loggers are not there: before they start and, whatever <c>stdout-loglevel</c> says, after they have ended.
/// Nothing: standard output belongs to what a command prints, and a node that stops has no news.
/// </summary>
public sealed class NoStandardOutput : MinimalLogger
{
    /// <inheritdoc/>
    protected override void Log(object message) { }
}
