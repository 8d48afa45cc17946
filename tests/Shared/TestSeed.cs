using System.Globalization;
using Xunit.Abstractions;

namespace Tao20.Tests;

/// <summary>The seed of what a test draws at random: said, and taken from TAO20_SEED to see the same again.</summary>
internal static class TestSeed
{
    public static int Of(ITestOutputHelper output)
    {
        var seed = Environment.GetEnvironmentVariable("TAO20_SEED") is { } text
            ? int.Parse(text, CultureInfo.InvariantCulture)
            : Random.Shared.Next();
        output.WriteLine($"TAO20_SEED={seed}");
        return seed;
    }
}
