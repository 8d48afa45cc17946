using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Tao20.Chain.JsonRpc;

namespace Tao20.Chain.Tests.Following;

/// <summary>Who is asked after endpoints were dropped.</summary>
public sealed class EndpointPoolTests
{
    private readonly StillClock _clock = new();

    [Fact]
    public async Task When_all_are_dropped_each_is_asked_again_after_ten_seconds()
    {
        var (one, two) = (new Fixed("http://one.test"), new Fixed("http://two.test"));
        var pool = new EndpointPool([one, two], NullLogger.Instance, _clock);
        pool.Drop(new NodeMisbehaviourException(one.Endpoint, "it lies"));
        _clock.Now += TimeSpan.FromSeconds(5);
        pool.Drop(new NodeMisbehaviourException(two.Endpoint, "it lies, too"));
        _clock.Now += TimeSpan.FromSeconds(9);
        var nobody = await Assert.ThrowsAsync<NoTrustworthyEndpointException>(() => AskAsync(pool));
        Assert.Contains("it lies, too", nobody.Message, StringComparison.Ordinal);
        _clock.Now += TimeSpan.FromSeconds(1);
        Assert.Equal(one.Endpoint, await AskAsync(pool));
    }

    [Fact]
    public async Task One_that_is_dropped_beside_others_is_not_asked_for_ten_minutes()
    {
        var (one, two) = (new Fixed("http://one.test"), new Fixed("http://two.test"));
        var pool = new EndpointPool([one, two], NullLogger.Instance, _clock);
        pool.Drop(new NodeMisbehaviourException(one.Endpoint, "it lies"));
        _clock.Now += TimeSpan.FromMinutes(9);
        Assert.Equal(two.Endpoint, await AskAsync(pool));
        _clock.Now += TimeSpan.FromMinutes(1);
        Assert.Equal(one.Endpoint, await AskAsync(pool));
    }

    private static async Task<Uri> AskAsync(EndpointPool pool) => (await pool.SendAsync([EthCalls.BlockNumber(_ => { })], CancellationToken.None)).By.Endpoint;

    private sealed class StillClock : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = DateTimeOffset.UnixEpoch;

        public override DateTimeOffset GetUtcNow() => Now;
    }

    private sealed class Fixed(string uri) : IRpcTransport
    {
        public Uri Endpoint { get; } = new(uri);

        public Task<RpcReply> SendAsync(ReadOnlyMemory<byte> body, CancellationToken cancel) =>
            Task.FromResult(RpcReply.Of(Encoding.UTF8.GetBytes("""[{"jsonrpc":"2.0","id":1,"result":"0x5"}]""")));
    }
}
