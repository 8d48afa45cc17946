using System.Globalization;

namespace Tao20.Chain.JsonRpc;

/// <summary>
/// What an RPC endpoint is called in messages, logs, metrics and documents: its place in <c>Chain:Endpoints</c> and its host. Providers
/// put keys into a URL's path, query and user, which are therefore shown nowhere.
/// </summary>
/// <param name="number">Its place in <c>Chain:Endpoints</c>, from 1.</param>
/// <param name="url">Where requests go.</param>
public sealed class EndpointName(int number, Uri url)
{
    /// <summary>What stands for a secret.</summary>
    public const string Concealed = "***";

    // What is shorter is a version or a network such as v3 or mainnet, and no key; a user or a password may be short.
    private const int ShortestKey = 8;
    private const int ShortestPassword = 4;
    private readonly string _text = string.Create(CultureInfo.InvariantCulture, $"#{number} {HostOf(url)}");
    private readonly string[] _secrets = [.. SecretsOf(url).Distinct().OrderByDescending(secret => secret.Length)];

    /// <summary>Where requests go. Not to be shown.</summary>
    public Uri Url { get; } = url;

    /// <summary>Number and host, as in <c>#1 127.0.0.1:8545</c>.</summary>
    public override string ToString() => _text;

    /// <summary>A text from outside without what of it is secret in the URL: a node may say back what it was called by.</summary>
    public string Conceal(string text)
    {
        foreach (var secret in _secrets)
            text = text.Replace(secret, Concealed, StringComparison.OrdinalIgnoreCase);
        return text;
    }

    private static string HostOf(Uri url) =>
        !url.IsAbsoluteUri ? "?"
        : url.IsDefaultPort ? url.Host
        : url.Authority[(url.Authority.LastIndexOf('@') + 1)..];

    private static IEnumerable<string> SecretsOf(Uri url)
    {
        if (!url.IsAbsoluteUri)
            yield break;
        var parts = url
            .UserInfo.Split(':')
            .Where(part => part.Length >= ShortestPassword)
            .Concat(url.AbsolutePath.Split('/').Concat(url.Query.Split('?', '&', '=')).Where(part => part.Length >= ShortestKey));
        foreach (var part in parts)
        {
            yield return part;
            yield return Uri.UnescapeDataString(part);
        }
    }
}
