using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Tao20.Chain.JsonRpc;

namespace Tao20.Chain.Tests.Following;

/// <summary>Who is asked after endpoints were dropped.</summary>
[Trait("Category", "Fast")]
public sealed class EndpointPoolTests
{
    private readonly StillClock _clock = new();
    private readonly Fixed _one = new("http://one.test");
    private readonly Fixed _two = new("http://two.test");
    private readonly EndpointPool _pool;

    public EndpointPoolTests() => _pool = new EndpointPool([_one, _two], NullLogger.Instance, _clock);

    [Fact]
    public async Task When_all_are_dropped_each_is_asked_again_after_ten_seconds()
    {
        _pool.Drop(new NodeMisbehaviourException(_one.Endpoint, "it lies"));
        _clock.Now += TimeSpan.FromSeconds(5);
        _pool.Drop(new NodeMisbehaviourException(_two.Endpoint, "it lies, too"));
        _clock.Now += TimeSpan.FromSeconds(9);
        var nobody = await Assert.ThrowsAsync<NoTrustworthyEndpointException>(AskAsync);
        Assert.Contains("it lies, too", nobody.Message, StringComparison.Ordinal);
        _clock.Now += TimeSpan.FromSeconds(1);
        Assert.Equal(_one.Endpoint, await AskAsync());
    }

    [Fact]
    public async Task One_that_is_dropped_beside_others_is_not_asked_for_ten_minutes()
    {
        _pool.Drop(new NodeMisbehaviourException(_one.Endpoint, "it lies"));
        _clock.Now += TimeSpan.FromMinutes(9);
        Assert.Equal(_two.Endpoint, await AskAsync());
        _clock.Now += TimeSpan.FromMinutes(1);
        Assert.Equal(_one.Endpoint, await AskAsync());
    }

    private async Task<Uri> AskAsync() => (await _pool.SendAsync([EthCalls.BlockNumber(_ => { })], CancellationToken.None)).By.Endpoint;

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
