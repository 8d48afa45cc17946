using Microsoft.Extensions.Logging;
using Tao20.Chain.Abi;
using Tao20.Chain.Contracts.Messages;
using Tao20.Chain.JsonRpc;
using Tao20.Domain.Units;
using Tao20.Domain.Volume;

namespace Tao20.Chain.Contracts;

/// <summary>
/// What the contract itself has counted at blocks of the past: the totals of miners (<c>getMinerStats</c>), and its epochs
/// (<c>getEpochInfo</c>). A fold that begins or ends elsewhere shows that logs are missing, and halving says in which blocks.
/// </summary>
/// <param name="pool">The endpoints.</param>
/// <param name="contract">The index contract.</param>
/// <param name="fromBlock">The first block that is read.</param>
/// <param name="log">Where it is said, once, when it cannot be verified.</param>
public sealed class ContractCounts(EndpointPool pool, Address contract, ulong fromBlock, ILogger log)
{
    private const int MinersPerRequest = 100;
    private const int TotalVolumeWord = 2;
    private const int EpochWord = 0;
    private int _saidUnknown;

    /// <summary>The first block that is read.</summary>
    public ulong FromBlock => fromBlock;

    /// <summary>
    /// The totals of these miners at the block before the first one read, in TAO wei; null where that cannot be known. Said once.
    /// </summary>
    /// <exception cref="ChainException">No endpoint answers.</exception>
    public async Task<IReadOnlyDictionary<Address, UInt128>?> BeginningsAsync(IReadOnlyCollection<Address> miners, CancellationToken cancel)
    {
        // Before the contract there was nothing to count.
        if (fromBlock == 0)
            return miners.ToDictionary(miner => miner, _ => UInt128.Zero);
        try
        {
            var size = 0;
            await pool.SendAsync([EthCalls.CodeSize(contract, bytes => size = bytes, HexText.Quantity(fromBlock - 1))], cancel)
                .ConfigureAwait(false);
            return size == 0
                ? miners.ToDictionary(miner => miner, _ => UInt128.Zero)
                : await AtAsync(pool, miners, fromBlock - 1, cancel).ConfigureAwait(false);
        }
        catch (RpcErrorException refused)
        {
            SayUnverified(fromBlock - 1, refused);
            return null;
        }
    }

    /// <summary>
    /// The epoch the contract was in at a block, and the totals of all miners that it knew then, in TAO wei; null where that cannot be
    /// known: the state of that block is gone, or the contract has no such views. Said once.
    /// </summary>
    /// <exception cref="ChainException">No endpoint answers.</exception>
    public async Task<(ulong Epoch, IReadOnlyDictionary<Address, UInt128> Totals)?> AllAsync(ulong block, CancellationToken cancel)
    {
        try
        {
            byte[] bytes = [];
            await pool.SendAsync(
                    [EthCalls.CallAt(contract, new GetActiveMinersFunction().Encode(), block, answer => bytes = answer)],
                    cancel
                )
                .ConfigureAwait(false);
            var (items, count) = new AbiData(bytes).List(0);
            var miners = Enumerable.Range(0, count).Select(i => items.Address(i)).ToList();
            return (
                await EpochAtAsync(pool, block, cancel).ConfigureAwait(false),
                await AtAsync(pool, miners, block, cancel).ConfigureAwait(false)
            );
        }
        catch (Exception e) when (e is RpcErrorException or FormatException)
        {
            SayUnverified(block, e);
            return null;
        }
    }

    /// <summary>Whether all endpoints that answer say that the contract had counted more than was folded before a gap by its end.</summary>
    public async Task<bool> AllConfirmAsync(HistoryGap gap, CancellationToken cancel)
    {
        var said = 0;
        foreach (var endpoint in pool.InTurn)
        {
            try
            {
                if (await CountedAsync(pool.Only(endpoint), gap, gap.LastBlock, cancel).ConfigureAwait(false) <= gap.Before)
                    return false;
                said++;
            }
            catch (Exception e) when (e is ChainException or FormatException)
            {
                // It has no say: it does not answer, or no longer has the state of that block.
                log.LogDebug("What the contract had counted by block {Block} is not said: {Reason}", gap.LastBlock, e.Message);
            }
        }

        return said > 0;
    }

    /// <summary>The same gap between the first and the last block in which by the contract's count something of it is.</summary>
    /// <remarks>By halves: some fifty questions. Where the state of those blocks is gone, it stays as it is.</remarks>
    public async Task<HistoryGap> NarrowAsync(HistoryGap gap, CancellationToken cancel)
    {
        try
        {
            var first = await FirstAboveAsync(gap, gap.Before, cancel).ConfigureAwait(false);
            var last = await FirstAboveAsync(gap with { FirstBlock = first }, gap.After - 1, cancel).ConfigureAwait(false);
            return gap with { FirstBlock = first, LastBlock = last };
        }
        catch (Exception e) when (e is ChainException or FormatException)
        {
            log.LogWarning(
                "In which of the blocks {First} to {Last} logs are missing cannot be found out: {Reason}",
                gap.FirstBlock,
                gap.LastBlock,
                e.Message
            );
            return gap;
        }
    }

    /// <summary>The first block of a gap at which the contract had counted more than so much; its last block when it had nowhere.</summary>
    private async Task<ulong> FirstAboveAsync(HistoryGap gap, UInt128 count, CancellationToken cancel)
    {
        var (low, high) = (gap.FirstBlock, gap.LastBlock);
        while (low < high)
        {
            var middle = low + (high - low) / 2;
            var counted = await CountedOrNothingAsync(gap, middle, cancel).ConfigureAwait(false);
            (low, high) = counted > count ? (low, middle) : (middle + 1, high);
        }

        return low;
    }

    /// <summary>The same of a block that may be one before the contract's deployment: then it had counted nothing.</summary>
    private async Task<UInt128> CountedOrNothingAsync(HistoryGap gap, ulong block, CancellationToken cancel)
    {
        try
        {
            return await CountedAsync(pool, gap, block, cancel).ConfigureAwait(false);
        }
        catch (FormatException)
        {
            var size = 0;
            await pool.SendAsync([EthCalls.CodeSize(contract, bytes => size = bytes, HexText.Quantity(block))], cancel)
                .ConfigureAwait(false);
            if (size > 0)
                throw;
            return 0;
        }
    }

    /// <summary>What of a gap the contract had counted by a block.</summary>
    private async Task<UInt128> CountedAsync(EndpointPool from, HistoryGap gap, ulong block, CancellationToken cancel) =>
        gap.Miner is { } miner
            ? (await AtAsync(from, [miner], block, cancel).ConfigureAwait(false))[miner]
            : await EpochAtAsync(from, block, cancel).ConfigureAwait(false);

    private async Task<ulong> EpochAtAsync(EndpointPool from, ulong block, CancellationToken cancel)
    {
        byte[] bytes = [];
        await from.SendAsync([EthCalls.CallAt(contract, new GetEpochInfoFunction().Encode(), block, answer => bytes = answer)], cancel)
            .ConfigureAwait(false);
        return new AbiData(bytes).UInt64(EpochWord);
    }

    private async Task<Dictionary<Address, UInt128>> AtAsync(
        EndpointPool from,
        IReadOnlyCollection<Address> miners,
        ulong block,
        CancellationToken cancel
    )
    {
        var answers = new Dictionary<Address, byte[]>();
        foreach (var chunk in miners.Chunk(MinersPerRequest))
        {
            await from.SendAsync(
                    [
                        .. chunk.Select(miner =>
                            EthCalls.CallAt(contract, new GetMinerStatsFunction(miner).Encode(), block, bytes => answers[miner] = bytes)
                        ),
                    ],
                    cancel
                )
                .ConfigureAwait(false);
        }

        // Read when all have answered: an endpoint is not to blame where there is no contract yet.
        return answers.ToDictionary(answer => answer.Key, answer => (UInt128)new AbiData(answer.Value).Integer(TotalVolumeWord));
    }

    private void SayUnverified(ulong block, Exception reason)
    {
        // Mostly the state of that block is gone at every endpoint.
        if (Interlocked.Exchange(ref _saidUnknown, 1) == 0)
            log.LogWarning(
                "What the contract had counted by block {Block} cannot be verified: {Reason} An endpoint that keeps old state could tell",
                block,
                reason.Message
            );
    }
}
