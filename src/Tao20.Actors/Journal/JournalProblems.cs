using System.Data.Common;
using System.Net.Sockets;
using System.Runtime.Serialization;
using Akka.Persistence;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace Tao20.Actors.Journal;

/// <summary>Tells from a database's exception what kind of problem it is.</summary>
public static class JournalProblems
{
    // SQLite primary result codes (sqlite.org/rescode.html).
    private const int Busy = 5;
    private const int TableLocked = 6;
    private const int ReadOnly = 8;
    private const int IoError = 10;
    private const int Corrupt = 11;
    private const int Full = 13;
    private const int CannotOpen = 14;
    private const int NotADatabase = 26;

    /// <summary>The kind of problem behind an exception.</summary>
    public static JournalProblem Of(Exception cause) =>
        Chain(cause).Select(One).FirstOrDefault(problem => problem != JournalProblem.Passing);

    /// <summary>The words of the exception at the bottom.</summary>
    public static string Innermost(Exception cause) => Chain(cause).Last().Message;

    /// <summary>Does something with a journal's database; what that says of it is a problem of the journal.</summary>
    /// <exception cref="JournalException">It cannot be done.</exception>
    internal static async Task<T> GuardedAsync<T>(Func<Task<T>> action)
    {
        try
        {
            return await action().ConfigureAwait(false);
        }
        catch (Exception e) when (e is DbException or SocketException or TimeoutException)
        {
            throw new JournalException(Of(e), Innermost(e), e);
        }
    }

    /// <summary>Whether the node ends with it; what does not end it is tried again.</summary>
    public static bool EndsNode(JournalProblem problem) =>
        problem
            is JournalProblem.DiskFull
                or JournalProblem.Corrupt
                or JournalProblem.Unwritable
                or JournalProblem.Newer
                or JournalProblem.AnotherWriter;

    /// <summary>What is wrong, in words that go on after the journal's name.</summary>
    public static string Words(JournalProblem problem) =>
        problem switch
        {
            JournalProblem.DiskFull => "is full",
            JournalProblem.Corrupt => "is corrupt",
            JournalProblem.Unwritable => "cannot be written",
            JournalProblem.Refused => "refuses connections",
            JournalProblem.Authentication => "does not let this node in",
            JournalProblem.Limit => "has reached a limit",
            JournalProblem.TimedOut => "does not answer in time",
            JournalProblem.ReadOnly => "is read-only",
            JournalProblem.Locked => "is locked by another process",
            JournalProblem.Newer => "was written by a newer version",
            JournalProblem.Replaced => "was removed or replaced",
            JournalProblem.AnotherWriter => "is written by another process",
            _ => "does not answer",
        };

    /// <summary>What to look at for a problem that passes.</summary>
    public static string Remedy(JournalProblem problem) =>
        problem switch
        {
            JournalProblem.Refused => "see that the database runs and can be reached",
            JournalProblem.Authentication => "see that user and password are still right",
            JournalProblem.Limit => "see how much the database lets in (max_connections), and what else uses it",
            JournalProblem.TimedOut => "see what keeps the database, its disk or its statement_timeout",
            JournalProblem.ReadOnly => "see that Journal:ConnectionString leads to the primary",
            JournalProblem.Locked => "see what else uses the journal, and end it",
            _ => "see that it is there and lets this node in",
        };

    private static JournalProblem One(Exception e) =>
        e switch
        {
            JournalException journal => journal.Problem,
            // Also Akka's own, of a serializer that is not known.
            SerializationException => JournalProblem.Newer,
            SqliteException { SqliteErrorCode: Full } => JournalProblem.DiskFull,
            SqliteException { SqliteErrorCode: Corrupt or NotADatabase } => JournalProblem.Corrupt,
            SqliteException { SqliteErrorCode: IoError or ReadOnly or CannotOpen } => JournalProblem.Unwritable,
            SqliteException { SqliteErrorCode: Busy or TableLocked } => JournalProblem.Locked,
            PostgresException postgres => One(postgres),
            NpgsqlException { InnerException: null or IOException } => JournalProblem.Refused,
            SocketException { SocketErrorCode: SocketError.TimedOut } => JournalProblem.TimedOut,
            SocketException => JournalProblem.Refused,
            TimeoutException or RecoveryTimedOutException => JournalProblem.TimedOut,
            Google.Protobuf.InvalidProtocolBufferException or InvalidDataException => JournalProblem.Corrupt,
            _ => JournalProblem.Passing,
        };

    private static JournalProblem One(PostgresException e) =>
        e.SqlState switch
        {
            WriterTable.Refused => JournalProblem.AnotherWriter,
            PostgresErrorCodes.DiskFull => JournalProblem.DiskFull,
            PostgresErrorCodes.DataCorrupted or PostgresErrorCodes.IndexCorrupted => JournalProblem.Corrupt,
            PostgresErrorCodes.InsufficientPrivilege => JournalProblem.Unwritable,
            PostgresErrorCodes.ReadOnlySqlTransaction => JournalProblem.ReadOnly,
            PostgresErrorCodes.InvalidPassword
            or PostgresErrorCodes.InvalidAuthorizationSpecification
            or PostgresErrorCodes.InvalidCatalogName => JournalProblem.Authentication,
            PostgresErrorCodes.TooManyConnections or PostgresErrorCodes.ConfigurationLimitExceeded or PostgresErrorCodes.OutOfMemory =>
                JournalProblem.Limit,
            PostgresErrorCodes.QueryCanceled => JournalProblem.TimedOut,
            PostgresErrorCodes.LockNotAvailable or PostgresErrorCodes.DeadlockDetected => JournalProblem.Locked,
            PostgresErrorCodes.AdminShutdown
            or PostgresErrorCodes.CrashShutdown
            or PostgresErrorCodes.CannotConnectNow
            or PostgresErrorCodes.ConnectionException
            or PostgresErrorCodes.ConnectionDoesNotExist
            or PostgresErrorCodes.ConnectionFailure => JournalProblem.Refused,
            _ => JournalProblem.Passing,
        };

    private static IEnumerable<Exception> Chain(Exception cause)
    {
        for (var e = cause; e is not null; e = e is AggregateException { InnerExceptions: [var only, ..] } ? only : e.InnerException)
            yield return e;
    }
}
