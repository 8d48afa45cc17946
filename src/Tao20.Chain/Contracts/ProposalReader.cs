using System.Globalization;
using Tao20.Chain.Abi;
using Tao20.Chain.JsonRpc;
using Tao20.Domain.Index;
using Tao20.Domain.Units;

namespace Tao20.Chain.Contracts;

/// <summary>Finds what a proposal contains: that stands in the log of the block in which it was made, and nowhere else.</summary>
public sealed class ProposalReader(EndpointPool pool)
{
    private static readonly Hash256 Proposed = Keccak.Topic("Proposed(uint8,uint16,bytes,uint256,uint256)");

    /// <summary>What a pending proposal contains, byte by byte.</summary>
    /// <param name="manager">The index's manager.</param>
    /// <param name="proposal">The proposal.</param>
    /// <param name="latest">The latest block.</param>
    /// <param name="cancel">Cancels the operation.</param>
    /// <exception cref="ChainException">No endpoint gives it.</exception>
    /// <exception cref="FormatException">There is no such log.</exception>
    public async Task<byte[]> DataAsync(Address manager, PendingProposal proposal, BlockHeader latest, CancellationToken cancel)
    {
        var block = await BlockAtAsync(proposal.Since, latest, cancel).ConfigureAwait(false);
        byte[]? data = null;
        await pool.SendAsync(
                [
                    JsonResult.Of(
                        "eth_getLogs",
                        $"[{{\"address\":\"{manager}\",\"fromBlock\":\"{HexText.Quantity(block)}\","
                            + $"\"toBlock\":\"{HexText.Quantity(block)}\","
                            + $"\"topics\":[\"{Proposed}\",\"{Word((ulong)proposal.Kind)}\",\"{Word(proposal.Netuid)}\"]}}]",
                        logs =>
                        {
                            foreach (var log in logs.EnumerateArray())
                                data = new AbiData(Convert.FromHexString(log.Text("data").AsSpan(2))).Bytes(0);
                        }
                    ),
                ],
                cancel
            )
            .ConfigureAwait(false);
        return data ?? throw new FormatException($"block {block} has no log of a proposal of {proposal.Kind} by {manager}");
    }

    /// <summary>The first block of this time or later: by halves, some twenty questions.</summary>
    private async Task<ulong> BlockAtAsync(ulong time, BlockHeader latest, CancellationToken cancel)
    {
        var (low, high) = (0UL, latest.Number);
        while (low < high)
        {
            var middle = low + (high - low) / 2;
            BlockHeader? header = null;
            await pool.SendAsync([EthCalls.Header(middle, found => header = found)], cancel).ConfigureAwait(false);
            (low, high) = header?.Timestamp >= time ? (low, middle) : (middle + 1, high);
        }

        return low;
    }

    private static string Word(ulong value) => "0x" + value.ToString("x64", CultureInfo.InvariantCulture);
}
