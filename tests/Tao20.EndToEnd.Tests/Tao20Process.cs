using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Tao20.Tests;

namespace Tao20.EndToEnd.Tests;

/// <summary>The real executable, started as a person would.</summary>
internal sealed class Tao20Process : IAsyncDisposable
{
    private readonly Process _process;
    private readonly Task<string> _output;
    private readonly List<string> _errors = [];
    private string _unready = "nothing";
    private readonly TaskCompletionSource<Uri> _status = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(20) };

    private Tao20Process(Process process)
    {
        _process = process;
        _output = process.StandardOutput.ReadToEndAsync();
        process.ErrorDataReceived += (_, line) =>
        {
            if (line.Data is not { } text)
                return;
            lock (_errors)
                _errors.Add(text);
            if (text.IndexOf("status at ", StringComparison.Ordinal) is var at and >= 0)
                _status.TrySetResult(new Uri(text[(at + "status at ".Length)..].Trim()));
        };
        process.BeginErrorReadLine();
    }

    /// <summary>What is started.</summary>
    public static string Program { get; } = System.IO.Path.Combine(AppContext.BaseDirectory, "tao20.dll");

    /// <summary>Its number in the system.</summary>
    public int Id => _process.Id;

    /// <summary>Whether it has ended.</summary>
    public bool HasExited => _process.HasExited;

    public string Errors
    {
        get
        {
            lock (_errors)
                return string.Join('\n', _errors);
        }
    }

    /// <summary>The lines of this program, without the log's.</summary>
    public IReadOnlyList<string> Lines
    {
        get
        {
            lock (_errors)
                return
                [
                    .. _errors.Where(line => line.StartsWith("tao20: ", StringComparison.Ordinal)).Select(line => line["tao20: ".Length..]),
                ];
        }
    }

    public static Tao20Process Start(
        IEnumerable<string> arguments,
        string? directory = null,
        IDictionary<string, string>? environment = null,
        string? program = null
    )
    {
        var start = new ProcessStartInfo("dotnet", [program ?? Program, .. arguments])
        {
            WorkingDirectory = directory ?? System.IO.Path.GetTempPath(),
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        start.Environment["TAO20_LOG_LEVEL"] = "Warning";

        // The local chain keeps its own time, and minutes of it pass in a second.
        start.Environment["TAO20_Check__MaxFinalAge"] = "0s";
        start.Environment["TAO20_Check__RetryAfter"] = "500ms";

        // There is one node of the chain, and it is ours.
        start.Environment["TAO20_Consensus__AllowSingleEndpoint"] = "true";

        // Processes that live for seconds are not worth being profiled for a better compilation: a quarter of what they compute.
        start.Environment["DOTNET_TieredPGO"] = "0";

        // Nor worth the protection of compiled code against being written to: a sixth of what a start computes.
        start.Environment["DOTNET_EnableWriteXorExecute"] = "0";

        // Nor worth being compiled a second time before they have run for 5 s (1388 hexadecimal, in ms) without anything new: a third.
        start.Environment["DOTNET_TC_CallCountingDelayMs"] = "1388";

        // Tests count the transactions of what they are about; the index's duties are the devnet's to show.
        if (start.ArgumentList.ElementAtOrDefault(1) != "devnet")
            start.Environment["TAO20_Index__Step"] = "false";
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
            start.Environment[name] = value.Length == 0 ? null : value;
        return new Tao20Process(Process.Start(start)!);
    }

    public static async Task<(int ExitCode, string Output, Tao20Process Process)> RunAsync(
        IEnumerable<string> arguments,
        string? directory = null,
        IDictionary<string, string>? environment = null
    )
    {
        var process = Start(arguments, directory, environment);
        var code = await process.ExitAsync(TimeSpan.FromMinutes(10));
        return (code, await process._output, process);
    }

    public async Task<int> ExitAsync(TimeSpan limit)
    {
        using var timeout = new CancellationTokenSource(limit);
        try
        {
            await _process.WaitForExitAsync(timeout.Token);
        }
        catch (OperationCanceledException)
        {
            _process.Kill(entireProcessTree: true);
            Assert.Fail($"It did not end within {limit}.\n{Errors}");
        }

        return _process.ExitCode;
    }

    /// <summary>Where its HTTP is, once it says so.</summary>
    public async Task<Uri> StatusUriAsync()
    {
        var ended = _process.WaitForExitAsync();
        return await Task.WhenAny(_status.Task, ended).WaitAsync(TimeSpan.FromSeconds(60)) == ended
            ? throw new InvalidOperationException($"It ended with {_process.ExitCode}:\n{Errors}")
            : await _status.Task;
    }

    public async Task<HttpResponseMessage> GetAsync(string path) => await _http.GetAsync(new Uri(await StatusUriAsync(), path));

    public async Task<JsonObject> StatusAsync(bool all = false) =>
        (await _http.GetFromJsonAsync<JsonObject>($"{await StatusUriAsync()}?wait=10{(all ? "&all=true" : "")}"))!;

    /// <summary>Looks at the status until it is as wanted.</summary>
    public Task<JsonObject> UntilAsync(Func<JsonObject, bool> wanted, TimeSpan limit, CancellationToken noLonger = default) =>
        UntilAsync(status => Task.FromResult(wanted(status)), limit, noLonger);

    /// <summary>The same, with something to be done between the looks.</summary>
    public async Task<JsonObject> UntilAsync(Func<JsonObject, Task<bool>> wanted, TimeSpan limit, CancellationToken noLonger = default)
    {
        var holds = false;
        return await Eventually.BecomesAsync<JsonObject>(
            async _ =>
            {
                noLonger.ThrowIfCancellationRequested();
                var status = await StatusIfReadyAsync();
                holds = status is not null && await wanted(status);
                return status;
            },
            _ => holds,
            limit,
            show: status => $"{status}\n{Errors}",
            what: "a status as wanted",
            nothing: () => $"{_unready}\n{Errors}"
        );
    }

    /// <summary>The whole status; null while it cannot tell yet: another node of its cluster takes over, or it starts anew.</summary>
    private async Task<JsonObject?> StatusIfReadyAsync()
    {
        try
        {
            var status = await StatusAsync(all: true);
            var unanswered = status["unanswered"]!;
            var isAnswered = unanswered["miners"]!.GetValue<int>() == 0 && unanswered["parts"]!.AsArray().Count == 0;
            if (isAnswered || status["faults"]!.AsArray().Count > 0)
                return status;
            _unready = $"{unanswered}";
            return null;
        }
        catch (HttpRequestException e)
            when (e.StatusCode == HttpStatusCode.ServiceUnavailable
                || (e.HttpRequestError is HttpRequestError.ConnectionError or HttpRequestError.ResponseEnded && !_process.HasExited)
            )
        {
            _unready = e.Message;
            return null;
        }
        catch (HttpRequestException e) when (_process.HasExited)
        {
            throw new InvalidOperationException($"It ended with {_process.ExitCode}:\n{Errors}", e);
        }
    }

    /// <summary>Waits for a line of its own that has these words.</summary>
    public Task<string> UntilLineAsync(string words, TimeSpan limit) =>
        Eventually.BecomesAsync(
            _ => Task.FromResult(LineWith(words)),
            _ => true,
            limit,
            what: $"a line with '{words}'",
            nothing: () => Errors
        );

    /// <summary>Waits until it has said or logged these words.</summary>
    public Task<string> UntilLogAsync(string words, TimeSpan limit) =>
        Eventually.BecomesAsync(
            _ => Task.FromResult<string?>(Errors),
            errors => errors.Contains(words, StringComparison.Ordinal),
            limit,
            what: $"'{words}'"
        );

    /// <summary>Waits until it ends, or not any longer.</summary>
    public Task EndedAsync(CancellationToken noLonger) =>
        _process
            .WaitForExitAsync(noLonger)
            .ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);

    private string? LineWith(string words)
    {
        lock (_errors)
            return _errors.Find(line =>
                line.StartsWith("tao20", StringComparison.Ordinal) && line.Contains(words, StringComparison.Ordinal)
            );
    }

    public void Interrupt() => Signal("INT");

    /// <summary>Tells it that its terminal is gone, which is how services are told to read their settings again.</summary>
    public void HangUp() => Signal("HUP");

    /// <summary>Stops it where it is, as a machine does that is suspended; its connections stay.</summary>
    public void Pause() => Signal("STOP");

    /// <summary>Lets it go on.</summary>
    public void Resume() => Signal("CONT");

    private void Signal(string name)
    {
        using var kill = Process.Start("kill", [$"-{name}", $"{_process.Id}"]);
        kill.WaitForExit();
    }

    /// <summary>Ends it at once, as a power cut would.</summary>
    public async Task KillAsync()
    {
        if (!_process.HasExited)
            _process.Kill();
        await _process.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        _http.Dispose();
        _process.Dispose();
    }
}
