using System.Numerics;
using CsCheck;
using Tao20.Domain.Parameters;

namespace Tao20.Domain.Tests.Parameters;

/// <summary>One text for the same numbers, and a reason for every other.</summary>
public sealed class ParameterTextTests
{
    private static readonly Gen<string> Key =
        from first in Gen.Char['a', 'z']
        from rest in Gen.Char["abcz019."].Array[0, 63]
        select first + new string(rest);

    private static readonly Gen<BigInteger> Number =
        from digits in Gen.Int[0, 9].Array[1, 39]
        from negative in Gen.Bool
        select BigInteger.Parse((negative ? "-" : "") + string.Concat(digits), null);

    [Fact]
    public void What_is_written_is_read_again_and_nothing_else_says_the_same() =>
        Gen.Dictionary(Key, Number)[1, 60]
            .Sample(numbers =>
            {
                var text = ParameterText.Write(numbers);
                Assert.Null(ParameterText.TryRead(text, out var read));
                Assert.Equal(numbers.OrderBy(one => one.Key), read.OrderBy(one => one.Key));
                Assert.Equal(text, ParameterText.Write(read.Reverse()));
            });

    [Theory]
    [InlineData("", "0 bytes: from 1 to 8192 are possible")]
    [InlineData("a=1", "the last line does not end")]
    [InlineData("\uFEFFa=1\n", "line 1")]
    [InlineData("a=1\n\n", "line 2")]
    [InlineData("a=1\r\n", "line 1")]
    [InlineData("a = 1\n", "line 1")]
    [InlineData("A=1\n", "line 1")]
    [InlineData("1a=1\n", "line 1")]
    [InlineData("a_b=1\n", "line 1")]
    [InlineData("a=01\n", "line 1")]
    [InlineData("a=-0\n", "line 1")]
    [InlineData("a=+1\n", "line 1")]
    [InlineData("a=1.0\n", "line 1")]
    [InlineData("a=\n", "line 1")]
    [InlineData("a=1000000000000000000000000000000000000000\n", "line 1")]
    [InlineData("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa=1\n", "line 1")]
    [InlineData("b=1\na=1\n", "line 2, a=1: a comes before b")]
    [InlineData("a=1\na=1\n", "line 2, a=1: a comes before a")]
    [InlineData("a=\u0661\n", "line 1")]
    public void What_is_not_canonical_is_told_by_its_line(string text, string reason)
    {
        Assert.StartsWith(reason, ParameterText.TryRead(text, out var read), StringComparison.Ordinal);
        Assert.Empty(read);
    }

    [Fact]
    public void Too_much_is_refused()
    {
        var numbers = Enumerable.Range(0, 1_000).ToDictionary(i => $"key{i:d4}", _ => BigInteger.One);
        Assert.Contains("8192", Assert.Throws<ArgumentException>(() => ParameterText.Write(numbers)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => ParameterText.Write([]));
    }
}
