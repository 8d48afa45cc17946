using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Tao20.EndToEnd.Tests;

/// <summary>Stands between a process and its chain and answers nothing before it is told to.</summary>
internal sealed class HoldingProxy : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly HttpClient _http = new();
    private readonly TaskCompletionSource _open = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _asked = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private HoldingProxy(WebApplication app, Uri chain)
    {
        _app = app;
        _app.MapPost("/", (HttpContext context) => AnswerAsync(chain, context));
    }

    /// <summary>Where it is.</summary>
    public string Url => _app.Urls.First();

    /// <summary>Completes when the first request waits.</summary>
    public Task Asked => _asked.Task;

    public static async Task<HoldingProxy> StartAsync(Uri chain)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var proxy = new HoldingProxy(builder.Build(), chain);
        await proxy._app.StartAsync();
        return proxy;
    }

    /// <summary>Answers from now on.</summary>
    public void Open() => _open.TrySetResult();

    public async ValueTask DisposeAsync()
    {
        Open();
        await _app.DisposeAsync();
        _http.Dispose();
    }

    private async Task AnswerAsync(Uri chain, HttpContext context)
    {
        _asked.TrySetResult();
        await _open.Task.WaitAsync(context.RequestAborted);
        using var question = new StreamContent(context.Request.Body);
        question.Headers.ContentType = new("application/json");
        using var answer = await _http.PostAsync(chain, question, context.RequestAborted);
        context.Response.ContentType = "application/json";
        await answer.Content.CopyToAsync(context.Response.Body, context.RequestAborted);
    }
}
