using Tao20.Tests;
using Xunit.Abstractions;

namespace Tao20.EndToEnd.Tests;

/// <summary>A validator whose disk is lost at some moment of an epoch, and that goes on from a backup of any age.</summary>
public sealed class RestoredValidatorTests(ITestOutputHelper output) : OneValidator
{
    private static readonly int Losses = Environment.GetEnvironmentVariable("TAO20_SOAK") == "1" ? 50 : 3;

    [Fact]
    public async Task It_commits_states_and_sets_weights_once_in_each_epoch()
    {
        var random = new Random(TestSeed.Of(output));
        var journal = System.IO.Path.Combine(Directory, "node");
        var backups = new Backups(journal, System.IO.Path.Combine(Directory, "backups"));
        var running = Start("node", Fixture.Node.Url);
        try
        {
            for (var epoch = 0UL; epoch < (ulong)Losses; epoch++)
            {
                await FollowedAsync(running);
                var before = await NonceAsync();
                await EpochAsync();
                await PassAsync(random);
                await backups.TakeAsync();
                await PassAsync(random);
                await running.DisposeAsync();
                var age = await backups.LoseAsync(random);
                running = Start("node", Fixture.Node.Url);
                var where = $"epoch {epoch}, a backup with {age} after it";
                await DoneAsync(running, epoch, where);
                Assert.True(await NonceAsync() == before + 3, $"{where}: {await NonceAsync() - before} transactions instead of 3");
                Assert.Empty((await running.StatusAsync())["faults"]!.AsArray());
            }
        }
        finally
        {
            await running.DisposeAsync();
        }
    }

    /// <summary>Some blocks, with the moments in between that a node needs for a step: where in its work it is then is chance.</summary>
    private async Task PassAsync(Random random)
    {
        for (var blocks = random.Next(0, 6); blocks > 0; blocks--)
        {
            await MineAsync(CancellationToken.None);
            await Task.Delay(random.Next(0, 300)); // the moment of the backup, and of the loss, is the point of this test
        }
    }
}
