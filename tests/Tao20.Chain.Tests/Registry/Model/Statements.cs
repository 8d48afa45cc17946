using Tao20.Chain.Signing;
using Tao20.Domain.Registry;
using Tao20.Domain.Units;
using Tao20.Domain.Weights;

namespace Tao20.Chain.Tests.Registry.Model;

/// <summary>What is true of an epoch, and what is not.</summary>
internal sealed class Statements(Random random)
{
    private static readonly Dictionary<string, Hash256> Hashes = [];

    /// <summary>What is true of an epoch; now and then NAV cannot be had.</summary>
    public Stated Truth(int epoch, string text)
    {
        var weights = Enumerable
            .Range(0, random.Next(4))
            .Select(i => new SubnetWeight((ushort)(3 * i), (ushort)random.Next(65_536)))
            .ToList();
        return new Stated(
            new Statement(
                new EpochId((ulong)epoch),
                (ulong)random.Next(1_000_000),
                Some(),
                TaoPerToken.From(random.Next(10) == 0 ? 0 : (UInt128)random.NextInt64(1, 4_000_000_000_000_000_000)),
                Wei.From((UInt128)random.NextInt64()),
                Some(),
                Eip712.WeightsHash(weights),
                HashOf(text)
            ),
            weights
        );
    }

    /// <summary>Something else, by little or by much.</summary>
    public Stated Lie(Stated truth)
    {
        var said = truth.Statement;
        switch (random.Next(7))
        {
            case 0:
                return truth with { Statement = said with { RankingRoot = Some() } };
            case 1:
                return truth with { Statement = said with { BlockHash = Some() } };
            case 2:
                return truth with { Statement = said with { TotalSupply = Wei.From(said.TotalSupply.Value + 1) } };
            case 3:
                return truth with { Statement = said with { Parameters = Some() } };
            case 4:
                var weights = new List<SubnetWeight> { new(1, (ushort)random.Next(65_536)) };
                return new Stated(said with { WeightsHash = Eip712.WeightsHash(weights) }, weights);
            default:
                var part = (UInt128)random.Next(1, 100_000);
                return truth with
                {
                    Statement = said with { Nav = TaoPerToken.From(said.Nav.Value + (said.Nav.Value * part / 1_000_000) + 1) },
                };
        }
    }

    /// <summary>The hash of a text of parameters.</summary>
    public static Hash256 HashOf(string text)
    {
        lock (Hashes)
            return Hashes.TryGetValue(text, out var hash) ? hash : Hashes[text] = RegistryData.HashOf(text);
    }

    private Hash256 Some()
    {
        var bytes = new byte[Hash256.Length];
        random.NextBytes(bytes);
        return new Hash256(bytes);
    }
}
