using System.Collections.Immutable;
using System.Numerics;
using Tao20.Domain.Units;

namespace Tao20.Domain.Registry;

/// <summary>
/// All that validators agree on, folded from the registry's events and the ends of epochs in chain order. Nothing else goes in, no clock,
/// no setting and no opinion of one's own, so that every node comes to the same book (source: the consensus rules, What a node does).
/// </summary>
/// <param name="Rules">What the registry goes by; null before it has begun.</param>
/// <param name="Validators">Who has bonded enough, as long as it matters.</param>
/// <param name="Rounds">The rounds of which there is evidence, oldest first.</param>
/// <param name="RoundCount">How many rounds there have been.</param>
/// <param name="Newest">The newest epoch that is over.</param>
/// <param name="Unpaid">Validators' pools that found nobody to be paid to; the next settled round pays them.</param>
/// <param name="Parameters">Which parameters hold when, and what is proposed.</param>
public sealed record RegistryBook(
    RegistryRules? Rules,
    ImmutableSortedDictionary<Address, RegistryValidator> Validators,
    ImmutableList<RegistryRound> Rounds,
    long RoundCount,
    NewestEpoch? Newest,
    Rao Unpaid,
    ParameterBook Parameters
)
{
    /// <summary>Nothing has happened.</summary>
    public static readonly RegistryBook Initial = new(
        null,
        ImmutableSortedDictionary<Address, RegistryValidator>.Empty,
        [],
        0,
        null,
        Rao.Zero,
        ParameterBook.Initial
    );

    /// <summary>The round with a number, while there is evidence of it.</summary>
    public RegistryRound? RoundOf(long number) => Rounds.Find(round => round.Number == number);

    /// <summary>The round of an epoch, if anybody has committed to anything, while there is evidence of it.</summary>
    public RegistryRound? RoundOf(EpochId epoch) => Rounds.Find(round => round.Epoch == epoch);

    /// <summary>
    /// E at the end of a second that is not before anybody's last change but one, in wei: all effective stake, but not less than half of
    /// all bonds.
    /// </summary>
    public UInt128 EligibleAt(ulong time) =>
        UInt128.Max(
            Validators.Values.Aggregate(UInt128.Zero, (sum, one) => sum + one.Stake.At(time)),
            Validators.Values.Aggregate(UInt128.Zero, (sum, one) => sum + one.Bonded.At(time)) / 2
        );

    /// <summary>
    /// Whether what is stated of an epoch may be told: once nobody can commit to it any more. What is not over is nobody's to state.
    /// </summary>
    /// <param name="epoch">The epoch.</param>
    /// <param name="time">The time of the last final block, in seconds.</param>
    public bool IsTold(EpochId epoch, ulong time) =>
        Rules is not { } rules
        || Newest is not { } newest
        || epoch.Value < newest.Epoch.Value
        || (epoch == newest.Epoch && time >= newest.ClosedAt + rules.CommitSeconds);

    /// <summary>The book after a fact.</summary>
    public RegistryBook After(RegistryFact fact) =>
        fact switch
        {
            RegistryFact.Created created => this with { Rules = created.Rules },
            RegistryFact.EpochClosed closed => Closed(closed),
            RegistryFact.Bonded bonded => Bonded(bonded),
            RegistryFact.Unbonding unbonding => With(
                unbonding.Time,
                unbonding.Validator,
                account => account with { Bond = unbonding.Bond, Leaving = unbonding.Leaving, LeavesAt = unbonding.LeavesAt }
            ),
            RegistryFact.Withdrawn withdrawn => With(withdrawn.Time, withdrawn.Validator, account => account with { Leaving = Wei.Zero }),
            RegistryFact.AttesterSet set => With(set.Time, set.Validator, account => account with { Attester = set.Attester }),
            RegistryFact.Dormant dormant => With(dormant.Time, dormant.Validator, account => account with { IsDormant = true }),
            RegistryFact.Awake awake => With(awake.Time, awake.Validator, account => account with { IsDormant = false }),
            RegistryFact.RoundOpened opened => Opened(opened),
            RegistryFact.Committed committed => WithRound(
                committed.Round,
                round => round.With(committed.Validator, entry => entry with { Commitment = committed.Commitment })
            ),
            RegistryFact.CommitmentVoided voided => WithRound(
                voided.Round,
                round => round.With(voided.Validator, entry => entry with { Commitment = null })
            ),
            RegistryFact.Attested attested => WithRound(attested.Round, round => round.With(attested))
                .With(attested.Time, attested.Validator, account => account with { LastSeen = Math.Max(account.LastSeen, attested.Round) }),
            RegistryFact.Settled settled => WithRound(
                settled.Round,
                round => round with { SettledHash = settled.Hash, SettledAt = settled.Time }
            ),
            RegistryFact.Slashed slashed => Slashed(slashed),
            _ => this with { Parameters = Parameters.After(fact, Newest?.Epoch.Next ?? default) },
        };

    /// <summary>An account that never had enough is not kept: what adds to its bond says all that there is to know of it.</summary>
    private RegistryBook Bonded(RegistryFact.Bonded bonded) =>
        bonded.Account.CountedBond(Rules!) == 0 && !Validators.ContainsKey(bonded.Validator)
            ? this
            : Set(
                bonded.Time,
                bonded.Validator,
                Validators.GetValueOrDefault(bonded.Validator) ?? RegistryValidator.Initial,
                bonded.Account
            );

    private RegistryBook With(ulong time, Address validator, Func<RegistryAccount, RegistryAccount> change) =>
        Validators.TryGetValue(validator, out var known) ? Set(time, validator, known, change(known.Account)) : this;

    private RegistryBook Set(ulong time, Address validator, RegistryValidator known, RegistryAccount account)
    {
        var effective = account.EffectiveStake(Rules!);
        if (known.Account.EffectiveStake(Rules!) == 0 && effective > 0)
            account = account with { LastSeen = Math.Max(account.LastSeen, RoundCount) };
        return this with
        {
            Validators = Validators.SetItem(
                validator,
                known with
                {
                    Account = account,
                    Stake = known.Stake.Set(time, effective),
                    Bonded = known.Bonded.Set(time, account.CountedBond(Rules!)),
                }
            ),
        };
    }

    private RegistryBook WithRound(long number, Func<RegistryRound, RegistryRound> change) =>
        RoundOf(number) is { } round ? this with { Rounds = Rounds.Replace(round, change(round)) } : this;

    private RegistryBook Opened(RegistryFact.RoundOpened opened) =>
        this with
        {
            RoundCount = opened.Number,
            Rounds = Rounds.Add(
                new RegistryRound(
                    opened.Number,
                    opened.Epoch,
                    opened.ClosedAt,
                    opened.Eligible,
                    Newest!.Stakes,
                    ImmutableSortedDictionary<Address, RoundEntry>.Empty,
                    null,
                    false
                )
            ),
        };

    private RegistryBook Slashed(RegistryFact.Slashed slashed)
    {
        var taken = slashed.FromLeaving + slashed.FromBond;
        var book = With(
                slashed.Time,
                slashed.Validator,
                account =>
                    account with
                    {
                        Leaving = Wei.From(account.Leaving.Value - slashed.FromLeaving),
                        Bond = Wei.From(account.Bond.Value - slashed.FromBond),
                    }
            )
            .WithRound(slashed.Round, round => round.With(slashed.Validator, entry => entry with { Punished = slashed.Grade }));
        if (!book.Validators.TryGetValue(slashed.Validator, out var known))
            return book;
        var after = known with
        {
            Slashes = known.Slashes + 1,
            SlashedWei = known.SlashedWei + taken,
            Standing = known.Standing.AfterSlash(slashed.Grade),
        };
        return book with { Validators = book.Validators.SetItem(slashed.Validator, after) };
    }

    /// <summary>An epoch is over: the round of the one before it is too.</summary>
    private RegistryBook Closed(RegistryFact.EpochClosed closed)
    {
        var book = Concluded();
        var stakes = book
            .Validators.Select(one => (one.Key, Stake: one.Value.Stake.At(closed.Time - 1)))
            .Where(one => one.Stake > 0)
            .ToImmutableSortedDictionary(one => one.Key, one => one.Stake);
        var validators = book.Validators.SetItems(
            stakes.Keys.Select(one => KeyValuePair.Create(one, book.Validators[one] with { LastEligible = closed.Time }))
        );
        return book with
        {
            Newest = new NewestEpoch(closed.Epoch, closed.Time, closed.Pool, stakes, book.EligibleAt(closed.Time - 1)),
            Validators = validators.RemoveRange(validators.Where(one => one.Value.IsGone(Rules!, closed.Time)).Select(one => one.Key)),
            Rounds = book.Rounds.RemoveAll(round => closed.Time >= round.ClosedAt + Rules!.EvidenceSeconds),
            Parameters = book.Parameters.At(closed.Epoch.Next),
        };
    }

    /// <summary>The end of the newest epoch's round: who has done what, and who is paid.</summary>
    internal RegistryBook Concluded()
    {
        if (Newest is not { } newest)
            return this;
        var pool = Unpaid + newest.Pool;
        if (RoundOf(newest.Epoch) is not { } open)
            return this with { Unpaid = pool };
        var round = open with { IsOver = true };
        if (round.Standing == RoundStanding.Disputed)
            return WithRound(round.Number, _ => round) with { Unpaid = pool };
        var validators = Validators.SetItems(
            round
                .Stakes.Keys.Where(Validators.ContainsKey)
                .Select(one => KeyValuePair.Create(one, Validators[one].After(round, one, Rules!)))
        );
        return Paid(this with { Validators = validators }, round, pool);
    }

    /// <summary>The pool by stake times reputation over those that have stated what was settled, losing nothing.</summary>
    private static RegistryBook Paid(RegistryBook book, RegistryRound round, Rao pool)
    {
        var agreed = round
            .Stakes.Keys.Where(one => round.Agreed(one) && book.Validators.TryGetValue(one, out var known) && known.Standing.IsPaid)
            .ToList();
        if (agreed.Count == 0)
            return book.WithRound(round.Number, _ => round) with { Unpaid = pool };
        var merits = agreed.Select(one => (BigInteger)round.Stakes[one] * (BigInteger)book.Validators[one].Reputation.Value).ToList();
        var paid = agreed
            .Zip(LargestRemainder.Split(pool.Value, merits))
            .Aggregate(round, (one, pay) => one.With(pay.First, entry => entry with { Payout = new Rao(pay.Second) }));
        return book.WithRound(round.Number, _ => paid) with { Unpaid = Rao.Zero };
    }
}

/// <summary>The newest epoch that is over.</summary>
/// <param name="Epoch">The epoch.</param>
/// <param name="ClosedAt">T: when it ended, in seconds.</param>
/// <param name="Pool">What it gives its validators.</param>
/// <param name="Stakes">Who may take part in its round, and with how much, in wei.</param>
/// <param name="Eligible">E: what two thirds are taken of, in wei.</param>
public sealed record NewestEpoch(
    EpochId Epoch,
    ulong ClosedAt,
    Rao Pool,
    ImmutableSortedDictionary<Address, UInt128> Stakes,
    UInt128 Eligible
);
