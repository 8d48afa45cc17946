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
        _pool.Drop(new NodeMisbehaviourException(_one.Name, "it lies"));
        _clock.Now += TimeSpan.FromSeconds(5);
        _pool.Drop(new NodeMisbehaviourException(_two.Name, "it lies, too"));
        _clock.Now += TimeSpan.FromSeconds(9);
        var nobody = await Assert.ThrowsAsync<NoTrustworthyEndpointException>(AskAsync);
        Assert.Contains("it lies, too", nobody.Message, StringComparison.Ordinal);
        _clock.Now += TimeSpan.FromSeconds(1);
        Assert.Equal(_one.Name, await AskAsync());
    }

    [Fact]
    public async Task One_that_is_dropped_beside_others_is_not_asked_for_ten_minutes()
    {
        _pool.Drop(new NodeMisbehaviourException(_one.Name, "it lies"));
        _clock.Now += TimeSpan.FromMinutes(9);
        Assert.Equal(_two.Name, await AskAsync());
        _clock.Now += TimeSpan.FromMinutes(1);
        Assert.Equal(_one.Name, await AskAsync());
    }

    [Fact]
    public async Task One_that_keeps_failing_rests_longer_each_time_up_to_five_minutes()
    {
        _one.Fails = true;
        var tried = new List<double>();
        for (var second = 0; tried.Count < 8; second++)
        {
            var before = _one.Requests;
            Assert.Equal(_two.Name, await AskAsync());
            if (_one.Requests > before)
                tried.Add(second);
            _clock.Now += TimeSpan.FromSeconds(1);
        }

        var rests = tried.Zip(tried.Skip(1), (first, second) => second - first);
        Assert.Equal([15, 30, 60, 120, 240, 300, 300], rests);
    }

    [Fact]
    public async Task What_all_refuse_costs_none_of_them_and_what_another_answers_costs_the_one_that_did_not()
    {
        (_one.Reply, _two.Reply) = (Fixed.Refusal, Fixed.Refusal);
        await Assert.ThrowsAsync<RpcErrorException>(AskAsync);
        Assert.Equal([EndpointState.Ok, EndpointState.Ok], _pool.Status.Select(endpoint => endpoint.State));
        _two.Reply = Fixed.Five;
        Assert.Equal(_two.Name, await AskAsync());
        Assert.Equal([EndpointState.Resting, EndpointState.Ok], _pool.Status.Select(endpoint => endpoint.State));
    }

    [Fact]
    public async Task One_that_rests_is_asked_when_nobody_else_answers_and_is_well_again_when_it_does()
    {
        _one.Fails = true;
        Assert.Equal(_two.Name, await AskAsync());
        (_one.Fails, _two.Fails) = (false, true);
        Assert.Equal(_one.Name, await AskAsync());
        Assert.Equal([EndpointState.Ok, EndpointState.Resting], _pool.Status.Select(endpoint => endpoint.State));
    }

    private async Task<EndpointName> AskAsync() =>
        (await _pool.SendAsync([EthCalls.BlockNumber(_ => { })], CancellationToken.None)).By.Name;

    private sealed class StillClock : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = DateTimeOffset.UnixEpoch;

        public override DateTimeOffset GetUtcNow() => Now;
    }

    private sealed class Fixed(string uri) : IRpcTransport
    {
        public const string Five = """[{"jsonrpc":"2.0","id":1,"result":"0x5"}]""";
        public const string Refusal = """{"jsonrpc":"2.0","id":1,"error":{"code":-32000,"message":"no"}}""";

        public bool Fails { get; set; }

        public string Reply { get; set; } = Five;

        public int Requests { get; private set; }

        public EndpointName Name { get; } = new(1, new Uri(uri));

        public Task<RpcReply> SendAsync(ReadOnlyMemory<byte> body, CancellationToken cancel)
        {
            Requests++;
            return Fails
                ? throw new EndpointUnreachableException(Name, "it is silent")
                : Task.FromResult(RpcReply.Of(Encoding.UTF8.GetBytes(Reply)));
        }
    }
}
