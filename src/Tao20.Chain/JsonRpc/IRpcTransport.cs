namespace Tao20.Chain.JsonRpc;

/// <summary>Carries the bytes of a request to one node and the bytes of its reply back.</summary>
public interface IRpcTransport
{
    /// <summary>What the node is called in messages.</summary>
    EndpointName Name { get; }

    /// <summary>How often it was asked to wait, and repeated a request by itself.</summary>
    long Delayed => 0;

    /// <summary>Sends a JSON-RPC body.</summary>
    /// <exception cref="EndpointUnreachableException">No connection, after all repetitions.</exception>
    /// <exception cref="EndpointTimeoutException">No answer in time.</exception>
    /// <exception cref="HttpRefusalException">An HTTP status that is no success, without a JSON-RPC answer.</exception>
    /// <exception cref="IncompleteAnswerException">An answer without content.</exception>
    /// <exception cref="ReplyTooLargeException">The answer is larger than allowed.</exception>
    Task<RpcReply> SendAsync(ReadOnlyMemory<byte> body, CancellationToken cancel);
}
