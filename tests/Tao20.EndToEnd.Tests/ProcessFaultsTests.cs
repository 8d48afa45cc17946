using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Tao20.Tests;

namespace Tao20.EndToEnd.Tests;

/// <summary>
/// What machines do to a process: it ends with the code of what has happened and says so in a line, or it goes on, and never anything
/// else.
/// </summary>
public sealed class ProcessFaultsTests : InDirectory
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    // More than the node lets in: what comes then is refused.
    private const int Connections = 140;
    private static readonly string[] Unreachable =
    [
        "validator",
        "--rpc",
        "http://127.0.0.1:1",
        "--contract",
        "0x00000000000000000000000000000000000020c0",
        "--http-port",
        "0",
    ];

    [Theory]
    [InlineData("2>/dev/full")]
    [InlineData("2>&-")]
    public async Task Standard_error_that_takes_nothing_changes_no_exit_code_and_the_last_words_are_in_the_journals_directory(string errors)
    {
        Assert.Equal(2, (await ShellAsync("", ["validator", "--bogus"], errors)).ExitCode);
        Assert.Equal(3, (await ShellAsync("", [.. Unreachable, "--data-dir", Directory], errors)).ExitCode);
        var words = await File.ReadAllTextAsync(System.IO.Path.Combine(Directory, "last-words.log"));
        Assert.Contains("tao20: The RPC endpoint #1 127.0.0.1:1 cannot be used", words, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Too_few_files_are_told_before_anything_fails_for_want_of_them()
    {
        var (code, errors) = await ShellAsync("ulimit -n 100;", [.. Unreachable, "--data-dir", Directory], "");
        Assert.Equal(2, code);
        Assert.Contains("may have 100 files open, and needs 768", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_node_goes_on_whatever_is_done_to_it_and_says_what_ends_it()
    {
        await using var chain = await ChainFixture.StartAsync(seed: 3);
        await chain.TradeAsync(10);
        var config = System.IO.Path.Combine(Directory, "node.conf");
        await File.WriteAllTextAsync(config, "tao20 { LOG_LEVEL = Warning }");
        string[] arguments = [.. chain.ValidatorArguments(System.IO.Path.Combine(Directory, "node")), "--hocon", config];
        var environment = new Dictionary<string, string> { ["TAO20_LOG_LEVEL"] = "" };
        await using (var node = Tao20Process.Start(arguments, environment: environment))
        {
            await node.StatusUriAsync();
            await HangsUpAsync(node, config);
            await RefusesAtTheBoundAsync(node);
            node.Interrupt();
            Assert.Equal(0, await node.ExitAsync(Patience));
        }

        // A version that is yet to come has written what this one does not know; and then said so.
        const string unknown = "from-the-future";
        await EndsAsNewerAsync(arguments, $"UPDATE journal SET manifest = '{unknown}'", $"'{unknown}' is not known to this version");
        await EndsAsNewerAsync(arguments, "UPDATE tao20_version SET format = 99, program = '9.9.9'", "tao20 9.9.9, in format 99");
    }

    [Fact]
    public async Task A_journal_that_lacks_a_miner_is_told_ranks_nothing_and_is_rebuilt()
    {
        await using var chain = await ChainFixture.StartAsync(seed: 4);
        await chain.TradeAsync(12);
        var directory = System.IO.Path.Combine(Directory, "node");
        string[] arguments = [.. chain.ValidatorArguments(directory)];
        JsonObject undisturbed;
        await using (var node = Tao20Process.Start(arguments))
        {
            undisturbed = await node.UntilAsync(IsLevel, Patience);
            node.Interrupt();
            Assert.Equal(0, await node.ExitAsync(Patience));
        }

        var miner = undisturbed["miners"]!.AsArray()[0]!["address"]!.GetValue<string>();
        Assert.NotEqual(0, JournalFile.Execute(directory, $"DELETE FROM journal WHERE persistence_id = 'miner-{miner}'"));
        await using (var node = Tao20Process.Start(arguments))
        {
            // Whether it trades again or not.
            var status = await node.UntilAsync(one => one["faults"]!.AsArray().Count > 0, Patience);
            var fault = status["faults"]!.AsArray()[0]!;
            Assert.Equal("JournalIncomplete", fault["kind"]!.GetValue<string>());
            Assert.True(fault["losesReadiness"]!.GetValue<bool>());
            Assert.Contains($"the stream miner-{miner} lacks", fault["message"]!.GetValue<string>(), StringComparison.Ordinal);
            Assert.Equal(HttpStatusCode.ServiceUnavailable, (await node.GetAsync("/health/ready")).StatusCode);
            await Eventually.BecomesAsync<string>(
                async cancel =>
                {
                    using var metrics = await node.GetAsync("/metrics");
                    return await metrics.Content.ReadAsStringAsync(cancel);
                },
                text => Regex.IsMatch(text, "tao20_faults[^\n]*kind=\"JournalIncomplete\"[^\n]* 1\\b", RegexOptions.None, Patience),
                Patience
            );
            node.Interrupt();
            Assert.Equal(0, await node.ExitAsync(Patience));
        }

        var (code, _, rebuild) = await Tao20Process.RunAsync([
            "journal",
            "rebuild",
            "--rpc",
            $"{chain.Node.Url}",
            "--contract",
            $"{chain.Economy.Index}",
            "--data-dir",
            directory,
        ]);
        Assert.True(code == 0, rebuild.Errors);
        await using var again = Tao20Process.Start(arguments);
        var mended = await again.UntilAsync(IsLevel, Patience);
        Assert.Equal(undisturbed["miners"]!.ToJsonString(), mended["miners"]!.ToJsonString());
        Assert.Equal(undisturbed["ranking"]!.ToJsonString(), mended["ranking"]!.ToJsonString());

        static bool IsLevel(JsonObject status) => status["ready"]!.GetValue<bool>() && status["lag"]!["blocks"]?.GetValue<long>() == 0;
    }

    private static async Task HangsUpAsync(Tao20Process node, string config)
    {
        if (await IsIgnoredAsync(hangUp: 1))
        {
            // Who runs these tests has them outlive a terminal, and so everything that they start.
            node.HangUp();
            Assert.Equal(HttpStatusCode.OK, (await node.GetAsync("/health/live")).StatusCode);
            return;
        }

        await File.WriteAllTextAsync(config, "tao20 { LOG_LEVEL = Debug }");
        node.HangUp();
        await node.UntilLogAsync("The settings were read again: what is logged begins with Debug", Patience);
        await File.WriteAllTextAsync(config, "tao20 { LOG_LEVEL = Nonsense }");
        node.HangUp();
        await node.UntilLogAsync("The settings were read again, and are not right; the node goes on as it was", Patience);
        Assert.Equal(HttpStatusCode.OK, (await node.GetAsync("/health/live")).StatusCode);
    }

    /// <summary>Whether a signal is ignored here, and so by every process that is started from here.</summary>
    private static async Task<bool> IsIgnoredAsync(int hangUp)
    {
        const string ignored = "SigIgn:";
        var line = (await File.ReadAllLinesAsync("/proc/self/status")).First(one => one.StartsWith(ignored, StringComparison.Ordinal));
        return (Convert.ToUInt64(line[ignored.Length..].Trim(), 16) & (1UL << (hangUp - 1))) != 0;
    }

    private static async Task RefusesAtTheBoundAsync(Tao20Process node)
    {
        var address = await node.StatusUriAsync();
        var connections = new List<TcpClient>();
        for (var i = 0; i < Connections; i++)
        {
            var connection = new TcpClient();
            await connection.ConnectAsync(address.Host, address.Port);
            connections.Add(connection);
        }

        // What is refused is closed at once; the first ones stay open.
        using var limit = new CancellationTokenSource(Patience);
        Assert.Equal(0, await connections[^1].GetStream().ReadAsync(new byte[1], limit.Token));
        connections.ForEach(connection => connection.Dispose());
        await node.UntilAsync(status => status["ready"]!.GetValue<bool>(), Patience);
    }

    private async Task EndsAsNewerAsync(string[] arguments, string damage, string words)
    {
        var directory = System.IO.Path.Combine(Directory, "node");
        Assert.NotEqual(0, JournalFile.Execute(directory, damage));
        var (code, _, process) = await Tao20Process.RunAsync(arguments);
        Assert.Equal(10, code);
        var line = Assert.Single(process.Lines);
        Assert.Contains("was written by a newer version", line, StringComparison.Ordinal);
        Assert.Contains(words, line, StringComparison.Ordinal);
    }

    private static async Task<(int ExitCode, string Errors)> ShellAsync(string before, string[] arguments, string redirection)
    {
        using var process = Process.Start(
            new ProcessStartInfo(
                "/bin/sh",
                ["-c", $"{before} exec \"$@\" {redirection}", "sh", "dotnet", Tao20Process.Program, .. arguments]
            )
            {
                RedirectStandardError = true,
            }
        )!;
        var errors = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, errors);
    }
}
