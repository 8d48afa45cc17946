using Tao20.Domain.Consensus;
using Tao20.Domain.Slashing;
using Tao20.Domain.Units;

namespace Tao20.Domain.Tests.Consensus;

/// <summary>
/// Each attack on the first protocol, by its own rules and what its nodes do by them: all of them succeed. What the registry itself lets
/// pass is in Tao20.Chain.Tests, FirstRegistryAttacks.
/// </summary>
public sealed class FirstProtocolAttacks
{
    [Fact]
    public void An_honest_validator_that_has_rebuilt_its_journal_loses_half_its_bond_as_an_equivocator()
    {
        // It attests, loses its directory, and computes again: of an epoch whose prices another endpoint reports a wei apart.
        var story = Story.Of(1000, 1000, 1000, 1000).Attest(1).Attest(1, navPercent: 0.01m);
        var found = Assert.Single(story.Found);
        Assert.Equal((Story.Account(1), ViolationKinds.Equivocation, Severity.Critical), (found.Case.Accused, found.Case.Kinds, found.Case.Severity));
        Assert.Equal(500 * Wei.OneTao.Value, story.Punish(found.Id).Of(1).SlashedWei);
    }

    [Fact]
    public void Honest_validators_vote_to_slash_honest_ones_since_they_take_the_rounds_reference_for_their_opinion()
    {
        // Three that lie together, with 52 %, are the median; the two that are right have each other's own opinion, and vote against it.
        var story = Story.Of(1700, 1700, 1800, 2400, 2400);
        story.AttestAll(4, 5).Attest(1, navPercent: 3).Attest(2, navPercent: 3).Attest(3, navPercent: 3);
        Assert.Equal([Story.Account(4), Story.Account(5)], story.Found.Select(found => found.Case.Accused).Order());
        foreach (var found in story.Found)
        {
            Assert.True(story.Book.CaseOf(found.Id)!.Founded);
            story.Tell(new ChainFact.CaseRaised(story.Next(), found.Id, found.Case, Story.Account(1)));
        }

        // What ValidatorDuties has an honest node do: a founded case is voted for, whatever its own attestation says.
        var against = story.Found.Single(found => found.Case.Accused == Story.Account(4));
        Assert.True(story.Book.CaseOf(against.Id) is { State: CaseState.Raised, Founded: true });
    }

    [Fact]
    public void One_account_has_everybody_vote_on_as_many_cases_as_it_likes()
    {
        var story = Story.Of(1000, 1000, 1000, 1000).AttestAll(1, 2, 3, 4);
        for (ulong i = 0; i < 1_000; i++)
        {
            var invented = new SlashCase(
                new EpochId(0),
                Story.Account(2),
                ViolationKinds.Inactivity,
                Severity.Minor,
                story.Round.LastBlock,
                TaoPerToken.From(i),
                Story.Root,
                Story.Root,
                [],
                []
            );
            story.Tell(new ChainFact.CaseRaised(story.Next(), invented.Id(Story.Registry, Story.Hash), invented, Story.Account(4)));
        }

        // Each waits for a vote, that is a transaction, of each of the others; nothing bounds them, and raising one costs no more than a vote.
        Assert.Equal(1_000, story.Book.Cases.Count(one => one is { State: CaseState.Raised, Founded: false }));
    }

    [Fact]
    public void Where_nobody_can_compute_a_nav_everybody_is_accused_of_absence()
    {
        var story = Story.Of(1000, 1000, 1000, 1000);
        for (var epoch = 0; epoch < 7; epoch++)
            story.Pass(300).Close();
        Assert.Equal(4, story.Found.Select(found => found.Case.Accused).Distinct().Count());
        Assert.All(story.Found, found => Assert.Equal(ViolationKinds.Inactivity, found.Case.Kinds));
    }

    [Fact]
    public void A_made_up_hash_of_parameters_shields_any_lie_from_judgement()
    {
        var story = Story.Of(1000, 1000, 1000, 1000).AttestAll(1, 2, 3).Attest(4, navPercent: 900, parameters: Story.Hash("made up"u8)).Pass(30);
        Assert.Equal(RoundState.Settled, story.Round.State);
        Assert.Empty(story.Found);
        Assert.Equal(1000 * Wei.OneTao.Value, story.Of(4).Stake.Value);
    }
}
