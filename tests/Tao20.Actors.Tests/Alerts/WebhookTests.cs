using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Tao20.Domain.Alerts;
using Tao20.Node.Alerts;

namespace Tao20.Actors.Tests.Alerts;

/// <summary>What is posted to a webhook can be told from what anybody else posts, and a second time from the first.</summary>
public sealed class WebhookTests : IAsyncLifetime
{
    private static readonly byte[] Secret = Encoding.UTF8.GetBytes("0123456789abcdef");
    private static readonly Alert Fired = new(
        new AlertId(0x0198a7c2_1111_7222),
        AlertKind.TaoLow,
        "0x00000000000000000000000000000000000000a1",
        5,
        100,
        60,
        120
    );

    private readonly ConcurrentQueue<(string Signature, string Id, string Type, byte[] Body)> _posted = new();
    private WebApplication _server = null!;
    private int _answer = 200;

    public async Task InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        _server = builder.Build();
        _server.Urls.Add("http://127.0.0.1:0");
        _server.MapPost(
            "/tao20",
            async context =>
            {
                using var body = new MemoryStream();
                await context.Request.Body.CopyToAsync(body);
                var headers = context.Request.Headers;
                _posted.Enqueue(
                    ($"{headers[Webhook.SignatureHeader]}", $"{headers[Webhook.IdHeader]}", $"{headers.ContentType}", body.ToArray())
                );
                context.Response.StatusCode = _answer;
                if (_answer == StatusCodes.Status307TemporaryRedirect)
                    context.Response.Headers.Location = "/elsewhere";
            }
        );
        _server.MapPost("/elsewhere", () => Results.Ok());
        await _server.StartAsync();
    }

    async Task IAsyncLifetime.DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task It_is_signed_over_its_time_and_its_body()
    {
        Assert.Null(await Hook().SendAsync(Fired, ofClearing: false, CancellationToken.None));
        var (signature, id, type, body) = Assert.Single(_posted);
        var parts = signature.Split(',').Select(part => part.Split('=', 2)).ToDictionary(part => part[0], part => part[1]);
        var expected = HMACSHA256.HashData(Secret, (byte[])[.. Encoding.ASCII.GetBytes($"{parts["t"]}."), .. body]);
        Assert.Equal(Convert.ToHexStringLower(expected), parts["v1"]);
        Assert.InRange(
            long.Parse(parts["t"], null),
            DateTimeOffset.UtcNow.ToUnixTimeSeconds() - 60,
            DateTimeOffset.UtcNow.ToUnixTimeSeconds()
        );
        Assert.Equal("application/json", type);
        Assert.Equal($"{Fired.Id}-firing", id);
        var said = JsonNode.Parse(body)!;
        Assert.Equal(("TaoLow", "firing", "5"), ($"{said["kind"]}", $"{said["state"]}", $"{said["value"]}"));

        // Another secret, another body and another time are other signatures.
        var time = DateTimeOffset.FromUnixTimeSeconds(long.Parse(parts["t"], null));
        Assert.Equal(signature, Webhook.Signature(time, body, Secret));
        Assert.NotEqual(signature, Webhook.Signature(time, body, [.. Secret, 1]));
        Assert.NotEqual(signature, Webhook.Signature(time, [.. body, 0], Secret));
        Assert.NotEqual(parts["v1"], Webhook.Signature(time.AddSeconds(1), body, Secret).Split("v1=")[1]);
    }

    /// <summary>The vector of RFC 4231, test case 2, with our time before the text: as any other library computes it.</summary>
    [Fact]
    public void The_signature_is_that_of_any_other_library() =>
        Assert.Equal(
            "t=1700000000,v1="
                + Convert.ToHexStringLower(
                    new HMACSHA256("Jefe"u8.ToArray()).ComputeHash("1700000000.what do ya want for nothing?"u8.ToArray())
                ),
            Webhook.Signature(
                DateTimeOffset.FromUnixTimeSeconds(1_700_000_000),
                "what do ya want for nothing?"u8.ToArray(),
                "Jefe"u8.ToArray()
            )
        );

    [Fact]
    public async Task Firing_and_clearing_have_identifiers_of_their_own_and_a_second_try_has_the_same()
    {
        var cleared = Fired with { ClearedAt = 180, ClearedValue = 200 };
        await Hook().SendAsync(Fired, ofClearing: false, CancellationToken.None);
        await Hook().SendAsync(cleared, ofClearing: false, CancellationToken.None);
        await Hook().SendAsync(cleared, ofClearing: true, CancellationToken.None);
        Assert.Equal([$"{Fired.Id}-firing", $"{Fired.Id}-firing", $"{Fired.Id}-cleared"], _posted.Select(one => one.Id));
        Assert.Equal(["firing", "firing", "cleared"], _posted.Select(one => $"{JsonNode.Parse(one.Body)!["state"]}"));
    }

    [Theory]
    [InlineData(400)]
    [InlineData(500)]
    [InlineData(307)]
    public async Task Whatever_is_not_2xx_is_not_taken_and_nobody_is_followed_elsewhere(int answer)
    {
        _answer = answer;
        Assert.Contains($"{answer}", await Hook().SendAsync(Fired, ofClearing: false, CancellationToken.None), StringComparison.Ordinal);
        Assert.Single(_posted);
    }

    [Fact]
    public async Task Who_cannot_be_reached_is_named_without_what_follows_the_host()
    {
        var hook = new Webhook(new Uri("http://127.0.0.1:1/secret-path"), Secret, TimeProvider.System);
        var problem = await hook.SendAsync(Fired, ofClearing: false, CancellationToken.None);
        Assert.StartsWith("127.0.0.1 cannot be reached", problem, StringComparison.Ordinal);
        Assert.DoesNotContain("secret-path", problem, StringComparison.Ordinal);
    }

    private Webhook Hook() =>
        new(
            new Uri(
                new Uri(_server.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First()),
                "/tao20"
            ),
            Secret,
            TimeProvider.System
        );
}
