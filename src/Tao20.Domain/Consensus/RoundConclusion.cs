using System.Collections.Immutable;
using System.Numerics;
using Tao20.Domain.Slashing;
using Tao20.Domain.Units;

namespace Tao20.Domain.Consensus;

/// <summary>How a round ends: what was right, who agreed, how grave each deviation is, and who is paid what.</summary>
internal static class RoundConclusion
{
    /// <summary>The end of a round at a block.</summary>
    /// <param name="round">The round.</param>
    /// <param name="book">What is known of its validators.</param>
    /// <param name="block">The block it ends at.</param>
    public static ConsensusEvent.RoundConcluded Of(Round round, ConsensusBook book, ulong block)
    {
        var pool = book.Unpaid + round.ValidatorPool;
        if (!round.HasQuorum)
            return new(round.Epoch, RoundState.Expired, block, null, [.. round.Eligible.Select(one => Absent(round, one))], pool);
        if (ConsensusValues.Of(round.Counted) is not { } reference)
            return new(round.Epoch, RoundState.Disputed, block, null, [], pool);
        var judgements = round.Eligible.Select(one => Judge(round, book, reference, one)).ToList();
        var (paid, unpaid) = Pay(judgements, book, pool);
        return new(round.Epoch, RoundState.Settled, block, reference, paid, unpaid);
    }

    private static Judgement Absent(Round round, EligibleValidator one) =>
        new(
            one.Validator,
            round.Counted.Any(counted => counted.Validator == one.Validator),
            false,
            Severity.None,
            Severity.None,
            Severity.None,
            Rao.Zero
        );

    private static Judgement Judge(Round round, ConsensusBook book, ConsensusValues reference, EligibleValidator one)
    {
        if (round.Counted.FirstOrDefault(counted => counted.Validator == one.Validator)?.Signed is not { } signed)
            return Absent(round, one);
        var nav = ConsensusRules.OfNav(signed.Attestation.Nav, reference.Nav);
        var weights =
            signed.Attestation.WeightsHash == reference.WeightsHash
                ? Severity.None
                : ConsensusRules.OfWeights(signed.Weights, reference.Weights);
        var severity = EscalateForRepeats((Severity)Math.Max((byte)nav, (byte)weights), round, book.Validators[one.Validator]);
        var agreed =
            severity == Severity.None
            && signed.Attestation.RankingRoot == reference.RankingRoot
            && !round.Equivocated.Contains(one.Validator);
        return new Judgement(one.Validator, true, agreed, nav, weights, severity, Rao.Zero);
    }

    /// <summary>A third or later violation within 24 rounds is one step graver.</summary>
    public static Severity EscalateForRepeats(Severity severity, Round round, ValidatorRecord record)
    {
        if (severity == Severity.None)
            return severity;
        var recent = record.ViolationRounds.Count(number => number > round.Number - round.Rules.RepeatRounds);
        return recent + 1 >= round.Rules.RepeatCount ? (Severity)Math.Min((byte)Severity.Critical, (byte)severity + 1) : severity;
    }

    /// <summary>Cuts the pool by stake times reputation over those that agreed, losing nothing.</summary>
    private static (IReadOnlyList<Judgement> Paid, Rao Unpaid) Pay(List<Judgement> judgements, ConsensusBook book, Rao pool)
    {
        var agreed = judgements.Where(judgement => judgement.Agreed).ToList();
        var merits = agreed.Select(judgement => Merit(book.Validators[judgement.Validator])).ToList();
        if (agreed.Count == 0)
            return (judgements, pool);
        var parts = LargestRemainder.Split(pool.Value, merits);
        var pay = agreed.Zip(parts).ToDictionary(pair => pair.First.Validator, pair => new Rao(pair.Second));
        return ([.. judgements.Select(judgement => judgement with { Payout = pay.GetValueOrDefault(judgement.Validator) })], Rao.Zero);
    }

    /// <summary>Stake times reputation as this round leaves it: it has agreed once more.</summary>
    private static BigInteger Merit(ValidatorRecord record) =>
        (BigInteger)record.Stake.Value
        * (BigInteger)Reputation.Of(record.Rounds + 1, record.Agreed + 1, record.Violations, record.Slashes).Value;
}
