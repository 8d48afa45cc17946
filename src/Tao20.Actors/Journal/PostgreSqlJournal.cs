using System.Net.Sockets;
using Npgsql;

namespace Tao20.Actors.Journal;

/// <summary>The PostgreSQL database of a validator with several nodes: asked before anything needs it.</summary>
public static class PostgreSqlJournal
{
    /// <summary>What a node calls itself at the database, so that another can tell that it is there.</summary>
    public const string ApplicationName = "tao20";

    /// <summary>The same connection, by its name and with at least one open as long as the node runs.</summary>
    public static string Named(string connectionString) =>
        new NpgsqlConnectionStringBuilder(connectionString) { ApplicationName = ApplicationName, MinPoolSize = 1 }.ToString();

    /// <summary>Whether it answers and lets this user in.</summary>
    /// <exception cref="JournalException">It does not.</exception>
    public static async Task PrepareAsync(JournalOptions options, CancellationToken cancel)
    {
        try
        {
            await using var connection = new NpgsqlConnection(options.ConnectionString);
            await connection.OpenAsync(cancel).ConfigureAwait(false);
        }
        catch (Exception e) when (e is NpgsqlException or SocketException or TimeoutException)
        {
            throw new JournalException(JournalProblems.Of(e), JournalProblems.Innermost(e), e);
        }
    }
}
