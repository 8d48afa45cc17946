using System.Text;
using Tao20.Domain.Trades;
using Tao20.Domain.Units;

namespace Tao20.Domain.Ingestion;

/// <summary>A log of the contract that cannot be decoded or cannot be real; kept with its bytes.</summary>
/// <param name="Position">Where it stands.</param>
/// <param name="Reason">What is wrong with it.</param>
/// <param name="Raw">The log as the node sent it: JSON in UTF-8.</param>
public sealed record QuarantinedLog(Position Position, string Reason, ReadOnlyMemory<byte> Raw)
{
    /// <summary>Whether it names a miner, however little else of it can be read.</summary>
    public bool Names(Address miner) =>
        Encoding.UTF8.GetString(Raw.Span).Contains(miner.ToString()[2..], StringComparison.OrdinalIgnoreCase);
}
