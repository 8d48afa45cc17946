using Tao20.Domain.Consensus;
using Tao20.Domain.Slashing;
using Tao20.Domain.Units;
using Tao20.Domain.Weights;

namespace Tao20.Domain.Tests.Consensus;

[Trait("Category", "Fast")]
public sealed class RoundTests
{
    [Fact]
    public void It_settles_as_soon_as_everyone_eligible_has_attested()
    {
        var story = Story.Of(1000, 1000, 1000).AttestAll(1, 2);
        Assert.Equal(RoundState.Collecting, story.Round.State);
        story.Attest(3);
        var concluded = Assert.Single(story.Concluded);
        Assert.Equal((RoundState.Settled, Story.Nav), (concluded.State, concluded.Reference!.Nav));
        Assert.All(concluded.Judgements, judgement => Assert.True(judgement.Agreed));
        Assert.Empty(story.Found);
    }

    [Fact]
    public void At_the_windows_end_it_settles_with_a_quorum_of_three_and_two_thirds_of_the_stake()
    {
        var story = Story.Of(1000, 1000, 1050, 1500).AttestAll(1, 2, 3).Pass(26);
        Assert.Equal(RoundState.Collecting, Story.Of(1000, 1000, 1050, 1500).AttestAll(1, 2, 3).Pass(25).Round.State);
        Assert.Equal(RoundState.Settled, story.Round.State);
        Assert.False(Assert.Single(story.Concluded).Judgements.Single(judgement => judgement.Validator == Story.Account(4)).Attested);
    }

    [Theory]
    [InlineData(1000, 1000, 1000, 1600)] // 65 % of the stake
    [InlineData(9000, 9000, 0, 1000)] // two attestations
    public void Without_a_quorum_it_expires_and_nobody_is_judged(ulong a, ulong b, ulong c, ulong absent)
    {
        var story = Story.Of(a, b, c, absent);
        story.Attest(1).Attest(2, navPercent: 10);
        if (c > 0)
            story.Attest(3);
        story.Pass(26);
        Assert.Equal(RoundState.Expired, story.Round.State);
        Assert.Empty(story.Found);
        Assert.All(story.Book.Validators.Values, record => Assert.Equal(0, record.Rounds));
    }

    [Fact]
    public void A_round_nobody_attests_in_expires_with_the_next_epoch()
    {
        var story = Story.Of(1000, 1000, 1000).Pass(300);
        Assert.Equal(RoundState.Collecting, story.Round.State);
        story.Close();
        Assert.Equal(RoundState.Expired, story.Book.Rounds[0].State);
    }

    [Fact]
    public void A_round_has_its_time_even_when_the_next_epoch_ends_at_once()
    {
        var story = Story.Of(1000, 1000, 1000).Pass(5).Close();
        Assert.Equal(RoundState.Collecting, story.Book.Rounds[0].State);
        foreach (var validator in new[] { 1, 2, 3 })
            story.Attest(validator, epoch: 0);
        Assert.Equal(RoundState.Settled, story.Book.Rounds[0].State);
    }

    [Fact]
    public void Only_enough_stake_and_a_good_standing_take_part()
    {
        var story = Story.Of(1000, 1000, 1000, 999);
        Assert.Equal(3, story.Round.Eligible.Count);
        story.Attest(4);
        Assert.Equal(AttestationVerdict.NotEligible, Verdict(story));
        Assert.Equal(AttestationVerdict.NoSuchRound, Verdict(story.Attest(1, epoch: 77)));
    }

    [Fact]
    public void The_stake_at_the_epochs_last_block_counts_whatever_is_withdrawn_later()
    {
        var story = Story.Of(1000, 2000, 3000).Bond(3, 1);
        Assert.Equal(6000 * Wei.OneTao.Value, story.Round.EligibleStake);
        Assert.Equal(RoundState.Settled, story.AttestAll(1, 2, 3).Round.State);
    }

    [Fact]
    public void The_reference_nav_is_the_lower_stake_weighted_median()
    {
        // 40 % say -1 %, 10 % say 0, 50 % say +1 %: half of the stake is reached with the second.
        var story = Story.Of(4000, 1000, 5000).Attest(1, -0.05m).Attest(2).Attest(3, 0.05m);
        Assert.Equal(Story.Nav, story.Concluded[0].Reference!.Nav);
    }

    [Fact]
    public void Without_a_root_or_weights_of_more_than_half_of_the_stake_it_is_disputed()
    {
        var story = Story.Of(1000, 1000, 1000, 1000).AttestAll(1, 2);
        var other = Story.Hash("other"u8);
        story.Attest(3, root: other).Attest(4, navPercent: 50, root: other);
        Assert.Equal(RoundState.Disputed, story.Round.State);
        Assert.Empty(story.Found);
        Assert.Equal(Story.Pool, story.Book.Unpaid);
    }

    [Fact]
    public void A_validator_with_another_root_did_not_agree_and_is_not_slashed()
    {
        var story = Story.Of(1000, 1000, 1000, 1000).AttestAll(1, 2, 3).Attest(4, root: Story.Hash("other"u8));
        Assert.False(story.Concluded[0].Judgements.Single(judgement => judgement.Validator == Story.Account(4)).Agreed);
        Assert.Equal(Rao.Zero, story.Concluded[0].Judgements[3].Payout);
        Assert.Empty(story.Found);
    }

    [Fact]
    public void Other_parameters_are_not_counted_and_not_punished()
    {
        var story = Story.Of(1000, 1000, 1000, 1000);
        for (var round = 0; round < 10; round++)
            story.Attest(4, navPercent: 50, parameters: Story.Root).AttestAll(1, 2, 3).Pass(26).Close();
        Assert.Empty(story.Found);
        Assert.Equal(0, story.Of(4).Missed(10));
        Assert.Equal(10, story.Concluded.Count(concluded => concluded.State == RoundState.Settled));
    }

    [Fact]
    public void An_attestation_of_another_block_or_after_the_window_is_as_good_as_none()
    {
        var story = Story.Of(1000, 1000, 1000, 1000).AttestAll(1, 2, 3).Attest(4, blockHash: Story.Root);
        Assert.Equal(AttestationVerdict.WrongBlock, Verdict(story));
        story.Pass(26);
        Assert.Equal(1, story.Of(4).Missed(10));
        story.Close().AttestAll(1, 2, 3).Pass(26).Attest(4);
        Assert.Equal(AttestationVerdict.Late, Verdict(story));
        Assert.Equal(2, story.Of(4).Missed(10));
    }

    [Fact]
    public void The_same_attestation_again_changes_nothing()
    {
        var story = Story.Of(1000, 1000, 1000).Attest(1).Attest(1);
        Assert.Equal(AttestationVerdict.Repeated, Verdict(story));
        Assert.Single(story.Round.Counted);
        Assert.Empty(story.Found);
    }

    [Theory]
    [InlineData(0.1, Severity.None)]
    [InlineData(-0.1, Severity.None)]
    [InlineData(0.11, Severity.Minor)]
    [InlineData(0.5, Severity.Minor)]
    [InlineData(-0.51, Severity.Moderate)]
    [InlineData(2, Severity.Moderate)]
    [InlineData(2.01, Severity.Severe)]
    [InlineData(-5, Severity.Severe)]
    [InlineData(5.01, Severity.Critical)]
    [InlineData(300, Severity.Critical)]
    public void Nav_off_the_reference_is_as_grave_as_the_table_says(double percent, Severity severity)
    {
        var story = Story.Of(1000, 1000, 1000, 1000).AttestAll(1, 2, 3).Attest(4, (decimal)percent);
        if (severity == Severity.None)
        {
            Assert.Empty(story.Found);
            return;
        }

        var found = Assert.Single(story.Found).Case;
        Assert.Equal((Story.Account(4), severity, ViolationKinds.Nav), (found.Accused, found.Severity, found.Kinds));
        Assert.Equal(Story.Nav, found.ReferenceNav);
    }

    [Theory]
    [InlineData(1_000, 950, Severity.None)] // 50 / 1950
    [InlineData(1_000, 905, Severity.None)] // 95 / 1905 = 4.99 %
    [InlineData(1_000, 900, Severity.Minor)]
    [InlineData(1_000, 800, Severity.Moderate)] // 200 / 1800 = 11.1 %
    [InlineData(1_000, 700, Severity.Severe)] // 300 / 1700 = 17.6 %
    [InlineData(1_000, 500, Severity.Critical)] // a third
    public void Weights_off_the_reference_are_as_grave_as_the_table_says(int reference, int said, Severity severity) =>
        Assert.Equal(severity, ConsensusRules.OfWeights([new SubnetWeight(1, (ushort)said)], [new SubnetWeight(1, (ushort)reference)]));

    [Fact]
    public void Weights_of_others_and_no_weights_at_all_are_critical_and_none_against_none_is_nothing()
    {
        Assert.Equal(Severity.Critical, ConsensusRules.OfWeights([new SubnetWeight(1, 9)], [new SubnetWeight(2, 9)]));
        Assert.Equal(Severity.Critical, ConsensusRules.OfWeights([], [new SubnetWeight(2, 9)]));
        Assert.Equal(Severity.None, ConsensusRules.OfWeights([], []));
    }

    [Fact]
    public void Nav_and_weights_both_off_are_one_case_of_the_graver()
    {
        var story = Story.Of(1000, 1000, 1000, 1000).AttestAll(1, 2, 3).Attest(4, 0.3m, [new SubnetWeight(9, 65535)]);
        var found = Assert.Single(story.Found).Case;
        Assert.Equal((ViolationKinds.Nav | ViolationKinds.Weights, Severity.Critical), (found.Kinds, found.Severity));
    }

    [Fact]
    public void Two_different_attestations_for_one_epoch_are_critical_even_after_the_round()
    {
        var story = Story.Of(1000, 1000, 1000, 1000).AttestAll(1, 2, 3, 4);
        var first = story.Says(4);
        story.Pass(26).Close().Pass(20).Hear(story.Says(4, 0.01m, epoch: 0));
        var found = Assert.Single(story.Found).Case;
        Assert.Equal((ViolationKinds.Equivocation, Severity.Critical), (found.Kinds, found.Severity));
        Assert.Equal(first.Digest, found.Digests[0]);
        story.Hear(story.Says(4, 0.02m, epoch: 0));
        Assert.Single(story.Found);
    }

    [Fact]
    public void Who_contradicts_itself_in_the_round_is_accused_once_and_not_paid()
    {
        var story = Story.Of(1000, 1000, 1000, 1000).Attest(4, 3).Attest(4, 4).AttestAll(1, 2, 3);
        Assert.Equal(ViolationKinds.Equivocation, Assert.Single(story.Found).Case.Kinds);
        Assert.Equal(Rao.Zero, story.Concluded[0].Judgements[3].Payout);
    }

    [Fact]
    public void Six_missed_rounds_of_ten_are_a_minor_violation_and_five_are_none()
    {
        var story = Story.Of(1000, 1000, 1000, 1000);
        for (var round = 0; round < 5; round++)
            story.AttestAll(1, 2, 3).Pass(26).Close();
        Assert.Equal(5, story.Of(4).Missed(10));
        Assert.Empty(story.Found);
        story.AttestAll(1, 2, 3).Pass(26).Close();
        var found = Assert.Single(story.Found).Case;
        Assert.Equal((ViolationKinds.Inactivity, Severity.Minor), (found.Kinds, found.Severity));
        Assert.Equal([0, 1, 2, 3, 4, 5], found.MissedEpochs.Select(epoch => epoch.Value));

        // Punished once, the count begins anew.
        story.AttestAll(1, 2, 3).Pass(26).Close();
        Assert.Single(story.Found);
    }

    [Fact]
    public void A_third_violation_within_24_rounds_is_one_step_graver()
    {
        var story = Story.Of(1000, 1000, 1000, 1000);
        for (var round = 0; round < 3; round++)
            story.AttestAll(1, 2, 3).Attest(4, 0.3m).Pass(26).Close();
        Assert.Equal([Severity.Minor, Severity.Minor, Severity.Moderate], story.Found.Select(found => found.Case.Severity));

        for (var round = 0; round < 24; round++)
            story.AttestAll(1, 2, 3, 4).Pass(26).Close();
        story.AttestAll(1, 2, 3).Attest(4, 0.3m);
        Assert.Equal(Severity.Minor, story.Found[^1].Case.Severity);
    }

    private static AttestationVerdict Verdict(Story story) => story.Events.OfType<ConsensusEvent.AttestationTaken>().Last().Verdict;
}
