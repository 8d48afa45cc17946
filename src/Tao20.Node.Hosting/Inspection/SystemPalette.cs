using System.Diagnostics;
using System.Text.Json.Nodes;
using Tao20.Actors.Inspection;
using Tao20.Actors.Journal;
using Tao20.Node.Hosting;

namespace Tao20.Node.Inspection;

/// <summary><c>system</c>: the process, and what can be done to it.</summary>
internal static class SystemPalette
{
    private const double Mebi = 1024 * 1024;

    /// <summary>The palette of a node.</summary>
    /// <param name="stop">Stops the node in good order.</param>
    /// <param name="settings">What can be changed while it runs; null where nothing can be read again.</param>
    public static Palette Of(Action stop, ChangeableSettings? settings) =>
        new(
            "system",
            "The process",
            [
                new("uptime", "Since when it runs, and which version it is", (_, _) => Task.FromResult(Uptime())),
                new("gc", "Its memory and what collects it", (_, _) => Task.FromResult(Memory())),
                new("threads", "Its threads, and what waits for one", (_, _) => Task.FromResult(Threads())),
                new(
                    "refresh",
                    "Reads the settings again and takes what can be changed while it runs, as SIGHUP does",
                    (_, _) => Refresh(settings)
                )
                {
                    Question = _ => "The settings are read again.",
                },
                new("drain", "Finishes what it has begun, hands over, and ends", (_, _) => Drain(stop))
                {
                    Question = _ =>
                        "This node finishes what it has begun, hands over what it has, and ends; it does not come back by itself.",
                },
            ]
        );

    private static Answer Uptime()
    {
        using var process = Process.GetCurrentProcess();
        var started = process.StartTime.ToUniversalTime();
        return Answer.Of(
            new JsonObject
            {
                ["program"] = JournalVersion.Current.ToString(),
                ["process"] = process.Id,
                ["started"] = new DateTimeOffset(started),
                ["uptimeSeconds"] = Math.Round((DateTime.UtcNow - started).TotalSeconds, 1),
                ["processorSeconds"] = Math.Round(process.TotalProcessorTime.TotalSeconds, 1),
            }
        );
    }

    private static Answer Memory()
    {
        var memory = GC.GetGCMemoryInfo();
        return Answer.Of(
            new JsonObject
            {
                ["residentMiB"] = Math.Round(Environment.WorkingSet / Mebi, 1),
                ["heapMiB"] = Math.Round(GC.GetTotalMemory(forceFullCollection: false) / Mebi, 1),
                ["committedMiB"] = Math.Round(memory.TotalCommittedBytes / Mebi, 1),
                ["limitMiB"] = Math.Round(memory.TotalAvailableMemoryBytes / Mebi, 1),
                ["allocatedMiB"] = Math.Round(GC.GetTotalAllocatedBytes() / Mebi, 1),
                ["collections"] = new JsonArray([
                    .. Enumerable.Range(0, GC.MaxGeneration + 1).Select(age => JsonValue.Create(GC.CollectionCount(age))),
                ]),
                ["pausedPercent"] = memory.PauseTimePercentage,
            }
        );
    }

    private static Answer Threads()
    {
        using var process = Process.GetCurrentProcess();
        ThreadPool.GetMaxThreads(out var most, out _);
        return Answer.Of(
            new JsonObject
            {
                ["processors"] = Environment.ProcessorCount,
                ["threads"] = process.Threads.Count,
                ["poolThreads"] = ThreadPool.ThreadCount,
                ["poolThreadsMost"] = most,
                ["waiting"] = ThreadPool.PendingWorkItemCount,
                ["done"] = ThreadPool.CompletedWorkItemCount,
            }
        );
    }

    private static Task<Answer> Refresh(ChangeableSettings? settings) =>
        Task.FromResult(
            Answer.Say(
                settings is null
                    ? throw new InspectionException(
                        InspectionProblem.NotFound,
                        "This node has settings of a command: none can be read again."
                    )
                    : settings.Refresh()
            )
        );

    private static Task<Answer> Drain(Action stop)
    {
        stop();
        return Task.FromResult(Answer.Say("It is ending."));
    }
}
