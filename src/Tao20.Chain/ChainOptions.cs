using Tao20.Domain.Units;

namespace Tao20.Chain;

/// <summary>Which chain and contract are followed, and how hard the endpoints may be asked. Validated before anything starts.</summary>
public sealed record ChainOptions
{
    /// <summary>JSON-RPC endpoints in order of preference: http or https URLs. At least one.</summary>
    public required IReadOnlyList<Uri> Endpoints { get; init; }

    /// <summary>The TAO20 contract.</summary>
    public required Address Contract { get; init; }

    /// <summary>The ValidatorRegistry whose logs are read with the contract's; null for none.</summary>
    public Address? Registry { get; init; }

    /// <summary>The first block whose logs are read: the contract's deployment or later.</summary>
    public ulong FromBlock { get; init; }

    /// <summary>The chain id that every endpoint must have; null takes the first endpoint's word at the first start.</summary>
    public ulong? ChainId { get; init; }

    /// <summary>Whether new heads are asked for over WebSocket (same host and port); polling stays as the fall-back.</summary>
    public bool WebSocket { get; init; } = true;

    /// <summary>How often the head is polled when no WebSocket tells of it. 50 ms to 60 s; default 1 s.</summary>
    public TimeSpan PollInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How long one HTTP exchange may take. 100 ms to 5 min; default 20 s.</summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>How often a request is repeated on 429, 5xx, a broken connection or a time-out. 0 to 10; default 3.</summary>
    public int Retries { get; init; } = 3;

    /// <summary>The pause before the first repetition; it doubles. 1 ms to 10 s; default 200 ms.</summary>
    public TimeSpan RetryDelay { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>
    /// The largest reply that is read, in bytes; a larger one is an error that halves the range. 64 KiB to 1 GiB; default 32 MiB.
    /// </summary>
    public int MaxReplyBytes { get; init; } = 32 * 1024 * 1024;

    /// <summary>How many ranges are downloaded at once. 1 to 32; default 4.</summary>
    public int Parallelism { get; init; } = 4;

    /// <summary>The size of the first range, in blocks. 1 to <see cref="MaxRangeBlocks"/>; default 16.</summary>
    public int FirstRangeBlocks { get; init; } = 16;

    /// <summary>The largest range, in blocks. 1 to 1,000,000; default 10,000.</summary>
    public int MaxRangeBlocks { get; init; } = 10_000;

    /// <summary>The size of a reply that a range should have, in bytes: ranges grow below and shrink above. Default 1 MiB.</summary>
    public int TargetReplyBytes { get; init; } = 1024 * 1024;

    /// <summary>A block this deep counts as final; null asks the node for its <c>finalized</c> block. 0 to 10,000; default null.</summary>
    public int? FinalityDepth { get; init; }

    /// <summary>Whether every header of a range is read, not only its first and last (small ranges always read all).</summary>
    public bool VerifyEveryHeader { get; init; }

    /// <summary>Whether two endpoints must agree on the hash of every finalized target before it is read. Needs two endpoints.</summary>
    public bool Quorum { get; init; }

    /// <summary>All that is out of range, a line each with key, value and remedy; empty when all is well.</summary>
    public IReadOnlyList<string> Validate()
    {
        var errors = new List<string>();
        if (Endpoints.Count is 0 or > 16)
            errors.Add($"Chain:Endpoints has {Endpoints.Count} URLs: give 1 to 16, e.g. --rpc http://127.0.0.1:8545.");
        errors.AddRange(
            Endpoints
                .Where(uri => !uri.IsAbsoluteUri || uri.Scheme is not ("http" or "https"))
                .Select(uri => $"Chain:Endpoints = {uri} is not usable: give an http or https URL; WebSocket is found on the same host.")
        );
        if (Quorum && Endpoints.Count < 2)
            errors.Add($"Chain:Quorum = true needs two endpoints, and there is {Endpoints.Count}: add one to Chain:Endpoints.");
        Range("Chain:PollInterval", PollInterval.TotalMilliseconds, 50, 60_000, "ms");
        Range("Chain:RequestTimeout", RequestTimeout.TotalMilliseconds, 100, 300_000, "ms");
        Range("Chain:Retries", Retries, 0, 10, "times");
        Range("Chain:RetryDelay", RetryDelay.TotalMilliseconds, 1, 10_000, "ms");
        Range("Chain:MaxReplyBytes", MaxReplyBytes, 64 * 1024, 1024 * 1024 * 1024, "bytes");
        Range("Chain:Parallelism", Parallelism, 1, 32, "ranges");
        Range("Chain:MaxRangeBlocks", MaxRangeBlocks, 1, 1_000_000, "blocks");
        Range("Chain:FirstRangeBlocks", FirstRangeBlocks, 1, MaxRangeBlocks, "blocks");
        Range("Chain:TargetReplyBytes", TargetReplyBytes, 16 * 1024, MaxReplyBytes, "bytes");
        Range("Chain:FinalityDepth", FinalityDepth ?? 0, 0, 10_000, "blocks");
        return errors;

        void Range(string key, double value, double least, double most, string unit)
        {
            if (!(value >= least && value <= most))
                errors.Add($"{key} = {value} is out of range: give {least} to {most} {unit}.");
        }
    }
}
