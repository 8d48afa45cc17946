using System.Buffers.Binary;
using Tao20.Domain.Units;

namespace Tao20.Domain.Registry;

/// <summary>
/// What a node has to do, from the book, its key and what it has computed. It remembers nothing: a lost data directory, an old backup and a
/// second process with the same key come to the same (source: the consensus rules, What a node does).
/// </summary>
/// <param name="book">The book of all final blocks.</param>
/// <param name="time">The time of the last of them, in seconds.</param>
/// <param name="commitment">The commitment of a validator to the own statement about an epoch; null while there is none.</param>
/// <param name="keccak">The chain's hash function.</param>
public sealed class RegistryDuties(RegistryBook book, ulong time, Func<Address, EpochId, Hash256?> commitment, Keccak256 keccak)
{
    /// <summary>How long each waits for who comes before it, in seconds: three blocks.</summary>
    public const ulong Turn = 36;

    private RegistryRules Rules => book.Rules!;

    /// <summary>What has to be done now for a validator; the most urgent first.</summary>
    public IEnumerable<RegistryDuty> Of(Address validator) =>
        book.Rules is null || book.Newest is null
            ? []
            : [.. OfRound(validator), .. Wakes(validator), .. Punishments(validator), .. Sleepers(validator)];

    /// <summary>Whether a validator stays out of the newest epoch's round, and why.</summary>
    public Abstention AbstentionOf(Address validator) =>
        book.Newest is { } newest
        && book.RoundOf(newest.Epoch)?.Entries.GetValueOrDefault(validator)?.Commitment is { } held
        && commitment(validator, newest.Epoch) is { } own
        && held != own
            ? Abstention.AnotherCommitment
            : Abstention.None;

    private IEnumerable<RegistryDuty> OfRound(Address validator)
    {
        var newest = book.Newest!;
        var (reveals, ends) = (newest.ClosedAt + Rules.CommitSeconds, Rules.EndOf(newest.ClosedAt));
        if (!newest.Stakes.ContainsKey(validator) || commitment(validator, newest.Epoch) is not { } own)
            yield break;
        var round = book.RoundOf(newest.Epoch);
        var entry = round?.Entries.GetValueOrDefault(validator);
        if (entry?.Commitment is null && time < reveals)
            yield return new RegistryDuty.Commit(validator, reveals - 1, newest.Epoch);

        // The last block in which anybody can commit is final: what is said from here on cannot be copied.
        if (entry?.Commitment == own && entry.Hash is null && time >= reveals && time < ends)
            yield return new RegistryDuty.Attest(validator, ends - 1, round!.Number);
    }

    private IEnumerable<RegistryDuty> Wakes(Address validator)
    {
        if (book.Validators.GetValueOrDefault(validator)?.Account is { IsDormant: true } account && account.CountedBond(Rules) > 0)
            yield return new RegistryDuty.Wake(validator, ulong.MaxValue);
    }

    private IEnumerable<RegistryDuty> Punishments(Address validator) =>
        from round in book.Rounds
        where round.SettledHash is not null && time < round.ClosedAt + Rules.EvidenceSeconds
        from deviation in round.Deviations
        where !deviation.IsPunished
        where time >= Rules.EndOf(round.ClosedAt) + Turn * Place(validator, round.Number, deviation.Validator)
        select new RegistryDuty.Punish(validator, round.ClosedAt + Rules.EvidenceSeconds - 1, round.Number, deviation.Validator);

    private IEnumerable<RegistryDuty> Sleepers(Address validator)
    {
        var ended = Ended();
        var since = Rules.EndOf(book.Rounds.FindLast(round => round.Number == ended)?.ClosedAt ?? 0);
        return book
            .Validators.Where(one => one.Value.Stake.Now > 0 && ended >= one.Value.Account.LastSeen + Rules.DormantRounds)
            .Where(one => time >= since + Turn * Place(validator, ended, one.Key))
            .Select(one => new RegistryDuty.MarkDormant(validator, ulong.MaxValue, one.Key));
    }

    /// <summary>How many rounds are over.</summary>
    private long Ended() =>
        book.RoundOf(book.RoundCount) is { } last && time < Rules.EndOf(last.ClosedAt) ? book.RoundCount - 1 : book.RoundCount;

    /// <summary>In which place a validator's turn comes, by chance that all know: not all send the same at once.</summary>
    private ulong Place(Address validator, long round, Address other)
    {
        var mine = Draw(validator, round, other);
        return (ulong)book.Newest!.Stakes.Keys.Count(one => Draw(one, round, other).CompareTo(mine) < 0);
    }

    private UInt128 Draw(Address validator, long round, Address other)
    {
        Span<byte> drawn = stackalloc byte[Address.Length + sizeof(long) + Address.Length];
        validator.CopyTo(drawn);
        BinaryPrimitives.WriteInt64BigEndian(drawn[Address.Length..], round);
        other.CopyTo(drawn[(Address.Length + sizeof(long))..]);
        return BinaryPrimitives.ReadUInt128BigEndian(keccak(drawn).ToBytes());
    }
}
