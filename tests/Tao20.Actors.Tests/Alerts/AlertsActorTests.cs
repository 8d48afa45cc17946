using System.Collections.Concurrent;
using Akka.Actor;
using Akka.TestKit.Xunit2;
using Tao20.Actors.Alerts;
using Tao20.Actors.Faults;
using Tao20.Actors.Journal;
using Tao20.Actors.Metrics;
using Tao20.Actors.Status;
using Tao20.Domain.Alerts;
using Tao20.Tests;

namespace Tao20.Actors.Tests.Alerts;

/// <summary>What watches a node tells of each alert once when it fires and once when it is cleared, whoever fails meanwhile.</summary>
public sealed class AlertsActorTests : TestKit
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(10);
    private readonly PipelineMetrics _metrics = new();
    private readonly Overviews _overviews = new();

    public AlertsActorTests()
        : base("akka.loglevel = OFF") { }

    public static TheoryData<AlertKind> Kinds => [.. Enum.GetValues<AlertKind>()];

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Each_fires_is_cleared_and_is_told_of_once(AlertKind kind)
    {
        var sender = new Taking();
        var alerts = Watching(sender);
        _overviews.Show(SampleOverviews.Well);
        await UntilAsync(alerts, page => page.Count == 0);
        _overviews.Show(SampleOverviews.With(kind));
        var fired = await UntilAsync(alerts, page => page.Firing.Count == 1);
        Assert.Equal(kind, fired.Firing[0].Kind);
        _overviews.Show(SampleOverviews.Well);
        var cleared = await UntilAsync(alerts, page => page.Alerts is [{ IsOver: true }]);
        Assert.Equal((Notice.Delivered, Notice.Delivered), (cleared.Alerts![0].FiredNotice, cleared.Alerts[0].ClearedNotice));
        Assert.Empty(cleared.Firing);
        Assert.Equal([(fired.Firing[0].Id, false), (fired.Firing[0].Id, true)], sender.Taken);
    }

    [Fact]
    public async Task A_market_that_cannot_be_read_says_nothing()
    {
        var alerts = Watching(new Taking());
        _overviews.Show(SampleOverviews.With(AlertKind.NavAgainstMarket) with { Market = SampleOverviews.WithoutFeed });
        await _overviews.AskedAsync(3, Limit);
        Assert.Equal(0, (await PageAsync(alerts)).Count);
    }

    [Fact]
    public async Task What_is_not_taken_is_tried_five_times_and_then_given_up_and_what_comes_after_it_is_told()
    {
        var sender = new Taking { Refuses = 5 };
        var alerts = Watching(sender);
        _overviews.Show(SampleOverviews.With(AlertKind.TaoLow));
        await UntilAsync(alerts, page => page.Firing is [{ FiredNotice: Notice.GivenUp }]);
        Assert.Equal(5, sender.Tried);
        _overviews.Show(SampleOverviews.Well);
        await UntilAsync(alerts, page => page.Alerts is [{ ClearedNotice: Notice.Delivered }]);
        Assert.True(Assert.Single(sender.Taken).OfClearing);
    }

    [Fact]
    public async Task What_is_refused_at_first_is_told_once()
    {
        var sender = new Taking { Refuses = 4 };
        var alerts = Watching(sender);
        _overviews.Show(SampleOverviews.With(AlertKind.TaoLow));
        await UntilAsync(alerts, page => page.Firing is [{ FiredNotice: Notice.Delivered }]);
        Assert.Single(sender.Taken);
        Assert.Equal(5, sender.Tried);
    }

    [Fact]
    public async Task A_node_that_ends_tells_what_was_not_taken_and_repeats_nothing_that_was()
    {
        var sender = new Taking { Holds = true };
        var alerts = Watching(sender);
        _overviews.Show(SampleOverviews.With(AlertKind.TaoLow));
        await sender.HeldAsync(Limit);
        await EndAsync(alerts);

        // It was under way: whether it was taken nobody knows, so that it is told again, under the same identifier.
        sender.Holds = false;
        alerts = Watching(sender);
        var told = await UntilAsync(alerts, page => page.Firing is [{ FiredNotice: Notice.Delivered }]);
        Assert.Equal([(told.Firing[0].Id, false)], sender.Taken);
        await EndAsync(alerts);
        alerts = Watching(sender);
        await _overviews.AskedAsync(_overviews.Asked + 3, Limit);
        Assert.Equal(told.Firing[0], Assert.Single((await PageAsync(alerts)).Firing));
        Assert.Single(sender.Taken);
    }

    [Fact]
    public async Task Without_a_webhook_nothing_is_due_also_what_was_when_there_was_one()
    {
        var sender = new Taking { Holds = true };
        var alerts = Watching(sender);
        _overviews.Show(SampleOverviews.With(AlertKind.TaoLow));
        await sender.HeldAsync(Limit);
        await EndAsync(alerts);
        alerts = Watching(null);
        await UntilAsync(alerts, page => page.Firing is [{ FiredNotice: Notice.None }]);
        _overviews.Show(SampleOverviews.Well);
        await UntilAsync(alerts, page => page.Alerts is [{ IsOver: true, ClearedNotice: Notice.None }]);
    }

    protected override void AfterAll()
    {
        _metrics.Dispose();
        base.AfterAll();
    }

    private IActorRef Watching(INoticeSender? sender)
    {
        var guard = new JournalFaultReporter(
            new JournalOptions { ConnectionString = "" },
            "memory",
            new FaultSignal(),
            TimeProvider.System
        );
        var settings = new AlertSettings(SampleOverviews.Rules, sender, guard, _metrics.Alerts)
        {
            Pauses = [Pause, Pause, Pause, Pause],
            LookEvery = TimeSpan.FromMilliseconds(50),
        };
        var overviews = _overviews;
        var status = Sys.ActorOf(Props.Create(() => new StatusOf(overviews)));
        return Sys.ActorOf(Props.Create(() => new AlertsActor(settings, status)));
    }

    private async Task EndAsync(IActorRef alerts)
    {
        Watch(alerts);
        Sys.Stop(alerts);
        await ExpectTerminatedAsync(alerts);
    }

    private static Task<AlertPage> PageAsync(IActorRef alerts) => alerts.Ask<AlertPage>(new GetAlerts(null, 10), Limit);

    private static Task<AlertPage> UntilAsync(IActorRef alerts, Func<AlertPage, bool> wanted) =>
        Eventually.BecomesAsync<AlertPage>(async _ => await PageAsync(alerts), wanted, Limit);

    /// <summary>What the node is to look like.</summary>
    private sealed class Overviews
    {
        private readonly SemaphoreSlim _askedAgain = new(0);
        private volatile NodeOverview _shown = SampleOverviews.Well;
        private int _asked;

        public int Asked => Volatile.Read(ref _asked);

        public void Show(NodeOverview overview) => _shown = overview;

        public NodeOverview Look()
        {
            Interlocked.Increment(ref _asked);
            _askedAgain.Release();
            return _shown;
        }

        public async Task AskedAsync(int times, TimeSpan limit)
        {
            while (Asked < times)
                Assert.True(await _askedAgain.WaitAsync(limit));
        }
    }

    private sealed class StatusOf : ReceiveActor
    {
        public StatusOf(Overviews overviews) => Receive<GetOverview>(_ => Sender.Tell(overviews.Look()));
    }

    /// <summary>Takes notices, when it does.</summary>
    private sealed class Taking : INoticeSender
    {
        private readonly ConcurrentQueue<(AlertId Id, bool OfClearing)> _taken = new();
        private readonly TaskCompletionSource _held = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _tried;

        public IReadOnlyList<(AlertId Id, bool OfClearing)> Taken => [.. _taken];

        public int Tried => Volatile.Read(ref _tried);

        /// <summary>How many it refuses before it takes any.</summary>
        public int Refuses { get; init; }

        /// <summary>Whether it never answers.</summary>
        public bool Holds { get; set; }

        public Task HeldAsync(TimeSpan limit) => _held.Task.WaitAsync(limit);

        public async Task<string?> SendAsync(Alert alert, bool ofClearing, CancellationToken cancel)
        {
            if (Interlocked.Increment(ref _tried) <= Refuses)
                return "not now";
            if (Holds)
            {
                _held.TrySetResult();
                await Task.Delay(Timeout.Infinite, cancel);
            }

            _taken.Enqueue((alert.Id, ofClearing));
            return null;
        }
    }
}
