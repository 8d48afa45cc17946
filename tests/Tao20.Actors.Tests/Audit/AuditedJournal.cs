using Microsoft.Data.Sqlite;
using Tao20.Actors.Audit;
using Tao20.Actors.Hosting;
using Tao20.Actors.Journal;
using Tao20.Actors.Tests.Journal;
using Tao20.Chain.Abi;
using Tao20.Domain.Audit;
using Tao20.Node.Audit;

namespace Tao20.Actors.Tests.Audit;

/// <summary>A journal on disk that is audited, and that somebody changes.</summary>
/// <param name="directory">Its data directory.</param>
internal sealed class AuditedJournal(string directory)
{
    /// <summary>Its data directory.</summary>
    public string Directory => directory;

    /// <summary>A golden journal, unpacked.</summary>
    public static AuditedJournal Golden(string name, string directory)
    {
        System.IO.Directory.CreateDirectory(directory);
        GoldenJournalTests.Unpack(name, Path.Combine(directory, SqliteJournal.FileName));
        return new AuditedJournal(directory);
    }

    /// <summary>The same journal in another directory.</summary>
    public AuditedJournal CopiedTo(string to)
    {
        System.IO.Directory.CreateDirectory(to);
        foreach (var file in System.IO.Directory.EnumerateFiles(directory))
            File.Copy(file, Path.Combine(to, Path.GetFileName(file)));
        return new AuditedJournal(to);
    }

    /// <summary>Audits it.</summary>
    public Task<(AuditDocument Document, IReadOnlyList<AuditDifference> Differences)> AuditAsync(ReplayListener? listener = null) =>
        AuditAsync(OpenedJournal.Named(directory, null), listener);

    /// <summary>Audits a journal.</summary>
    public static async Task<(AuditDocument Document, IReadOnlyList<AuditDifference> Differences)> AuditAsync(
        JournalOptions options,
        ReplayListener? listener = null
    )
    {
        var differences = new List<AuditDifference>();
        var findings = new AuditFindings(Keccak.Hash, WireDifference.Same, differences.Add);
        await using var journal = await OpenedJournal.OpenAsync(options, CancellationToken.None);
        var replay = await journal.ToldAsync(() =>
            JournalReplay.RunAsync(journal.System, options, findings, null, CancellationToken.None, listener)
        );
        return (AuditDocument.Of("", replay, 0, ulong.MaxValue, null, findings, differences), differences);
    }

    /// <summary>Does something to it.</summary>
    public void Execute(string sql) => With(sql, command => command.ExecuteNonQuery());

    /// <summary>Writes another event or snapshot in the place of one.</summary>
    public void Edit<T>(string stream, long number, Func<T, T> change, string table = "journal")
        where T : notnull
    {
        var (column, where) = (
            table == "journal" ? "message" : "snapshot",
            $"WHERE persistence_id = '{stream}' AND sequence_number = {number}"
        );
        var (bytes, manifest) = With(
            $"SELECT {column}, manifest FROM {table} {where}",
            command =>
            {
                using var reader = command.ExecuteReader();
                Assert.True(reader.Read(), $"there is no {stream} {number}");
                return ((byte[])reader.GetValue(0), reader.GetString(1));
            }
        );
        var changed = change((T)Tao20Serializer.Read(bytes, manifest));
        Assert.False(WireDifference.Same(Tao20Serializer.Read(bytes, manifest), changed), "nothing is changed");
        Write(table, column, where, Tao20Serializer.FormOf(changed.GetType())!.ToBytes(changed));
    }

    /// <summary>Writes other bytes in the place of an event's.</summary>
    public void EditBytes(string stream, long number, Func<byte[], byte[]> change)
    {
        var where = $"WHERE persistence_id = '{stream}' AND sequence_number = {number}";
        var bytes = With($"SELECT message FROM journal {where}", command => (byte[])command.ExecuteScalar()!);
        Write("journal", "message", where, change(bytes));
    }

    /// <summary>The first entry of a kind in a stream, after some.</summary>
    public long Find<T>(string stream, Func<T, bool>? which = null, long after = 0)
    {
        using var connection = Open();
        using var command = connection.CreateCommand();
        command.CommandText =
            $"SELECT sequence_number, message, manifest FROM journal WHERE persistence_id = '{stream}' AND sequence_number > {after} "
            + "ORDER BY sequence_number";
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            if (Tao20Serializer.Read((byte[])reader.GetValue(1), reader.GetString(2)) is T entry && which?.Invoke(entry) != false)
                return reader.GetInt64(0);
        }

        throw new InvalidOperationException($"There is no {typeof(T).Name} in {stream} after {after}.");
    }

    private void Write(string table, string column, string where, byte[] bytes) =>
        With(
            $"UPDATE {table} SET {column} = @bytes {where}",
            command =>
            {
                command.Parameters.AddWithValue("@bytes", bytes);
                return command.ExecuteNonQuery();
            }
        );

    private T With<T>(string sql, Func<SqliteCommand, T> run)
    {
        using var connection = Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return run(command);
    }

    private SqliteConnection Open()
    {
        var connection = new SqliteConnection(SqliteJournal.ConnectionString(directory));
        connection.Open();
        return connection;
    }
}
