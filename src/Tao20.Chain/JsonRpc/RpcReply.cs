using System.Buffers;

namespace Tao20.Chain.JsonRpc;

/// <summary>The bytes of a reply, in a buffer that goes back to its pool when disposed.</summary>
public sealed class RpcReply : IDisposable
{
    private byte[]? _pooled;

    private RpcReply(byte[]? pooled, ReadOnlyMemory<byte> bytes)
    {
        _pooled = pooled;
        Bytes = bytes;
    }

    /// <summary>The bytes; not to be used after disposal.</summary>
    public ReadOnlyMemory<byte> Bytes { get; private set; }

    /// <summary>A reply that owns nothing.</summary>
    public static RpcReply Of(ReadOnlyMemory<byte> bytes) => new(null, bytes);

    /// <summary>Reads a stream to its end, up to <paramref name="limit"/> bytes.</summary>
    /// <exception cref="ReplyTooLargeException">There is more.</exception>
    public static async Task<RpcReply> ReadAsync(EndpointName endpoint, Stream stream, long? length, int limit, CancellationToken cancel)
    {
        if (length > limit)
            throw new ReplyTooLargeException(endpoint, limit);

        var buffer = ArrayPool<byte>.Shared.Rent((int)(length ?? 64 * 1024) + 1);
        var read = 0;
        try
        {
            while (true)
            {
                var n = await stream.ReadAsync(buffer.AsMemory(read), cancel).ConfigureAwait(false);
                if (n == 0)
                    return new RpcReply(buffer, buffer.AsMemory(0, read));
                read += n;
                if (read > limit)
                    throw new ReplyTooLargeException(endpoint, limit);
                if (read == buffer.Length)
                {
                    var larger = ArrayPool<byte>.Shared.Rent(buffer.Length * 2);
                    buffer.AsSpan(0, read).CopyTo(larger);
                    ArrayPool<byte>.Shared.Return(buffer);
                    buffer = larger;
                }
            }
        }
        catch
        {
            ArrayPool<byte>.Shared.Return(buffer);
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Bytes = default;
        if (Interlocked.Exchange(ref _pooled, null) is { } pooled)
            ArrayPool<byte>.Shared.Return(pooled);
    }
}
