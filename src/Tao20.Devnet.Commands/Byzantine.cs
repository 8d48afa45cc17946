using System.Globalization;
using System.Numerics;
using Tao20.Actors.Consensus;
using Tao20.Domain.Consensus;
using Tao20.Domain.Units;
using Tao20.Domain.Weights;

namespace Tao20.Devnet.Commands;

/// <summary>A validator of the devnet that does not keep to the rules: <c>--byzantine 1:nav=+3%</c>.</summary>
/// <param name="Validator">Which one, from 1.</param>
/// <param name="Strategy">What it says instead.</param>
internal sealed record Byzantine(int Validator, IAttestationStrategy Strategy)
{
    /// <summary>What can be asked for.</summary>
    public const string Kinds = "N:nav=+3%, N:weights=shuffle, N:equivocate, N:silent or N:late";

    /// <summary>Reads one; null when it is none.</summary>
    public static Byzantine? TryParse(string text)
    {
        var parts = text.Split(':', 2);
        if (
            parts.Length != 2
            || !int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var validator)
            || validator < 1
        )
            return null;
        IAttestationStrategy? strategy = parts[1] switch
        {
            "weights=shuffle" => new ShuffledWeights(),
            "equivocate" => new Equivocating(),
            "silent" => new Silent(),
            "late" => new Late(),
            var nav
                when nav.StartsWith("nav=", StringComparison.Ordinal)
                    && nav.EndsWith('%')
                    && decimal.TryParse(
                        nav[4..^1],
                        NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint,
                        CultureInfo.InvariantCulture,
                        out var percent
                    )
                    && percent is > -100 and <= 1000 => new SkewedNav(percent),
            _ => null,
        };
        return strategy is null ? null : new Byzantine(validator, strategy);
    }

    private sealed class SkewedNav(decimal percent) : IAttestationStrategy
    {
        public IReadOnlyList<PlannedAttestation> Create(NavAttestation computed, IReadOnlyList<SubnetWeight> weights, Round round)
        {
            var bent = (BigInteger)computed.Nav.Value * (BigInteger)((100 + percent) * 1_000_000) / 100_000_000;
            return [new PlannedAttestation(computed with { Nav = TaoPerToken.From((UInt128)bent) }, weights, 0)];
        }
    }

    /// <summary>The first UID gets the last one's weight, and so on.</summary>
    private sealed class ShuffledWeights : IAttestationStrategy
    {
        public IReadOnlyList<PlannedAttestation> Create(NavAttestation computed, IReadOnlyList<SubnetWeight> weights, Round round) =>
            [
                new PlannedAttestation(
                    computed,
                    [.. weights.Select((weight, i) => weight with { Weight = weights[weights.Count - 1 - i].Weight })],
                    0
                ),
            ];
    }

    private sealed class Equivocating : IAttestationStrategy
    {
        public IReadOnlyList<PlannedAttestation> Create(NavAttestation computed, IReadOnlyList<SubnetWeight> weights, Round round) =>
            [
                new PlannedAttestation(computed, weights, 0),
                new PlannedAttestation(computed with { Nav = TaoPerToken.From(computed.Nav.Value + 1) }, weights, 0),
            ];
    }

    private sealed class Silent : IAttestationStrategy
    {
        public IReadOnlyList<PlannedAttestation> Create(NavAttestation computed, IReadOnlyList<SubnetWeight> weights, Round round) => [];
    }

    private sealed class Late : IAttestationStrategy
    {
        public IReadOnlyList<PlannedAttestation> Create(NavAttestation computed, IReadOnlyList<SubnetWeight> weights, Round round) =>
            [new PlannedAttestation(computed, weights, round.LastBlock + 2 * (ulong)round.Rules.WindowBlocks)];
    }
}
