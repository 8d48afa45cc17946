using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Tao20.Actors.Journal;
using Tao20.Domain.Ingestion;

namespace Tao20.Actors.Remoting;

/// <summary>
/// What makes nodes those of one cluster: its name, its journal and the format of its entries, and the chain, contract and registry it
/// follows. Each node says so by its roles. Miners and singletons are with those alone that say the same: one that joins the wrong cluster
/// is given nothing of it.
/// </summary>
/// <param name="Traits">What, and which.</param>
public sealed record ClusterIdentity(IReadOnlyList<(string What, string Value)> Traits)
{
    private const string Prefix = "validator-";
    private const int DigestBytes = 8;

    // Enough to tell one from another in a line of the log.
    private const int ShownDigits = 12;

    /// <summary>That of a node.</summary>
    /// <param name="name">The cluster's name.</param>
    /// <param name="journal">The number of its database; null for a journal without one.</param>
    /// <param name="chain">What it follows; null for one that follows nothing.</param>
    public static ClusterIdentity Of(string name, Guid? journal, ChainIdentity? chain) =>
        new([
            ("name", name),
            ("journal", journal?.ToString("N")[..ShownDigits] ?? "none"),
            ("format", JournalVersion.Current.Format.ToString(CultureInfo.InvariantCulture)),
            (
                "chain",
                chain is null
                    ? "none"
                    : string.Create(CultureInfo.InvariantCulture, $"{chain.ChainId}-{chain.Genesis.ToString()[..ShownDigits]}")
            ),
            ("contract", chain?.Contract.ToString() ?? "none"),
            ("registry", chain?.Registry?.ToString() ?? "none"),
        ]);

    /// <summary>The role that those with the same identity have.</summary>
    public string Role =>
        Prefix
        + Convert.ToHexStringLower(
            SHA256
                .HashData(Encoding.UTF8.GetBytes(string.Join('\n', Traits.Select(trait => $"{trait.What} {trait.Value}"))))
                .AsSpan(0, DigestBytes)
        );

    /// <summary>All that a node says of itself.</summary>
    public IReadOnlyList<string> Roles => [Role, .. Traits.Select(trait => $"{trait.What}-{trait.Value}")];

    /// <summary>The role by which a node and those like it are told from others, of all its roles; null when it has none.</summary>
    public static string? RoleOf(IEnumerable<string> roles) =>
        roles.FirstOrDefault(role => role.StartsWith(Prefix, StringComparison.Ordinal));

    /// <summary>What is other at a node with these roles, in words that go on after it was named; null when nothing is.</summary>
    public string? DifferenceTo(IReadOnlyCollection<string> roles)
    {
        if (roles.Contains(Role))
            return null;
        var differences = Traits
            .Select(trait => (trait.What, trait.Value, Theirs: ValueOf(trait.What)))
            .Where(trait => trait.Value != trait.Theirs)
            .Select(trait => $"{trait.What} {trait.Theirs ?? "unknown"} instead of {trait.Value}");
        return $"has {string.Join(", ", differences)}";

        string? ValueOf(string what) =>
            roles.FirstOrDefault(role => role.StartsWith($"{what}-", StringComparison.Ordinal))?[(what.Length + 1)..];
    }
}
