using System.Diagnostics;
using Akka.Actor;
using Microsoft.Extensions.DependencyInjection;
using Tao20.Actors.Miners;
using Tao20.Domain.Units;

namespace Tao20.Benchmarks.Pipeline;

/// <summary>One line of <c>miners</c>.</summary>
/// <param name="Miners">How many.</param>
/// <param name="Entries">Of each in the journal.</param>
/// <param name="StartSeconds">Until all have been made, which have no past, and have written their first entry.</param>
/// <param name="RecoverSeconds">Until all, asked at once, have recovered.</param>
/// <param name="RecoverMilliseconds">The same for each.</param>
/// <param name="KiBPerActiveMiner">What each takes on the heap after it has recovered.</param>
/// <param name="BytesPerPassiveMiner">What is left of each after it has left memory.</param>
/// <param name="PeakMiB">The most that the process had.</param>
internal sealed record MinersResult(
    int Miners,
    int Entries,
    double StartSeconds,
    double RecoverSeconds,
    double RecoverMilliseconds,
    double KiBPerActiveMiner,
    double BytesPerPassiveMiner,
    double PeakMiB
);

/// <summary>Many miners of one node with their journal in SQLite: all recovering at once, and what they take in memory.</summary>
internal static class MinersRun
{
    // Longer than all take to recover.
    private static readonly TimeSpan LeastPassivateAfter = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan PassivateAfterForEach = TimeSpan.FromMilliseconds(4);

    public static Task<MinersResult> RunAsync(int miners, int entries, int batch, CancellationToken cancel) =>
        JournalRun.WithDirectory(async directory =>
        {
            var fill = await JournalRun.FillAsync(directory, miners * entries * batch, miners, batch, JournalRun.NoSnapshots, cancel);
            var (host, region) = await JournalRun.StartAsync(
                directory,
                JournalRun.NoSnapshots,
                cancel,
                LeastPassivateAfter + miners * PassivateAfterForEach
            );
            using var running = host;
            var (answered, left) = (NewSignal(), NewSignal());
            var counter = host.Services.GetRequiredService<ActorSystem>().ActorOf(Props.Create(() => new Counter(miners, answered, left)));
            var before = Heap();
            var started = Stopwatch.GetTimestamp();
            for (var i = 0; i < miners; i++)
                region.Tell(new GetMinerSummary(SyntheticTrades.Miner(i), new EpochId(0)), counter);
            await answered.Task.WaitAsync(JournalRun.Patience, cancel);
            var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
            var active = Heap();
            counter.Tell(new Watched([.. ((ActorRefWithCell)region).Children]));
            await left.Task.WaitAsync(JournalRun.Patience, cancel);
            var passive = Heap();
            using var self = Process.GetCurrentProcess();
            await host.StopAsync(cancel);
            return new MinersResult(
                miners,
                entries,
                Math.Round(fill, 1),
                Math.Round(seconds, 1),
                Math.Round(seconds / miners * 1000, 3),
                Math.Round((active - before) / 1024.0 / miners, 2),
                Math.Round((passive - before) / (double)miners),
                Math.Round(self.PeakWorkingSet64 / 1024.0 / 1024.0)
            );
        });

    private static long Heap() => GC.GetTotalMemory(forceFullCollection: true);

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Who is watched until it has left memory.</summary>
    private sealed record Watched(IReadOnlyList<IActorRef> Miners) : INoSerializationVerificationNeeded;

    /// <summary>Counts answers, and then those that leave.</summary>
    private sealed class Counter(int wanted, TaskCompletionSource answered, TaskCompletionSource left) : UntypedActor
    {
        private int _answers;
        private int _here;

        protected override void OnReceive(object message)
        {
            switch (message)
            {
                case MinerSummary when ++_answers == wanted:
                    answered.TrySetResult();
                    break;
                case Watched watched:
                    _here = watched.Miners.Count;
                    if (_here == 0)
                        left.TrySetResult();
                    foreach (var miner in watched.Miners)
                        Context.Watch(miner);
                    break;
                case Terminated when --_here == 0:
                    left.TrySetResult();
                    break;
            }
        }
    }
}
