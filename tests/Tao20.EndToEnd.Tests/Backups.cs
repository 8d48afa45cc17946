namespace Tao20.EndToEnd.Tests;

/// <summary>Backups of one journal, taken by <c>tao20 journal backup</c> while its node runs, and how it comes back from one.</summary>
/// <param name="journal">The data directory.</param>
/// <param name="backups">Where backups are kept.</param>
internal sealed class Backups(string journal, string backups)
{
    private readonly List<string> _taken = [];

    /// <summary>Takes one.</summary>
    public async Task TakeAsync()
    {
        var file = Path.Combine(Directory.CreateDirectory(backups).FullName, $"{_taken.Count}.db");
        var (code, output, process) = await Tao20Process.RunAsync(["journal", "backup", "--data-dir", journal, "--to", file]);
        Assert.True(code == 0, process.Errors);
        Assert.Contains("folded again: no differences", output, StringComparison.Ordinal);
        _taken.Add(file);
    }

    /// <summary>The disk is lost, and a backup of any age comes in its place.</summary>
    /// <returns>How many were taken after it.</returns>
    public async Task<int> LoseAsync(Random random)
    {
        Directory.Delete(journal, recursive: true);
        var age = random.Next(_taken.Count);
        var (code, output, process) = await Tao20Process.RunAsync([
            "journal",
            "restore",
            "--from",
            _taken[^(age + 1)],
            "--to",
            $"sqlite:{journal}",
        ]);
        Assert.True(code == 0, process.Errors);
        Assert.Contains("start the node", output, StringComparison.Ordinal);
        return age;
    }
}
