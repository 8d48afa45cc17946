using System.Globalization;
using System.Web;
using Tao20.Dashboard.Parts;
using Tao20.Domain.Units;

namespace Tao20.Node.Views;

/// <summary>Which page is wanted: a path of the dashboard with its query.</summary>
internal sealed class PageAddress
{
    private const int Longest = 512;
    private const int MostPages = 1_000_000;
    private readonly System.Collections.Specialized.NameValueCollection _query;

    private PageAddress(string text)
    {
        Text = text;
        var (path, query) = text.IndexOf('?', StringComparison.Ordinal) is >= 0 and var at ? (text[..at], text[at..]) : (text, "");
        _query = HttpUtility.ParseQueryString(query);
        Segments = path == Links.Overview ? [] : [.. path[(Links.Root.Length + 1)..].Split('/')];
    }

    /// <summary>Path and query.</summary>
    public string Text { get; }

    /// <summary>The parts of the path behind the root; none for the first page.</summary>
    public string[] Segments { get; }

    /// <summary>Reads an address.</summary>
    /// <returns>Null where it is not one of the dashboard.</returns>
    public static PageAddress? Of(string? text) =>
        text is { Length: <= Longest }
        && (
            text == Links.Overview
            || text.StartsWith($"{Links.Overview}?", StringComparison.Ordinal)
            || text.StartsWith($"{Links.Root}/", StringComparison.Ordinal)
        )
            ? new PageAddress(text.StartsWith($"{Links.Overview}?", StringComparison.Ordinal) ? Links.Overview : text)
            : null;

    /// <summary>What is given in the query; null where nothing is.</summary>
    public string? Given(string name) => _query[name] is { Length: > 0 } text ? text.Trim() : null;

    /// <summary>A number of the query.</summary>
    /// <exception cref="PageException">It is none, or out of its range.</exception>
    public long? Number(string name, long least = 0, long most = long.MaxValue) =>
        Given(name) is { } text ? NumberIn(name, text, least, most) : null;

    /// <summary>Which page of a list is wanted, from 1.</summary>
    /// <exception cref="PageException">It is no number, or out of its range.</exception>
    public int PageNumber => (int)(Number("page", 1, MostPages) ?? 1);

    /// <summary>A number of the path.</summary>
    /// <inheritdoc cref="Number"/>
    public static long NumberIn(string name, string text, long least = 0, long most = long.MaxValue) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most
            ? number
            : throw new PageException(400, $"{name} = '{text}' is not a whole number from {least} to {most}.");

    /// <summary>One of some words of the query; the first where nothing is given.</summary>
    /// <exception cref="PageException">It is none of them.</exception>
    public string Choice(string name, IReadOnlyList<string> choices) =>
        Given(name) is not { } text ? choices[0]
        : choices.Contains(text, StringComparer.Ordinal) ? text
        : throw new PageException(400, $"{name} = '{text}' is not known: give {string.Join(", ", choices)}.");

    /// <summary>An address of the path.</summary>
    /// <exception cref="PageException">It is none.</exception>
    public static Address AccountIn(string text) =>
        Address.TryParse(text, out var address)
            ? address
            : throw new PageException(400, $"'{text}' is not an address: give 0x and 40 hex digits.");
}

/// <summary>There is no such page, or nothing to show on it now.</summary>
/// <param name="status">The HTTP status.</param>
/// <param name="message">Why, for people.</param>
internal sealed class PageException(int status, string message) : Exception(message)
{
    /// <summary>The HTTP status.</summary>
    public int Status => status;
}
