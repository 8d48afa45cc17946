using System.Security.Cryptography;
using System.Text;

namespace Tao20.Dashboard.Live;

/// <summary>A page as it was at a moment.</summary>
/// <param name="Html">The document.</param>
/// <param name="Parts">What changes of it.</param>
public sealed record RenderedPage(string Html, PageParts Parts)
{
    /// <summary>What a component has for its version, which is known once it is rendered.</summary>
    internal const string NoVersion = "not-known-yet";

    /// <summary>The page that a component was rendered to.</summary>
    public static RenderedPage Of(string html)
    {
        var parts = PageParts.Of(html);
        var at = html.IndexOf(NoVersion, StringComparison.Ordinal);
        return new RenderedPage($"{html[..at]}{parts.Version}{html[(at + NoVersion.Length)..]}", parts);
    }
}

/// <summary>What changes of a page while it is open, by its names; of what stands around it, a hash.</summary>
public sealed class PageParts
{
    private readonly Dictionary<string, string> _parts = new(StringComparer.Ordinal);
    private readonly byte[] _around;

    private PageParts(string html)
    {
        var around = new StringBuilder(html.Length);
        var opening = $" {Live.Attribute}=\"";
        var at = 0;
        while (html.IndexOf(opening, at, StringComparison.Ordinal) is >= 0 and var found)
        {
            var name = found + opening.Length;
            var nameEnds = html.IndexOf('"', name);
            var begin = html.IndexOf('>', nameEnds) + 1;
            var end = html.IndexOf(Live.End, begin, StringComparison.Ordinal);
            around.Append(html, at, begin - at);
            if (!_parts.TryAdd(html[name..nameEnds], html[begin..end]))
                throw new InvalidOperationException($"Two parts of a page have the name {html[name..nameEnds]}.");
            at = end;
        }

        around.Append(html, at, html.Length - at);
        _around = Hash(around.ToString());
        Version = Convert.ToHexStringLower(Hash(html).AsSpan(0, 8));
    }

    /// <summary>What is the same of two that are the same.</summary>
    public string Version { get; }

    /// <summary>The parts of a document.</summary>
    public static PageParts Of(string html) => new(html);

    /// <summary>What has changed since an earlier state: content by name. Null where more than that has.</summary>
    /// <param name="earlier">The earlier one, of the same address.</param>
    public IReadOnlyDictionary<string, string>? ChangesSince(PageParts earlier) =>
        _around.AsSpan().SequenceEqual(earlier._around)
            ? _parts.Where(part => earlier._parts[part.Key] != part.Value).ToDictionary(StringComparer.Ordinal)
            : null;

    private static byte[] Hash(string text) => SHA256.HashData(Encoding.UTF8.GetBytes(text));
}
