using System.Collections.Immutable;
using System.Numerics;
using Tao20.Domain.Units;

namespace Tao20.Domain.Registry;

/// <summary>What a validator has done in a round.</summary>
/// <param name="Commitment">What it has committed to; null where that was voided.</param>
/// <param name="Hash">The hash of its statement, or null.</param>
/// <param name="Stated">Its statement.</param>
/// <param name="Punished">The grade it was punished by.</param>
/// <param name="Payout">What it was paid.</param>
public sealed record RoundEntry(Hash256? Commitment, Hash256? Hash, Stated? Stated, Severity Punished, Rao Payout)
{
    /// <summary>Nothing yet.</summary>
    public static readonly RoundEntry None = new(null, null, null, Severity.None, Rao.Zero);
}

/// <summary>A statement that is further from the settled one than is tolerated.</summary>
/// <param name="Validator">Whose.</param>
/// <param name="Grade">How far.</param>
/// <param name="IsPunished">Whether it has been punished.</param>
public sealed record Deviation(Address Validator, Severity Grade, bool IsPunished);

/// <summary>How a round stands.</summary>
public enum RoundStanding : byte
{
    /// <summary>It runs.</summary>
    Open = 0,

    /// <summary>Two thirds have stated the same.</summary>
    Settled = 1,

    /// <summary>It is over without that: nobody is paid and nobody punished.</summary>
    Disputed = 2,
}

/// <summary>The round of an epoch.</summary>
/// <param name="Number">Its number, from 1.</param>
/// <param name="Epoch">The epoch.</param>
/// <param name="ClosedAt">T: when the epoch ended, in seconds.</param>
/// <param name="Eligible">E: the eligible stake, in wei.</param>
/// <param name="Stakes">Who was eligible, and with how much.</param>
/// <param name="Entries">What each has done.</param>
/// <param name="SettledHash">The hash of what was settled, or null.</param>
/// <param name="IsOver">Whether the next epoch has ended.</param>
public sealed record RegistryRound(
    long Number,
    EpochId Epoch,
    ulong ClosedAt,
    UInt128 Eligible,
    ImmutableSortedDictionary<Address, UInt128> Stakes,
    ImmutableSortedDictionary<Address, RoundEntry> Entries,
    Hash256? SettledHash,
    bool IsOver
)
{
    /// <summary>When it was settled, in seconds; 0 where it is not.</summary>
    public ulong SettledAt { get; init; }

    /// <summary>The stake of all that have stated anything, in wei.</summary>
    public UInt128 AttestedStake =>
        Entries
            .Where(entry => entry.Value.Stated is not null)
            .Aggregate(UInt128.Zero, (sum, entry) => sum + Stakes.GetValueOrDefault(entry.Key));

    /// <summary>How it stands.</summary>
    public RoundStanding Standing =>
        SettledHash is not null ? RoundStanding.Settled
        : IsOver ? RoundStanding.Disputed
        : RoundStanding.Open;

    /// <summary>What was settled.</summary>
    public Stated? Settled => SettledHash is { } hash ? Entries.Values.First(entry => entry.Hash == hash).Stated : null;

    /// <summary>How far a validator's statement is from what was settled; none where one of them is not there.</summary>
    public Severity GradeOf(Address validator) =>
        SettledHash is not null && Entries.GetValueOrDefault(validator) is { Stated: { } said } entry && entry.Hash != SettledHash
            ? Grades.Between(Settled!, said)
            : Severity.None;

    /// <summary>The statements that are further from the settled one than is tolerated.</summary>
    public IEnumerable<Deviation> Deviations =>
        Entries
            .Select(entry => new Deviation(entry.Key, GradeOf(entry.Key), entry.Value.Punished != Severity.None))
            .Where(deviation => deviation.Grade != Severity.None);

    /// <summary>How far each NAV that was stated is from the settled one, as a fraction of that; none before one is settled.</summary>
    public IEnumerable<(Address Validator, Ratio Deviation)> NavDeviations =>
        Settled is { Statement.Nav: var settled } && settled.Value > 0
            ? Entries
                .Where(entry => entry.Value.Stated is not null)
                .Select(entry => (entry.Key, Ratio.Of((BigInteger)entry.Value.Stated!.Statement.Nav.Value - settled.Value, settled.Value)))
            : [];

    /// <summary>Whether a validator has stated what was settled.</summary>
    public bool Agreed(Address validator) => SettledHash is { } hash && Entries.GetValueOrDefault(validator)?.Hash == hash;

    internal RegistryRound With(Address validator, Func<RoundEntry, RoundEntry> change) =>
        this with
        {
            Entries = Entries.SetItem(validator, change(Entries.GetValueOrDefault(validator) ?? RoundEntry.None)),
        };

    /// <summary>With a statement; those who state the same share it.</summary>
    internal RegistryRound With(RegistryFact.Attested attested)
    {
        var same = Entries.Values.FirstOrDefault(entry => entry.Hash == attested.Hash)?.Stated ?? attested.Stated;
        return With(attested.Validator, entry => entry with { Hash = attested.Hash, Stated = same });
    }
}
