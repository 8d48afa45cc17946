using Microsoft.Data.Sqlite;

namespace Tao20.Actors.Journal;

/// <summary>
/// A journal as a person names it: <c>sqlite:</c> and its data directory or its file, or <c>postgres:</c> and a connection string.
/// </summary>
public static class JournalLocation
{
    private const string Sqlite = "sqlite:";
    private const string PostgreSql = "postgres:";

    /// <summary>The journal that a text names.</summary>
    /// <param name="text">The text.</param>
    /// <param name="options">The journal.</param>
    /// <returns>Whether it names one.</returns>
    public static bool TryParse(string text, out JournalOptions options)
    {
        options = new JournalOptions { ConnectionString = "" };
        if (text.StartsWith(Sqlite, StringComparison.Ordinal) && text.Length > Sqlite.Length)
            options = options with { ConnectionString = OfPath(text[Sqlite.Length..]) };
        else if (text.StartsWith(PostgreSql, StringComparison.Ordinal))
            options = options with { Kind = JournalKind.PostgreSql, ConnectionString = text[PostgreSql.Length..] };
        if (options.Validate().Count > 0)
            return false;
        if (options.Kind == JournalKind.PostgreSql)
            options = options with { ConnectionString = PostgreSqlJournal.Named(options.ConnectionString) };
        return true;
    }

    /// <summary>The journal in words, without what its connection string keeps secret.</summary>
    public static string Describe(JournalOptions options) =>
        options.Kind == JournalKind.Sqlite ? new SqliteConnectionStringBuilder(options.ConnectionString).DataSource : options.Database;

    /// <summary>The directory of a journal that is a file.</summary>
    public static string DirectoryOf(JournalOptions options) =>
        Path.GetDirectoryName(Path.GetFullPath(new SqliteConnectionStringBuilder(options.ConnectionString).DataSource))!;

    private static string OfPath(string path) =>
        File.Exists(path) ? SqliteJournal.ConnectionStringOf(path) : SqliteJournal.ConnectionString(path);

    /// <summary>An open connection to a journal, which nobody else is lent.</summary>
    internal static async Task<System.Data.Common.DbConnection> OpenAsync(JournalOptions options, CancellationToken cancel)
    {
        if (options.Kind == JournalKind.PostgreSql)
            return await PostgreSqlJournal.OpenOnceAsync(options, cancel).ConfigureAwait(false);
        var connection = new SqliteConnection(options.ConnectionString);
        await connection.OpenAsync(cancel).ConfigureAwait(false);
        return connection;
    }
}
