using System.Net.ServerSentEvents;
using System.Text;
using Tao20.Dashboard;
using Tao20.Dashboard.Live;
using Tao20.Dashboard.Parts;
using Tao20.Node.Http;

namespace Tao20.Node.Views;

/// <summary>The dashboard over HTTP: pages, what changes of them, and what they need beside them.</summary>
/// <param name="views">The pages.</param>
/// <param name="pages">The same, rendered once for all who ask at the same time.</param>
/// <param name="live">What changes of them.</param>
/// <param name="gate">Who may see them.</param>
/// <param name="isOpen">Whether the actors are there.</param>
/// <param name="log">Where it is said who was refused.</param>
internal sealed class DashboardEndpoints(
    NodeViews views,
    SharedPages pages,
    LiveUpdates live,
    DashboardGate gate,
    Func<bool> isOpen,
    ILogger log
)
{
    /// <summary>Nothing but what this node serves is loaded, run, or can frame it.</summary>
    private const string Policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; "
        + "base-uri 'none'; frame-ancestors 'none'";

    private const long LongestForm = 4096;

    /// <summary>Maps them.</summary>
    public void Map(WebApplication app)
    {
        app.MapGet(Links.Overview, PageAsync);
        app.MapGet($"{Links.Root}/{{**path}}", PageAsync);
        app.MapGet(Links.Live, Changes);
        app.MapGet($"{Links.Root}/assets/{{name}}", Asset);
        app.MapGet(Links.SignIn, (HttpContext context) => FormAsync(context, context.Request.Query["to"], isWrong: false));
        app.MapPost(Links.SignIn, SignInAsync);
    }

    /// <summary>Whether a path is of the dashboard.</summary>
    public static bool Has(PathString path) => path == Links.Overview || path.StartsWithSegments(Links.Root);

    private async Task PageAsync(HttpContext context)
    {
        var (request, cancel) = (context.Request, context.RequestAborted);
        var text = $"{request.Path}{request.QueryString}";
        if (!gate.LetsIn(request))
        {
            await RefuseAsync(context, text);
            return;
        }

        if (!isOpen())
        {
            context.Response.Headers["Refresh"] = "2";
            await WriteAsync(
                context,
                503,
                await views.NoticeAsync(text, "Starting", "The node is starting; this page comes again by itself.")
            );
            return;
        }

        try
        {
            var address = PageAddress.Of(text) ?? throw new PageException(404, "There is no such page.");
            var page = await pages.RenderAsync(address, cancel);
            live.Remember(address.Text, page.Parts);
            await WriteAsync(context, 200, page);
        }
        catch (PageException e)
        {
            await WriteAsync(context, e.Status, await views.NoticeAsync(text, e.Status == 404 ? "Not found" : "Not shown", e.Message));
        }
    }

    private IResult Changes(HttpContext context, string? page, string? version)
    {
        if (!gate.LetsIn(context.Request))
            return NodeEndpoints.Error("The dashboard's token is missing.", 401);
        if (!isOpen() || PageAddress.Of(page) is not { } address)
            return NodeEndpoints.Error($"page = '{page}' is no page of the dashboard.", 404);
        context.Response.Headers.CacheControl = "no-store";
        return TypedResults.ServerSentEvents(live.Follow(address, version ?? "", context.RequestAborted) ?? FullAsync());
    }

    // A browser does not let a page see the status of a stream that is refused.
    private static async IAsyncEnumerable<SseItem<string>> FullAsync()
    {
        await Task.CompletedTask;
        yield return new SseItem<string>("", "full");
    }

    private static IResult Asset(HttpContext context, string name)
    {
        if (PageAssets.Find(name) is not { } asset)
            return NodeEndpoints.Error($"There is no {name}.", 404);
        Secure(context.Response);
        context.Response.Headers.CacheControl = "public, max-age=31536000, immutable";
        return Results.Text(asset.Text, asset.Type, Encoding.UTF8);
    }

    private async Task SignInAsync(HttpContext context)
    {
        var size = context.Features.Get<Microsoft.AspNetCore.Http.Features.IHttpMaxRequestBodySizeFeature>();
        if (size is { IsReadOnly: false })
            size.MaxRequestBodySize = LongestForm;
        var form = await context.Request.ReadFormAsync(context.RequestAborted);
        var to = form["to"].ToString();
        if (!gate.HasToken || gate.IsToken(form["token"].ToString().Trim()))
        {
            if (gate.HasToken)
                gate.SignIn(context);
            context.Response.Redirect(PageAddress.Of(to)?.Text ?? Links.Overview);
            return;
        }

        log.LogWarning("Somebody at {Address} has given a wrong token for the dashboard", context.Connection.RemoteIpAddress);
        await FormAsync(context, to, isWrong: true);
    }

    private async Task FormAsync(HttpContext context, string? to, bool isWrong) =>
        await WriteAsync(context, isWrong ? 401 : 200, await views.SignInAsync(PageAddress.Of(to)?.Text ?? Links.Overview, isWrong));

    /// <summary>Who has no token is asked for it; who could have none is told what to do.</summary>
    private async Task RefuseAsync(HttpContext context, string address)
    {
        if (gate.HasToken)
        {
            context.Response.Redirect($"{Links.SignIn}?to={Uri.EscapeDataString(address)}");
            return;
        }

        await WriteAsync(
            context,
            403,
            await views.NoticeAsync(
                address,
                "Not from here",
                "Without a token the dashboard is for this machine alone, and not through a proxy: set Dashboard:TokenFile on the node."
            )
        );
    }

    private static async Task WriteAsync(HttpContext context, int status, RenderedPage page)
    {
        Secure(context.Response);
        context.Response.StatusCode = status;
        context.Response.ContentType = "text/html; charset=utf-8";
        context.Response.Headers.CacheControl = "no-store";
        await context.Response.WriteAsync(page.Html, context.RequestAborted);
    }

    private static void Secure(HttpResponse response)
    {
        response.Headers.ContentSecurityPolicy = Policy;
        response.Headers.XContentTypeOptions = "nosniff";
        response.Headers["Referrer-Policy"] = "no-referrer";
        response.Headers["Cross-Origin-Opener-Policy"] = "same-origin";
        response.Headers["Cross-Origin-Resource-Policy"] = "same-origin";
    }
}
