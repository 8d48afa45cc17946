using System.Globalization;
using Akka.Actor;
using Tao20.Actors.Transactions;
using Tao20.Chain.Contracts;
using Tao20.Chain.Signing;
using Tao20.Domain.Registry;
using Tao20.Domain.Transactions;
using Tao20.Domain.Units;
using Address = Tao20.Domain.Units.Address;

namespace Tao20.Actors.Consensus;

/// <summary>
/// Has duties done: each is a transaction with a name of its own, so that it is sent once, and one whose transaction came to nothing is
/// tried again some blocks later while the book says that it is still a duty. An endpoint that was behind refuses what another takes.
/// </summary>
internal sealed class DutySubmissions(ValidatorRole role, IActorRef transactions)
{
    private const ulong BlocksBetweenAttempts = 4;
    private const int MaxAttempts = 5;
    private const string Again = "-again-";
    private readonly HashSet<string> _submitted = [];
    private readonly Dictionary<string, (int Attempts, ulong At)> _failed = [];

    /// <summary>The commitment of a validator to a statement.</summary>
    public Hash256 CommitmentOf(Statement statement, Address validator, RegistryBook book)
    {
        var digest = DigestOf(statement, validator);
        return role.Strategy.Commit(Commitments.Of(digest, SaltOf(digest)), validator, book);
    }

    /// <summary>Has a duty done.</summary>
    /// <param name="duty">The duty.</param>
    /// <param name="book">The book that it follows from.</param>
    /// <param name="own">What this node states; null before it is computed.</param>
    /// <param name="block">The last block folded.</param>
    public void Submit(RegistryDuty duty, RegistryBook book, Stated? own, ulong block)
    {
        var validator = duty.Validator;
        switch (duty)
        {
            case RegistryDuty.Commit commit when own is not null:
                // Voided, it may be made once more.
                var entry = book.RoundOf(commit.Epoch)?.Entries.GetValueOrDefault(validator);
                Submit(
                    $"commit-{commit.Epoch}-{validator}{(entry is null ? "" : "-anew")}",
                    RegistryCalls.Commit(validator, commit.Epoch, CommitmentOf(own.Statement, validator, book)),
                    IntentPriority.First,
                    duty.Until,
                    block
                );
                break;
            case RegistryDuty.Attest attest when own is not null:
                var digest = DigestOf(own.Statement, validator);
                Submit(
                    $"attest-{own.Statement.Epoch}-{validator}",
                    RegistryCalls.Attest(validator, own, SaltOf(digest), role.Key.Sign(digest).ToBytes()),
                    IntentPriority.First,
                    attest.Until,
                    block
                );
                break;
            case RegistryDuty.Punish(_, _, var number, var accused)
                when book.RoundOf(number) is { Settled: { } settled } round && round.Entries[accused].Stated is { } other:
                Submit(
                    $"punish-{number}-{accused}",
                    RegistryCalls.PunishDeviation(number, accused, settled, other),
                    IntentPriority.Then,
                    duty.Until,
                    block
                );
                break;
            case RegistryDuty.MarkDormant(_, _, var sleeper):
                Submit(
                    $"dormant-{sleeper}-{SeenOf(book, sleeper)}",
                    RegistryCalls.MarkDormant(sleeper),
                    IntentPriority.Then,
                    duty.Until,
                    block
                );
                break;
            case RegistryDuty.Wake:
                Submit(
                    $"wake-{validator}-{SeenOf(book, validator)}",
                    RegistryCalls.Wake(validator),
                    IntentPriority.Then,
                    duty.Until,
                    block
                );
                break;
        }
    }

    /// <summary>Has a call made, once by its name.</summary>
    /// <param name="duty">The name.</param>
    /// <param name="call">The call.</param>
    /// <param name="priority">What goes first when several wait.</param>
    /// <param name="until">The last second at which it is of use.</param>
    /// <param name="block">The last block folded.</param>
    public void Submit(string duty, string call, IntentPriority priority, ulong until, ulong block)
    {
        var id = duty;
        if (_failed.TryGetValue(duty, out var failed))
        {
            if (failed.Attempts >= MaxAttempts || block < failed.At + BlocksBetweenAttempts)
                return;
            id = string.Create(CultureInfo.InvariantCulture, $"{duty}{Again}{failed.Attempts + 1}");
        }

        if (_submitted.Add(id))
            transactions.Tell(
                new SubmitIntent(
                    new TransactionIntent(id, role.Registry.Registry, 0, Convert.FromHexString(call.AsSpan(2)))
                    {
                        Priority = priority,
                        Deadline = until == ulong.MaxValue ? 0 : until,
                        NotDoneAt = block,
                        OutlastsFullBlocks = priority == IntentPriority.First,
                    }
                )
            );
    }

    /// <summary>An intent has come to nothing.</summary>
    /// <param name="id">Its name.</param>
    /// <param name="block">The last block folded.</param>
    public void Failed(string id, ulong block)
    {
        var duty = id.Split(Again)[0];
        _failed[duty] = (_failed.GetValueOrDefault(duty).Attempts + 1, block);
    }

    private Hash256 DigestOf(Statement statement, Address validator) => Eip712.Digest(statement, validator, role.Registry);

    private Hash256 SaltOf(Hash256 digest) => Commitments.Salt(role.Key, digest);

    private static long SeenOf(RegistryBook book, Address validator) => book.Validators[validator].Account.LastSeen;
}
