namespace Tao20.Domain.Units;

/// <summary>A block's header, as far as it is needed here.</summary>
/// <param name="Number">Its height.</param>
/// <param name="Hash">Its hash.</param>
/// <param name="ParentHash">The hash of the block before it.</param>
/// <param name="Timestamp">Its time, in Unix seconds.</param>
public sealed record BlockHeader(ulong Number, Hash256 Hash, Hash256 ParentHash, ulong Timestamp);
