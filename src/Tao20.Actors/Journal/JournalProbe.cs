using Npgsql;

namespace Tao20.Actors.Journal;

/// <summary>Tries a node's database, whether its actors want something of it or not.</summary>
internal abstract class JournalProbe : IAsyncDisposable
{
    /// <summary>No answer in this time is one, too.</summary>
    public static readonly TimeSpan AnswersWithin = TimeSpan.FromSeconds(3);

    /// <summary>The probe of a journal.</summary>
    public static JournalProbe Of(JournalOptions options) =>
        options.Kind == JournalKind.Sqlite ? new SqliteProbe(options) : new PostgreSqlProbe(options);

    /// <summary>Tries it, and tells the health.</summary>
    public abstract Task TryAsync(JournalHealth health, CancellationToken cancel);

    /// <inheritdoc/>
    public abstract ValueTask DisposeAsync();

    /// <summary>What an attempt says of the database.</summary>
    protected static async Task TellAsync(JournalHealth health, Func<CancellationToken, Task> attempt, CancellationToken cancel)
    {
        using var inTime = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        inTime.CancelAfter(AnswersWithin);
        try
        {
            await attempt(inTime.Token).ConfigureAwait(false);
            health.NoteProbe(null, "");
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            health.NoteProbe(JournalProblem.TimedOut, $"no answer in {AnswersWithin.TotalSeconds:0} s");
        }
        catch (JournalException e)
        {
            health.NoteProbe(e.Problem, e.Message);
        }
        catch (Exception e) when (e is System.Data.Common.DbException or TimeoutException or System.Net.Sockets.SocketException)
        {
            health.NoteProbe(JournalProblems.Of(e), JournalProblems.Innermost(e));
        }
    }
}

/// <summary>Asks a PostgreSQL database whether it takes writes, on a connection of its own.</summary>
internal sealed class PostgreSqlProbe(JournalOptions options) : JournalProbe
{
    private readonly string _connectionString = new NpgsqlConnectionStringBuilder(options.ConnectionString)
    {
        MinPoolSize = 0,
        MaxPoolSize = 2,
        Timeout = (int)AnswersWithin.TotalSeconds,
        CommandTimeout = (int)AnswersWithin.TotalSeconds,
        CancellationTimeout = 500,
    }.ToString();

    /// <inheritdoc/>
    public override Task TryAsync(JournalHealth health, CancellationToken cancel) =>
        TellAsync(
            health,
            async inTime =>
            {
                await using var connection = new NpgsqlConnection(_connectionString);
                await connection.OpenAsync(inTime).ConfigureAwait(false);
                await using var command = new NpgsqlCommand("SHOW transaction_read_only", connection);
                if (await command.ExecuteScalarAsync(inTime).ConfigureAwait(false) is not "on")
                    return;

                // Connections that were made before a failover lead to the former primary still.
                NpgsqlConnection.ClearAllPools();
                throw new JournalException(JournalProblem.ReadOnly, "the server is a standby, or takes no writes by its settings");
            },
            cancel
        );

    /// <inheritdoc/>
    public override ValueTask DisposeAsync()
    {
        using var connection = new NpgsqlConnection(_connectionString);
        NpgsqlConnection.ClearPool(connection);
        return ValueTask.CompletedTask;
    }
}
