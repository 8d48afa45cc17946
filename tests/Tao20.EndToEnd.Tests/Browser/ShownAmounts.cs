using System.Globalization;
using System.Numerics;
using Microsoft.Playwright;

namespace Tao20.EndToEnd.Tests.Browser;

/// <summary>Amounts on a page.</summary>
internal static class ShownAmounts
{
    private const int Decimals = 18;

    /// <summary>An amount in its smallest unit, out of what is shown when the pointer is on it: all digits and the unit.</summary>
    public static async Task<string> UnitsAsync(ILocator amount, int decimals = Decimals) =>
        UnitsOf((await amount.GetAttributeAsync("title"))!, decimals).ToString(CultureInfo.InvariantCulture);

    private static BigInteger UnitsOf(string shown, int decimals)
    {
        var parts = shown.Split(' ')[0].Split('.');
        return BigInteger.Parse(parts[0] + (parts.Length > 1 ? parts[1] : "").PadRight(decimals, '0'), CultureInfo.InvariantCulture);
    }

    /// <summary>What all of them come to.</summary>
    public static async Task<BigInteger> SumAsync(ILocator amounts)
    {
        var sum = BigInteger.Zero;
        foreach (var one in await amounts.AllAsync())
            sum += UnitsOf((await one.GetAttributeAsync("title"))!, Decimals);
        return sum;
    }
}
