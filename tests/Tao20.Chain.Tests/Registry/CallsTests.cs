using System.Numerics;
using Tao20.Chain.Abi;
using Tao20.Chain.Contracts;
using Tao20.Chain.Signing;
using Tao20.Domain.Registry;
using Tao20.Domain.Units;
using Tao20.Domain.Weights;
using Tao20.Tests;
using Xunit.Abstractions;

namespace Tao20.Chain.Tests.Registry;

/// <summary>What is sent to the registry is what its functions take.</summary>
[Trait("Category", "Fast")]
public sealed class CallsTests(ITestOutputHelper output)
{
    [Fact]
    public void Every_call_encodes_as_its_signature_and_arguments_do()
    {
        var random = new Random(TestSeed.Of(output));
        for (var i = 0; i < 100; i++)
        {
            var (one, other, hash) = (Some(random), Some(random), Keccak.Hash(BitConverter.GetBytes(random.Next())));
            var (number, epoch, wei) = (random.NextInt64(1L << 31), random.NextInt64(1L << 32), (BigInteger)random.NextInt64());
            var (settled, said) = (Stated(random), Stated(random));
            var (signature, text) = (new byte[65], $"a={wei}\n");
            random.NextBytes(signature);
            Same(RegistryData.Bond(one), RegistryCalls.Bond(one));
            Same(RegistryData.SetAttester(one), RegistryCalls.SetAttester(one));
            Same(RegistryData.Unbond(wei), RegistryCalls.Unbond(wei));
            Same(RegistryData.Withdraw(), RegistryCalls.Withdraw());
            Same(RegistryData.Sweep(one), RegistryCalls.Sweep(one));
            Same(RegistryData.Commit(one, (ulong)epoch, hash), RegistryCalls.Commit(one, new EpochId((ulong)epoch), hash));
            Same(RegistryData.Attest(one, said, hash, signature), RegistryCalls.Attest(one, said, hash, signature));
            Same(RegistryData.Punish(number, other, settled, said), RegistryCalls.PunishDeviation(number, other, settled, said));
            Same(RegistryData.MarkDormant(one), RegistryCalls.MarkDormant(one));
            Same(RegistryData.Wake(one), RegistryCalls.Wake(one));
            Same(RegistryData.Propose((ulong)epoch, text), RegistryCalls.Propose(new EpochId((ulong)epoch), text));
            Same(RegistryData.Endorse((int)number, hash), RegistryCalls.Endorse(number, hash));
            Same(RegistryData.Adopt((int)number, text), RegistryCalls.Adopt(number, text));
            Same(RegistryData.Lapse((int)number), RegistryCalls.Lapse(number));
        }

        static void Same(string expected, string encoded) => Assert.Equal(expected, encoded);
    }

    private static Address Some(Random random)
    {
        var bytes = new byte[20];
        random.NextBytes(bytes);
        return new Address(bytes);
    }

    private static Stated Stated(Random random)
    {
        var weights = Enumerable
            .Range(0, random.Next(5))
            .Select(uid => new SubnetWeight((ushort)uid, (ushort)random.Next(65_536)))
            .ToList();
        var hash = Keccak.Hash(BitConverter.GetBytes(random.Next()));
        return new Stated(
            new Statement(
                new EpochId((ulong)random.NextInt64()),
                (ulong)random.NextInt64(),
                hash,
                TaoPerToken.From((ulong)random.NextInt64()),
                Wei.From((ulong)random.NextInt64()),
                hash,
                Eip712.WeightsHash(weights),
                hash
            ),
            weights
        );
    }
}
