using Tao20.Domain.Consensus;
using Tao20.Domain.Slashing;
using Tao20.Domain.Units;

namespace Tao20.Domain.Tests.Consensus;

/// <summary>What becomes of a case, and what it is known by.</summary>
[Trait("Category", "Fast")]
public sealed class SlashCaseTests
{
    [Fact]
    public void A_case_goes_its_way_once_and_lowers_the_standing()
    {
        var story = Story.Of(1000, 1000, 1000, 2000).AttestAll(1, 2, 3).Attest(4, 3);
        var id = story.Found[0].Id;
        story.Punish(id);
        Assert.Equal(CaseState.Executed, story.Book.CaseOf(id)!.State);
        Assert.Equal((StandingLevel.Probation, 1), (story.Of(4).Standing.Level, (int)story.Of(4).Slashes));
        Assert.Equal(300 * Wei.OneTao.Value, story.Of(4).SlashedWei);

        var events = story.Events.Count;
        story
            .Tell(new ChainFact.CaseExecuted(story.Next(), id, Story.Account(4), 1))
            .Tell(new ChainFact.CaseRaised(story.Next(), id, story.Found[0].Case, Story.Account(1)));
        Assert.Equal(events, story.Events.Count);
    }

    [Fact]
    public void A_critical_slash_suspends_and_the_next_rounds_go_on_without()
    {
        var story = Story.Of(1500, 1500, 1500, 4000).AttestAll(1, 2, 3).Attest(4, 6);
        story.Punish(Assert.Single(story.Found).Id).Pass(30).Close();
        Assert.Equal(StandingLevel.Suspended, story.Of(4).Standing.Level);
        Assert.Equal(3, story.Round.Eligible.Count);
        Assert.Equal(RoundState.Settled, story.AttestAll(1, 2, 3).Round.State);
        Assert.Equal(1, story.Of(4).Standing.CleanRounds);
    }

    [Fact]
    public void A_case_that_is_not_confirmed_in_150_blocks_expires()
    {
        var story = Story.Of(1000, 1000, 1000, 1000).AttestAll(1, 2, 3).Attest(4, 3);
        var found = story.Found[0];
        story.Tell(new ChainFact.CaseRaised(story.Next(), found.Id, found.Case, Story.Account(1))).Pass(151);
        Assert.Equal(CaseState.Raised, story.Book.CaseOf(found.Id)!.State);
        Assert.Equal(CaseState.Expired, story.Pass(1).Book.CaseOf(found.Id)!.State);
    }

    [Fact]
    public void A_case_that_own_computation_did_not_find_is_unfounded()
    {
        var story = Story.Of(1000, 1000, 1000, 1000).AttestAll(1, 2, 3, 4);
        var invented = new SlashCase(
            new EpochId(0),
            Story.Account(2),
            ViolationKinds.Nav,
            Severity.Critical,
            story.Round.LastBlock,
            Story.Nav,
            Story.Root,
            Story.Root,
            [],
            []
        );
        var id = invented.Id(Story.Registry, Story.Hash);
        Assert.False(story.Tell(new ChainFact.CaseRaised(story.Next(), id, invented, Story.Account(4))).Book.CaseOf(id)!.Founded);
    }

    [Fact]
    public void The_id_of_a_case_changes_with_every_part_of_its_evidence()
    {
        var one = new SlashCase(
            new EpochId(3),
            Story.Account(2),
            ViolationKinds.Nav,
            Severity.Minor,
            99,
            Story.Nav,
            Story.Root,
            Story.Parameters,
            [Story.Root],
            [new EpochId(1)]
        );
        SlashCase[] others =
        [
            one,
            one with
            {
                Epoch = new EpochId(4),
            },
            one with
            {
                Accused = Story.Account(3),
            },
            one with
            {
                Kinds = ViolationKinds.Weights,
            },
            one with
            {
                Severity = Severity.Severe,
            },
            one with
            {
                StakeBlock = 98,
            },
            one with
            {
                ReferenceNav = TaoPerToken.From(1),
            },
            one with
            {
                ReferenceRoot = Story.Parameters,
            },
            one with
            {
                ReferenceWeightsHash = Story.Root,
            },
            one with
            {
                Digests = [],
            },
            one with
            {
                MissedEpochs = [new EpochId(2)],
            },
        ];
        var ids = others
            .Select(other => other.Id(Story.Registry, Story.Hash))
            .Append(one.Id(Story.Registry with { ChainId = 945 }, Story.Hash))
            .Append(one.Id(new(964, Story.Account(1)), Story.Hash));
        Assert.Equal(others.Length + 2, ids.Distinct().Count());
    }
}
