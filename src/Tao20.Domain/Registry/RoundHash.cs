using Tao20.Domain.Units;

namespace Tao20.Domain.Registry;

/// <summary>
/// The hash of a round, which carries that of the one before: as it stood when the next epoch ended. Over the previous hash, number, epoch,
/// T, E, what was settled and when, and of everybody who was eligible or has committed, by address: stake, commitment, hash of the
/// statement, grade of a punishment executed by then, and pay.
/// </summary>
public static class RoundHash
{
    /// <summary>The hash of a round that is over.</summary>
    /// <param name="round">The round.</param>
    /// <param name="previous">The hash of the round before; 32 zero bytes for the first.</param>
    /// <param name="keccak">The chain's hash function.</param>
    public static ChainedHash Of(RegistryRound round, Hash256 previous, Keccak256 keccak)
    {
        var input = new HashInput()
            .Add(previous)
            .Add((ulong)round.Number)
            .Add(round.Epoch.Value)
            .Add(round.ClosedAt)
            .Add(round.Eligible)
            .Add(round.SettledHash)
            .Add(round.SettledAt);
        foreach (var validator in round.Stakes.Keys.Union(round.Entries.Keys).Order())
        {
            var entry = round.Entries.GetValueOrDefault(validator) ?? RoundEntry.None;
            input
                .Add(validator)
                .Add(round.Stakes.GetValueOrDefault(validator))
                .Add(entry.Commitment)
                .Add(entry.Hash)
                .Add((ulong)entry.Punished)
                .Add(entry.Payout.Value);
        }

        return new ChainedHash(previous, input.Hash(keccak));
    }
}
