using Npgsql;
using Tao20.Devnet.PostgreSql;

namespace Tao20.EndToEnd.Tests;

/// <summary>What was sent and what is under way no chain gives back: a rebuilt journal has it, in either database.</summary>
public sealed class RebuildKeepsTests : OneValidator
{
    [Fact]
    public async Task An_epoch_that_is_attested_is_not_attested_again_after_a_rebuild()
    {
        await AttestRebuildAttestAsync([]);
        Assert.Single(System.IO.Directory.GetFiles(System.IO.Path.Combine(Directory, "node"), "journal.replaced-*.db"));
    }

    [Fact]
    public async Task Nor_with_a_journal_in_PostgreSql_which_no_node_may_use_meanwhile()
    {
        await using var database = await PostgreSqlServer.StartAsync();
        await AttestRebuildAttestAsync(
            new Dictionary<string, string>
            {
                ["TAO20_Journal__Kind"] = "PostgreSql",
                ["TAO20_Journal__ConnectionString"] = database.ConnectionString,
            }
        );
        await using var connection = new NpgsqlConnection(database.ConnectionString);
        await connection.OpenAsync();
        await using var schemas = new NpgsqlCommand("SELECT count(*) FROM pg_namespace WHERE nspname LIKE 'tao20\\_re%'", connection);
        Assert.Equal(1L, await schemas.ExecuteScalarAsync());
    }

    private async Task AttestRebuildAttestAsync(Dictionary<string, string> more)
    {
        string[] rebuild =
        [
            "journal",
            "rebuild",
            "--rpc",
            $"{Fixture.Node.Url}",
            "--contract",
            $"{Fixture.Economy.Index}",
            "--registry",
            $"{Registry}",
            "--data-dir",
            System.IO.Path.Combine(Directory, "node"),
        ];
        var inDatabase = more.Count > 0;
        var before = await NonceAsync();
        await using (var node = Start("node", Fixture.Node.Url, more: more))
        {
            await FollowedAsync(node);
            await EpochAsync();
            await DoneAsync(node, 0, "the first epoch");

            // Beside a node in another directory, which the lock of a directory does not show.
            string[] elsewhere = inDatabase ? [.. rebuild[..^1], System.IO.Path.Combine(Directory, "elsewhere")] : rebuild;
            var (refused, _, said) = await Tao20Process.RunAsync(elsewhere, environment: more);
            Assert.Equal(inDatabase ? 8 : 5, refused);
            Assert.Contains(inDatabase ? "a node on " : "is in use by another process", said.Errors, StringComparison.Ordinal);
            node.Interrupt();
            Assert.Equal(0, await node.ExitAsync(Patience));
        }

        Assert.Equal(before + 3, await NonceAsync());
        var (code, _, process) = await Tao20Process.RunAsync(rebuild, environment: more);
        Assert.True(code == 0, process.Errors);
        Assert.Contains("all epochs that were settled have the same ranking root", process.Errors, StringComparison.Ordinal);
        await using var again = Start("node", Fixture.Node.Url, more: more);
        await FollowedAsync(again);
        await EpochAsync();
        await DoneAsync(again, 1, "the second epoch");
        Assert.Equal(before + 6, await NonceAsync());
        Assert.Empty((await again.StatusAsync())["faults"]!.AsArray());
    }
}
