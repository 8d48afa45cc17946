using System.Text.Json;
using Tao20.Chain.Contracts;
using Tao20.Chain.JsonRpc;
using Tao20.Domain.Registry;
using Tao20.Domain.Units;

namespace Tao20.Chain.Following;

/// <summary>The registry's logs in a range of blocks, by themselves.</summary>
public static class RegistryLogs
{
    private const int FirstRange = 10_000;

    /// <summary>
    /// Reads them as texts, to hold what one endpoint says against another: each as its block, place, topics and data, in chain order.
    /// </summary>
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
        await ReadAsync(pool, registry, from, to, Text, logs => all.AddRange(logs), cancel).ConfigureAwait(false);
        return all;
    }

    /// <summary>Reads them as facts, in chain order; of none of them the time is known.</summary>
    /// <param name="pool">The endpoints.</param>
    /// <param name="registry">The registry.</param>
    /// <param name="from">The first block.</param>
    /// <param name="to">The last block.</param>
    /// <param name="cancel">Cancels the operation.</param>
    /// <exception cref="ChainException">No endpoint gives them.</exception>
    /// <exception cref="FormatException">One says what cannot be read.</exception>
    public static async Task<IReadOnlyList<RegistryFact>> FactsAsync(
        EndpointPool pool,
        Address registry,
        ulong from,
        ulong to,
        CancellationToken cancel
    )
    {
        var all = new List<RegistryFact>();
        await ReadAsync(pool, registry, from, to, FactOf, facts => all.AddRange(facts), cancel).ConfigureAwait(false);
        return all;
    }

    /// <summary>The parameters that a registry was created with; null where it was not up to a block.</summary>
    /// <param name="pool">The endpoints.</param>
    /// <param name="registry">The registry.</param>
    /// <param name="from">The first block.</param>
    /// <param name="to">The last block.</param>
    /// <param name="cancel">Cancels the operation.</param>
    /// <exception cref="ChainException">No endpoint gives them.</exception>
    /// <exception cref="FormatException">It says nothing that can be read.</exception>
    public static async Task<RegistryFact.ParametersScheduled?> FirstParametersAsync(
        EndpointPool pool,
        Address registry,
        ulong from,
        ulong to,
        CancellationToken cancel
    )
    {
        RegistryFact.ParametersScheduled? first = null;
        await ReadAsync(
                pool,
                registry,
                from,
                to,
                FactOf,
                facts => first ??= facts.OfType<RegistryFact.ParametersScheduled>().FirstOrDefault(),
                cancel,
                () => first is not null
            )
            .ConfigureAwait(false);
        return first;
    }

    private static async Task ReadAsync<T>(
        EndpointPool pool,
        Address registry,
        ulong from,
        ulong to,
        Func<JsonElement, T> read,
        Action<IReadOnlyList<T>> take,
        CancellationToken cancel,
        Func<bool>? isEnough = null
    )
    {
        var filter = new LogFilter(null, registry);
        var planner = RangePlanner.Start(FirstRange, FirstRange, int.MaxValue);
        while (from <= to && isEnough?.Invoke() != true)
        {
            var (first, last) = planner.Next(from, to);
            try
            {
                var (logs, _) = await pool.AskAsync(
                        endpoint =>
                            RangeRefusals.ToldAsync(
                                endpoint,
                                first,
                                last,
                                () => OnceAsync(endpoint, filter, first, last, read, cancel),
                                cancel
                            ),
                        cancel,
                        e => e is RangeRefusedException
                    )
                    .ConfigureAwait(false);
                take(logs);
                from = last + 1;
            }
            catch (RangeRefusedException e)
            {
                planner = planner.Refused(e.Blocks, hint: e.InnerException!.Message);
            }
        }
    }

    private static async Task<List<T>> OnceAsync<T>(
        RpcEndpoint endpoint,
        LogFilter filter,
        ulong from,
        ulong to,
        Func<JsonElement, T> read,
        CancellationToken cancel
    )
    {
        List<T> logs = [];
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
                            logs = [.. list.RootElement.EnumerateArray().Select(read)];
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

    private static RegistryFact FactOf(JsonElement log) =>
        RegistryFacts.Decode(
            0,
            [.. log.GetProperty("topics").EnumerateArray().Select(topic => Hash256.Parse(topic.GetString()!))],
            Convert.FromHexString(log.GetProperty("data").GetString().AsSpan(2))
        );
}
