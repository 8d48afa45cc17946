using Tao20.Domain.Validation;

namespace Tao20.Node.Configuration;

/// <summary>Who may look at the dashboard.</summary>
[Settings("Dashboard")]
internal sealed record DashboardOptions
{
    /// <summary>Whether there is one.</summary>
    [Setting("Whether the node serves its dashboard at / of its HTTP address.")]
    public bool Enabled { get; init; } = true;

    /// <summary>Where the token is.</summary>
    [Setting(
        "A file with the token that is asked for, 16 characters at least, for its owner only. Without it the dashboard is for this machine "
            + "alone.",
        Unit = "path"
    )]
    public string? TokenFile { get; init; }

    /// <summary>Where it is, for the line that a node begins with; empty where there is none.</summary>
    public string At(Uri http) => Enabled ? $"dashboard at {http}, " : "";

    /// <summary>The token; null for none.</summary>
    /// <exception cref="NodeException">It cannot be read, or is too short.</exception>
    public string? ReadToken() => TokenFile is { } file ? SecretFile.Read("Dashboard:TokenFile", file) : null;
}
