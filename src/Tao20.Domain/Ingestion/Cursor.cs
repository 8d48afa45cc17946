using Tao20.Domain.Units;

namespace Tao20.Domain.Ingestion;

/// <summary>Up to where the chain has been read.</summary>
/// <param name="Block">The last block read; without a hash, the first block to read.</param>
/// <param name="Hash">Its hash; null when nothing has been read yet.</param>
public sealed record Cursor(ulong Block, Hash256? Hash);
