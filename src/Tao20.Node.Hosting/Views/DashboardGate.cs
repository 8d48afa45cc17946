using System.Net;
using System.Security.Cryptography;
using System.Text;
using Tao20.Dashboard.Parts;

namespace Tao20.Node.Views;

/// <summary>
/// Who may look at the dashboard: with a token, whoever has it; without one, this machine alone, and nobody who comes through a proxy.
/// </summary>
/// <param name="token">The token; null for none.</param>
/// <param name="port">The node's port: the cookies of several nodes of a machine have different names.</param>
internal sealed class DashboardGate(string? token, int port)
{
    private const string Scheme = "Bearer ";
    private static readonly string[] Forwarded = ["Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Real-IP"];
    private readonly string? _session = token is null ? null : Digest(token);

    /// <summary>What a browser that is signed in sends: not the token, which nobody can find out from it.</summary>
    private string Cookie => $"tao20-dashboard-{port}";

    /// <summary>Whether there is a token, and a request without it has to give it.</summary>
    public bool HasToken => _session is not null;

    /// <summary>Whether a request may see a page.</summary>
    public bool LetsIn(HttpRequest request)
    {
        if (_session is null)
            return IsFromHere(request);
        var header = request.Headers.Authorization.ToString();
        return IsSession(request.Cookies[Cookie])
            || (header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) && IsToken(header[Scheme.Length..].Trim()));
    }

    /// <summary>Whether this is the token.</summary>
    public bool IsToken(string? given) => given is not null && IsSession(Digest(given));

    /// <summary>Signs a browser in.</summary>
    public void SignIn(HttpContext context) =>
        context.Response.Cookies.Append(
            Cookie,
            _session!,
            new CookieOptions
            {
                HttpOnly = true,
                SameSite = SameSiteMode.Strict,
                Secure = context.Request.IsHttps,
                IsEssential = true,
                Path = Links.Overview,
            }
        );

    private bool IsSession(string? given) =>
        given is not null
        && _session is not null
        && CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(given), Encoding.ASCII.GetBytes(_session));

    private static bool IsFromHere(HttpRequest request) =>
        request.HttpContext.Connection.RemoteIpAddress is { } from
        && (IPAddress.IsLoopback(from) || (from.IsIPv4MappedToIPv6 && IPAddress.IsLoopback(from.MapToIPv4())))
        && !Forwarded.Any(request.Headers.ContainsKey);

    private static string Digest(string token) =>
        Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(token), "tao20 dashboard session"u8));
}
