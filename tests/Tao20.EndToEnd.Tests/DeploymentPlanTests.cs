using Tao20.Devnet;
using Tao20.Domain.Index;

namespace Tao20.EndToEnd.Tests;

/// <summary>The file that says what is deployed: what is wrong with it is told before anything is asked of a chain.</summary>
public sealed class DeploymentPlanTests : InDirectory
{
    internal const string Owner = "0x00000000000000000000000000000000000a11ce";
    internal const string Guardian = "0x0000000000000000000000000000000000000b0b";

    [Theory]
    [InlineData("\"0.25\",\"hotkey\"", "\"0.2\",\"hotkey\"", "its weights sum to 0.8, not to 1")]
    [InlineData("\"netuid\":4", "\"netuid\":1", "netuid 1 is there twice")]
    [InlineData(Owner, "0x12", "owner is '0x12': give 0x and 40 hex digits")]
    [InlineData("\"guardian\"", "\"guard\"", "it has the key 'guard', which means nothing")]
    [InlineData("\"20\"", "\"19\"", "genesisTao is '19': give 20 to 1000000 TAO")]
    [InlineData("\"gap\":12,", "", "is no plan of a deployment")]
    public async Task A_plan_that_is_none_is_told_by_what_is_wrong_with_it(string right, string wrong, string reason)
    {
        var plan = System.IO.Path.Combine(Directory, "plan.json");
        await File.WriteAllTextAsync(plan, Plan().Replace(right, wrong, StringComparison.Ordinal));
        var (code, _, process) = await Tao20Process.RunAsync(["contracts", "deploy", "--rpc", "http://127.0.0.1:1", "--plan", plan]);
        Assert.True(code == 2 && process.Errors.Contains(reason, StringComparison.Ordinal), $"{code}: {process.Errors}");
    }

    internal static string Plan() =>
        $$"""
            {"targets":[{{Target(1)}},{{Target(4)}},{{Target(9)}},{{Target(16)}}],"owner":"{{Owner}}","guardian":"{{Guardian}}",
            "genesisTao":"20","times":{"delay":600,"expiry":3600,"window":3600,"gap":12,"day":3600,"pause":600,"pauseEvery":3600,
            "shortest":{{IndexTimes.Minutes.Shortest}},"longest":200} }
            """;

    private static string Target(int netuid) => $$"""{"netuid":{{netuid}},"weight":"0.25","hotkey":"{{Economy.Hotkey}}"}""";
}
