namespace Tao20.Chain.JsonRpc;

/// <summary>
/// Tells whether a node asks for fewer requests. There is no standard; what is not recognised is only handled more slowly, as a refusal
/// of what was asked.
/// </summary>
public static class RateLimits
{
    private const int TooManyRequests = 429;

    private static readonly string[] Words =
    [
        "rate limit",
        "rate-limit",
        "too many requests",
        "request limit",
        "capacity exceeded",
        "compute units",
        "throttl",
        "daily request count",
    ];

    /// <summary>Whether an error is about the number of requests and not about what they ask.</summary>
    public static bool IsOfRate(EndpointException error) =>
        error switch
        {
            HttpRefusalException refusal => refusal.Status == TooManyRequests,
            RpcErrorException refused => refused.Code == TooManyRequests
                || Words.Any(words => refused.Text.Contains(words, StringComparison.OrdinalIgnoreCase)),
            _ => false,
        };
}
