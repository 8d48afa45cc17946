using Tao20.Domain.Trades;

namespace Tao20.Domain.Ingestion;

/// <summary>A log of the contract that cannot be decoded or cannot be real; kept with its bytes.</summary>
/// <param name="Position">Where it stands.</param>
/// <param name="Reason">What is wrong with it.</param>
/// <param name="Raw">The log as the node sent it: JSON in UTF-8.</param>
public sealed record QuarantinedLog(Position Position, string Reason, ReadOnlyMemory<byte> Raw);
