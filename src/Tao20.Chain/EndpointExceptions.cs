using Tao20.Chain.JsonRpc;
using Tao20.Domain.Units;

namespace Tao20.Chain;

/// <summary>What one endpoint did wrong, or would not do.</summary>
public abstract class EndpointException(EndpointName endpoint, string message, Exception? cause = null) : ChainException(message, cause)
{
    /// <summary>The endpoint.</summary>
    public EndpointName Endpoint { get; } = endpoint;
}

/// <summary>There is no connection to an endpoint.</summary>
public sealed class EndpointUnreachableException(EndpointName endpoint, string what, Exception? cause = null)
    : EndpointException(
        endpoint,
        $"The RPC endpoint {endpoint} cannot be used: {what}. Check that the node runs and that the URL is right.",
        cause
    );

/// <summary>An endpoint did not answer in time, all repetitions included.</summary>
public sealed class EndpointTimeoutException(EndpointName endpoint, TimeSpan limit, Exception cause)
    : EndpointException(
        endpoint,
        $"The RPC endpoint {endpoint} did not answer within {limit.TotalSeconds:0.#} s (Chain:RequestTimeout).",
        cause
    );

/// <summary>An endpoint answered with an HTTP status that is no success, and no JSON-RPC error.</summary>
public sealed class HttpRefusalException(EndpointName endpoint, int status, string text)
    : EndpointException(
        endpoint,
        $"The RPC endpoint {endpoint} cannot be used: it answers HTTP {status}{(text.Length > 0 ? " " + text : "")}. "
            + (status is 401 or 403 or 404 or 407 ? "Check the URL and its key." : "Check that the node runs and that the URL is right.")
    )
{
    /// <summary>The HTTP status.</summary>
    public int Status { get; } = status;
}

/// <summary>The node answered a call with a JSON-RPC error.</summary>
public sealed class RpcErrorException(EndpointName endpoint, string method, int code, string text, string? revertData = null)
    : EndpointException(endpoint, $"The RPC endpoint {endpoint} refused {method}: {text} (code {code}).")
{
    /// <summary>The method refused.</summary>
    public string Method { get; } = method;

    /// <summary>The JSON-RPC error code.</summary>
    public int Code { get; } = code;

    /// <summary>The node's words.</summary>
    public string Text { get; } = text;

    /// <summary>What a reverted call returned, as 0x and hex digits; null when the node does not say.</summary>
    public string? RevertData { get; } = revertData;

    /// <summary>Whether a batch was refused as a whole, and no call of it.</summary>
    public bool OfBatch { get; init; }
}

/// <summary>A reply was larger than allowed, or than there is memory for.</summary>
/// <param name="endpoint">Whose.</param>
/// <param name="limit">How large it may be, in bytes; null where there is no memory for it.</param>
/// <param name="cause">What came of it.</param>
public sealed class ReplyTooLargeException(EndpointName endpoint, long? limit, Exception? cause = null)
    : EndpointException(
        endpoint,
        $"A reply of {endpoint} is larger than {(limit is { } most ? $"Chain:MaxReplyBytes = {most}" : "what memory is left")}: the "
            + $"range is halved; one block this large needs {(limit is null ? "more memory" : "a larger limit")}.",
        cause
    );

/// <summary>An endpoint has given no answer yet, and has said nothing against itself: it is asked again.</summary>
public abstract class NoAnswerYetException(EndpointName endpoint, string message) : EndpointException(endpoint, message);

/// <summary>An endpoint does not have what it was asked for, or not yet, or its reply broke off.</summary>
public sealed class IncompleteAnswerException(EndpointName endpoint, string what)
    : NoAnswerYetException(endpoint, $"The RPC endpoint {endpoint} gave an incomplete answer: {what}.");

/// <summary>An endpoint has another block at a height than the one something is to be read at.</summary>
public sealed class BlockReplacedException(EndpointName endpoint, ulong block, Hash256 expected, Hash256 found)
    : NoAnswerYetException(endpoint, $"Block {block} is {found} at the RPC endpoint {endpoint}, and not {expected}.");

/// <summary>An endpoint does not say which block is final.</summary>
public sealed class FinalityUnknownException(EndpointName endpoint, string what, bool isRefused)
    : NoAnswerYetException(
        endpoint,
        $"The RPC endpoint {endpoint} does not say which block is final: {what}. Set Chain:FinalityDepth to the number of blocks after "
            + "which a block is final on this chain, or use an endpoint that knows finalized blocks."
    )
{
    /// <summary>Whether it refused the question, and did not only have no answer.</summary>
    public bool IsRefused { get; } = isRefused;
}

/// <summary>The logs that an endpoint gave of a range do not add up to what the contract has counted in it: some are missing.</summary>
public sealed class LogsMissingException(EndpointName endpoint, string what)
    : EndpointException(endpoint, $"The RPC endpoint {endpoint} does not have all logs: {what}.");

/// <summary>A node's answer contradicts itself or the chain: nothing of it is used.</summary>
public sealed class NodeMisbehaviourException(EndpointName endpoint, string what)
    : EndpointException(endpoint, $"The RPC endpoint {endpoint} gave an answer that cannot be right: {what}.")
{
    /// <summary>What is wrong.</summary>
    public string What { get; } = what;
}

/// <summary>Two endpoints do not agree on what is to be signed: nothing is signed.</summary>
public sealed class EndpointsDisagreeException(EndpointName first, EndpointName second, string what)
    : ChainException(
        $"The RPC endpoints {first} and {second} disagree: {what}. Nothing is signed. Find out which is right and remove the other."
    );

/// <summary>An endpoint is on another chain than it has to be.</summary>
public sealed class WrongChainException(EndpointName endpoint, ulong expected, ulong found)
    : EndpointException(endpoint, $"The RPC endpoint {endpoint} is on chain {found}, not {expected}: correct --rpc or --chain-id.");

/// <summary>There is no contract where one has to be.</summary>
public sealed class NoContractException(EndpointName endpoint, Address contract, string option = "--contract")
    : EndpointException(
        endpoint,
        $"There is no code at {contract} on the chain of {endpoint}: correct {option}, or wait until it is deployed."
    );

/// <summary>An endpoint would not give the logs of a range of more than one block.</summary>
/// <param name="endpoint">The endpoint.</param>
/// <param name="blocks">How many blocks the range had.</param>
/// <param name="cause">What the endpoint said.</param>
/// <param name="limits">Whether that tells how large a range may be; not when there may just have been too many requests.</param>
public sealed class RangeRefusedException(EndpointName endpoint, int blocks, EndpointException cause, bool limits)
    : EndpointException(endpoint, $"A range of {blocks} blocks is too much for {endpoint}: {cause.Message}", cause)
{
    /// <summary>How many blocks the range had.</summary>
    public int Blocks { get; } = blocks;

    /// <summary>Whether that tells how large a range may be.</summary>
    public bool Limits { get; } = limits;
}
