using System.Net;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using Tao20.Node.Http;

namespace Tao20.Node.Inspection;

/// <summary>Where a node answers, and the token that it wants.</summary>
/// <param name="Http">Where.</param>
/// <param name="Token">Which.</param>
internal sealed record NodeAccess(Uri Http, string Token);

/// <summary>Asks a node what it can be asked.</summary>
/// <param name="access">Where it is. Asked again when the node has started anew: it has another token then, and maybe another port.</param>
internal sealed class InspectClient(Func<NodeAccess> access) : IDisposable
{
    private const string Data = "data: ";

    // A node answers within a second; what is between here and there takes the rest.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private readonly HttpClient _http = new() { Timeout = Timeout.InfiniteTimeSpan };
    private NodeAccess _access = access();

    /// <summary>The node's host and port.</summary>
    public string Name => _access.Http.Authority;

    /// <summary>What the node can be asked, now.</summary>
    /// <exception cref="NodeException">It does not answer, or refuses.</exception>
    public Task<IReadOnlyList<PaletteDocument>> PalettesAsync(CancellationToken cancel) =>
        InTimeAsync(
            async inTime =>
            {
                using var response = await SendAsync(HttpMethod.Get, $"{InspectionEndpoints.Root}/palettes", null, inTime);
                return (await ReadAsync<PalettesDocument>(response, inTime)).Palettes;
            },
            cancel
        );

    /// <summary>Calls a command.</summary>
    /// <param name="path">Its palette and its name.</param>
    /// <param name="call">What it is called with.</param>
    /// <param name="cancel">Cancels the operation.</param>
    /// <returns>Its answer, or what has to be confirmed first.</returns>
    /// <exception cref="NodeException">The node does not answer, or has no answer.</exception>
    public Task<(AnswerDocument? Answer, string? Question)> CallAsync(string path, CallDocument call, CancellationToken cancel) =>
        InTimeAsync<(AnswerDocument?, string?)>(
            async inTime =>
            {
                using var response = await SendAsync(HttpMethod.Post, $"{InspectionEndpoints.Root}/{path}", call, inTime);
                return response.StatusCode == HttpStatusCode.Conflict
                    ? (null, (await ReadAsync<JsonObject>(response, inTime))["question"]?.GetValue<string>())
                    : (await ReadAsync<AnswerDocument>(response, inTime), null);
            },
            cancel
        );

    /// <summary>Calls a command that goes on telling: its lines.</summary>
    /// <exception cref="NodeException">The node does not answer, or has no answer.</exception>
    public async IAsyncEnumerable<string> FollowAsync(string path, CallDocument call, [EnumeratorCancellation] CancellationToken cancel)
    {
        using var response = await SendAsync(HttpMethod.Post, $"{InspectionEndpoints.Root}/{path}", call, cancel);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(cancel));
        while (await NextAsync(reader, cancel) is { } line)
            if (line.StartsWith(Data, StringComparison.Ordinal))
                yield return line[Data.Length..];
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    private async Task<T> InTimeAsync<T>(Func<CancellationToken, Task<T>> ask, CancellationToken cancel)
    {
        using var inTime = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        inTime.CancelAfter(Patience);
        try
        {
            return await ask(inTime.Token);
        }
        catch (OperationCanceledException e) when (!cancel.IsCancellationRequested)
        {
            throw Away(e);
        }
    }

    private static async Task<string?> NextAsync(StreamReader reader, CancellationToken cancel)
    {
        try
        {
            return await reader.ReadLineAsync(cancel);
        }
        catch (Exception e) when (e is IOException or HttpRequestException)
        {
            // The node has ended: it has no more to tell.
            return null;
        }
    }

    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, CallDocument? call, CancellationToken cancel)
    {
        while (true)
        {
            try
            {
                return await RequireAsync(await SendOnceAsync(method, path, call, cancel), cancel);
            }
            catch (Exception e) when (e is HttpRequestException or NodeException { InnerException: UnauthorizedAccessException })
            {
                // It may have started anew meanwhile; each start has a token of its own.
                var now = access();
                if (now == _access)
                    throw e is NodeException ? e : Away(e);
                _access = now;
            }
        }
    }

    private async Task<HttpResponseMessage> SendOnceAsync(HttpMethod method, string path, CallDocument? call, CancellationToken cancel)
    {
        using var request = new HttpRequestMessage(method, new Uri(_access.Http, path));
        request.Headers.Add(ControlEndpoints.TokenHeader, _access.Token);
        if (call is not null)
            request.Content = JsonContent.Create(call, options: NodeEndpoints.Json);
        return await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancel);
    }

    private async Task<HttpResponseMessage> RequireAsync(HttpResponseMessage response, CancellationToken cancel)
    {
        if (response.IsSuccessStatusCode || response.StatusCode == HttpStatusCode.Conflict)
            return response;
        using (response)
        {
            var text = await response.Content.ReadAsStringAsync(cancel);
            throw new NodeException(
                response.StatusCode == HttpStatusCode.BadRequest ? ExitCodes.Usage : ExitCodes.Failed,
                ErrorIn(text) ?? $"The node at {Name} refused with {(int)response.StatusCode}.",
                response.StatusCode == HttpStatusCode.Unauthorized ? new UnauthorizedAccessException() : null
            );
        }
    }

    private static string? ErrorIn(string text)
    {
        try
        {
            return JsonNode.Parse(text)?["error"]?.GetValue<string>();
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // Something else answers there; its words say nothing here.
            return null;
        }
    }

    private NodeException Away(Exception e) =>
        new(ExitCodes.Failed, $"The node at {Name} does not answer: it is not running there, or not reached from here.", e);

    private async Task<T> ReadAsync<T>(HttpResponseMessage response, CancellationToken cancel)
    {
        try
        {
            return await response.Content.ReadFromJsonAsync<T>(NodeEndpoints.Json, cancel) ?? throw new JsonException("an empty answer");
        }
        catch (JsonException e)
        {
            throw new NodeException(ExitCodes.Failed, $"What answers at {Name} is no such node: {e.Message}", e);
        }
    }

    private sealed record PalettesDocument(IReadOnlyList<PaletteDocument> Palettes);
}
