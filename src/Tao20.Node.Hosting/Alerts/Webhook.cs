using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Tao20.Actors.Alerts;
using Tao20.Domain.Alerts;
using Tao20.Node.Http;

namespace Tao20.Node.Alerts;

/// <summary>
/// Posts notices of alerts to a URL, each with an identifier by which a second one of the same is known, and signed so that who takes it
/// knows whom it is from: <c>X-Tao20-Signature: t=TIME,v1=HEX</c>, the HMAC-SHA256 of <c>TIME.BODY</c>, TIME in Unix seconds.
/// </summary>
/// <param name="url">Where to.</param>
/// <param name="secret">What is signed with.</param>
/// <param name="clock">The clock.</param>
internal sealed class Webhook(Uri url, byte[] secret, TimeProvider clock) : INoticeSender
{
    /// <summary>The header with the signature.</summary>
    public const string SignatureHeader = "X-Tao20-Signature";

    /// <summary>The header with what identifies the notice.</summary>
    public const string IdHeader = "X-Tao20-Id";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    // Shared by all nodes of the process, for its life. Who answers elsewhere than was configured is not followed.
    private static readonly HttpClient Http = new(
        new SocketsHttpHandler { AllowAutoRedirect = false, PooledConnectionLifetime = TimeSpan.FromMinutes(5) }
    )
    {
        Timeout = Patience,
    };

    /// <inheritdoc/>
    public async Task<string?> SendAsync(Alert alert, bool ofClearing, CancellationToken cancel)
    {
        var document = AlertDocument.Of(alert, ofClearing);
        var body = JsonSerializer.SerializeToUtf8Bytes(document, NodeEndpoints.Json);
        using var request = new HttpRequestMessage(HttpMethod.Post, url) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        request.Headers.Add(IdHeader, $"{document.Id}-{document.State}");
        request.Headers.Add(SignatureHeader, Signature(clock.GetUtcNow(), body, secret));
        try
        {
            using var response = await Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancel).ConfigureAwait(false);
            return response.IsSuccessStatusCode ? null : $"{url.Host} answers {(int)response.StatusCode}.";
        }
        catch (HttpRequestException e)
        {
            return $"{url.Host} cannot be reached: {e.Message}";
        }
        catch (TaskCanceledException) when (!cancel.IsCancellationRequested)
        {
            return $"{url.Host} does not answer within {Patience.TotalSeconds:0} s.";
        }
    }

    /// <summary>The signature of a body at a time.</summary>
    public static string Signature(DateTimeOffset time, byte[] body, byte[] secret)
    {
        var seconds = time.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        byte[] signed = [.. Encoding.ASCII.GetBytes($"{seconds}."), .. body];
        return $"t={seconds},v1={Convert.ToHexStringLower(HMACSHA256.HashData(secret, signed))}";
    }
}
