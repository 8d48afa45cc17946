using Tao20.Chain.Contracts;
using Tao20.Chain.JsonRpc;
using Tao20.Domain.Units;
using Tao20.Domain.Volume;

namespace Tao20.Chain.Following;

/// <summary>
/// Blocks of which logs have not come that the contract has counted. Such a block is read by itself, and not from the index of one
/// endpoint: all are asked for the receipts of its transactions.
/// </summary>
internal sealed class DoubtedBlocks(EndpointPool pool)
{
    private volatile IReadOnlyList<HistoryGap> _gaps = [];

    /// <summary>The blocks of these are doubted.</summary>
    public IReadOnlyList<HistoryGap> Gaps
    {
        get => _gaps;
        set => _gaps = value;
    }

    /// <summary>Whether a block is doubted.</summary>
    public bool Covers(ulong block) => _gaps.Any(gap => gap.Covers(block));

    /// <summary>Where a range that begins at a block ends at the latest: a doubted one is read by itself.</summary>
    public ulong EndOfPart(ulong next, ulong end) =>
        Covers(next)
            ? next
            : _gaps.Where(gap => gap.FirstBlock > next && gap.FirstBlock <= end).Select(gap => gap.FirstBlock - 1).Append(end).Min();

    /// <summary>The sought logs of a block as a JSON list: those that are proven, and else most of what any endpoint gives.</summary>
    /// <exception cref="EndpointException">None gives anything: what the last one did instead.</exception>
    /// <exception cref="NoTrustworthyEndpointException">None is left.</exception>
    public async Task<byte[]> ReadAsync(LogFilter filter, BlockHeader header, CancellationToken cancel)
    {
        BlockLogs? best = null;
        EndpointException? last = null;
        foreach (var endpoint in pool.InTurn)
        {
            var block = new BlockLogs(endpoint, filter, header);
            try
            {
                await block.ReadAllAsync(cancel).ConfigureAwait(false);
                if (best is null || (block.Proven, block.Count).CompareTo((best.Proven, best.Count)) > 0)
                    best = block;
            }
            catch (EndpointException e)
            {
                last = e;
            }
        }

        return best?.Sought ?? throw (Exception?)last ?? pool.NobodyLeft();
    }
}
