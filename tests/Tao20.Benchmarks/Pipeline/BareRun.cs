using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json;
using Microsoft.Data.Sqlite;

namespace Tao20.Benchmarks.Pipeline;

/// <summary>What the bare programs print.</summary>
/// <param name="Bytes">How much they have downloaded or written.</param>
internal sealed record BareResult(long Bytes);

/// <summary>
/// Programs that do one thing of what a node does, without a check: nothing can be started, read and folded in less than one of them
/// takes.
/// </summary>
internal static class BareRun
{
    private const int WantedBytes = 1024 * 1024;
    private const int ProbeBlocks = 16;
    private const int AtOnce = 4;
    private const int TradeBytes = 132;
    private const int PerTransaction = 15_000;

    /// <summary>Downloads all logs of a contract, in ranges of about 1 MiB, four at once, and looks at none.</summary>
    public static async Task<BareResult> DownloadAsync(string rpc, string contract, CancellationToken cancel)
    {
        using var http = new HttpClient { BaseAddress = new Uri(rpc) };
        using var head = JsonDocument.Parse(await AskAsync("eth_blockNumber", "[]"));
        var last = ulong.Parse(head.RootElement[0].GetProperty("result").GetString()!.AsSpan(2), NumberStyles.HexNumber, null);
        long bytes = (await LogsAsync(1, ProbeBlocks)).Length;
        var step = Math.Max(1, (ulong)(ProbeBlocks * WantedBytes / Math.Max(1, bytes)));
        await Parallel.ForEachAsync(
            Ranges(ProbeBlocks + 1, last, step),
            new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancel },
            async (range, _) => Interlocked.Add(ref bytes, (await LogsAsync(range.From, range.To)).Length)
        );
        return new BareResult(bytes);

        Task<byte[]> LogsAsync(ulong from, ulong to) =>
            AskAsync("eth_getLogs", $$"""[{"address":"{{contract}}","fromBlock":"0x{{from:x}}","toBlock":"0x{{to:x}}"}]""");

        async Task<byte[]> AskAsync(string method, string parameters)
        {
            using var content = new StringContent($$"""[{"jsonrpc":"2.0","id":1,"method":"{{method}}","params":{{parameters}}}]""");
            content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
            using var response = await http.PostAsync("", content, cancel);
            response.EnsureSuccessStatusCode();
            return await response.Content.ReadAsByteArrayAsync(cancel);
        }
    }

    /// <summary>Writes a row of 132 bytes for each trade into SQLite, as durably as a node does: each transaction is synced.</summary>
    public static BareResult Write(int trades)
    {
        var directory = StartRun.NewDirectory();
        try
        {
            using var connection = new SqliteConnection($"Data Source={Path.Combine(directory, "bare.db")};Pooling=false");
            connection.Open();
            Execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; CREATE TABLE trades (id INTEGER PRIMARY KEY, trade BLOB)");
            using var insert = connection.CreateCommand();
            insert.CommandText = "INSERT INTO trades (trade) VALUES (@trade)";
            var trade = insert.Parameters.Add("@trade", SqliteType.Blob);
            for (var written = 0; written < trades; written += PerTransaction)
            {
                using var transaction = connection.BeginTransaction();
                insert.Transaction = transaction;
                for (var i = written; i < Math.Min(trades, written + PerTransaction); i++)
                {
                    trade.Value = new byte[TradeBytes];
                    insert.ExecuteNonQuery();
                }

                transaction.Commit();
            }

            return new BareResult((long)trades * TradeBytes);

            void Execute(string sql)
            {
                using var command = connection.CreateCommand();
                command.CommandText = sql;
                command.ExecuteNonQuery();
            }
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    private static IEnumerable<(ulong From, ulong To)> Ranges(ulong from, ulong last, ulong step)
    {
        for (; from <= last; from += step)
            yield return (from, Math.Min(last, from + step - 1));
    }
}
