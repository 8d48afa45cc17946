using Tao20.Domain.Trades;
using Tao20.Domain.Units;

namespace Tao20.Chain.Contracts;

/// <summary>The contract's running total of one miner around the logs of a range.</summary>
/// <param name="Before">Lifetime value before the first of them, in TAO wei.</param>
/// <param name="After">Lifetime value after the last of them.</param>
public readonly record struct RunningTotal(UInt128 Before, UInt128 After);

/// <summary>A log of the contract that cannot be decoded or cannot be real; kept with its bytes.</summary>
/// <param name="Position">Where it stands.</param>
/// <param name="Reason">What is wrong with it.</param>
/// <param name="Raw">The log as the node sent it: JSON in UTF-8.</param>
public sealed record QuarantinedLog(Position Position, string Reason, ReadOnlyMemory<byte> Raw);

/// <summary>A block's header, as far as it is needed here.</summary>
/// <param name="Number">Its height.</param>
/// <param name="Hash">Its hash.</param>
/// <param name="ParentHash">The hash of the block before it.</param>
/// <param name="Timestamp">Its time, in Unix seconds.</param>
public sealed record BlockHeader(ulong Number, Hash256 Hash, Hash256 ParentHash, ulong Timestamp);
