using Nethereum.ABI;
using Tao20.Chain.Abi;
using Tao20.Chain.Signing;
using Tao20.Domain.Weights;
using Tao20.Tests;
using Xunit.Abstractions;

namespace Tao20.Chain.Tests.Signing;

/// <summary>The hash of weights against Nethereum's encoder, on random lists. The seed is printed.</summary>
[Trait("Category", "Fast")]
public sealed class WeightsHashTests(ITestOutputHelper output)
{
    [Fact]
    public void Lists_of_any_length_are_hashed_as_abi_encode_says()
    {
        var seed = TestSeed.Of(output);
        var random = new Random(seed);
        foreach (var length in new[] { 0, 1, 2, 255, 256, 257, 4096 }.Concat(Enumerable.Range(0, 50).Select(_ => random.Next(600))))
        {
            var weights = Enumerable.Range(0, length).Select(_ => new SubnetWeight(Any(random), Any(random))).ToList();
            var encoded = new ABIEncode().GetABIEncoded(
                new ABIValue("uint16[]", weights.Select(weight => weight.Uid).ToList()),
                new ABIValue("uint16[]", weights.Select(weight => weight.Weight).ToList())
            );
            Assert.Equal(Keccak.Hash(encoded), Eip712.WeightsHash(weights));
        }
    }

    private static ushort Any(Random random) => (ushort)random.Next(ushort.MaxValue + 1);
}
