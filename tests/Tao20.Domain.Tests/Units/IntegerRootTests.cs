using System.Numerics;
using CsCheck;
using Tao20.Domain.Units;

namespace Tao20.Domain.Tests.Units;

[Trait("Category", "Fast")]
public sealed class IntegerRootTests
{
    [Fact]
    public void The_root_is_the_largest_integer_whose_square_fits() =>
        Gen
            .Byte.Array[0, 60]
            .Sample(bytes =>
            {
                var value = new BigInteger(bytes, isUnsigned: true);
                var root = IntegerRoot.Of(value);
                Assert.True(root * root <= value);
                Assert.True((root + 1) * (root + 1) > value);
            });

    [Fact]
    public void There_is_no_root_of_less_than_nothing() => Assert.Throws<ArgumentOutOfRangeException>(() => IntegerRoot.Of(-1));

    [Fact]
    public void Addresses_and_hashes_read_back_what_they_write() =>
        Gen
            .Byte.Array[32]
            .Sample(bytes =>
            {
                Assert.Equal(bytes, Hash256.Parse(new Hash256(bytes).ToString()).ToBytes());
                Assert.Equal(bytes[..20], Address.Parse(new Address(bytes.AsSpan(0, 20)).ToString()).ToBytes());
            });

    [Theory]
    [InlineData("")]
    [InlineData("0x12")]
    [InlineData("00000000000000000000000000000000000000000a")]
    [InlineData("0x00000000000000000000000000000000000000zz")]
    public void What_is_no_address_is_refused(string text) => Assert.Throws<FormatException>(() => Address.Parse(text));
}
