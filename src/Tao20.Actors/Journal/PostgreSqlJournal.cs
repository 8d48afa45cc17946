using System.Net.Sockets;
using Npgsql;

namespace Tao20.Actors.Journal;

/// <summary>The PostgreSQL database of a validator with several nodes: asked before anything needs it.</summary>
public static class PostgreSqlJournal
{
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
