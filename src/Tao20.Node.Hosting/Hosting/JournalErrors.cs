using Tao20.Actors.Faults;
using Tao20.Actors.Journal;
using Tao20.Node.Configuration;

namespace Tao20.Node.Hosting;

/// <summary>What a person is told of a journal that cannot be used.</summary>
internal static class JournalErrors
{
    /// <summary>Where the journal of a node with these settings is.</summary>
    public static string Where(NodeSettings settings) =>
        settings.Journal.Kind == JournalKind.Sqlite ? settings.DataDirectory : settings.Journal.Database;

    /// <summary>What says what is wrong with the journal of a node with these settings.</summary>
    public static JournalFaultReporter GuardOf(NodeSettings settings, FaultSignal faults, JournalVersion? writtenBy = null) =>
        new(settings.Journal, Where(settings), faults, TimeProvider.System, settings.Market is not null) { WrittenBy = writtenBy };

    /// <summary>Does something with a journal.</summary>
    /// <param name="guard">Says what is wrong with it.</param>
    /// <param name="action">What is done.</param>
    /// <exception cref="NodeException">The journal cannot be used.</exception>
    public static async Task<T> ToldAsync<T>(JournalFaultReporter guard, Func<Task<T>> action)
    {
        try
        {
            return await action();
        }
        catch (JournalException e)
        {
            throw Of(guard.Fault(e.Problem, e.Message, isTriedAgain: false), e);
        }
    }

    /// <inheritdoc cref="ToldAsync{T}"/>
    public static Task ToldAsync(JournalFaultReporter guard, Func<Task> action) =>
        ToldAsync(
            guard,
            async () =>
            {
                await action();
                return true;
            }
        );

    /// <summary>The error of a fault that ends a node.</summary>
    public static NodeException Of(NodeFault fault, Exception? cause = null) =>
        new(
            fault.Kind switch
            {
                FaultKind.ForeignJournal => ExitCodes.DataDirectory,
                FaultKind.DiskFull => ExitCodes.DiskFull,
                FaultKind.JournalCorrupt or FaultKind.JournalUnwritable or FaultKind.JournalUnavailable => ExitCodes.Journal,
                FaultKind.JournalNewer => ExitCodes.NewerJournal,
                FaultKind.WrongCluster => ExitCodes.Usage,
                FaultKind.AnotherWriter => ExitCodes.AnotherWriter,
                FaultKind.OutOfMemory => ExitCodes.OutOfMemory,
                _ => ExitCodes.Failed,
            },
            fault.Message,
            cause
        );
}
