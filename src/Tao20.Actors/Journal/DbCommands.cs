using System.Data.Common;
using System.Globalization;

namespace Tao20.Actors.Journal;

/// <summary>What is asked of either kind of database. A command is part of the transaction that its connection has.</summary>
internal static class DbCommands
{
    /// <summary>A command of a connection.</summary>
    public static DbCommand Command(this DbConnection connection, string sql)
    {
        var command = connection.CreateCommand();
        command.CommandText = sql;
        return command;
    }

    /// <summary>With a parameter.</summary>
    public static DbCommand With(this DbCommand command, string name, object value)
    {
        var parameter = command.CreateParameter();
        (parameter.ParameterName, parameter.Value) = (name, value);
        command.Parameters.Add(parameter);
        return command;
    }

    /// <summary>Does something.</summary>
    public static async Task ExecuteAsync(this DbConnection connection, string sql, CancellationToken cancel)
    {
        await using var command = connection.Command(sql);
        await command.ExecuteNonQueryAsync(cancel).ConfigureAwait(false);
    }

    /// <summary>The first column of each row, as text.</summary>
    public static async Task<List<string>> TextsAsync(this DbConnection connection, string sql, CancellationToken cancel)
    {
        await using var command = connection.Command(sql);
        await using var reader = await command.ExecuteReaderAsync(cancel).ConfigureAwait(false);
        var texts = new List<string>();
        while (await reader.ReadAsync(cancel).ConfigureAwait(false))
            texts.Add(Convert.ToString(reader.GetValue(0), CultureInfo.InvariantCulture)!);
        return texts;
    }

    /// <summary>The number that is the only answer.</summary>
    public static async Task<long> NumberAsync(this DbConnection connection, string sql, CancellationToken cancel)
    {
        await using var command = connection.Command(sql);
        return Convert.ToInt64(await command.ExecuteScalarAsync(cancel).ConfigureAwait(false), CultureInfo.InvariantCulture);
    }
}
