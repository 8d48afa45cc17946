using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Tao20.Chain.Contracts;
using Tao20.Chain.JsonRpc;
using Tao20.Domain.Ingestion;

namespace Tao20.Chain.Tests.Following;

/// <summary>
/// A node whose index of logs is not as far as its blocks, or that has pruned them, answers <c>[]</c> without an error. The blooms of the
/// headers tell.
/// </summary>
public sealed class CompletenessTests : TwoNodes
{
    [Theory]
    [InlineData("eth_getLogs")]
    [InlineData("eth_getLogs blockHash")]
    [InlineData("eth_getLogs blockHash eth_getBlockReceipts unknown")]
    public async Task Logs_that_are_not_in_the_answer_for_their_range_are_got_in_another_way(string withheld)
    {
        Odd.Withholds = (method, block) => block % 10 is 3 or 4 && withheld.Split(' ').Contains(method);
        Odd.KnowsBlockReceipts = !withheld.Contains("unknown", StringComparison.Ordinal);
        await using var chain = Open(Options(Odd));
        AssertWhole(await ReadAsync(chain));
        Assert.Equal(40, chain.Reader.BlocksWithheld);
        Assert.Equal(EndpointState.Ok, chain.Pool.Status[0].State);
    }

    [Fact]
    public async Task Logs_that_come_late_in_every_way_are_waited_for()
    {
        var asked = new ConcurrentDictionary<ulong, int>();
        Odd.Withholds = (method, block) =>
            method == "eth_getLogs" ? block % 50 == 7 && asked.GetOrAdd(block, 0) < 2
            : method == "eth_getBlockReceipts" && block % 50 == 7 ? asked.AddOrUpdate(block, 1, (_, n) => n + 1) < 2
            : block % 50 == 7 && asked.GetOrAdd(block, 0) < 2;
        await using var chain = Open(Options(Odd));
        AssertWhole(await ReadAsync(chain));
    }

    [Fact]
    public async Task A_node_that_has_none_of_the_logs_is_passed_over_for_one_that_has_them()
    {
        Odd.Withholds = (_, block) => block < 150;
        await using var chain = Open(Options(Odd, Plain));
        AssertWhole(await ReadAsync(chain));
        Assert.Equal(EndpointState.Resting, chain.Pool.Status[0].State);
    }

    [Fact]
    public async Task While_nobody_has_the_logs_nothing_is_handed_on_past_them()
    {
        Odd.Withholds = (_, block) => block == 120;
        await using var chain = Open(Options(Odd));
        var ranges = new List<TradeRange>();
        var error = await Assert.ThrowsAsync<IncompleteAnswerException>(() => ReadAsync(chain, ranges));
        Assert.Contains("eth_getBlockReceipts", error.Message, StringComparison.Ordinal);
        Assert.True(ranges.Count > 0 && ranges[^1].Last.Number < 120);
        Odd.Withholds = (_, _) => false;
        AssertWhole(await ReadAsync(chain));
    }

    [Fact]
    public async Task A_bloom_that_tells_of_logs_where_there_are_none_is_found_out_by_the_receipts()
    {
        // A contract of somebody else's that logs our addresses and topics: the receipts make the bloom.
        WithForeignLogs(Odd, exact: true);
        await using var chain = Open(Options(Odd));
        AssertWhole(await ReadAsync(chain), except: 100);
        Assert.True(chain.Reader.FalseBlooms >= 1);
        Assert.Equal(0, chain.Reader.BlocksWithheld);
    }

    [Fact]
    public async Task A_bloom_that_no_receipt_makes_is_wrong_when_all_say_so_twice()
    {
        WithForeignLogs(Odd, exact: false);
        await using var chain = Open(Options(Odd));
        AssertWhole(await ReadAsync(chain), except: 100);
        Assert.True(chain.Reader.FalseBlooms >= 1);

        // Where another endpoint has the logs, the word of one is not enough.
        await using var both = Open(Options(Odd, Plain));
        AssertWhole(await ReadAsync(both));
    }

    [Fact]
    public async Task The_history_is_watched_where_no_running_total_would_show_what_is_missing()
    {
        var (odd, plain) = ((await ScriptedNode.StartAsync()).Grow(400), (await ScriptedNode.StartAsync()).Grow(400));
        await using var disposing = odd;
        await using var other = plain;
        foreach (var node in (ScriptedNode[])[odd, plain])
            node.BendLogs = (_, _, logs) => WithoutTotals(logs);
        odd.Withholds = (_, block) => block is > 100 and < 200;
        var options = Options(odd, plain) with { VerifyHeadersWithin = 0, FirstRangeBlocks = 90, TargetReplyBytes = 1024 * 1024 };
        await using var chain = Open(options);
        var read = new List<TradeRange>();
        await ReadAsync(chain, read);
        Assert.Equal(Expected(plain, 400), Trades(read));
    }

    private static void WithForeignLogs(ScriptedNode node, bool exact)
    {
        node.BendLogs = (_, _, logs) => WithoutTotals(logs);
        node.Withholds = (method, block) => block == 100 && (method is "eth_getLogs" or "blockHash");
        node.BendAnswer = (method, first, answer) => Foreign(method, first, answer, exact);
    }

    private static List<JsonObject> WithoutTotals(List<JsonObject> logs) =>
        [.. logs.Where(log => log["topics"]![0]!.GetValue<string>() != Tao20Events.Activity.ToString())];

    private static void Foreign(string method, string? first, JsonObject answer, bool exact)
    {
        if (first != "0x64")
            return;
        if (method == "eth_getBlockByNumber")
            answer["result"]!["transactions"] = new JsonArray([
                .. answer["result"]!["transactions"]!.AsArray().Take(1).Select(hash => hash!.DeepClone()),
            ]);
        if (method == "eth_getBlockReceipts")
        {
            var receipt = answer["result"]![0]!.DeepClone();
            var logs = answer["result"]!
                .AsArray()
                .SelectMany(each => each!["logs"]!.AsArray())
                .Select(log => (JsonObject)log!.DeepClone())
                .ToList();
            receipt["logs"] = exact ? new JsonArray([.. Foreigners(logs)]) : new JsonArray();
            answer["result"] = new JsonArray(receipt);
        }
    }

    /// <summary>The same items in other places: logs of our address without our topics, and of our topics in another order.</summary>
    private static IEnumerable<JsonObject> Foreigners(List<JsonObject> logs)
    {
        foreach (var log in logs)
        {
            var topics = log["topics"]!.AsArray().Select(topic => topic!.GetValue<string>()).ToList();
            var own = (JsonObject)log.DeepClone();
            own["topics"] = new JsonArray();
            yield return own;
            var other = (JsonObject)log.DeepClone();
            other["topics"] = new JsonArray([.. Enumerable.Reverse(topics).Select(topic => JsonValue.Create(topic))]);
            yield return other;
        }
    }
}
