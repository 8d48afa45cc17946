using System.Collections.Concurrent;
using System.Text;
using Tao20.Chain.JsonRpc;

namespace Tao20.Benchmarks.Pipeline;

/// <summary>JSON-RPC replies by request, kept in a file: length and bytes of request and reply, in turn.</summary>
internal sealed class RecordedReplies : IRpcTransport
{
    private readonly Dictionary<string, byte[]> _replies;

    private RecordedReplies(Dictionary<string, byte[]> replies) => _replies = replies;

    public EndpointName Name { get; } = new(1, new Uri("http://replay.invalid"));

    public static async Task<RecordedReplies> LoadAsync(FileInfo file, CancellationToken cancel)
    {
        var bytes = await File.ReadAllBytesAsync(file.FullName, cancel);
        var replies = new Dictionary<string, byte[]>();
        using var reader = new BinaryReader(new MemoryStream(bytes));
        while (reader.BaseStream.Position < bytes.Length)
        {
            var request = Encoding.UTF8.GetString(reader.ReadBytes(reader.ReadInt32()));
            replies[request] = reader.ReadBytes(reader.ReadInt32());
        }

        return new RecordedReplies(replies);
    }

    public static async Task<object> RecordAsync(
        IngestArguments arguments,
        SyntheticChain synthetic,
        FileInfo output,
        CancellationToken cancel
    )
    {
        var options = IngestRun.Options(arguments);
        IRpcTransport source = arguments.Rpc is null ? synthetic : new HttpRpcTransport(options.Endpoints[0], options);
        using var disposing = source as IDisposable;
        var recorder = new Recorder(source);
        var to = arguments.To > 0 ? arguments.To : await IngestRun.HeadAsync(recorder, cancel);
        options = options with { FinalityDepth = (int)(await IngestRun.HeadAsync(recorder, cancel) - to) };
        await using (
            var chain = new Chain.Following.ChainConnection(
                options,
                [recorder],
                Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance
            )
        )
            await chain.ProbeAsync(cancel);
        await IngestRun.Ranges(recorder, options, to, cancel);

        await using var writer = new BinaryWriter(output.Create());
        foreach (var (request, reply) in recorder.Replies)
        {
            var key = Encoding.UTF8.GetBytes(request);
            writer.Write(key.Length);
            writer.Write(key);
            writer.Write(reply.Length);
            writer.Write(reply);
        }

        return new
        {
            replies = recorder.Replies.Count,
            bytes = recorder.Replies.Values.Sum(reply => (long)reply.Length),
            to,
        };
    }

    public async Task<RpcReply> SendAsync(ReadOnlyMemory<byte> body, CancellationToken cancel)
    {
        // As from a network: who asks goes on, and the reply is read where it arrives.
        await Task.Yield();
        return _replies.TryGetValue(Encoding.UTF8.GetString(body.Span), out var reply)
            ? RpcReply.Of(reply)
            : throw new InvalidOperationException(
                $"This was not recorded: {Encoding.UTF8.GetString(body.Span)[..Math.Min(300, body.Length)]}. Record again, with the "
                    + $"same --from, --to and --contract."
            );
    }

    private sealed class Recorder(IRpcTransport inner) : IRpcTransport
    {
        public ConcurrentDictionary<string, byte[]> Replies { get; } = new();

        public EndpointName Name => inner.Name;

        public async Task<RpcReply> SendAsync(ReadOnlyMemory<byte> body, CancellationToken cancel)
        {
            using var reply = await inner.SendAsync(body, cancel);
            var copy = reply.Bytes.ToArray();
            Replies[Encoding.UTF8.GetString(body.Span)] = copy;
            return RpcReply.Of(copy);
        }
    }
}
