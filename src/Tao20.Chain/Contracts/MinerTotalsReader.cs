using Microsoft.Extensions.Logging;
using Tao20.Chain.Abi;
using Tao20.Chain.Contracts.Messages;
using Tao20.Chain.JsonRpc;
using Tao20.Domain.Units;

namespace Tao20.Chain.Contracts;

/// <summary>
/// What the contract had counted of miners before the first block that is read: where a miner's running total has to begin. A total that
/// begins elsewhere shows that trades before it are missing.
/// </summary>
/// <param name="pool">The endpoints.</param>
/// <param name="contract">The index contract.</param>
/// <param name="fromBlock">The first block that is read.</param>
/// <param name="log">Where it is said, once, when it cannot be verified.</param>
public sealed class MinerTotalsReader(EndpointPool pool, Address contract, ulong fromBlock, ILogger log)
{
    private const int MinersPerRequest = 100;
    private const int TotalVolumeWord = 2;
    private int _saidUnknown;

    /// <summary>The totals of these miners at the block before the first one read, in TAO wei; none where that cannot be known.</summary>
    /// <exception cref="ChainException">No endpoint answers.</exception>
    public async Task<IReadOnlyDictionary<Address, UInt128>?> ReadAsync(IReadOnlyCollection<Address> miners, CancellationToken cancel)
    {
        // Before the contract there was nothing to count.
        if (fromBlock == 0)
            return miners.ToDictionary(miner => miner, _ => UInt128.Zero);
        try
        {
            var size = 0;
            await pool.SendAsync([EthCalls.CodeSize(contract, bytes => size = bytes, HexText.Quantity(fromBlock - 1))], cancel)
                .ConfigureAwait(false);
            if (size == 0)
                return miners.ToDictionary(miner => miner, _ => UInt128.Zero);
            var totals = new Dictionary<Address, UInt128>();
            foreach (var chunk in miners.Chunk(MinersPerRequest))
            {
                await pool.SendAsync(
                        [
                            .. chunk.Select(miner =>
                                EthCalls.CallAt(
                                    contract,
                                    new GetMinerStatsFunction(miner).Encode(),
                                    fromBlock - 1,
                                    bytes => totals[miner] = (UInt128)new AbiData(bytes).Integer(TotalVolumeWord)
                                )
                            ),
                        ],
                        cancel
                    )
                    .ConfigureAwait(false);
            }

            return totals;
        }
        catch (RpcErrorException refused)
        {
            // Mostly the state of that block is gone at every endpoint.
            if (Interlocked.Exchange(ref _saidUnknown, 1) == 0)
                log.LogWarning(
                    "What miners had traded before block {Block} cannot be verified: {Reason} An endpoint that keeps old state could tell",
                    fromBlock,
                    refused.Message
                );
            return null;
        }
    }
}
