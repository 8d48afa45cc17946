using System.Text.Json;
using Tao20.Chain.Contracts;
using Tao20.Chain.JsonRpc;
using Tao20.Domain.Units;

namespace Tao20.Chain.Following;

/// <summary>The registry's logs in a range of blocks as texts, to hold what one endpoint says against another.</summary>
public static class RegistryLogs
{
    private const int FirstRange = 10_000;

    /// <summary>Reads them: each as its block, place, topics and data, in chain order.</summary>
    /// <param name="pool">The endpoint asked.</param>
    /// <param name="registry">The registry.</param>
    /// <param name="from">The first block.</param>
    /// <param name="to">The last block.</param>
    /// <param name="cancel">Cancels the operation.</param>
    /// <exception cref="ChainException">The endpoint does not give them.</exception>
    public static async Task<IReadOnlyList<string>> ReadAsync(
        EndpointPool pool,
        Address registry,
        ulong from,
        ulong to,
        CancellationToken cancel
    )
    {
        var all = new List<string>();
        var filter = new LogFilter(null, registry);
        var planner = RangePlanner.Start(FirstRange, FirstRange, int.MaxValue);
        while (from <= to)
        {
            var (first, last) = planner.Next(from, to);
            try
            {
                var (logs, _) = await pool.AskAsync(
                        endpoint =>
                            RangeRefusals.ToldAsync(endpoint, first, last, () => OnceAsync(endpoint, filter, first, last, cancel), cancel),
                        cancel,
                        e => e is RangeRefusedException
                    )
                    .ConfigureAwait(false);
                all.AddRange(logs);
                from = last + 1;
            }
            catch (RangeRefusedException e)
            {
                planner = planner.Refused(e.Blocks, hint: e.InnerException!.Message);
            }
        }

        return all;
    }

    private static async Task<List<string>> OnceAsync(
        RpcEndpoint endpoint,
        LogFilter filter,
        ulong from,
        ulong to,
        CancellationToken cancel
    )
    {
        List<string> logs = [];
        await endpoint
            .SendAsync(
                [
                    EthCalls.Logs(
                        filter,
                        from,
                        to,
                        (ref Utf8JsonReader reader, ReadOnlySpan<byte> _) =>
                        {
                            using var list = JsonDocument.ParseValue(ref reader);
                            logs = [.. list.RootElement.EnumerateArray().Select(Text)];
                        }
                    ),
                ],
                cancel
            )
            .ConfigureAwait(false);
        return logs;
    }

    private static string Text(JsonElement log)
    {
        var topics = log.GetProperty("topics").EnumerateArray().Select(topic => topic.GetString());
        string?[] parts = [.. ((string[])["blockHash", "logIndex", "data"]).Select(name => log.GetProperty(name).GetString()), .. topics];
        return string.Join(' ', parts).ToLowerInvariant();
    }
}
