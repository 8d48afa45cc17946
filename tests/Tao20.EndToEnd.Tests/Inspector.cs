using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Tao20.Node.Hosting;
using Tao20.Node.Http;
using Tao20.Node.Inspection;
using Tao20.Tests;

namespace Tao20.EndToEnd.Tests;

/// <summary>Asks a running node what <c>tao20 inspect</c> does, over the same HTTP.</summary>
/// <param name="dataDirectory">The node's data directory.</param>
internal sealed class Inspector(string dataDirectory) : IDisposable
{
    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(30) };

    /// <summary>The palettes, as the node says them.</summary>
    public async Task<JsonArray> PalettesAsync()
    {
        var (http, token) = ControlFile.Read(dataDirectory);
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(http, "/inspect/palettes"));
        request.Headers.Add(ControlEndpoints.TokenHeader, token);
        using var response = await _http.SendAsync(request);
        return (await response.Content.ReadFromJsonAsync<JsonObject>())!["palettes"]!.AsArray();
    }

    /// <summary>The rows of a table: a list of texts each.</summary>
    public async Task<List<List<string>>> RowsAsync(string path, params string[] words) =>
        [
            .. (await AskAsync(path, words)).Answer["rows"]!
                .AsArray()
                .Select(row => row!.AsArray().Select(cell => cell!.GetValue<string>()).ToList()),
        ];

    /// <summary>A document.</summary>
    public async Task<JsonNode> DocumentAsync(string path, params string[] words)
    {
        var (status, answer, _) = await AskAsync(path, words);
        return answer["document"] ?? throw new InvalidOperationException($"{path}: {status} {answer}");
    }

    /// <summary>Whatever is answered, and how long that took.</summary>
    public async Task<(int Status, JsonNode Answer, TimeSpan Took)> AskAsync(string path, params string[] words)
    {
        var (http, token) = ControlFile.Read(dataDirectory);
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(http, $"/inspect/{path}"))
        {
            Content = JsonContent.Create(new CallDocument(words, Confirmed: false), options: NodeEndpoints.Json),
        };
        request.Headers.Add(ControlEndpoints.TokenHeader, token);
        var start = Stopwatch.StartNew();
        using var response = await _http.SendAsync(request);
        var answer = await response.Content.ReadFromJsonAsync<JsonNode>();
        return ((int)response.StatusCode, answer!, start.Elapsed);
    }

    /// <summary>
    /// Every command that only tells is answered, whoever it would have to ask: with what is known, or with why nothing is.
    /// </summary>
    /// <returns>Which took longest, and how long.</returns>
    public async Task<(string Name, TimeSpan Took)> RequireAllAnswerAsync()
    {
        var slowest = (Name: "", Took: TimeSpan.Zero);
        foreach (var (name, takesAddress) in CommandsOf(await PalettesAsync()))
        {
            var (status, answer, took) = await AskAsync(name, takesAddress ? ["0x00000000000000000000000000000000000000aa"] : []);
            Assert.True(status is 200 or 404 or 503, $"{name}: {status} {answer}");
            if (status != 200)
                Assert.False(string.IsNullOrEmpty(answer["error"]?.GetValue<string>()), name);
            if (took > slowest.Took)
                slowest = (name, took);
        }

        return slowest;
    }

    /// <summary>Waits until the node names a fault.</summary>
    /// <param name="fault">Its name.</param>
    /// <param name="limit">How long.</param>
    public Task<JsonNode> UntilFaultAsync(string fault, TimeSpan limit) =>
        Eventually.BecomesAsync<JsonNode>(
            async _ => (await AskAsync("node/faults")).Answer,
            faults => faults.ToJsonString().Contains(fault, StringComparison.Ordinal),
            limit,
            show: faults => $"{faults}"
        );

    /// <summary>The commands that only tell, and whether they need an address.</summary>
    private static IEnumerable<(string Name, bool TakesAddress)> CommandsOf(JsonArray palettes) =>
        from palette in palettes
        from command in palette["commands"]!.AsArray()
        where !command["changes"]!.GetValue<bool>() && !command["follows"]!.GetValue<bool>()
        select (
            $"{palette["name"]}/{command["name"]}",
            command["parameters"]!.AsArray().Any(parameter => parameter!["isRequired"]!.GetValue<bool>())
        );

    /// <summary>The lines of a command that goes on telling, up to the one that says these words.</summary>
    /// <param name="path">The command.</param>
    /// <param name="words">The words.</param>
    /// <param name="listening">Told when the node has begun.</param>
    /// <param name="cancel">Ends it.</param>
    public async Task<List<string>> FollowAsync(string path, string words, Action listening, CancellationToken cancel)
    {
        var (http, token) = ControlFile.Read(dataDirectory);
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(http, $"/inspect/{path}"))
        {
            Content = JsonContent.Create(new CallDocument([], Confirmed: false), options: NodeEndpoints.Json),
        };
        request.Headers.Add(ControlEndpoints.TokenHeader, token);
        using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancel);
        listening();
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(cancel));
        var lines = new List<string>();
        while (await reader.ReadLineAsync(cancel) is { } line)
        {
            lines.Add(line);
            if (line.Contains(words, StringComparison.Ordinal))
                break;
        }

        return lines;
    }

    public void Dispose() => _http.Dispose();
}
