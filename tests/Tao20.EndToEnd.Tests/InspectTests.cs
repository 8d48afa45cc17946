using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Tao20.Node.Http;
using Tao20.Node.Inspection;
using Tao20.Tests;
using Xunit.Abstractions;

namespace Tao20.EndToEnd.Tests;

/// <summary><c>tao20 inspect</c> on a live validator, as a person uses it.</summary>
public sealed class InspectTests(ITestOutputHelper output) : OneValidator
{
    private string Data => System.IO.Path.Combine(Directory, "node");

    [Fact]
    public async Task It_says_what_the_status_says_completes_what_is_typed_and_asks_twice_before_it_ends_a_node()
    {
        var hocon = System.IO.Path.Combine(Directory, "palettes.conf");
        await File.WriteAllTextAsync(hocon, """akka.extensions = ["Tao20.Samples.Inspection.RankingPalette, Tao20.Samples.Inspection"]""");
        await using var node = Start("node", Fixture.Node.Url, more: new() { ["TAO20_HOCON"] = hocon });
        await FollowedAsync(node);
        await EpochAsync();
        await DoneAsync(node, 0, "the first epoch");
        await RequireSameAsAsync(await node.StatusAsync(all: true));
        await RequireTokenAsync(node);

        var (code, words, process) = await Tao20Process.RunAsync(["inspect", "--data-dir", Data, "ranking", "now", "-n", "1"]);
        Assert.True(code == 0, process.Errors);
        Assert.Contains("RANK | MINER", words, StringComparison.Ordinal);
        (code, _, process) = await Tao20Process.RunAsync(["inspect", "--data-dir", Data, "miner", "0x12"]);
        Assert.Equal((2, "ADDRESS = '0x12' is no address: give 0x and 40 hex digits."), (code, process.Lines[^1]));
        await RequireWordAsync("log level info", "What is logged begins with info.");
        await RequireWordAsync("system refresh", "The settings were read again: what is logged begins with Warning.");
        await RequireAwayAsync(node);
        await TypeAsync();
        Assert.Equal(0, await node.ExitAsync(Patience));
        await RequireAnswersWithoutTheConsensusAsync();
    }

    /// <summary>An actor that cannot come back, since its stream lacks an event, keeps no command from being answered.</summary>
    private async Task RequireAnswersWithoutTheConsensusAsync()
    {
        JournalFile.Execute(
            Data,
            "DELETE FROM journal WHERE persistence_id = 'consensus' AND sequence_number = 2; "
                + "DELETE FROM snapshot WHERE persistence_id = 'consensus'"
        );
        await using var ill = Start("node", Fixture.Node.Url);
        await ill.StatusUriAsync();
        using var inspector = new Inspector(Data);
        await inspector.UntilFaultAsync("JournalIncomplete", Patience);
        var (name, took) = await inspector.RequireAllAnswerAsync();
        output.WriteLine($"without the consensus, the slowest answer: {name} after {took.TotalSeconds:0.00} s");
        Assert.Equal(503, (await inspector.AskAsync("node/validators")).Status);
        Assert.Equal(200, (await inspector.AskAsync("node/cursor")).Status);
    }

    private async Task RequireWordAsync(string words, string said)
    {
        var (code, answer, process) = await Tao20Process.RunAsync(["inspect", "--data-dir", Data, "--yes", .. words.Split(' ')]);
        Assert.Equal((0, said, ""), (code, answer.Trim(), process.Errors));
    }

    /// <summary>A node that is paused says nothing, and that is said.</summary>
    private async Task RequireAwayAsync(Tao20Process node)
    {
        node.Pause();
        var (code, _, process) = await Tao20Process.RunAsync(["inspect", "--data-dir", Data, "faults"]);
        node.Resume();
        Assert.Equal(1, code);
        Assert.Contains("does not answer", Assert.Single(process.Lines), StringComparison.Ordinal);
    }

    private async Task RequireSameAsAsync(JsonObject status)
    {
        using var inspector = new Inspector(Data);
        Assert.Equal(
            status["consensus"]!["rounds"]!.AsArray()[^1]!.ToJsonString(),
            (await inspector.DocumentAsync("node/round")).ToJsonString()
        );
        Assert.Equal(
            status["settled"]!["recent"]!.AsArray()[^1]!.ToJsonString(),
            (await inspector.DocumentAsync("node/epoch", "0")).ToJsonString()
        );
        Assert.Equal(status["validator"]!["transactions"]!.ToJsonString(), (await inspector.DocumentAsync("node/outbox")).ToJsonString());
        var validator = Assert.Single(await inspector.RowsAsync("node/validators"));
        var told = status["consensus"]!["validators"]![0]!;
        Assert.Equal(
            [told["address"]!.GetValue<string>(), told["standing"]!.GetValue<string>(), told["stakeWei"]!.GetValue<string>()],
            validator[..3]
        );
        var miner = status["miners"]![0]!;
        Assert.Equal(
            miner.ToJsonString(),
            (await inspector.DocumentAsync("node/miner", miner["address"]!.GetValue<string>())).ToJsonString()
        );
        var cursor = await inspector.DocumentAsync("node/cursor");
        Assert.Equal(status["cursor"]!["trades"]!.GetValue<long>(), cursor["trades"]!.GetValue<long>());
        Assert.Equal("Nothing is wrong.", (await inspector.AskAsync("node/faults")).Answer["remark"]!.GetValue<string>());
        var streams = await inspector.RowsAsync("journal/streams");
        Assert.Contains(streams, row => row[0] == "chain-cursor" && row[1] != "0");
        Assert.DoesNotContain(await inspector.RowsAsync("settings/show"), row => row[1].Contains("b7b7b7", StringComparison.Ordinal));
    }

    /// <summary>Without the token nothing is told and nothing is done.</summary>
    private static async Task RequireTokenAsync(Tao20Process node)
    {
        using var http = new HttpClient { BaseAddress = await node.StatusUriAsync() };
        using var palettes = await http.GetAsync("/inspect/palettes");
        using var drained = await http.PostAsJsonAsync("/inspect/system/drain", new CallDocument([], Confirmed: true));
        http.DefaultRequestHeaders.Add(ControlEndpoints.TokenHeader, new string('0', 64));
        using var guessed = await http.PostAsJsonAsync("/inspect/system/drain", new CallDocument([], Confirmed: true));
        Assert.All([palettes, drained, guessed], answer => Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode));
        Assert.False(node.HasExited);
    }

    /// <summary>At a terminal: completion by Tab, history by the arrow, and two questions.</summary>
    private async Task TypeAsync()
    {
        var start = new ProcessStartInfo("script", ["-qec", $"dotnet {Tao20Process.Program} inspect --data-dir {Data}", "/dev/null"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        start.Environment["TERM"] = "xterm";
        using var terminal = Process.Start(start)!;
        var seen = new System.Text.StringBuilder();
        var watching = WatchAsync();
        await UntilSeenAsync("Connected to");
        await TypeAsync("log le\t\r");
        await UntilSeenAsync("What is logged begins with warn.");
        await TypeAsync("\u001b[A\r");
        await UntilSeenAsync("What is logged begins with warn.", times: 2);
        await TypeAsync("log t\t-l er\t\r");
        await TypeAsync("q");
        await TypeAsync("system dr\t\r");
        await UntilSeenAsync("hands over what it has");
        await TypeAsync("yes\r");
        await TypeAsync("no\r");
        await UntilSeenAsync("Nothing was done.");
        await TypeAsync("system drain\r");
        await UntilSeenAsync("hands over what it has", times: 2);
        await TypeAsync("yes\r");
        await TypeAsync("drain\r");
        await UntilSeenAsync("It is ending.");
        await TypeAsync("exit\r");
        await terminal.WaitForExitAsync(new CancellationTokenSource(Patience).Token);
        Assert.Equal(0, terminal.ExitCode);
        await watching;

        // Not by lines: questions end without one.
        async Task WatchAsync()
        {
            var some = new char[1024];
            while (await terminal.StandardOutput.ReadAsync(some) is var count and > 0)
                lock (seen)
                    seen.Append(some, 0, count);
        }

        async Task TypeAsync(string keys)
        {
            await terminal.StandardInput.WriteAsync(keys);
            await terminal.StandardInput.FlushAsync();
        }

        Task UntilSeenAsync(string words, int times = 1) =>
            Eventually.HoldsAsync(() => Seen().Split(words).Length > times, Patience, () => Seen());

        string Seen()
        {
            lock (seen)
                return seen.ToString();
        }
    }
}
