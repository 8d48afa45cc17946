using System.Text.Json.Nodes;

namespace Tao20.EndToEnd.Tests;

/// <summary>What is signed is read from two endpoints: one that lies makes no validator say what is not so.</summary>
public sealed class DisagreementTests : OneValidator
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task While_two_endpoints_disagree_nothing_is_attested_and_then_it_is_once(bool liarFirst)
    {
        await using var liar = await ProviderProxy.StartAsync(Fixture.Node.Url, [], 1);
        liar.Lies = true;
        await using var node = Start("node", liarFirst ? $"{liar.Url},{Fixture.Node.Url}" : $"{Fixture.Node.Url},{liar.Url}");
        await FollowedAsync(node);
        await EpochAsync();
        for (var blocks = 0; blocks < 3; blocks++)
            await MineAsync(CancellationToken.None);
        var status = await node.UntilAsync(
            status => Faults(status).Any(fault => fault["kind"]!.GetValue<string>() == "EndpointsDisagree"),
            Patience
        );
        var message = Faults(status).Single(fault => fault["kind"]!.GetValue<string>() == "EndpointsDisagree")[
            "message"
        ]!.GetValue<string>();
        Assert.Contains("#1 127.0.0.1", message, StringComparison.Ordinal);
        Assert.Contains("#2 127.0.0.1", message, StringComparison.Ordinal);
        Assert.DoesNotContain("SECRET", message, StringComparison.Ordinal);
        Assert.Empty(status["consensus"]!["rounds"]!.AsArray());
        liar.Lies = false;
        await DoneAsync(node, 0, "the epoch, once both say the same");
        Assert.Empty(Faults(await node.StatusAsync()));
    }

    private static IEnumerable<JsonNode> Faults(JsonObject status) => status["faults"]!.AsArray().Select(fault => fault!);
}
