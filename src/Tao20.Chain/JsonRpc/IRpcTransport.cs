namespace Tao20.Chain.JsonRpc;

/// <summary>Carries the bytes of a request to one node and the bytes of its reply back.</summary>
public interface IRpcTransport
{
    /// <summary>The node's address, for messages.</summary>
    Uri Endpoint { get; }

    /// <summary>Sends a JSON-RPC body.</summary>
    /// <exception cref="EndpointUnreachableException">No usable answer, after all repetitions.</exception>
    /// <exception cref="ReplyTooLargeException">The answer is larger than allowed.</exception>
    Task<RpcReply> SendAsync(ReadOnlyMemory<byte> body, CancellationToken cancel);
}
