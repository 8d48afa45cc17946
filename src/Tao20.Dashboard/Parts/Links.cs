namespace Tao20.Dashboard.Parts;

/// <summary>Where the pages are.</summary>
public static class Links
{
    /// <summary>The first page.</summary>
    public const string Overview = "/";

    /// <summary>What all other pages begin with.</summary>
    public const string Root = "/view";

    /// <summary>The miners; each has its page below.</summary>
    public const string Miners = $"{Root}/miners";

    /// <summary>The epochs; each has its page below.</summary>
    public const string Epochs = $"{Root}/epochs";

    /// <summary>The validators; each has its page below.</summary>
    public const string Validators = $"{Root}/validators";

    /// <summary>The rounds; each has its page below, by its epoch.</summary>
    public const string Rounds = $"{Root}/rounds";

    /// <summary>The market.</summary>
    public const string Market = $"{Root}/market";

    /// <summary>The transactions of the node's account.</summary>
    public const string Transactions = $"{Root}/transactions";

    /// <summary>The chain and its endpoints.</summary>
    public const string Chain = $"{Root}/chain";

    /// <summary>The nodes of the cluster.</summary>
    public const string Cluster = $"{Root}/cluster";

    /// <summary>The deviation alerts.</summary>
    public const string Alerts = $"{Root}/alerts";

    /// <summary>The log.</summary>
    public const string Log = $"{Root}/log";

    /// <summary>Where changes of an open page come from.</summary>
    public const string Live = $"{Root}/live";

    /// <summary>Where a token is given.</summary>
    public const string SignIn = $"{Root}/sign-in";

    /// <summary>What the navigation shows, in its order.</summary>
    public static readonly IReadOnlyList<(string Href, string Name)> Navigation =
    [
        (Overview, "Overview"),
        (Miners, "Miners"),
        (Epochs, "Epochs"),
        (Validators, "Validators"),
        (Market, "Market"),
        (Transactions, "Transactions"),
        (Chain, "Chain"),
        (Cluster, "Cluster"),
        (Alerts, "Alerts"),
        (Log, "Log"),
    ];

    /// <summary>Whether a page is, or is below, a place of the navigation.</summary>
    /// <param name="address">The page's address.</param>
    /// <param name="href">The place.</param>
    public static bool IsAt(string address, string href)
    {
        var path = address.Split('?')[0];
        return href == Overview
            ? path == Overview
            : path == href
                || path.StartsWith($"{href}/", StringComparison.Ordinal)
                || (href == Validators && path.StartsWith($"{Rounds}/", StringComparison.Ordinal));
    }
}
