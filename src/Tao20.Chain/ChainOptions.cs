using Tao20.Chain.JsonRpc;
using Tao20.Domain.Units;
using Tao20.Domain.Validation;

namespace Tao20.Chain;

/// <summary>Which chain and contract are followed, and how hard the endpoints may be asked. Validated before anything starts.</summary>
[Settings("Chain")]
public sealed record ChainOptions
{
    /// <summary>JSON-RPC endpoints in order of preference, http or https; at least one. History is read from several at once.</summary>
    [Setting(
        "JSON-RPC URLs in order of preference, 1 to 16; several are asked in turn, and read from at once while catching up.",
        Option = "--rpc",
        Required = true,
        Unit = "http or https URLs"
    )]
    public required IReadOnlyList<Uri> Endpoints { get; init; }

    /// <summary>The TAO20 contract.</summary>
    [Setting("The TAO20 contract.", Option = "--contract", Required = true, Unit = "address")]
    public required Address Contract { get; init; }

    /// <summary>The ValidatorRegistry whose logs are read with the contract's; null for none.</summary>
    [Setting("The ValidatorRegistry; without it only miners are counted.", Option = "--registry", Unit = "address")]
    public Address? Registry { get; init; }

    /// <summary>The first block whose logs are read: the contract's deployment or later.</summary>
    [Setting("The first block read: that of the deployment of the contract, or later.", Option = "--from-block", Unit = "block")]
    public ulong FromBlock { get; init; }

    /// <summary>The chain id that every endpoint must have; null takes the first endpoint's word at the first start.</summary>
    [Setting("What every endpoint must be on.", Option = "--chain-id", None = "what the first endpoint says", Unit = "EVM chain id")]
    public ulong? ChainId { get; init; }

    /// <summary>Whether new heads are asked for over WebSocket (same host and port); polling stays as the fall-back.</summary>
    [Setting("Whether new heads are asked for by WebSocket, on the same host; polling stays as the fall-back.")]
    public bool WebSocket { get; init; } = true;

    /// <summary>How often the head is polled when no WebSocket tells of it. 50 ms to 60 s; default 1 s.</summary>
    [Setting("How often the head is polled when no WebSocket tells of it.", Least = "50ms", Most = "60s")]
    public TimeSpan PollInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How long one request may take, all its repetitions included. 100 ms to 5 min; default 20 s.</summary>
    [Setting("How long one request may take, all its repetitions included.", Least = "100ms", Most = "5m")]
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>How often a request is repeated on 429, 502, 503, 504 or a broken connection. 0 to 10; default 3.</summary>
    [Setting("How often a request is repeated on 429, 502, 503, 504 or a broken connection.", Least = "0", Most = "10", Unit = "times")]
    public int Retries { get; init; } = 3;

    /// <summary>The pause before the first repetition; it doubles. 1 ms to 10 s; default 200 ms.</summary>
    [Setting("The pause before the first repetition; it doubles.", Least = "1ms", Most = "10s")]
    public TimeSpan RetryDelay { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>
    /// The largest reply that is read, in bytes; a larger one is an error that halves the range. 64 KiB to 1 GiB; default 32 MiB.
    /// </summary>
    [Setting(
        "The largest reply that is read: what bounds the memory. A larger one halves the range.",
        Least = "64 KiB",
        Most = "1 GiB",
        Unit = "bytes"
    )]
    public int MaxReplyBytes { get; init; } = 32 * 1024 * 1024;

    /// <summary>How many ranges are downloaded at once from each endpoint. 1 to 32; default 4.</summary>
    [Setting(
        "How many ranges are downloaded at once from each endpoint; fewer while it asks to wait.",
        Least = "1",
        Most = "32",
        Unit = "ranges"
    )]
    public int Parallelism { get; init; } = 4;

    /// <summary>The size of the first range, in blocks. 1 to <see cref="MaxRangeBlocks"/>; default 16.</summary>
    [Setting("The size of the first range; later ones grow and shrink.", Least = "1", Unit = "blocks", NotAbove = nameof(MaxRangeBlocks))]
    public int FirstRangeBlocks { get; init; } = 16;

    /// <summary>The largest range, in blocks. 1 to 1,000,000; default 10,000.</summary>
    [Setting("The largest range; providers limit it.", Least = "1", Most = "1000000", Unit = "blocks")]
    public int MaxRangeBlocks { get; init; } = 10_000;

    /// <summary>The size of a reply that a range should have, in bytes: ranges grow below and shrink above. Default 1 MiB.</summary>
    [Setting("The size of a reply that ranges aim at.", Least = "16 KiB", Unit = "bytes", NotAbove = nameof(MaxReplyBytes))]
    public int TargetReplyBytes { get; init; } = 1024 * 1024;

    /// <summary>A block this deep counts as final; null asks the node for its <c>finalized</c> block. 0 to 10,000; default null.</summary>
    [Setting("A block this deep counts as final.", Least = "0", Most = "10000", Unit = "blocks", None = "the finalized block")]
    public int? FinalityDepth { get; init; }

    /// <summary>
    /// So many of the newest final blocks are read with their headers, whose blooms tell of logs that a node has not given. 0 to 100,000;
    /// default 1,000.
    /// </summary>
    [Setting(
        "So many of the newest final blocks are read with their headers, whose blooms tell of withheld logs.",
        Least = "0",
        Most = "100000",
        Unit = "blocks"
    )]
    public int VerifyHeadersWithin { get; init; } = 1_000;

    /// <summary>Whether every header of the history is read, too, not only a range's first and last (small ranges read all).</summary>
    [Setting("Whether every header of the history is read, too, not only the first and last of a range.")]
    public bool VerifyEveryHeader { get; init; }

    /// <summary>Whether two endpoints must agree on the hash of every finalized target before it is read. Needs two endpoints.</summary>
    [Setting("Whether two endpoints must agree on every final target; needs two.")]
    public bool Quorum { get; init; }

    /// <summary>Whether a node that finds trades missing rebuilds its journal by itself. For a node that is in no cluster.</summary>
    [Setting("Whether a node that finds trades missing rebuilds its journal by itself; not in a cluster.")]
    public bool RebuildOnDivergence { get; init; }

    /// <summary>What the endpoints are called where they are shown.</summary>
    public IReadOnlyList<EndpointName> EndpointNames => [.. Endpoints.Select((url, i) => new EndpointName(i + 1, url))];

    /// <summary>All that is out of range, a line each with key, value and remedy; empty when all is well.</summary>
    public IReadOnlyList<string> Validate()
    {
        var errors = new List<string>();
        if (Endpoints.Count is 0 or > 16)
            errors.Add($"Chain:Endpoints has {Endpoints.Count} URLs: give 1 to 16, e.g. --rpc http://127.0.0.1:8545.");
        errors.AddRange(
            EndpointNames
                .Where(name => !name.Url.IsAbsoluteUri || name.Url.Scheme is not ("http" or "https"))
                .Select(name =>
                    $"Chain:Endpoints = {SettingText.Hosts(name.Url.OriginalString)} is not usable: give an http or https URL; WebSocket "
                    + "is found on the same host."
                )
        );
        if (Quorum && Endpoints.Count < 2)
            errors.Add($"Chain:Quorum = true needs two endpoints, and there is {Endpoints.Count}: add one to Chain:Endpoints.");
        errors.AddRange(Setting.Check(this).Select(error => error.ToString()));
        return errors;
    }
}
