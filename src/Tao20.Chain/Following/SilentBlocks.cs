using Tao20.Chain.Contracts;
using Tao20.Chain.JsonRpc;
using Tao20.Domain.Units;

namespace Tao20.Chain.Following;

/// <summary>
/// Settles the blocks of a range that by their blooms may have logs of ours, and of which none came. Nothing is folded past such a block
/// before an endpoint proves that it has none, or all that are trusted have said so twice: a bloom may err.
/// </summary>
internal sealed class SilentBlocks(EndpointPool pool)
{
    private const int SaidTwice = 2;
    private readonly Lock _lock = new();
    private readonly Dictionary<Hash256, Dictionary<EndpointName, int>> _saidNone = [];
    private long _withheld;
    private long _falseBlooms;

    /// <summary>Blocks whose logs a node had not given though they were there.</summary>
    public long Withheld => Volatile.Read(ref _withheld);

    /// <summary>Blocks whose bloom said that there may be logs, and there were none.</summary>
    public long FalseBlooms => Volatile.Read(ref _falseBlooms);

    /// <summary>Looks into the blocks of a range without a log whose bloom says that there may be one.</summary>
    /// <param name="by">The endpoint that gave the range.</param>
    /// <param name="filter">The logs that are sought.</param>
    /// <param name="headers">The headers that were read.</param>
    /// <param name="mayHaveLogs">Whether each may have such a log.</param>
    /// <param name="logged">The blocks of which logs came.</param>
    /// <param name="cancel">Cancels the operation.</param>
    /// <returns>The logs of a single block as a JSON list, which had not come; null when what came was all.</returns>
    /// <exception cref="RangeRefusedException">Logs are missing in a range of several blocks: it is read in smaller ones.</exception>
    /// <exception cref="IncompleteAnswerException">The endpoint does not prove that there are none.</exception>
    public async Task<byte[]?> ReadAsync(
        RpcEndpoint by,
        LogFilter filter,
        BlockHeader[] headers,
        bool[] mayHaveLogs,
        List<(ulong Number, Hash256 Hash)> logged,
        CancellationToken cancel
    )
    {
        if (Array.IndexOf(mayHaveLogs, true) < 0)
            return null;
        var heard = logged.Select(block => block.Number).ToHashSet();
        for (var i = 0; i < headers.Length; i++)
        {
            if (!mayHaveLogs[i] || heard.Contains(headers[i].Number))
                continue;
            var block = new BlockLogs(by, filter, headers[i]);
            await block.ReadAsync(cancel).ConfigureAwait(false);
            if (block.Count > 0)
            {
                var blocks = (int)(headers[^1].Number - headers[0].Number + 1);
                var missing = new IncompleteAnswerException(
                    by.Name,
                    $"it did not give the logs of block {headers[i].Number} with its range"
                );
                if (blocks > 1)
                    throw new RangeRefusedException(by.Name, blocks, missing, limits: false);
                Interlocked.Increment(ref _withheld);
                Forget(headers[i].Hash);
                return block.Sought;
            }

            if (!block.Proven && !AllSayNone(headers[i].Hash, by.Name))
                throw new IncompleteAnswerException(
                    by.Name,
                    $"the receipts of block {headers[i].Number} do not make the bloom of its header, which says that there may be logs"
                );
            Interlocked.Increment(ref _falseBlooms);
            Forget(headers[i].Hash);
        }

        return null;
    }

    private bool AllSayNone(Hash256 block, EndpointName by)
    {
        lock (_lock)
        {
            if (!_saidNone.TryGetValue(block, out var said))
                _saidNone.Add(block, said = []);
            said[by] = said.GetValueOrDefault(by) + 1;
            return pool.All.All(endpoint => pool.IsDropped(endpoint) || said.GetValueOrDefault(endpoint.Name) >= SaidTwice);
        }
    }

    private void Forget(Hash256 block)
    {
        lock (_lock)
            _saidNone.Remove(block);
    }
}
