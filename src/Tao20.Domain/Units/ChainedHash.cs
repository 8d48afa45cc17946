namespace Tao20.Domain.Units;

/// <summary>The hash of something that has one before it, and that of the one before: who knows the last knows all.</summary>
/// <param name="Previous">The hash of the one before; 32 zero bytes for the first.</param>
/// <param name="Hash">Its own, which covers <paramref name="Previous"/>.</param>
public sealed record ChainedHash(Hash256 Previous, Hash256 Hash);
