using Tao20.Domain.Registry;
using Tao20.Tests;
using Xunit.Abstractions;

namespace Tao20.Actors.Tests.Consensus;

/// <summary>
/// A validator whose data directory is lost or replaced by an old backup at any moment, or that two processes have the key of, states
/// each epoch once and loses nothing (source: the consensus rules, What is promised).
/// </summary>
public sealed class LostDataTests(ITestOutputHelper output) : OnOneChain(Count)
{
    private const int Count = 4;

    // Beyond the ends of both windows, which have twenty blocks each.
    private const int BlocksOfRound = 44;

    private static int Times => Environment.GetEnvironmentVariable("TAO20_SOAK") == "1" ? 50 : 5;

    [Fact]
    public async Task A_directory_that_is_lost_or_an_old_backup_at_any_moment_costs_no_round_and_no_stake()
    {
        var random = new Random(TestSeed.Of(output));
        await StartAsync();
        await EpochAsync();
        var (directory, backup) = (DirectoryOf(1), System.IO.Path.Combine(Path, "backup"));
        await RestartAsync(() => Copy(directory, backup));
        for (var i = 0; i < Times; i++)
        {
            await TradeAsync();
            await CloseAsync();
            var (moment, isBackup) = (random.Next(BlocksOfRound), random.Next(2) == 0);
            output.WriteLine($"{(isBackup ? "an old backup" : "nothing")} is left {moment} blocks after the end of epoch {i + 1}");
            for (var block = 0; block < moment; block++)
                await PassAsync(None);
            await RestartAsync(() =>
            {
                Directory.Delete(directory, recursive: true);
                if (isBackup)
                    Copy(backup, directory);
            });
            await AgreedAsync(i + 2);
        }
    }

    [Fact]
    public async Task Two_processes_with_one_key_state_each_epoch_once()
    {
        await StartAsync();
        Nodes.Add(await StartAsync(1, null, "twin"));
        for (var epoch = 0; epoch < 2; epoch++)
        {
            await TradeAsync();
            await CloseAsync();
            await AgreedAsync(epoch + 1);
        }
    }

    /// <summary>Waits until everybody has stated the same in so many rounds; nobody has lost anything.</summary>
    private async Task AgreedAsync(int rounds)
    {
        var books = await BooksAsync(book =>
            book.RoundCount == rounds && book.Rounds[^1].Entries.Keys.Count(book.Rounds[^1].Agreed) == Count
        );
        foreach (var book in books)
            Assert.All(
                book.Validators.Values,
                one => Assert.Equal((0L, 0, StandingLevel.Active), (one.Slashes, one.Missed.Count(missed => missed), one.Standing.Level))
            );
    }

    private async Task RestartAsync(Action meanwhile)
    {
        await Nodes[1].DisposeAsync();
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        meanwhile();
        Nodes[1] = await StartAsync(1, null);
    }

    private static void Copy(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (var file in Directory.GetFiles(from))
            File.Copy(file, System.IO.Path.Combine(to, System.IO.Path.GetFileName(file)));
    }
}
