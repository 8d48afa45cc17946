using System.Text.Json.Nodes;
using Microsoft.Data.Sqlite;
using static Tao20.EndToEnd.Tests.Json;

namespace Tao20.EndToEnd.Tests;

/// <summary>Several validators of the real executable: separate actors, journals and keys that meet only on a real local chain.</summary>
public sealed class DevnetValidatorsTests : InDirectory
{
    private const string Bond = "2000000000000000000000";

    // What the devnet lets a validator be behind before it waits for it.
    private const ulong MostBlocksBehind = 6;

    [Fact]
    public async Task Ten_epochs_of_honest_validators_settle_without_a_violation_and_leave_equal_books_also_through_an_upgrade()
    {
        string[] upgrade = ["--chain-spec", "425", "--upgrade-to", "473"];
        var summary = await RunAsync(["--duration", "42s", "--epoch", "4s", "--data-dir", Directory, .. upgrade]);
        Assert.All(summary["upgrade"]!["nodes"]!.AsArray(), node => Assert.Equal(0, node!["sentUnchecked"]!.GetValue<int>()));
        Assert.True(summary["epochs"]!.AsArray().Count >= 10);
        Assert.All(
            summary["rounds"]!.AsArray(),
            round =>
            {
                Assert.Equal("Settled", Text(round, "state"));
                Assert.Equal(4, round!["attested"]!.GetValue<int>());
                Assert.Empty(round["violations"]!.AsArray());
            }
        );
        Assert.All(
            summary["validators"]!.AsArray(),
            validator => Assert.Equal(("Active", Bond), (Text(validator, "standing"), Text(validator, "stakeWei")))
        );

        // What each has settled is the same, byte for byte, in its own journal.
        var settled = await Task.WhenAll(
            new[] { "", "validator-2", "validator-3", "validator-4" }.Select(name =>
                SettledBytesAsync(System.IO.Path.Combine(Directory, name, "journal.db"))
            )
        );
        Assert.True(settled[0].Count >= 10);
        Assert.All(settled, bytes => Assert.Equal(settled[0], bytes));

        // Weights: as attested, by everyone, and on a chain of 12 s blocks within a minute; here a block takes a moment, and a validator
        // may be some blocks behind. The last epoch ends right after the one before.
        var weights = summary["weights"]!.AsArray();
        Assert.All(weights, set => Assert.True(Text(set, "stage") is "Set" or "Superseded", set!.ToJsonString()));
        var set = weights.Where(one => Text(one, "stage") == "Set").ToList();
        Assert.True(set.Count >= 4 * 9, $"{set.Count}");
        Assert.All(
            set.GroupBy(one => one!["epoch"]!.GetValue<ulong>()),
            epoch => Assert.Single(epoch.Select(one => one!["weights"]!.ToJsonString()).Distinct())
        );
        var blocks = set.Select(one => one!["blocksAfterEpoch"]!.GetValue<ulong>()).Order().ToList();
        Assert.True(
            blocks[blocks.Count / 2] <= 60 / 12 + MostBlocksBehind,
            $"blocks from an epoch's end to its weights: {string.Join(' ', blocks)}"
        );
    }

    [Fact]
    public async Task Where_the_subnet_wants_it_weights_are_committed_to_and_revealed()
    {
        var summary = await RunAsync("--duration", "6s", "--epoch", "6s", "--commit-reveal", "--chain-spec", "425");
        var weights = summary["weights"]!.AsArray();
        Assert.NotEmpty(weights);
        Assert.All(
            weights.Where(one => Text(one, "stage") != "Superseded"),
            set => Assert.True(Text(set, "stage") == "Set" && set!["committedBlock"] is not null, set!.ToJsonString())
        );
        Assert.True(summary["weightsOnChain"]!.GetValue<bool>());
    }

    [Fact]
    public async Task A_liar_is_slashed_once_by_exactly_what_the_table_says()
    {
        const string slashed = "300000000000000000000";
        var summary = await RunAsync("--duration", "3s", "--epoch", "30s", "--byzantine", "2:nav=+3%");
        var violations = summary["rounds"]!.AsArray().SelectMany(round => round!["violations"]!.AsArray()).ToList();
        Assert.All(violations, one => Assert.Equal(("Severe", true), (Text(one, "severity"), one!["punished"]!.GetValue<bool>())));
        var liar = summary["validators"]!.AsArray().Single(validator => Text(validator, "slashedWei") != "0");
        Assert.Equal("Probation", Text(liar, "standing"));
        Assert.Equal(slashed, Text(liar, "slashedWei"));
        Assert.Equal(Text(liar, "address"), Text(Assert.Single(violations), "validator"));
        Assert.Equal(UInt128.Parse(Bond, null) - UInt128.Parse(slashed, null), UInt128.Parse(Text(liar, "stakeWei"), null));
        Assert.All(
            summary["validators"]!.AsArray().Where(validator => validator != liar),
            validator => Assert.Equal(Bond, Text(validator, "stakeWei"))
        );
    }

    [Fact]
    public async Task Shuffled_weights_are_punished_and_the_rounds_go_on()
    {
        var summary = await RunAsync("--duration", "9s", "--epoch", "4s", "--byzantine", "3:weights=shuffle");
        var rounds = summary["rounds"]!.AsArray();
        Assert.All(rounds, round => Assert.Equal("Settled", Text(round, "state")));
        Assert.All(rounds, round => Assert.True(Assert.Single(round!["violations"]!.AsArray())!["punished"]!.GetValue<bool>()));
        Assert.Single(summary["validators"]!.AsArray(), validator => Text(validator, "slashedWei") != "0");
    }

    [Theory]
    [InlineData("7:withhold", "6:copy", "2:flood", "3:twin", "4:rebuild")]
    [InlineData("7:silent", "6:late")]
    public async Task Whatever_some_do_or_go_through_rounds_are_settled_by_the_others_and_nobody_loses_stake(params string[] kinds)
    {
        string[] seven = ["--validators", "7", "--block-time", "150ms", "--duration", "13s", "--epoch", "6s"];
        var summary = await RunAsync([.. seven, .. kinds.SelectMany(kind => new[] { "--byzantine", kind })]);
        var rounds = summary["rounds"]!.AsArray();
        Assert.True(rounds.Count >= 3);
        Assert.All(rounds, round => Assert.Equal(("Settled", 5), (Text(round, "state"), round!["attested"]!.GetValue<int>())));
        Assert.All(rounds, round => Assert.Empty(round!["violations"]!.AsArray()));
        Assert.All(summary["validators"]!.AsArray(), validator => Assert.Equal("0", Text(validator, "slashedWei")));
    }

    [Theory]
    [InlineData("5:nav=+3%")]
    [InlineData("1:nav=lots")]
    [InlineData("0:late")]
    [InlineData("1:rebuild")]
    [InlineData("2:equivocate")]
    [InlineData("liar")]
    public async Task A_kind_of_dishonesty_that_is_not_known_is_named_with_those_that_are(string byzantine)
    {
        var (code, _, process) = await Tao20Process.RunAsync(["devnet", "--validators", "4", "--byzantine", byzantine]);
        Assert.Equal(2, code);
        Assert.Contains(byzantine, process.Lines[^1], StringComparison.Ordinal);
        Assert.Contains("weights=shuffle", process.Lines[^1], StringComparison.Ordinal);
    }

    /// <summary>The settled epochs as a validator's journal holds them.</summary>
    private static async Task<IReadOnlyList<string>> SettledBytesAsync(string journal)
    {
        await using var connection = new SqliteConnection($"Data Source={journal};Mode=ReadOnly;Pooling=false");
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText =
            "SELECT message FROM journal WHERE persistence_id = 'consensus' AND manifest = 'epoch-settled' ORDER BY sequence_number";
        await using var reader = await command.ExecuteReaderAsync();
        var settled = new List<string>();
        while (await reader.ReadAsync())
            settled.Add(Convert.ToHexString(reader.GetFieldValue<byte[]>(0)));
        return settled;
    }

    private static async Task<JsonNode> RunAsync(params string[] options)
    {
        var (code, output, process) = await Tao20Process.RunAsync([
            "devnet",
            "--miners",
            "3",
            "--http-port",
            "0",
            "--json",
            .. options.Contains("--validators") ? [] : new[] { "--validators", "4", "--block-time", "100ms" },
            .. options,
        ]);
        Assert.True(code == 0, $"{code}\n{process.Errors}\n{output}");
        var summary = JsonNode.Parse(output)!;
        Assert.True(summary["booksEqual"]!.GetValue<bool>());
        return summary;
    }
}
