namespace Tao20.EndToEnd.Tests;

/// <summary>What the nodes of a cluster are given.</summary>
public sealed class ClusterCommandTests : InDirectory
{
    [Fact]
    public async Task Certificates_are_made_by_one_authority_whenever_they_are_asked_for()
    {
        string[] command = ["cluster", "certs", "--dir", Directory];
        var (code, output, _) = await Tao20Process.RunAsync([.. command, "--node", "node-1", "10.0.0.7", "--days", "30"]);
        Assert.Equal(0, code);
        Assert.Contains($"until {DateTimeOffset.UtcNow.AddDays(30):yyyy-MM-dd}", output, StringComparison.Ordinal);
        var authority = await File.ReadAllTextAsync(System.IO.Path.Combine(Directory, "ca.pem"));

        // A year later, for another node.
        Assert.Equal(0, (await Tao20Process.RunAsync([.. command, "--node", "node-2"])).ExitCode);
        Assert.Equal(authority, await File.ReadAllTextAsync(System.IO.Path.Combine(Directory, "ca.pem")));
        string[] files = ["ca.pem", "node-1.pem", "10.0.0.7.pem", "node-2.pem"];
        Assert.All(files, file => Assert.True(File.Exists(System.IO.Path.Combine(Directory, file))));
        Assert.All(files, file => Assert.True(File.Exists(System.IO.Path.Combine(Directory, file.Replace(".pem", "-key.pem")))));

        File.Delete(System.IO.Path.Combine(Directory, "ca-key.pem"));
        await RequireRefusedAsync(command, ["--node", "node-3"], "ca-key.pem have to be there, or neither");
    }

    [Theory]
    [InlineData("--node = a b is no host name or address", "--node", "a b")]
    [InlineData("--days = 0 is out of range", "--node", "a", "--days", "0")]
    [InlineData("--node", "--days", "1")]
    public Task What_cannot_be_made_is_refused(string words, params string[] more) =>
        RequireRefusedAsync(["cluster", "certs", "--dir", Directory], more, words);

    private static async Task RequireRefusedAsync(string[] command, string[] more, string words)
    {
        var (code, _, process) = await Tao20Process.RunAsync([.. command, .. more]);
        Assert.Equal(2, code);
        Assert.Contains(words, process.Lines[0], StringComparison.Ordinal);
    }
}
