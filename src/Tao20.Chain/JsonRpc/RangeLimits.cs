namespace Tao20.Chain.JsonRpc;

/// <summary>Tells from a provider's words what it will not do. There is no standard: these are the texts in use.</summary>
public static class RangeLimits
{
    private static readonly string[] TooLarge =
    [
        "too many results",
        "more than 10000 results",
        "query returned more than",
        "response size",
        "response is too big",
        "block range",
        "range is too large",
        "range too large",
        "range limit",
        "exceeds the range",
        "exceed maximum block range",
        "limit exceeded",
        "logs are limited",
        "too many logs",
        "query timeout",
        "timed out",
        "request timeout",
        "exceeds max results",
        "max results",
        "result set too large",
        "maximum allowed",
    ];

    private static readonly string[] RateLimit =
    [
        "rate limit",
        "too many requests",
        "request limit",
        "capacity exceeded",
        "compute units",
        "throttl",
        "daily request count",
    ];

    /// <summary>Whether the node asks for a smaller range.</summary>
    public static bool IsTooLarge(RpcErrorException error) => !IsRateLimit(error) && Mentions(error.Text, TooLarge);

    /// <summary>Whether the node asks for fewer requests.</summary>
    public static bool IsRateLimit(RpcErrorException error) => error.Code == 429 || Mentions(error.Text, RateLimit);

    private static bool Mentions(string text, string[] phrases) =>
        phrases.Any(phrase => text.Contains(phrase, StringComparison.OrdinalIgnoreCase));
}
