using System.Diagnostics;
using System.Net.Http.Json;
using System.Reflection;
using System.Text.Json.Nodes;

namespace Tao20.Devnet.Commands;

/// <summary>One node of the validator that runs on several: a process of this same program.</summary>
/// <param name="name">What it is called.</param>
/// <param name="environment">What it is told.</param>
/// <param name="http">Where its HTTP is.</param>
internal sealed class DevnetClusterNode(string name, IReadOnlyDictionary<string, string> environment, Uri http) : IAsyncDisposable
{
    private const int LastLines = 15;
    private readonly HttpClient _http = new() { BaseAddress = http, Timeout = TimeSpan.FromSeconds(5) };
    private readonly Queue<string> _said = [];
    private Process? _process;

    /// <summary>What it is called.</summary>
    public string Name => name;

    /// <summary>What it has said last.</summary>
    public string Said
    {
        get
        {
            lock (_said)
                return string.Join('\n', _said);
        }
    }

    /// <summary>Whether it has ended by itself.</summary>
    public bool HasEnded => Volatile.Read(ref _process) is { HasExited: true };

    /// <summary>Starts it.</summary>
    public void Start()
    {
        var self = Environment.ProcessPath!;
        string[] program = Path.GetFileNameWithoutExtension(self) == "dotnet" ? [Assembly.GetEntryAssembly()!.Location] : [];
        _process = GuardedProcess.Start(self, [.. program, "validator"], Note, environment);
    }

    /// <summary>Kills it, as a machine does that loses power.</summary>
    public async Task KillAsync()
    {
        // What is killed has not ended by itself.
        if (Interlocked.Exchange(ref _process, null) is { } process)
            await GuardedProcess.EndAsync(process);
    }

    /// <summary>What it says of itself; null while it says nothing.</summary>
    public async Task<JsonObject?> StatusAsync(bool all, CancellationToken cancel)
    {
        try
        {
            return await _http.GetFromJsonAsync<JsonObject>($"status?wait=4{(all ? "&all=true" : "")}", cancel);
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException or IOException && !cancel.IsCancellationRequested)
        {
            // It starts, or another node takes over: the next question finds it.
            return null;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        _http.Dispose();
    }

    private void Note(string line)
    {
        lock (_said)
        {
            _said.Enqueue(line);
            if (_said.Count > LastLines)
                _said.Dequeue();
        }
    }
}
