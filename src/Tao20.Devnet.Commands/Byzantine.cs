using System.Collections.Immutable;
using System.Globalization;
using System.Numerics;
using Tao20.Actors.Consensus;
using Tao20.Chain.Contracts;
using Tao20.Chain.Signing;
using Tao20.Domain.Registry;
using Tao20.Domain.Transactions;
using Tao20.Domain.Units;
using Tao20.Domain.Weights;

namespace Tao20.Devnet.Commands;

/// <summary>What a validator of the devnet goes through besides what it says.</summary>
internal enum Mishap
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>Half way through, its data directory is lost.</summary>
    Rebuild,

    /// <summary>A second process has the same key.</summary>
    Twin,
}

/// <summary>A validator of the devnet that does not keep to the rules, or has bad luck: <c>--byzantine 1:nav=+3%</c>.</summary>
/// <param name="Validator">Which one, from 1.</param>
/// <param name="Strategy">What it states and does instead.</param>
/// <param name="Mishap">What happens to it.</param>
internal sealed record Byzantine(int Validator, IStatementStrategy Strategy, Mishap Mishap)
{
    /// <summary>What can be asked for.</summary>
    public const string Kinds =
        "N:nav=+3%, N:weights=shuffle, N:silent, N:late, N:flood, N:withhold, N:copy, N:twin, or N:rebuild with N above 1";

    // How the names of a flood's transactions begin: there is no end to them.
    private const string Flooding = "flood-";

    /// <summary>Whether a transaction is one of a flood.</summary>
    public static bool IsFlood(IntentProgress intent) => intent.Id.StartsWith(Flooding, StringComparison.Ordinal);

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
        return parts[1] switch
        {
            "weights=shuffle" => Says(new ShuffledWeights()),
            "silent" => Says(new Silent()),
            "late" => Says(new Late()),
            "flood" => Says(new Flood()),
            "withhold" => Says(new Withhold()),
            "copy" => Says(new Copy()),
            "twin" => new Byzantine(validator, new HonestStrategy(), Mishap.Twin),

            // The first one is shown while it runs.
            "rebuild" when validator > 1 => new Byzantine(validator, new HonestStrategy(), Mishap.Rebuild),
            var nav
                when nav.StartsWith("nav=", StringComparison.Ordinal)
                    && nav.EndsWith('%')
                    && decimal.TryParse(
                        nav[4..^1],
                        NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint,
                        CultureInfo.InvariantCulture,
                        out var percent
                    )
                    && percent is > -100 and <= 1000 => Says(new SkewedNav(percent)),
            _ => null,
        };

        Byzantine Says(IStatementStrategy strategy) => new(validator, strategy, Mishap.None);
    }

    private sealed class SkewedNav(decimal percent) : IStatementStrategy
    {
        public Stated State(Stated computed)
        {
            var bent = (BigInteger)computed.Statement.Nav.Value * (BigInteger)((100 + percent) * 1_000_000) / 100_000_000;
            return computed with { Statement = computed.Statement with { Nav = TaoPerToken.From((UInt128)bent) } };
        }
    }

    /// <summary>The first UID gets the last one's weight, and so on.</summary>
    private sealed class ShuffledWeights : IStatementStrategy
    {
        public Stated State(Stated computed)
        {
            var right = computed.Weights;
            SubnetWeight[] weights = [.. right.Select((weight, i) => weight with { Weight = right[right.Count - 1 - i].Weight })];
            return new Stated(computed.Statement with { WeightsHash = Eip712.WeightsHash(weights) }, weights);
        }
    }

    private sealed class Silent : IStatementStrategy
    {
        public IEnumerable<RegistryDuty> Do(IReadOnlyList<RegistryDuty> own, Address validator, RegistryBook book, ulong time) => [];
    }

    /// <summary>Commits, and never says to what.</summary>
    private sealed class Withhold : IStatementStrategy
    {
        public IEnumerable<RegistryDuty> Do(IReadOnlyList<RegistryDuty> own, Address validator, RegistryBook book, ulong time) =>
            own.Where(duty => duty is not RegistryDuty.Attest);
    }

    /// <summary>Tries to commit once others have begun to state.</summary>
    private sealed class Late : IStatementStrategy
    {
        public IEnumerable<RegistryDuty> Do(IReadOnlyList<RegistryDuty> own, Address validator, RegistryBook book, ulong time) =>
            book.Newest is { } newest && time >= newest.ClosedAt + book.Rules!.CommitSeconds
                ? own.Append(new RegistryDuty.Commit(validator, ulong.MaxValue, newest.Epoch))
                : own.Where(duty => duty is not RegistryDuty.Commit);
    }

    /// <summary>Commits to what somebody else has committed to, and tries to state it as its own.</summary>
    private sealed class Copy : IStatementStrategy
    {
        public Hash256 Commit(Hash256 own, Address validator, RegistryBook book) =>
            Entries(book)?.GetValueOrDefault(validator)?.Commitment ?? Others(book).FirstOrDefault() ?? own;

        public IEnumerable<RegistryDuty> Do(IReadOnlyList<RegistryDuty> own, Address validator, RegistryBook book, ulong time) =>
            Others(book).Any() ? own : own.Where(duty => duty is not RegistryDuty.Commit);

        private static IEnumerable<Hash256?> Others(RegistryBook book) =>
            Entries(book)?.Values.Select(entry => entry.Commitment).Where(commitment => commitment is not null) ?? [];

        private static ImmutableSortedDictionary<Address, RoundEntry>? Entries(RegistryBook book) =>
            book.Newest is { } newest ? book.RoundOf(newest.Epoch)?.Entries : null;
    }

    /// <summary>Keeps to the rules, and has the registry log something in every block that it sees.</summary>
    private sealed class Flood : IStatementStrategy
    {
        private const ulong Rao = 1_000_000_000;

        public IEnumerable<(string Id, string Call)> Send(Address validator, RegistryBook book, ulong block)
        {
            yield return ($"{Flooding}unbond-{block}", RegistryCalls.Unbond(Rao));
            var other = book.Validators.Keys.ElementAt((int)(block % (ulong)book.Validators.Count));
            yield return ($"{Flooding}dormant-{block}", RegistryCalls.MarkDormant(other));
        }
    }
}
