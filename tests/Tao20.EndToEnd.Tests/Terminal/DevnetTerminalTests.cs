using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Tao20.EndToEnd.Tests.Terminal;

/// <summary><c>tao20 devnet</c> in windows of several sizes: nothing is cut off at the top, and no line wraps.</summary>
public sealed partial class DevnetTerminalTests
{
    private const string Opens = "\u001b[?1049h";
    private const string Closes = "\u001b[?1049l";
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    [Theory]
    [InlineData(80, 24, "--validators 3 --arbitrageurs 2")]
    [InlineData(120, 45, "--validators 3")]
    [InlineData(200, 60, "--arbitrageurs 1")]
    public async Task What_it_shows_fits_its_window(int columns, int lines, string who)
    {
        var devnet = $"dotnet {Tao20Process.Program} devnet --duration 5s --seed 5 {who} --http-port 0 --rpc-port 0";
        var start = new ProcessStartInfo("script", ["-qec", $"stty cols {columns} rows {lines}; {devnet}", "/dev/null"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        start.Environment["TERM"] = "xterm-256color";
        using var terminal = Process.Start(start)!;

        // A part alone, and all again.
        await terminal.StandardInput.WriteAsync("20");
        await terminal.StandardInput.FlushAsync();
        var said = await terminal.StandardOutput.ReadToEndAsync().WaitAsync(Patience);
        await terminal.WaitForExitAsync(new CancellationTokenSource(Patience).Token);
        Assert.True(terminal.ExitCode == 0, said);

        var (opened, closed) = (said.IndexOf(Opens, StringComparison.Ordinal), said.LastIndexOf(Closes, StringComparison.Ordinal));
        Assert.True(opened >= 0 && closed > opened, said);
        var frames = said[opened..closed].Split("\u001b[H")[1..].Select(Shown).ToList();
        Assert.NotEmpty(frames);
        Assert.All(frames, frame => AssertFits(frame, columns, lines));
        Assert.Contains(frames, frame => frame[0].StartsWith("TAO20 devnet, seed 5", StringComparison.Ordinal));
        Assert.Contains(frames, frame => frame.Any(line => line.StartsWith("Ranking if the epoch ended now", StringComparison.Ordinal)));
        Assert.All(frames, frame => Assert.Contains("/status", frame[^1], StringComparison.Ordinal));

        // What it came to stays, and is as wide as the window at most.
        var summary = Shown(said[closed..]);
        AssertFits(summary, columns, int.MaxValue);
        if (who.Contains("arbitrageurs", StringComparison.Ordinal))
            Assert.Contains(summary, line => line.Contains("conserved to the wei", StringComparison.Ordinal));
        Assert.Contains(summary, line => line.Contains(" equal", StringComparison.Ordinal));
        var addresses = summary.SelectMany(line => Address().Matches(line).Select(match => match.Value));
        Assert.All(addresses, address => Assert.True(address.Length is 14 or 42 or 66, address));
    }

    private static void AssertFits(IReadOnlyList<string> shown, int columns, int lines)
    {
        Assert.InRange(shown.Count, 1, lines);
        Assert.All(
            shown,
            line => Assert.True(new StringInfo(line).LengthInTextElements <= columns, $"{line.Length} of {columns} columns: {line}")
        );
    }

    private static IReadOnlyList<string> Shown(string text) =>
        [.. Escape().Replace(text, "").TrimEnd('\r', '\n').Split('\n').Select(line => line.TrimEnd('\r'))];

    [GeneratedRegex(@"\u001b\[[0-9;?]*[A-Za-z]")]
    private static partial Regex Escape();

    [GeneratedRegex(@"0x[0-9a-f]+(\.\.[0-9a-f]{4})?")]
    private static partial Regex Address();
}
