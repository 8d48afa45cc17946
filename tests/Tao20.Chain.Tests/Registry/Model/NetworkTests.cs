using Tao20.Tests;
using Xunit.Abstractions;

namespace Tao20.Chain.Tests.Registry.Model;

/// <summary>What is promised of consensus, in a model of the registry, whatever adversaries do.</summary>
public sealed class NetworkTests(ITestOutputHelper output)
{
    private static readonly int Count = Environment.GetEnvironmentVariable("TAO20_SOAK") == "1" ? 10_000 : 2_000;

    [Fact]
    public void Who_keeps_to_the_rules_loses_nothing_rounds_settle_and_lies_are_punished()
    {
        var seed = TestSeed.Of(output);
        var (counts, rounds, settled) = (new SortedDictionary<string, (int Done, int Tried)>(), new int[3], 0);
        var (others, own, slashed, highest) = ((Sent: 0L, Rao: 0.0), (Sent: 0L, Rao: 0.0), 0.0, 0.0);
        for (var i = 0; i < Count; i++)
        {
            var random = new Random(seed + i);
            var network = Network.Of(random, SizeOf(random));
            try
            {
                network.Run();
            }
            catch (Exception)
            {
                output.WriteLine($"To see it again: TAO20_SEED={seed + i}");
                throw;
            }

            foreach (var (kind, (done, tried)) in network.Counts)
                counts[kind] = (counts.GetValueOrDefault(kind).Done + done, counts.GetValueOrDefault(kind).Tried + tried);
            for (var j = 0; j < rounds.Length; j++)
                rounds[j] += network.Promises.Rounds[j];
            settled += network.Promises.Settled;
            var economics = network.Economics;
            others = (others.Sent + economics.Others.Sent, others.Rao + economics.Others.Rao);
            own = (own.Sent + economics.Own.Sent, own.Rao + economics.Own.Rao);
            slashed += economics.SlashedRao;
            highest = Math.Max(highest, economics.Others.Rao / Math.Max(1, economics.Own.Rao + economics.SlashedRao));
        }

        output.WriteLine($"{Count} networks from seed {seed}; {settled} rounds settled, {string.Join(", ", rounds)} of them by A");
        output.WriteLine(string.Join(", ", counts.Select(kind => $"{kind.Key} {kind.Value.Done} of {kind.Value.Tried}")));
        output.WriteLine(
            $"for what adversaries did, nodes sent {others.Sent} transactions of {others.Rao / 1e9:0.000} TAO; adversaries sent "
                + $"{own.Sent} of {own.Rao / 1e9:0.000} TAO and lost {slashed / 1e9:0} TAO of stake; "
                + $"at most {highest:0.000} of what they paid in a network"
        );
        Assert.All(counts.Values, kind => Assert.True(kind.Done > 0));
        Assert.All(rounds, kind => Assert.True(kind > 0));
    }

    /// <summary>From 3 to 64 validators; the larger, the fewer epochs.</summary>
    private static NetworkSize SizeOf(Random random)
    {
        var validators = random.Next(3) == 0 ? random.Next(3, 65) : random.Next(3, 12);
        return new NetworkSize(validators, Math.Min(random.Next(12, 70), Math.Max(12, 700 / validators)), 8);
    }
}
