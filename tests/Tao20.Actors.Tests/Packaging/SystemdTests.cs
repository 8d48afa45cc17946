using System.Diagnostics;
using Microsoft.Extensions.Configuration;
using Tao20.Node;
using Tao20.Node.Commands;
using Tao20.Node.Configuration;
using Tao20.Node.Hosting;
using Tao20.Tests;

namespace Tao20.Actors.Tests.Packaging;

/// <summary>The unit of the miner starts what there is, as the sample of settings says, and tries again what a start can mend.</summary>
[Trait("Category", "Fast")]
public sealed class SystemdTests
{
    private const string Analyze = "/usr/bin/systemd-analyze";
    private static readonly string UnitFile = RepositoryFiles.PathOf("docker", "systemd", "tao20-miner.service");
    private static readonly ILookup<string, string> Unit = File.ReadAllLines(UnitFile)
        .Where(line => line.Length > 0 && line[0] is not ('#' or '['))
        .Select(line => line.Split('=', 2))
        .ToLookup(pair => pair[0], pair => pair[1]);

    [Fact]
    public void It_starts_a_miner_with_the_settings_of_the_sample()
    {
        var words = One("ExecStart").Split(' ');
        Assert.Equal(["/opt/tao20/tao20", "miner"], words.Take(2));
        var parsed = MinerCommand.Create().Parse([.. words.Skip(2)]);
        Assert.Empty(parsed.Errors);
        var sample = NodeConfiguration.Load([], RepositoryFiles.PathOf("config", "miner_config.conf"), AppContext.BaseDirectory);
        Assert.Equal(sample["DataDir"], parsed.GetValue<string>("--data-dir"));
        Assert.Equal(sample["DataDir"], $"/var/lib/{One("StateDirectory")}");
        var settings = $"/etc/{One("ConfigurationDirectory")}";
        Assert.Equal(settings, Path.GetDirectoryName(parsed.GetValue<string>("--hocon")));
        Assert.Equal(settings, Path.GetDirectoryName(sample.GetValue<string>("Miner:KeyFile")));
    }

    [Fact]
    public void What_a_start_cannot_mend_is_not_tried_again()
    {
        var ends = One("RestartPreventExitStatus").Split(' ').Select(code => int.Parse(code, null)).ToList();
        Assert.All(ends, code => Assert.Contains(code, ExitCodes.All.Select(known => known.Number)));
        Assert.DoesNotContain(ExitCodes.Unreachable, ends);
        Assert.DoesNotContain(ExitCodes.OutOfMemory, ends);
        Assert.DoesNotContain(ExitCodes.Failed, ends);
        Assert.Equal("on-failure", One("Restart"));
    }

    [Fact]
    public void It_has_the_open_files_that_a_node_needs() => Assert.True(int.Parse(One("LimitNOFILE"), null) >= OpenFiles.Needed);

    [FactWithProgram(Analyze)]
    public async Task Systemd_takes_it()
    {
        using var process = Process.Start(
            new ProcessStartInfo(Analyze, ["verify", "--man=no", UnitFile]) { RedirectStandardError = true }
        )!;
        var said = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        var about = said.Split('\n').Where(line => line.Contains("tao20", StringComparison.Ordinal));

        // The program is not installed here.
        Assert.All(about, line => Assert.Contains("/opt/tao20/tao20 is not executable", line, StringComparison.Ordinal));
    }

    private static string One(string key) => Assert.Single(Unit[key]);
}
