namespace Tao20.Chain.JsonRpc;

/// <summary>How an endpoint is doing.</summary>
public enum EndpointState
{
    /// <summary>It answers.</summary>
    Ok = 0,

    /// <summary>It failed a moment ago; others are asked first.</summary>
    Resting = 1,

    /// <summary>It is behind the best; others are asked first.</summary>
    Lagging = 2,

    /// <summary>It answered what cannot be right; it is not asked.</summary>
    Dropped = 3,
}

/// <summary>How one endpoint is doing.</summary>
/// <param name="Endpoint">What it is called.</param>
/// <param name="State">Whether it is asked.</param>
/// <param name="Reason">Why, when not ok.</param>
/// <param name="Head">The latest head it told of; null before the first.</param>
public sealed record EndpointStatus(string Endpoint, EndpointState State, string? Reason, ulong? Head)
{
    /// <summary>
    /// How long it takes to answer, as a moving average; null before the first answer, and of a status of another node of the cluster.
    /// </summary>
    public TimeSpan? AnswersIn { get; init; }

    /// <summary>How often it has asked for fewer requests since the start.</summary>
    public long RateLimited { get; init; }

    /// <summary>The state in a word, as it is written in documents and messages.</summary>
    public static string Word(EndpointState state) =>
        state switch
        {
            EndpointState.Ok => "ok",
            EndpointState.Resting => "resting",
            EndpointState.Lagging => "lagging",
            _ => "dropped",
        };

    /// <summary>The state of a word; dropped for one that is not known.</summary>
    public static EndpointState Parse(string word) =>
        word switch
        {
            "ok" => EndpointState.Ok,
            "resting" => EndpointState.Resting,
            "lagging" => EndpointState.Lagging,
            _ => EndpointState.Dropped,
        };
}
