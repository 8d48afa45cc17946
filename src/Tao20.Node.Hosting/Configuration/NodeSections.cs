using Tao20.Domain.Units;
using Tao20.Domain.Validation;

namespace Tao20.Node.Configuration;

/// <summary>What a node is told about itself.</summary>
[Settings("")]
internal sealed record GeneralOptions
{
    /// <summary>The directory of the journal.</summary>
    [Setting(
        "The directory of the journal: one for each node, on a disk that keeps what it was told to.",
        Option = "--data-dir",
        Required = true,
        Unit = "path"
    )]
    public string DataDir { get; init; } = "";

    /// <summary>The subnet.</summary>
    [Setting("The subnet whose miners are ranked.", Least = "0", Most = "65535", Option = "--netuid")]
    public int Netuid { get; init; } = 20;

    /// <summary>By which names it is called over HTTP.</summary>
    [Setting(
        "The host names by which it may be called over HTTP, apart by semicolons, such as node.example;*.example: others are refused, "
            + "since a page from elsewhere may have taken such a name. * allows any.",
        None = "this machine's own where it listens on loopback, otherwise any"
    )]
    public string? AllowedHosts { get; init; }

    /// <summary>What is logged.</summary>
    [Setting("What is logged; TAO20_LOG_LEVEL in the environment.")]
    public LogLevel LogLevel { get; init; } = LogLevel.Information;

    /// <summary>How it is written.</summary>
    [Setting("How it is written, a line each: for people, or as JSON for a collector; TAO20_LOG_FORMAT in the environment.")]
    public LogFormat LogFormat { get; init; } = LogFormat.Text;
}

/// <summary>Where a node answers.</summary>
[Settings("Http")]
internal sealed record HttpOptions
{
    /// <summary>The address it listens on.</summary>
    [Setting("The address it listens on: there is no password, so no public one.", Unit = "IP address")]
    public string Host { get; init; } = "127.0.0.1";

    /// <summary>The port.</summary>
    [Setting("The port; 0 takes any that is free. A miner's default is 8080.", Least = "0", Most = "65535", Option = "--http-port")]
    public int Port { get; init; } = 8081;
}

/// <summary>What a validator knows of subnets.</summary>
[Settings("Index")]
internal sealed record IndexOptions
{
    /// <summary>The directory of emission files.</summary>
    [Setting("A directory of emissions_YYYYMMDD.json files: a validator then holds the composition against the index rule.", Unit = "path")]
    public string? Emissions { get; init; }
}

/// <summary>How a validator attests.</summary>
[Settings("Consensus")]
internal sealed record ConsensusOptions
{
    /// <summary>Whether one endpoint is enough.</summary>
    [Setting(
        "Whether a validator states what a single endpoint says. With two, a lie of one of them is noticed, and not stated; what a "
            + "wrong statement costs is the bond's."
    )]
    public bool AllowSingleEndpoint { get; init; }
}

/// <summary>How a miner looks at its market.</summary>
[Settings("Market")]
internal sealed record MarketOptions
{
    /// <summary>How old a block may be that is traded by.</summary>
    [Setting("A block older than this by the machine's clock is not traded by; 0s for chains that keep their own time.")]
    public TimeSpan MaxBlockAge { get; init; } = TimeSpan.FromSeconds(300);
}

/// <summary>What a miner does.</summary>
[Settings("Miner")]
internal sealed record MinerOptions
{
    /// <summary>Whether it only says what it would do.</summary>
    [Setting("Whether it only decides and says, and signs nothing.", Option = "--dry-run")]
    public bool DryRun { get; init; }

    /// <summary>The account of a dry run without a key.</summary>
    [Setting("The account of a dry run without a key.", Option = "--account", Unit = "address")]
    public Address? Account { get; init; }
}

/// <summary>Who is told of alerts, beside the log and the metrics.</summary>
[Settings("Webhook")]
internal sealed record WebhookOptions
{
    /// <summary>Where notices are posted to.</summary>
    [Setting("Where notices of alerts are posted to, as JSON.", Unit = "http or https URL")]
    public string? Url { get; init; }

    /// <summary>What they are signed with.</summary>
    [Setting("A file with what they are signed with, 16 characters at least, for its owner only.", Unit = "path")]
    public string? SecretFile { get; init; }

    /// <summary>All that is missing or wrong, a line each with key and remedy; empty when all is well.</summary>
    public IEnumerable<string> Validate()
    {
        if (Url is not null && !(Uri.TryCreate(Url, UriKind.Absolute, out var url) && url.Scheme is "http" or "https"))
            yield return $"Webhook:Url = {Url} is no URL: give one such as https://alerts.example/tao20.";
        if (Url is not null && SecretFile is null)
            yield return "Webhook:SecretFile is missing: give a file with what notices are signed with, as 'openssl rand -hex 32' makes.";
        if (Url is null && SecretFile is not null)
            yield return "Webhook:Url is missing: say where notices are posted to, or leave Webhook:SecretFile out.";
    }
}
