using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Tao20.Devnet;

namespace Tao20.Benchmarks.Pipeline;

/// <summary>One start of a node, in seconds from the start of its process, as who asks it over HTTP sees it.</summary>
/// <param name="LiveSeconds">Until <c>/health/live</c> answers.</param>
/// <param name="FirstTradesSeconds">Until <c>/status</c> shows folded trades: at a restart, those of before.</param>
/// <param name="ReadySeconds">Until it is ready.</param>
/// <param name="LevelSeconds">Until nothing final is left to fold.</param>
/// <param name="ProcessorSeconds">Processor time of the node until then.</param>
/// <param name="PeakMiB">Its most memory.</param>
internal sealed record StartMeasures(
    double LiveSeconds,
    double FirstTradesSeconds,
    double ReadySeconds,
    double LevelSeconds,
    double ProcessorSeconds,
    double PeakMiB
);

/// <summary>A node in a process of its own, started as a user starts it.</summary>
internal sealed class MeasuredNode : IAsyncDisposable
{
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(10);
    private readonly long _started = Stopwatch.GetTimestamp();
    private readonly Process _process;
    private readonly HttpClient _http;
    private readonly List<string> _said = [];

    private MeasuredNode(ProcessStartInfo start, int port)
    {
        _process = Process.Start(start)!;
        _process.ErrorDataReceived += (_, line) =>
        {
            lock (_said)
                _said.Add(line.Data ?? "");
        };
        _process.BeginErrorReadLine();
        _http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
    }

    /// <summary>Starts one.</summary>
    /// <param name="node">tao20.dll, or a published executable.</param>
    /// <param name="arguments">Its command and options, without its port.</param>
    /// <param name="environment">What its environment has besides; null for nothing.</param>
    public static MeasuredNode Start(string node, IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment = null)
    {
        var port = Anvil.FreePort();
        var program = node.EndsWith(".dll", StringComparison.Ordinal) ? (string[])["dotnet", node] : [node];
        var start = new ProcessStartInfo(program[0], [.. program[1..], .. arguments, "--http-port", $"{port}"])
        {
            RedirectStandardError = true,
        };
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
            start.Environment[name] = value;
        return new MeasuredNode(start, port);
    }

    /// <summary>The seconds since it was started.</summary>
    public double Now => Stopwatch.GetElapsedTime(_started).TotalSeconds;

    /// <summary>Waits until it is ready and level. It is asked for no more than it takes to know that.</summary>
    public async Task<StartMeasures> LevelAsync(CancellationToken cancel)
    {
        await UntilAsync("/health/live", _ => true, cancel);
        var live = Now;
        var first = FirstTradesAsync();
        var ready = 0.0;
        await UntilAsync("/health/ready", IsLevel, cancel);
        var level = Now;
        var measures = new StartMeasures(live, await first, ready, level, 0, 0);
        _process.Refresh();
        return measures with
        {
            ProcessorSeconds = _process.TotalProcessorTime.TotalSeconds,
            PeakMiB = _process.PeakWorkingSet64 / 1048576.0,
        };

        async Task<double> FirstTradesAsync()
        {
            await UntilAsync("/status", status => status["cursor"] is not null, cancel);
            return Now;
        }

        bool IsLevel(JsonObject health)
        {
            ready = ready == 0 ? Now : ready;
            return health["lagBlocks"]!.GetValue<ulong>() == 0;
        }
    }

    /// <summary>Asks again and again until an answer will do; one that is no success will not.</summary>
    /// <exception cref="InvalidOperationException">The process has ended.</exception>
    public async Task<JsonObject> UntilAsync(string path, Predicate<JsonObject> isIt, CancellationToken cancel)
    {
        while (true)
        {
            if (_process.HasExited)
                throw new InvalidOperationException($"The node has ended with exit code {_process.ExitCode}; is it built? {Said()}");
            if (await AskAsync(path, cancel) is { } answer && isIt(answer))
                return answer;
            await Task.Delay(BetweenLooks, cancel);
        }
    }

    /// <summary>Inspects it once a second, as <c>tao20 inspect</c> does: what is wrong, how far it is, its actors, its log.</summary>
    /// <param name="directory">Its data directory.</param>
    /// <param name="cancel">Ends it.</param>
    /// <returns>How many answers it has given.</returns>
    public async Task<int> InspectAsync(string directory, CancellationToken cancel)
    {
        var answers = 0;
        try
        {
            while (true)
            {
                await Task.Delay(TimeSpan.FromSeconds(1), cancel);
                if (!File.Exists(Path.Combine(directory, "control")))
                    continue;
                var token = (await File.ReadAllLinesAsync(Path.Combine(directory, "control"), cancel))[1];
                foreach (var command in (string[])["node/faults", "node/cursor", "actor/hierarchy", "log/peek"])
                {
                    using var request = new HttpRequestMessage(HttpMethod.Post, $"/inspect/{command}");
                    request.Headers.Add("X-Tao20-Token", token);
                    request.Content = JsonContent.Create(new { words = Array.Empty<string>() });
                    using var response = await _http.SendAsync(request, cancel);
                    answers += response.IsSuccessStatusCode ? 1 : 0;
                }
            }
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            return answers;
        }
    }

    /// <summary>Has windows open on its dashboard, from when its actors answer.</summary>
    /// <param name="windows">How many.</param>
    /// <param name="cancel">Closes them.</param>
    public async Task<Watched> WatchAsync(int windows, CancellationToken cancel)
    {
        await UntilAsync("/status", _ => true, cancel);
        return await new OpenWindows(_http).KeepAsync(windows, cancel);
    }

    /// <summary>Lets it stop as an operator does, and waits until it has.</summary>
    public async Task StopAsync(CancellationToken cancel)
    {
        using var kill = Process.Start("kill", ["-TERM", $"{_process.Id}"]);
        await _process.WaitForExitAsync(cancel);
        if (_process.ExitCode != 0)
            throw new InvalidOperationException($"The node has ended with exit code {_process.ExitCode}: {Said()}");
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        _http.Dispose();
    }

    private string Said()
    {
        lock (_said)
            return string.Join(Environment.NewLine, _said.TakeLast(5));
    }

    private async Task<JsonObject?> AskAsync(string path, CancellationToken cancel)
    {
        try
        {
            using var response = await _http.GetAsync(path, cancel);
            return response.IsSuccessStatusCode ? await response.Content.ReadFromJsonAsync<JsonObject>(cancel) : null;
        }
        catch (HttpRequestException e) when (e.HttpRequestError == HttpRequestError.ConnectionError)
        {
            return null;
        }
    }
}
