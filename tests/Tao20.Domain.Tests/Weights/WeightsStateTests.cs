using Tao20.Domain.Epochs;
using Tao20.Domain.Trades;
using Tao20.Domain.Units;
using Tao20.Domain.Weights;

namespace Tao20.Domain.Tests.Weights;

/// <summary>From an epoch's payouts to weights on the subnet: one epoch at a time, never faster than the subnet allows.</summary>
[Trait("Category", "Fast")]
public sealed class WeightsStateTests
{
    private static readonly EpochClock Clock = new(7, 1_900, 0, 360);
    private static readonly WeightRules Clear = new(5, 100, false, 1, 1, 256, Clock);
    private static readonly WeightRules Hidden = Clear with { CommitReveal = true };
    private static readonly WeightSetter Self = new(3, true, 1_000);
    private static readonly ushort[] Salt = [1, 2, 3];

    [Fact]
    public void Weights_are_set_at_once_where_the_rate_limit_has_passed()
    {
        var setting = Step(Waiting(1), Clear, Self, 1_100);
        Assert.Equal((WeightsStage.Setting, 1, 5UL), (setting!.Stage, setting.Attempts, setting.VersionKey));
        var done = WeightsState.Done(setting, 1_101, 7_236);
        Assert.Equal((WeightsStage.Set, 1_101UL, 36UL), (done.Stage, done.DoneAt, done.DoneSeconds));
    }

    [Fact]
    public void Before_that_they_wait_and_say_until_when()
    {
        var waiting = Step(Waiting(1), Clear, Self, 1_099)!;
        Assert.Equal(WeightsStage.Waiting, waiting.Stage);
        Assert.Contains("from block 1100 on", waiting.Reason, StringComparison.Ordinal);
        Assert.Null(Step(waiting, Clear, Self, 1_099));
    }

    [Fact]
    public void Where_they_are_hidden_they_are_committed_to_and_revealed_in_their_tempo()
    {
        var committing = Step(Waiting(1), Hidden, Self, 2_000)!;
        Assert.Equal(WeightsStage.Committing, committing.Stage);
        Assert.Equal(Salt, committing.Salt);
        var committed = WeightsState.Done(committing, 2_001, 7_260);
        Assert.Equal((WeightsStage.Committed, 2_001UL, 60UL), (committed.Stage, committed.CommittedAt, committed.DoneSeconds));

        // Which epoch it counts for is what the chain says, as soon as it knows the commit.
        Assert.Null(Step(committed, Hidden, Self, 2_000));
        committed = Step(committed, Hidden, Self, 2_002, commits: [new OpenCommit(8, 2_001)])!;
        Assert.Equal((WeightsStage.Committed, 8UL), (committed.Stage, committed.CommitEpoch));

        // Deferred twice: not by its height but by its number.
        Assert.Null(Step(committed, At(8), Self, 2_620));
        var revealing = Step(committed, At(8) with { Clock = Clock with { Index = 8, Last = 2_260, PendingAt = 2_622 } }, Self, 2_621)!;
        Assert.Equal((WeightsStage.Revealing, 2_981UL), (revealing.Stage, revealing.LastBlock));
        Assert.Equal(committing.Weights, revealing.Weights);

        // That it was known in time is what counts: the block of the commit stays.
        var set = WeightsState.Done(revealing, 2_623, 99_999);
        Assert.Equal((WeightsStage.Set, 2_001UL, 60UL), (set.Stage, set.DoneAt, set.DoneSeconds));
        Assert.Equal(WeightsStage.Revealing, Step(committed, At(9), Self, 2_970)!.Stage);
        var late = Step(committed, At(10), Self, 3_000)!;
        Assert.Equal(WeightsStage.Refused, late.Stage);
        Assert.Contains("in epoch 9", late.Reason, StringComparison.Ordinal);

        static WeightRules At(ulong epoch) => Hidden with { Clock = Clock with { Index = epoch, Last = 2_260 + 360 * (epoch - 8) } };
    }

    [Fact]
    public void A_commit_the_chain_no_longer_has_is_given_up()
    {
        var committed = Waiting(1) with { Stage = WeightsStage.Committed, CommittedAt = 2_001 };
        var lost = Step(committed, Hidden, Self, 2_100, commits: [new OpenCommit(7, 2_050)])!;
        Assert.Equal(WeightsStage.Refused, lost.Stage);
        Assert.Contains("no longer has the commit of block 2001", lost.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void With_ten_open_commits_the_next_one_waits()
    {
        OpenCommit[] open = [.. Enumerable.Range(0, 10).Select(i => new OpenCommit(6, 1_000 + (ulong)i))];
        Assert.Contains("10 commits are open", Step(Waiting(1), Hidden, Self, 2_000, commits: open)!.Reason, StringComparison.Ordinal);
        open[0] = new OpenCommit(5, 1_000);
        Assert.Equal(WeightsStage.Committing, Step(Waiting(1), Hidden, Self, 2_000, commits: open)!.Stage);
    }

    [Fact]
    public void Who_has_got_the_UID_of_another_since_the_end_of_the_epoch_is_paid_nothing()
    {
        var (one, two) = (new NeuronIdentity(1, Hash256.Zero, 5), new NeuronIdentity(2, Hash256.Zero, 5));
        var waiting = Waiting(1) with { Neurons = [one, two] };
        Assert.Equal(waiting.Weights, Step(waiting, Clear, Self, 2_000, [one, two])!.Weights);

        // As long as it has not been asked who has them, nothing happens.
        Assert.Null(Step(waiting, Clear, Self, 2_000, [one]));
        var setting = Step(waiting, Clear, Self, 2_000, [one with { RegisteredAt = 1_950 }, two])!;
        Assert.Equal([(ushort)2], setting.Weights.Select(weight => weight.Uid));
        Assert.Equal([(ushort)1], setting.Recycled);

        // Also where it goes by another's hotkey, and also at a second attempt.
        var again = Step(WeightsState.Failed(setting, "reverted"), Clear, Self, 2_100, [one, two with { Hotkey = Position() }])!;
        Assert.Equal(WeightsStage.Refused, again.Stage);
        Assert.Equal([(ushort)1, (ushort)2], again.Recycled);

        static Hash256 Position() => new([.. Enumerable.Repeat((byte)7, Hash256.Length)]);
    }

    [Fact]
    public void Those_of_an_epoch_that_a_later_one_has_overtaken_are_not_set()
    {
        var state = WeightsState.Initial.Evolve(Waiting(1)).Evolve(Waiting(2));
        var first = Decide(state, state.Of(new EpochId(1))!, Clear, Self, 2_000)!;
        Assert.Equal(WeightsStage.Superseded, first.Stage);
        Assert.Equal(WeightsStage.Setting, Decide(state, state.Of(new EpochId(2))!, Clear, Self, 2_000)!.Stage);
    }

    [Fact]
    public void While_one_epochs_are_on_their_way_the_next_ones_wait()
    {
        var state = WeightsState.Initial.Evolve(Waiting(1) with { Stage = WeightsStage.Setting }).Evolve(Waiting(2));
        Assert.Null(Decide(state, state.Of(new EpochId(2))!, Clear, Self, 2_000));
    }

    [Fact]
    public void A_commit_that_waits_to_be_revealed_does_not_keep_the_next_epoch_from_being_committed_to()
    {
        var state = WeightsState.Initial.Evolve(Waiting(1) with { Stage = WeightsStage.Committed, CommittedAt = 2_000 }).Evolve(Waiting(2));
        Assert.Equal(WeightsStage.Committing, Decide(state, state.Of(new EpochId(2))!, Hidden, Self, 2_200)!.Stage);
    }

    [Fact]
    public void Without_a_neuron_or_a_permit_they_are_refused_with_the_remedy()
    {
        Assert.Contains("register one", Step(Waiting(1), Clear, null, 2_000)!.Reason, StringComparison.Ordinal);
        Assert.Contains(
            "no validator permit",
            Step(Waiting(1), Clear, Self with { Permit = false }, 2_000)!.Reason,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void What_came_to_nothing_is_tried_again_five_times()
    {
        var progress = Waiting(1);
        for (var attempt = 1; attempt <= WeightsState.MaxAttempts; attempt++)
        {
            Assert.Equal(WeightsStage.Waiting, progress.Stage);
            progress = WeightsState.Failed(Step(progress, Clear, Self, 2_000)!, "it was reverted");
        }

        Assert.Equal(WeightsStage.Refused, progress.Stage);
        Assert.Contains("tried 5 times", progress.Reason, StringComparison.Ordinal);
        Assert.Equal(
            WeightsStage.Committed,
            WeightsState.Failed(Waiting(1) with { Stage = WeightsStage.Revealing, Attempts = 1 }, "reverted").Stage
        );
    }

    [Fact]
    public void Old_epochs_are_forgotten_but_none_that_is_on_its_way()
    {
        var state = WeightsState.Initial.Evolve(Waiting(1) with { Stage = WeightsStage.Committed });
        for (var epoch = 2; epoch < 200; epoch++)
            state = state.Evolve(Waiting(epoch)).Evolve(Waiting(epoch) with { Stage = WeightsStage.Set });
        Assert.Equal(WeightsState.Kept, state.Recent.Count);
        Assert.NotNull(state.Of(new EpochId(1)));
        Assert.True(state.Knows(Waiting(150).Closed));
        Assert.False(state.Knows(Waiting(200).Closed));
    }

    private static WeightsProgress Waiting(int epoch) =>
        new(
            new ClosedEpoch(
                new EpochId((ulong)epoch),
                new EpochId((ulong)epoch + 1),
                new Position((ulong)epoch * 1_000, 0),
                (ulong)epoch * 7_200
            ),
            WeightsStage.Waiting,
            [new SubnetWeight(1, 65535), new SubnetWeight(2, 100)],
            [],
            0,
            [],
            0,
            0,
            0,
            0,
            null
        );

    private static WeightsProgress? Step(
        WeightsProgress progress,
        WeightRules rules,
        WeightSetter? self,
        ulong block,
        NeuronIdentity[]? neurons = null,
        params OpenCommit[] commits
    ) => Decide(WeightsState.Initial.Evolve(progress), progress, rules, self, block, neurons, commits);

    private static WeightsProgress? Decide(
        WeightsState state,
        WeightsProgress progress,
        WeightRules rules,
        WeightSetter? self,
        ulong block,
        NeuronIdentity[]? neurons = null,
        params OpenCommit[] commits
    ) =>
        state.Decide(
            progress,
            new SubnetView(
                block,
                rules,
                self,
                commits,
                (neurons ?? []).ToDictionary(neuron => neuron.Uid, neuron => (NeuronIdentity?)neuron)
            ),
            () => Salt
        );
}
