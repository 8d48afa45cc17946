using Microsoft.Data.Sqlite;
using Npgsql;

namespace Tao20.Actors.Journal;

/// <summary>Tells from a database's exception what kind of problem it is.</summary>
public static class JournalProblems
{
    // SQLite primary result codes (sqlite.org/rescode.html).
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

    private static JournalProblem One(Exception e) =>
        e switch
        {
            SqliteException { SqliteErrorCode: Full } => JournalProblem.DiskFull,
            SqliteException { SqliteErrorCode: Corrupt or NotADatabase } => JournalProblem.Corrupt,
            SqliteException { SqliteErrorCode: IoError or ReadOnly or CannotOpen } => JournalProblem.Unwritable,
            PostgresException { SqlState: PostgresErrorCodes.DiskFull } => JournalProblem.DiskFull,
            PostgresException { SqlState: PostgresErrorCodes.DataCorrupted or PostgresErrorCodes.IndexCorrupted } => JournalProblem.Corrupt,
            PostgresException { SqlState: PostgresErrorCodes.ReadOnlySqlTransaction or PostgresErrorCodes.InsufficientPrivilege } =>
                JournalProblem.Unwritable,
            Google.Protobuf.InvalidProtocolBufferException or InvalidDataException => JournalProblem.Corrupt,
            _ => JournalProblem.Passing,
        };

    private static IEnumerable<Exception> Chain(Exception cause)
    {
        for (var e = cause; e is not null; e = e is AggregateException { InnerExceptions: [var only, ..] } ? only : e.InnerException)
            yield return e;
    }
}
