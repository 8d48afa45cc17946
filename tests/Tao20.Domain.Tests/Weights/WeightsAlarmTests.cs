using Tao20.Domain.Epochs;
using Tao20.Domain.Units;
using Tao20.Domain.Weights;

namespace Tao20.Domain.Tests.Weights;

/// <summary>Whether weights arrive (source: the chain reference, sections 7, 9, point 31, and 10).</summary>
[Trait("Category", "Fast")]
public sealed class WeightsAlarmTests
{
    private static readonly EpochClock Clock = new(2_777, 5_000_400, 0, 360);

    [Theory]
    [InlineData(5_000_720, false)]
    [InlineData(5_000_721, true)]
    public void A_last_update_older_than_two_tempos_is_an_alarm(ulong block, bool alarm) =>
        Assert.Equal(alarm, WeightsAlarm.Of(block, Clock, 1, 5_000_000, []).Count == 1);

    [Theory]
    [InlineData(2_776, 0)]
    [InlineData(2_777, 0)]
    [InlineData(2_775, 1)]
    public void A_commit_past_its_window_is_an_alarm_though_the_last_update_is_young(ulong epoch, int alarms) =>
        Assert.Equal(alarms, WeightsAlarm.Of(5_000_500, Clock, 1, 5_000_490, [new OpenCommit(epoch, 5_000_490)]).Count);

    [Fact]
    public void Where_an_epoch_has_been_put_off_a_commit_is_late_by_the_epoch_that_has_begun() =>
        Assert.Single(WeightsAlarm.Of(5_000_760, Clock with { PendingAt = 5_000_761 }, 1, 5_000_490, [new OpenCommit(2_776, 5_000_490)]));

    [Fact]
    public void A_subnet_without_epochs_and_a_full_queue()
    {
        Assert.Empty(WeightsAlarm.Of(5_000_721, Clock with { Tempo = 0 }, 1, 0, []));
        var full = Enumerable.Repeat(new OpenCommit(2_777, 5_000_490), WeightRules.MaxOpenCommits).ToList();
        Assert.Contains(
            "no more are taken",
            Assert.Single(WeightsAlarm.Of(5_000_500, Clock, 1, 5_000_490, full)),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Weights_that_were_set_and_are_not_there_two_tempos_later_are_an_alarm()
    {
        var set = new WeightsProgress(
            new ClosedEpoch(new EpochId(7), default, default, 0),
            WeightsStage.Set,
            [new SubnetWeight(1, 30_000), new SubnetWeight(2, 15_000), new SubnetWeight(3, 0)],
            [],
            0,
            [],
            1,
            0,
            1_000,
            0,
            null
        )
        {
            SetAt = 1_000,
        };

        // The chain scales them, and drops those of a UID that has gone to somebody else.
        Assert.Null(WeightsAlarm.OfStored(1_721, Clock, set, [new(1, 65_535), new(2, 32_768), new(3, 0)]));
        Assert.Null(WeightsAlarm.OfStored(1_721, Clock, set, [new(1, 65_535), new(3, 0)]));
        Assert.NotNull(WeightsAlarm.OfStored(1_721, Clock, set, []));
        Assert.NotNull(WeightsAlarm.OfStored(1_721, Clock, set, [new(1, 65_535), new(2, 65_535), new(3, 0)]));
        Assert.NotNull(WeightsAlarm.OfStored(1_721, Clock, set, [new(9, 65_535)]));

        // Not before, and not where they have not been read.
        Assert.Null(WeightsAlarm.OfStored(1_720, Clock, set, []));
        Assert.Null(WeightsAlarm.OfStored(1_721, Clock, set, null));
        Assert.Null(WeightsAlarm.OfStored(1_721, Clock, set with { Stage = WeightsStage.Committed }, []));
    }
}
