using System.Numerics;
using Tao20.Chain.Tests.Subtensor;
using Tao20.Domain.Units;

namespace Tao20.Chain.Tests.Index;

/// <summary>What the index knows of a leg.</summary>
public sealed record LegView(ushort Netuid, bool IsActive, BigInteger Book, Hash256 Hotkey, BigInteger Unit, BigInteger Anchor);

/// <summary>An index on a chain of each spec, which every test gets as it began.</summary>
public sealed class IndexChains() : ChainPerSpec<IndexChain>(IndexChain.StartAsync)
{
    /// <summary>The index on the chain of a spec, as it began.</summary>
    public async Task<IndexChain> AnewAsync(uint spec) => await (await OfAsync(spec)).AnewAsync();
}

/// <summary>The tests that share these chains, one after the other.</summary>
[CollectionDefinition(nameof(IndexChains))]
public sealed class IndexCollection : ICollectionFixture<IndexChains>;
