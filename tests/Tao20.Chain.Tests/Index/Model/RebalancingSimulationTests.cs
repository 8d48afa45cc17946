using System.Globalization;
using Xunit.Abstractions;

namespace Tao20.Chain.Tests.Index.Model;

/// <summary>What a window costs holders, with and without who would take it from them; the figures are in docs/benchmarks.md.</summary>
public sealed class RebalancingSimulationTests(ITestOutputHelper output)
{
    private static readonly bool IsSoak = Environment.GetEnvironmentVariable("TAO20_SOAK") == "1";

    [Theory]
    [InlineData(nameof(Others.Arbitrageurs))]
    [InlineData(nameof(Others.Sandwich))]
    [InlineData(nameof(Others.Push))]
    [InlineData(nameof(Others.PushAlone))]
    public void No_day_of_a_window_costs_more_than_is_promised(string others)
    {
        for (var seed = 1; seed <= (IsSoak ? 5 : 1); seed++)
        {
            var window = RebalancingSimulation.Run(seed, Enum.Parse<Others>(others), IsSoak ? 1_500 : 250);
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"seed {seed}, {others}: {window}"));
            Assert.True(window.Steps > 50, $"{window.Steps} steps");

            // Legs that are left are among them: 48 hundredths of a percent a day are promised of those, 21 of the others.
            Assert.InRange(window.WorstDayBps, -100, 48);
            Assert.True(window.AttackerTao <= 0, $"the attacker gained {window.AttackerTao} TAO");
        }
    }
}
