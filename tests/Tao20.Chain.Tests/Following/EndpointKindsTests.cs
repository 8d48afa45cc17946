using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json.Nodes;
using Tao20.Chain.Contracts;
using Tao20.Chain.JsonRpc;
using Tao20.Domain.Units;

namespace Tao20.Chain.Tests.Following;

/// <summary>
/// What real RPC providers do that no standard allows, each kind of it in front of a chain of 200 blocks: every trade is read all the
/// same. The kinds and their numbers are those of public bug reports.
/// </summary>
public sealed partial class EndpointKindsTests : TwoNodes
{
    [Theory]
    [InlineData(200, """{"jsonrpc":"2.0","id":1,"error":{"code":-32602,"message":"range 1000000 exceeds limit of 10000"}}""")]
    [InlineData(200, """{"jsonrpc":"2.0","id":1,"error":{"code":-32000,"message":"Zu viele Bloecke"}}""")]
    [InlineData(200, """{"jsonrpc":"2.0","id":1,"error":{"code":-32603,"message":"internal error"}}""")]
    [InlineData(200, """{"jsonrpc":"2.0","id":1,"error":"up to a 7 block range"}""")]
    [InlineData(400, """{"jsonrpc":"2.0","id":1,"error":{"code":-32600,"message":"try [0x1, 0x7]"}}""")]
    [InlineData(400, "")]
    [InlineData(413, "<html>Payload Too Large</html>")]
    [InlineData(414, "")]
    [InlineData(422, "unprocessable")]
    [InlineData(429, """{"jsonrpc":"2.0","id":1,"error":{"code":-32005,"message":"no"}}""")]
    [InlineData(429, "")]
    [InlineData(500, """{"error":"boom"}""")]
    [InlineData(503, "")]
    public async Task A_range_refused_in_any_way_is_read_in_smaller_ones(int status, string body)
    {
        Odd.Intercept = (_, request, context) => RefuseAsync(Widest(request) > 7, context, status, body);
        AssertWhole(await ReadAsync(Options(Odd) with { Retries = 0 }));
        Assert.True(Odd.Requests < 250, $"{Odd.Requests} requests for 200 blocks in ranges of up to 7");
    }

    [Fact]
    public async Task A_wide_range_that_only_times_out_is_halved_at_its_first_time_out()
    {
        var wide = new ConcurrentBag<ulong>();
        Odd.Intercept = async (_, request, context) =>
        {
            if (Widest(request) is not (var blocks and > 7))
                return false;
            wide.Add(blocks);
            return await SilentAsync(context);
        };
        AssertWhole(await ReadAsync(Options(Odd) with { Retries = 3, RequestTimeout = TimeSpan.FromMilliseconds(400) }));
        Assert.True(wide.Count <= 12, $"{wide.Count} requests for ranges that are too wide: {string.Join(' ', wide)}");
    }

    [Theory]
    [InlineData(429)]
    [InlineData(503)]
    public async Task A_day_of_waiting_is_not_waited_and_the_next_endpoint_is_asked(int status)
    {
        Odd.Intercept = async (_, _, context) =>
        {
            context.Response.Headers.RetryAfter = "86400";
            return await RefuseAsync(true, context, status, "later");
        };
        var started = Stopwatch.GetTimestamp();
        await using var chain = Open(Options(Odd, Plain) with { RequestTimeout = TimeSpan.FromSeconds(10) });
        AssertWhole(await ReadAsync(chain));
        Assert.Equal("resting", StateOf(chain, 0));
        await Assert.ThrowsAnyAsync<ChainException>(() => ReadAsync(Options(Odd) with { RequestTimeout = TimeSpan.FromSeconds(10) }));
        Assert.True(Stopwatch.GetElapsedTime(started) < TimeSpan.FromSeconds(30));
    }

    public static TheoryData<int, int, string> BatchRefusals =>
        new()
        {
            { 10, 200, """{"jsonrpc":"2.0","id":null,"error":{"code":-32600,"message":"batch is too large"}}""" },
            { 10, 200, """[{"jsonrpc":"2.0","id":null,"error":{"code":-32010,"message":"no"}}]""" },
            { 10, 413, "" },
            { 3, 400, """{"error":{"code":-32600,"message":"too many"}}""" },
            { 1, 200, """{"jsonrpc":"2.0","error":{"code":-32600,"message":"batches are not supported"}}""" },
            { 1, 400, "Bad Request" },
            { 1, 500, "" },
        };

    [Theory]
    [MemberData(nameof(BatchRefusals))]
    public async Task The_largest_batch_is_learnt_down_to_single_calls(int largest, int status, string body)
    {
        Odd.Intercept = (_, request, context) => RefuseAsync(CallsIn(request) > largest, context, status, body);
        await using var chain = Open(Options(Odd) with { Retries = 0 });
        await chain.ProbeAsync(Limit);
        AssertWhole(await ReadAsync(chain));
        var requests = Odd.Requests;
        await chain.Head.RefreshAsync(Limit);
        Assert.True(Odd.Requests - requests <= (largest == 1 ? 2 : 1), "what was learnt about batches is forgotten");
    }

    [Fact]
    public async Task A_batch_answered_in_part_is_asked_for_the_rest()
    {
        Odd.BendReply = reply =>
            reply.StartsWith('[')
                ? new JsonArray([.. JsonNode.Parse(reply)!.AsArray().Take(10).Select(a => a!.DeepClone())]).ToJsonString()
                : reply;
        AssertWhole(await ReadAsync(Options(Odd)));
    }

    [Theory]
    [InlineData("text")]
    [InlineData("fraction")]
    [InlineData("reversed")]
    public async Task An_answer_is_known_by_its_id_of_whatever_type_and_at_whatever_place(string kind)
    {
        Odd.BendReply = reply => BendIds(kind, reply);
        await using var chain = Open(Options(Odd));
        await chain.ProbeAsync(Limit);
        AssertWhole(await ReadAsync(chain));
        Assert.Equal("ok", StateOf(chain, 0));
    }

    [Theory]
    [InlineData("null")]
    [InlineData("unsupported")]
    public async Task Without_finalized_the_start_says_which_setting_helps(string kind)
    {
        Odd.BendAnswer = (method, first, answer) =>
        {
            if (first != "finalized")
                return;
            answer.Remove("result");
            if (kind == "null")
                answer["result"] = null;
            else
                answer["error"] = new JsonObject { ["code"] = -32602, ["message"] = "unknown tag" };
        };
        await using var chain = Open(Options(Odd));
        var error = await Assert.ThrowsAnyAsync<ChainException>(() => chain.ProbeAsync(Limit));
        Assert.Contains("Chain:FinalityDepth", error.Message, StringComparison.Ordinal);
        await using var deep = Open(Options(Odd) with { FinalityDepth = 0 });
        await deep.ProbeAsync(Limit);
        AssertWhole(await ReadAsync(deep));

        // Another endpoint that knows it stands in.
        await using var both = Open(Options(Odd, Plain));
        await both.ProbeAsync(Limit);
        AssertWhole(await ReadAsync(both));
    }

    [Theory]
    [InlineData("finalized")]
    [InlineData("latest")]
    [InlineData("both")]
    public async Task A_false_head_is_not_believed_and_does_not_cost_an_honest_endpoint(string kind)
    {
        Odd.BendAnswer = (method, first, answer) =>
        {
            if (first is "finalized" or "latest" && (kind == first || kind == "both"))
            {
                answer["result"]!["number"] = "0x7fffffff";
                answer["result"]!["hash"] = "0x" + new string('d', 64);
            }
        };
        await using var chain = Open(Options(Odd, Plain));
        AssertWhole(await ReadAsync(chain));
        Assert.Equal(199UL, chain.Head.Finalized!.Number);
        Assert.Equal((kind == "finalized" ? "dropped" : "resting", "ok"), (StateOf(chain, 0), StateOf(chain, 1)));
    }

    [Theory]
    [InlineData("html")]
    [InlineData("empty")]
    [InlineData("null header")]
    [InlineData("truncated")]
    public async Task What_is_incomplete_for_a_moment_is_asked_again(string kind)
    {
        var broken = 0;
        Odd.BendReply = reply =>
            !reply.Contains("logIndex", StringComparison.Ordinal) || Interlocked.Increment(ref broken) > 1
                ? reply
                : kind switch
                {
                    "html" => "<html><body>502 Bad Gateway</body></html>",
                    "empty" => "",
                    "truncated" => reply[..(reply.Length / 2)],
                    _ => NullHeader(reply),
                };
        await using var chain = Open(Options(Odd) with { PollInterval = TimeSpan.FromMilliseconds(50) });
        AssertWhole(await ReadAsync(chain));
        Assert.True(broken > 1);
        Assert.Equal("ok", StateOf(chain, 0));
    }

    [Fact]
    public async Task A_start_outlives_a_header_that_is_null_for_a_moment()
    {
        var asked = 0;
        Odd.BendAnswer = (method, _, answer) =>
        {
            if (method == "eth_getBlockByNumber" && Interlocked.Increment(ref asked) <= 1)
                answer["result"] = null;
        };
        await using var chain = Open(Options(Odd) with { PollInterval = TimeSpan.FromMilliseconds(50) });
        Assert.Equal(964UL, (await chain.ProbeAsync(Limit)).ChainId);
    }

    [Theory]
    [InlineData("12")]
    [InlineData("\"\"")]
    [InlineData("\"0xzz\"")]
    [InlineData("{}")]
    [InlineData("[1]")]
    [InlineData("null")]
    public async Task Nonsense_to_a_call_is_asked_of_the_next_endpoint(string result)
    {
        Odd.BendAnswer = (method, _, answer) => Say(method, answer, JsonNode.Parse(result));
        Plain.BendAnswer = (method, _, answer) => Say(method, answer, "0x01");
        await using var chain = Open(Options(Odd, Plain) with { PollInterval = TimeSpan.FromMilliseconds(50) });
        byte[] returned = [];
        await chain.Pool.SendAsync([EthCalls.Call(default, "0x", "latest", bytes => returned = bytes)], Limit);
        Assert.Equal([1], returned);

        static void Say(string method, JsonObject answer, JsonNode? what)
        {
            if (method != "eth_call")
                return;
            answer.Remove("error");
            answer["result"] = what;
        }
    }

    [Theory]
    [InlineData("data")]
    [InlineData("topics")]
    [InlineData("logIndex")]
    public async Task A_malformed_log_is_a_violation_of_its_endpoint(string missing)
    {
        var registry = Address.Parse("0x00000000000000000000000000000000000020c1");
        Odd.BendLogs = (_, _, logs) =>
        {
            if (logs.Count > 8)
            {
                logs[8]["address"] = registry.ToString();
                logs[8]["topics"]![0] = RegistryFacts.Topics.First().ToString();
                logs[8].Remove(missing);
            }

            return logs;
        };
        await using var chain = Open(Options(Odd, Plain) with { Registry = registry });
        await chain.ProbeAsync(Limit);
        AssertWhole(await ReadAsync(chain));
        Assert.Equal("dropped", StateOf(chain, 0));
    }

    [Fact]
    public async Task An_endpoint_is_asked_which_chain_it_is_on_before_it_is_used_again()
    {
        await using var chain = Open(Options(Odd, Plain) with { Retries = 0 });
        await chain.ProbeAsync(Limit);
        Odd.Intercept = (_, _, context) => RefuseAsync(true, context, 502, "");
        AssertWhole(await ReadAsync(chain));
        Plain.Intercept = (_, _, context) => RefuseAsync(true, context, 502, "");
        (Odd.Intercept, Odd.ChainId) = ((_, _, _) => Task.FromResult(false), 1);
        await Assert.ThrowsAnyAsync<ChainException>(() => ReadAsync(chain));
        Assert.Equal("dropped", StateOf(chain, 0));
    }
}
