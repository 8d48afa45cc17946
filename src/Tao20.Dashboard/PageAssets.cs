using System.Security.Cryptography;
using System.Text;

namespace Tao20.Dashboard;

/// <summary>What pages need beside them: a style sheet, a script, an icon. All of it is part of the program.</summary>
public static class PageAssets
{
    private static readonly Lazy<IReadOnlyDictionary<string, Asset>> All = new(() =>
        new[]
        {
            new Asset("dashboard.css", "text/css", Page.Asset("report.css") + Page.Asset("dashboard.css")),
            new Asset("dashboard.js", "text/javascript", Page.Asset("dashboard.js")),
            new Asset("icon.svg", "image/svg+xml", Page.Asset("icon.svg")),
        }.ToDictionary(asset => asset.Name)
    );

    /// <summary>One of them; null where there is none of this name.</summary>
    public static Asset? Find(string name) => All.Value.GetValueOrDefault(name);

    /// <summary>Where it is: another address for another content, so that a browser can keep it for ever.</summary>
    public static string Href(string name) => $"{Parts.Links.Root}/assets/{name}?{All.Value[name].Hash}";
}

/// <summary>Something that pages need beside them.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">Its media type.</param>
/// <param name="Text">What it is.</param>
public sealed record Asset(string Name, string Type, string Text)
{
    /// <summary>What tells it from another content of this name.</summary>
    public string Hash { get; } = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Text)).AsSpan(0, 6));
}
