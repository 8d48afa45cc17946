using System.Collections.Immutable;
using Tao20.Domain.Units;

namespace Tao20.Domain.Registry;

/// <summary>What is known of a validator.</summary>
/// <param name="Account">What the registry knows of it.</param>
/// <param name="Stake">Its effective stake by time.</param>
/// <param name="Bonded">Its bond by time, if that is enough, dormant or not.</param>
/// <param name="Standing">Where it stands.</param>
/// <param name="Rounds">Settled rounds it was eligible in.</param>
/// <param name="Agreed">Of these, those in which it has stated what was settled.</param>
/// <param name="Deviations">Of these, those in which it has stated something that is punished.</param>
/// <param name="Slashes">Slashes executed.</param>
/// <param name="SlashedWei">What they took, in wei.</param>
/// <param name="Missed">Of its last rounds, oldest first, which it has missed.</param>
/// <param name="LastEligible">T of the last epoch it was eligible in, in seconds; 0 before the first.</param>
public sealed record RegistryValidator(
    RegistryAccount Account,
    StakePoint Stake,
    StakePoint Bonded,
    ValidatorStanding Standing,
    long Rounds,
    long Agreed,
    long Deviations,
    long Slashes,
    UInt128 SlashedWei,
    ImmutableList<bool> Missed,
    ulong LastEligible
)
{
    /// <summary>Nothing yet.</summary>
    public static readonly RegistryValidator Initial = new(
        RegistryAccount.None,
        default,
        default,
        ValidatorStanding.Initial,
        0,
        0,
        0,
        0,
        0,
        [],
        0
    );

    /// <summary>How far it has earned trust.</summary>
    public Ratio Reputation => Tao20.Domain.Registry.Reputation.Of(Rounds, Agreed, Deviations, Slashes);

    /// <summary>Whether it may be forgotten: it has left, and nothing it stated can be punished any more.</summary>
    internal bool IsGone(RegistryRules rules, ulong time) =>
        Account.CountedBond(rules) == 0 && Account.Leaving.Value == 0 && time > LastEligible + rules.EvidenceSeconds;

    /// <summary>After a settled round that it was eligible in.</summary>
    internal RegistryValidator After(RegistryRound round, Address me, RegistryRules rules)
    {
        var (clean, stated) = (round.Agreed(me), round.Entries.GetValueOrDefault(me)?.Stated is not null);
        var missed = Missed.Add(!stated);
        missed = missed.Count > ValidatorStanding.Window ? missed.RemoveAt(0) : missed;
        return this with
        {
            Rounds = Rounds + 1,
            Agreed = Agreed + (clean ? 1 : 0),
            Deviations = Deviations + (round.GradeOf(me) > Severity.None ? 1 : 0),
            Missed = missed,
            Standing = Standing.AfterRound(clean, missed.Count(one => one), Account.CountedBond(rules) > 0),
        };
    }
}
