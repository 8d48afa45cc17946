using Microsoft.Data.Sqlite;
using Tao20.Actors.Journal;

namespace Tao20.Tests;

/// <summary>What somebody else does to the journal's file of a data directory, or sees in it.</summary>
internal static class JournalFile
{
    /// <summary>Does something to it; how many rows that has changed.</summary>
    public static int Execute(string directory, string sql) => With(directory, sql, command => command.ExecuteNonQuery());

    /// <summary>A number that a question gives.</summary>
    public static long Number(string directory, string sql) => With(directory, sql, command => (long)command.ExecuteScalar()!);

    private static T With<T>(string directory, string sql, Func<SqliteCommand, T> run)
    {
        using var connection = new SqliteConnection(SqliteJournal.ConnectionString(directory));
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return run(command);
    }
}
