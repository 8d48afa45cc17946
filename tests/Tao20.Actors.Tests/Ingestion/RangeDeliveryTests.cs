using Akka.TestKit;
using Akka.TestKit.Xunit2;
using Tao20.Actors.Ingestion;
using Tao20.Actors.Miners;
using Tao20.Domain.Ingestion;
using Tao20.Domain.Tests.Ingestion;
using Tao20.Domain.Volume;

namespace Tao20.Actors.Tests.Ingestion;

/// <summary>A range of tens of thousands of miners: some of them at once.</summary>
public sealed class RangeDeliveryTests : TestKit
{
    private const int Miners = 2 * RangeDelivery.MostAtOnce + 7;
    private static readonly TimeSpan ResendAfter = TimeSpan.FromSeconds(10);
    private readonly TestProbe _miners;
    private readonly SetClock _clock = new();
    private readonly RangeDelivery _delivery;
    private RangeFlow _flow = RangeFlow.Initial(followsRegistry: false);

    public RangeDeliveryTests()
    {
        _miners = CreateTestProbe();
        _delivery = new RangeDelivery(_miners, CreateTestProbe(), null!, _clock);
        When(
            new RangeFlowCommand.Take(Ranges.Range(1, Ranges.Mints(1, [.. Enumerable.Range(1, Miners).Select(Ranges.Account)])), Final: 1)
        );
        When(new RangeFlowCommand.Dispatch(CursorState.Initial with { Schedule = Ranges.Schedule }));
        _delivery.SendMissing(_flow, null);
    }

    [Fact]
    public void Each_miner_that_has_folded_lets_another_one_begin_until_all_have()
    {
        var waiting = new Queue<FoldBatch>(Sent(RangeDelivery.MostAtOnce));
        var seen = waiting.Select(batch => batch.Miner).ToHashSet();
        while (waiting.TryDequeue(out var batch))
        {
            Fold(batch);
            if (seen.Count < Miners)
            {
                waiting.Enqueue(Assert.Single(Sent(1)));
                Assert.True(seen.Add(waiting.Last().Miner));
            }

            Assert.True(waiting.Count <= RangeDelivery.MostAtOnce);
        }

        Assert.Equal(Miners, seen.Count);
        Assert.Equal(0, _flow.Missing);
        _miners.ExpectNoMsg(TimeSpan.Zero);
    }

    [Fact]
    public void What_is_lost_is_sent_again_once_nothing_has_been_folded_for_long()
    {
        var sent = Sent(RangeDelivery.MostAtOnce);

        // As long as some miner folds, the others are recovering and not lost.
        for (var i = 0; i < 5; i++)
        {
            _clock.Now += ResendAfter - TimeSpan.FromSeconds(1);
            Fold(sent[i]);
            _delivery.SendLate(_flow, null, ResendAfter, Log);
            Sent(1);
        }

        _miners.ExpectNoMsg(TimeSpan.Zero);
        _clock.Now += ResendAfter + TimeSpan.FromSeconds(1);
        _delivery.SendLate(_flow, null, ResendAfter, Log);
        var again = Sent(RangeDelivery.MostAtOnce);
        _miners.ExpectNoMsg(TimeSpan.Zero);
        Assert.Empty(again.Select(batch => batch.Miner).Intersect(sent.Take(5).Select(batch => batch.Miner)));
    }

    private List<FoldBatch> Sent(int count) => [.. _miners.ReceiveN(count).Cast<FoldBatch>()];

    private void Fold(FoldBatch batch)
    {
        When(new RangeFlowCommand.AcknowledgeBatch(batch.Range, batch.Miner, batch.Part, new MinerHead(1, Ranges.Hash(1))));
        _delivery.NoteFolded(_flow, batch.Miner, null);
    }

    private void When(RangeFlowCommand command) => _flow = _flow.Decide(command).Aggregate(_flow, (flow, e) => flow.Evolve(e));

    private sealed class SetClock : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = DateTimeOffset.UnixEpoch;

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
