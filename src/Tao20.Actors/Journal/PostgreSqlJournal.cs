using System.Net.Sockets;
using Npgsql;

namespace Tao20.Actors.Journal;

/// <summary>The PostgreSQL database of a validator with several nodes.</summary>
public static class PostgreSqlJournal
{
    /// <summary>What a node calls itself at the database, so that another can tell that it is there.</summary>
    public const string ApplicationName = "tao20";

    /// <summary>The same connection, by its name and with at least one open as long as the node runs.</summary>
    public static string Named(string connectionString) =>
        new NpgsqlConnectionStringBuilder(connectionString) { ApplicationName = ApplicationName, MinPoolSize = 1 }.ToString();

    /// <summary>Does something with a journal's database; what that says of it is a problem of the journal.</summary>
    /// <exception cref="JournalException">It cannot be done.</exception>
    internal static async Task<T> GuardedAsync<T>(Func<Task<T>> action)
    {
        try
        {
            return await action().ConfigureAwait(false);
        }
        catch (Exception e) when (e is NpgsqlException or SocketException or TimeoutException)
        {
            throw new JournalException(JournalProblems.Of(e), JournalProblems.Innermost(e), e);
        }
    }
}
