using System.Numerics;
using System.Reflection;
using Nethereum.ABI.FunctionEncoding.Attributes;
using Nethereum.Contracts;
using Tao20.Chain.Abi;
using Tao20.Chain.Contracts;
using Tao20.Domain.Index;
using Tao20.Domain.Units;
using Tao20.Tests;
using Tao20.Tests.Oracles;
using Xunit.Abstractions;

namespace Tao20.Chain.Tests.Abi;

/// <summary>Every typed function message encodes to the bytes of the encoder that was here before, which is compared with viem.</summary>
[Trait("Category", "Fast")]
public sealed class CallDataTests
{
    private readonly Random _random;

    public CallDataTests(ITestOutputHelper output)
    {
        _random = new Random(TestSeed.Of(output));
    }

    public static TheoryData<Type> Messages =>
        [
            .. typeof(CallData)
                .Assembly.GetTypes()
                .Where(type =>
                    type is { IsAbstract: false }
                    && type.IsSubclassOf(typeof(FunctionMessage))
                    && !type.GetProperties().Any(property => property.PropertyType.GetCustomAttribute<StructAttribute>() is not null)
                ),
        ];

    [Theory]
    [MemberData(nameof(Messages))]
    public void A_message_encodes_as_its_signature_and_arguments_do(Type message)
    {
        for (var i = 0; i < 20; i++)
        {
            var constructor = Assert.Single(message.GetConstructors());
            var arguments = constructor.GetParameters().Select(parameter => Value(parameter.ParameterType)).ToArray();
            var types = message
                .GetProperties()
                .Select(property => property.GetCustomAttribute<ParameterAttribute>(true))
                .OfType<ParameterAttribute>()
                .OrderBy(one => one.Order)
                .Select(one => one.Type);
            var signature = $"{message.GetCustomAttribute<FunctionAttribute>()!.Name}({string.Join(',', types)})";
            var encoded = (string)
                typeof(CallData)
                    .GetMethod(nameof(CallData.Encode))!
                    .MakeGenericMethod(message)
                    .Invoke(null, [constructor.Invoke(arguments)])!;
            Assert.Equal(AbiEncoder.Call(signature, [.. arguments.Select(Plain)]), encoded);
        }
    }

    [Fact]
    public void Orders_encode_as_tuples()
    {
        const string tuple = "(uint256,uint256[],uint256[],uint256,uint256,uint256)";
        for (var i = 0; i < 100; i++)
        {
            var legs = _random.Next(33);
            var order = new BasketOrder((ulong)_random.NextInt64(), (ulong)_random.NextInt64())
            {
                Tao = [.. Enumerable.Range(0, legs).Select(_ => (ulong)_random.NextInt64())],
                Limit = [.. Enumerable.Range(0, legs).Select(_ => (ulong)_random.NextInt64())],
                Gifts = (uint)_random.NextInt64(1L << 32),
            };
            var encoded = new AbiTuple([
                order.Revision,
                order.Tao.Select(rao => (object)rao).ToList(),
                order.Limit.Select(price => (object)price).ToList(),
                order.Gifts,
                0,
                order.LegGas,
            ]);
            var (bound, deadline) = (Wei.From((ulong)_random.NextInt64()), (ulong)_random.NextInt64());
            Assert.Equal(
                AbiEncoder.Call($"mint({tuple},uint256,uint256)", encoded, bound.Value, deadline),
                RouterCalls.Mint(order, bound, deadline)
            );
            Assert.Equal(
                AbiEncoder.Call($"mintAndSell({tuple},int256,uint256)", encoded, bound.Value, deadline),
                RouterCalls.MintAndSell(order, bound.Value, deadline)
            );
            Assert.Equal(AbiEncoder.Call($"quoteMintAndSell({tuple})", encoded), RouterCalls.QuoteMintAndSell(order));
        }
    }

    private object Value(Type type) =>
        type switch
        {
            _ when type == typeof(BigInteger) => new BigInteger(Bytes(_random.Next(1, 31)), isUnsigned: true),
            _ when type == typeof(ulong) => (ulong)_random.NextInt64(),
            _ when type == typeof(ushort) => (ushort)_random.Next(65536),
            _ when type == typeof(byte) => (byte)_random.Next(256),
            _ when type == typeof(bool) => _random.Next(2) == 0,
            _ when type == typeof(Address) => Address(),
            _ when type == typeof(Hash256) => Hash(),
            _ when type == typeof(byte[]) => Bytes(_random.Next(100)),
            _ when type == typeof(ReadOnlyMemory<byte>) => (ReadOnlyMemory<byte>)Bytes(4),
            _ when type == typeof(List<BigInteger>) => Enumerable
                .Range(0, _random.Next(5))
                .Select(_ => (BigInteger)_random.NextInt64())
                .ToList(),
            _ when type == typeof(IReadOnlyList<Address>) => Enumerable.Range(0, _random.Next(5)).Select(_ => Address()).ToList(),
            _ when type == typeof(List<ushort>) => Enumerable.Range(0, _random.Next(5)).Select(_ => (ushort)_random.Next(65536)).ToList(),
            _ => throw new ArgumentException($"No value of {type} is made here.", nameof(type)),
        };

    private static object Plain(object argument) =>
        argument switch
        {
            // A bytes4 stands at the left of its word.
            ReadOnlyMemory<byte> selector => new Hash256([.. selector.ToArray(), .. new byte[28]]),
            List<BigInteger> list => list.Select(item => (object)item),
            List<ushort> list => list.Select(item => (object)item),
            List<Address> list => list.Select(item => (object)item),
            _ => argument,
        };

    private Address Address() => new(Bytes(20));

    private Hash256 Hash() => new(Bytes(32));

    private byte[] Bytes(int length)
    {
        var bytes = new byte[length];
        _random.NextBytes(bytes);
        return bytes;
    }
}
