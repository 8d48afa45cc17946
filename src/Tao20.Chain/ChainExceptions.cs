using Tao20.Domain.Trades;
using Tao20.Domain.Units;

namespace Tao20.Chain;

/// <summary>What can go wrong with the chain outside. The message says what, where and what to do.</summary>
public abstract class ChainException(string message, Exception? cause = null) : Exception(message, cause);

/// <summary>An endpoint gave no usable answer: no connection, a time-out, an HTTP error, no JSON-RPC.</summary>
public sealed class EndpointUnreachableException(Uri endpoint, string what, Exception? cause = null)
    : ChainException($"The RPC endpoint {endpoint} cannot be used: {what}. Check that the node runs and that the URL is right.", cause)
{
    /// <summary>The endpoint.</summary>
    public Uri Endpoint { get; } = endpoint;
}

/// <summary>The node answered a call with a JSON-RPC error.</summary>
public sealed class RpcErrorException(Uri endpoint, string method, int code, string text, string? revertData = null)
    : ChainException($"The RPC endpoint {endpoint} refused {method}: {text} (code {code}).")
{
    /// <summary>The JSON-RPC error code.</summary>
    public int Code { get; } = code;

    /// <summary>The node's words.</summary>
    public string Text { get; } = text;

    /// <summary>What a reverted call returned, as 0x and hex digits; null when the node does not say.</summary>
    public string? RevertData { get; } = revertData;
}

/// <summary>A reply was larger than allowed.</summary>
public sealed class ReplyTooLargeException(Uri endpoint, long limit)
    : ChainException(
        $"A reply of {endpoint} is larger than Chain:MaxReplyBytes = {limit}: the range is halved; one block this large needs a "
            + $"larger limit."
    );

/// <summary>The endpoints ask for a smaller range, and it is one block already.</summary>
public sealed class BlockTooLargeException(ulong block, Exception cause)
    : ChainException(
        $"Block {block} alone is more than the endpoint gives in one reply: {cause.Message} Raise Chain:MaxReplyBytes or use "
            + $"another endpoint.",
        cause
    );

/// <summary>An endpoint is on another chain than it has to be.</summary>
public sealed class WrongChainException(Uri endpoint, ulong expected, ulong found)
    : ChainException($"The RPC endpoint {endpoint} is on chain {found}, not {expected}: correct --rpc or --chain-id.");

/// <summary>There is no contract where one has to be.</summary>
public sealed class NoContractException(Uri endpoint, Address contract, string option = "--contract")
    : ChainException($"There is no code at {contract} on the chain of {endpoint}: correct {option}, or wait until it is deployed.");

/// <summary>A node's answer contradicts itself or the chain: nothing of it is used.</summary>
public sealed class NodeMisbehaviourException(Uri endpoint, string what)
    : ChainException($"The RPC endpoint {endpoint} gave an answer that cannot be right: {what}.")
{
    /// <summary>The endpoint.</summary>
    public Uri Endpoint { get; } = endpoint;

    /// <summary>What is wrong.</summary>
    public string What { get; } = what;
}

/// <summary>Every endpoint has been dropped for what it answered.</summary>
public sealed class NoTrustworthyEndpointException(IEnumerable<string> reasons)
    : ChainException(
        $"No RPC endpoint is left that can be trusted: {string.Join("; ", reasons)}. Add another endpoint to Chain:Endpoints."
    );

/// <summary>The chain has replaced a block that was final.</summary>
public sealed class ReorgBelowFinalityException(ulong block, Hash256 expected, Hash256 found)
    : ChainException(
        $"Block {block} was final with hash {expected}, and the chain now has {found}: a reorg below finality. Nothing is folded past it. "
            + "Find out which chain is right; to follow the new one, start with an empty data directory."
    );

/// <summary>Two endpoints disagree on a finalized block.</summary>
public sealed class QuorumDisagreementException(ulong block, Uri first, Hash256 firstHash, Uri second, Hash256 secondHash)
    : ChainException(
        $"{first} and {second} disagree on finalized block {block}: {firstHash} against {secondHash}. Nothing is folded past it. "
            + $"Find out which is right and remove the other."
    );

/// <summary>The fold would not equal the chain's own running total.</summary>
public sealed class FoldDivergenceException(Address miner, UInt128 chain, UInt128 fold, Position after)
    : ChainException(
        $"The chain counts {chain} wei for miner {miner} after {after}, the fold {fold}: logs are missing or the contract counts "
            + $"otherwise. Nothing is folded past it. "
            + "Start with an empty data directory and another endpoint; if it stays, check --from-block and the contract."
    );
