using Akka.Actor;
using Akka.TestKit.Xunit2;
using Tao20.Actors.Configuration;
using Tao20.Actors.Consensus;
using Tao20.Actors.Faults;
using Tao20.Actors.Hosting;
using Tao20.Actors.Ingestion;
using Tao20.Actors.Journal;
using Tao20.Actors.Metrics;
using Tao20.Actors.Miners;
using Tao20.Actors.Status;
using Tao20.Domain.Epochs;
using Tao20.Domain.Ingestion;
using Tao20.Domain.Parameters;
using Tao20.Domain.Units;
using Tao20.Domain.Volume;
using Tao20.Tests;
using Address = Tao20.Domain.Units.Address;

namespace Tao20.Actors.Tests.Status;

/// <summary>The status of a node whose miners are still being read from the journal.</summary>
public sealed class StatusTests : TestKit
{
    private static readonly Address[] Miners = [.. Enumerable.Range(1, 3).Select(i => Address.Parse($"0x{i:x40}"))];
    private static readonly TimeSpan AtOnce = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    public StatusTests()
        : base("akka.loglevel = OFF") { }

    [Fact]
    public async Task It_is_answered_without_the_miners_that_take_long_and_each_is_asked_once()
    {
        var miners = CreateTestProbe();
        using var metrics = new PipelineMetrics();
        var (follower, settled) = (Answering(Follower()), Answering(new SettledEpochs(0, [])));
        var status = Sys.ActorOf(Props.Create(() => new StatusActor(Settings(metrics), follower, settled, miners, null)));

        var first = status.Ask<NodeStatus>(new GetNodeStatus(AllMiners: false, AtOnce), Limit);
        var asked = Miners.Select(_ => (Query: miners.ExpectMsg<GetMinerSummary>(Limit), Asker: miners.LastSender)).ToList();
        foreach (var (query, asker) in asked.Take(2))
            asker.Tell(Summary(query.Miner));
        await first;

        // The third is still expected to answer: it is not asked again, and waited for by who has the time.
        await Eventually.BecomesAsync<NodeStatus>(
            async cancel => await status.Ask<NodeStatus>(new GetNodeStatus(AllMiners: false, AtOnce), Limit, cancel),
            answered => Told(answered) == (2, 1),
            Limit
        );
        miners.ExpectNoMsg(TimeSpan.Zero);
        var patient = status.Ask<NodeStatus>(new GetNodeStatus(AllMiners: false, Limit), Limit);
        asked[2].Asker.Tell(Summary(asked[2].Query.Miner));
        Assert.Equal((3, 0), Told(await patient));
        miners.ExpectNoMsg(TimeSpan.Zero);
    }

    /// <summary>In a cluster the state of 100,000 miners would cross the network whenever something asks for health.</summary>
    [Fact]
    public async Task Who_asks_for_health_or_faults_is_sent_no_miners()
    {
        var follower = CreateTestProbe();
        using var metrics = new PipelineMetrics();
        var settled = Answering(new SettledEpochs(0, []));
        var status = Sys.ActorOf(Props.Create(() => new StatusActor(Settings(metrics), follower, settled, settled, null)));
        object[] queries =
        [
            GetReadiness.Instance,
            GetFaults.Instance,
            new GetOverview(WithSettled: true),
            new GetNodeStatus(false, AtOnce),
        ];
        foreach (var query in queries)
        {
            var asked = status.Ask<object>(query, Limit);
            var sent = follower.ExpectMsg<GetFollowerStatus>(Limit);
            Assert.Equal(query is GetNodeStatus, sent.WithMiners);
            follower.LastSender.Tell(Follower().For(sent));
            await asked;
        }
    }

    [Fact]
    public void Without_miners_the_state_of_a_hundred_thousand_is_small_and_says_how_many_there_are()
    {
        var known = Enumerable.Range(1, 100_000).ToDictionary(i => Address.Parse($"0x{i:x40}"), i => new MinerHead(i, Hash256.Zero));
        var state = CursorState.Initial with
        {
            Known = CursorState.Initial.Known.AddRange(known),
            Book = new EpochBook(default, known.Keys.ToHashSet()),
        };
        var whole = Follower() with { State = state, Miners = known.Count };
        var serializer = new Tao20Serializer((ExtendedActorSystem)Sys);
        Assert.True(serializer.ToBinary(whole.For(GetFollowerStatus.Whole)).Length > 5_000_000);
        var one = whole.For(new GetFollowerStatus(WithMiners: false, Miners[0]));
        Assert.Equal((1, 100_000), (one.State.Known.Count, one.Miners));
        var bytes = serializer.ToBinary(one);
        Assert.True(bytes.Length < 300, $"{bytes.Length} bytes");
        var read = (FollowerStatus)serializer.FromBinary(bytes, serializer.Manifest(one));
        Assert.Equal((known[Miners[0]], 100_000), (read.State.Known[Miners[0]], read.Miners));
    }

    private static (int Answered, int Unanswered) Told(NodeStatus status) => (status.Miners.Count, status.UnansweredMiners);

    private IActorRef Answering(object answer) => Sys.ActorOf(Props.Create(() => new Answering(answer)));

    private static FollowerStatus Follower() =>
        new(CursorState.Initial with { Book = new EpochBook(default, Miners.ToHashSet()) }, null, null, 0, 16, null, 0, false, [], null);

    private static MinerSummary Summary(Address miner) =>
        new(miner, null, 0, 0, null, default, default, EpochVolume.None(miner, default), [], null);

    private static FollowerSettings Settings(PipelineMetrics metrics)
    {
        var faults = new FaultSignal();
        return new FollowerSettings(
            new ChainIdentity(964, Hash256.Zero, Miners[0], 0),
            DomainParameters.Default,
            new JournalFaultReporter(new JournalOptions { ConnectionString = "" }, "", faults, TimeProvider.System),
            faults,
            metrics,
            TimeProvider.System
        );
    }
}

/// <summary>Answers everything with one thing.</summary>
internal sealed class Answering : ReceiveActor
{
    /// <summary>One that answers so.</summary>
    public Answering(object answer) => ReceiveAny(_ => Sender.Tell(answer));
}
