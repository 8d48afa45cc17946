using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;
using Tao20.Actors.Journal;
using Tao20.Chain;
using Tao20.Chain.Contracts;
using Tao20.Chain.JsonRpc;
using Tao20.Domain.Units;

namespace Tao20.EndToEnd.Tests;

/// <summary>
/// A history of which a piece is missing: it is named with the miner, the amount and the blocks, and a journal that was folded without it
/// is folded anew.
/// </summary>
public sealed partial class RebuildTests : InDirectory, IAsyncLifetime
{
    private const ulong FinalAfter = 2;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    private static readonly Dictionary<string, string> Quick = new()
    {
        ["TAO20_Chain__RequestTimeout"] = "2s",
        ["TAO20_Chain__PollInterval"] = "200ms",
        ["TAO20_Chain__RetryDelay"] = "20ms",
        ["TAO20_Chain__WebSocket"] = "false",
    };

    private ChainFixture _chain = null!;

    public enum Piece
    {
        Beginning,
        Middle,
        End,
    }

    public async Task InitializeAsync()
    {
        _chain = await ChainFixture.StartAsync(5);
        await _chain.TradeAsync(115);
    }

    async Task IAsyncLifetime.DisposeAsync() => await _chain.DisposeAsync();

    [Theory]
    [InlineData(Piece.Beginning)]
    [InlineData(Piece.Middle)]
    [InlineData(Piece.End)]
    public async Task A_missing_piece_is_named_and_found_at_a_second_endpoint(Piece piece)
    {
        var (advance, head) = (await LastAdvanceAsync(), await HeadAsync());
        var (first, last) = piece switch
        {
            Piece.Beginning => (0UL, advance - 50),
            Piece.Middle => (advance - 30, advance - 10),
            _ => (advance + 1, head),
        };
        await using var forgetful = await ProviderProxy.ForgettingAsync(_chain.Chain.Rpc, first, last);
        var directory = System.IO.Path.Combine(Directory, "node");
        await using (
            var process = Tao20Process.Start(_chain.ValidatorArgumentsBehind(forgetful.Url.ToString(), directory), environment: Quick)
        )
        {
            var status = await process.UntilAsync(IsLocated, TimeSpan.FromSeconds(60));
            await RequireNamedAsync(status["faults"]![0]!, piece, first, last);
        }

        var both = $"{forgetful.Url},{_chain.Chain.Rpc}";
        var (code, _, rebuild) = await Tao20Process.RunAsync(RebuildArguments(both, directory), environment: Quick);
        Assert.True(code == 0, rebuild.Errors);
        Assert.Contains("The former journal is ", rebuild.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("SECRET", rebuild.Errors, StringComparison.Ordinal);
        await RequireAsUndisturbedAsync(_chain.ValidatorArgumentsBehind(both, directory));
    }

    [Fact]
    public async Task A_node_rebuilds_its_journal_by_itself_where_it_is_told_to()
    {
        var head = await HeadAsync();
        await using var forgetful = await ProviderProxy.ForgettingAsync(_chain.Chain.Rpc, head - 80, head - 50);

        // In ranges so small that whole ones are missing: within a larger one it is seen before anything is folded.
        var environment = new Dictionary<string, string>(Quick)
        {
            ["TAO20_Chain__RebuildOnDivergence"] = "true",
            ["TAO20_Chain__FirstRangeBlocks"] = "16",
            ["TAO20_Chain__MaxRangeBlocks"] = "16",
        };
        var arguments = _chain.ValidatorArgumentsBehind($"{forgetful.Url},{_chain.Chain.Rpc}", System.IO.Path.Combine(Directory, "node"));
        await RequireAsUndisturbedAsync(arguments, environment, "has taken the place of the former one");
    }

    [Fact]
    public async Task What_the_index_of_the_only_endpoint_lacks_is_found_in_its_receipts()
    {
        var head = await HeadAsync();
        await using var lacking = await ProviderProxy.LackingAsync(_chain.Chain.Rpc, head - 80, head - 50, $"{_chain.Economy.Miners[0]}");
        var directory = System.IO.Path.Combine(Directory, "node");
        var arguments = _chain.ValidatorArgumentsBehind(lacking.Url.ToString(), directory);
        var environment = new Dictionary<string, string>(Quick) { ["TAO20_Chain__VerifyHeadersWithin"] = "0" };
        await using (var process = Tao20Process.Start(arguments, environment: environment))
            await process.UntilAsync(IsLocated, Patience);

        var (code, _, rebuild) = await Tao20Process.RunAsync(RebuildArguments(lacking.Url.ToString(), directory), environment: Quick);
        Assert.True(code == 0, rebuild.Errors);
        await RequireAsUndisturbedAsync(arguments);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_end_of_an_epoch_that_is_missing_is_named_and_found_in_the_receipts(bool last)
    {
        var advance = await LastAdvanceAsync();
        if (!last)
            await _chain.Traders.FinishAsync(CancellationToken.None);
        await using var lacking = await ProviderProxy.LackingAsync(_chain.Chain.Rpc, advance, advance, $"{Tao20Events.EpochAdvanced}");
        var directory = System.IO.Path.Combine(Directory, "node");
        var arguments = _chain.ValidatorArgumentsBehind(lacking.Url.ToString(), directory);
        await using (var process = Tao20Process.Start(arguments, environment: Quick))
        {
            var status = await process.UntilAsync(IsLocated, Patience);
            Assert.Contains(
                $"the ends of 1 epochs in blocks {advance} to {advance} are missing",
                status["faults"]![0]!["message"]!.GetValue<string>(),
                StringComparison.Ordinal
            );
        }

        var (code, _, rebuild) = await Tao20Process.RunAsync(RebuildArguments(lacking.Url.ToString(), directory), environment: Quick);
        Assert.True(code == 0, rebuild.Errors);
        await RequireAsUndisturbedAsync(arguments);
    }

    [Fact]
    public async Task A_rebuild_may_be_killed_at_any_time()
    {
        var head = await HeadAsync();
        var seed = Random.Shared.Next();
        var random = new Random(seed);
        await using var forgetful = await ProviderProxy.ForgettingAsync(_chain.Chain.Rpc, head - 80, head - 50);
        var directory = System.IO.Path.Combine(Directory, "node");
        await using (
            var process = Tao20Process.Start(_chain.ValidatorArgumentsBehind(forgetful.Url.ToString(), directory), environment: Quick)
        )
            await process.UntilAsync(IsLocated, Patience);

        var both = $"{forgetful.Url},{_chain.Chain.Rpc}";
        for (var kill = 0; kill < 5; kill++)
        {
            await using var process = Tao20Process.Start(RebuildArguments(both, directory), environment: Quick);
            using var lived = new CancellationTokenSource(TimeSpan.FromMilliseconds(random.Next(300, 5_000)));
            await process.EndedAsync(lived.Token);
            await process.KillAsync();
        }

        var (code, _, rebuild) = await Tao20Process.RunAsync(RebuildArguments(both, directory), environment: Quick);
        Assert.True(code == 0, $"seed {seed}: {rebuild.Errors}");
        await RequireAsUndisturbedAsync(_chain.ValidatorArgumentsBehind(both, directory));
    }

    [Fact]
    public async Task What_cannot_be_rebuilt_says_why_and_leaves_the_journal_as_it_was()
    {
        var head = await HeadAsync();
        await using var forgetful = await ProviderProxy.ForgettingAsync(_chain.Chain.Rpc, head - 80, head - 50);
        var directory = System.IO.Path.Combine(Directory, "node");
        var arguments = RebuildArguments(forgetful.Url.ToString(), directory);
        await RequireRefusedAsync(arguments, 5, $"The journal in {directory} is empty");
        await using (
            var process = Tao20Process.Start(_chain.ValidatorArgumentsBehind(forgetful.Url.ToString(), directory), environment: Quick)
        )
        {
            await process.UntilAsync(IsLocated, Patience);
            await RequireRefusedAsync(arguments, 5, "is in use by another process");
        }

        var journal = RowsOf(directory);
        await RequireRefusedAsync(arguments, 1, "The receipts of these blocks do not have them at any endpoint either");
        await RequireRefusedAsync([.. arguments, "--from-block", "5"], 5, "asked for is chain 31337");
        await RequireRefusedAsync(RebuildArguments("http://127.0.0.1:1", directory), 3, "#1 127.0.0.1:1 cannot be used");
        await RequireRefusedAsync(["journal", "rebuild"], 2, "DataDir is missing: give --data-dir");
        Assert.Equal(journal, RowsOf(directory));
    }

    private static bool IsLocated(JsonObject status) =>
        status["faults"]!.AsArray() is [{ } fault]
        && fault["message"]!.GetValue<string>().Contains(" are missing. ", StringComparison.Ordinal);

    private static Match Located(JsonNode fault) => GapText().Match(fault["message"]!.GetValue<string>());

    [GeneratedRegex(
        "had counted (?<before>[0-9]+) wei for miner (?<miner>0x[0-9a-f]{40}) before block (?<first>[0-9]+), and (?<after>[0-9]+) wei with "
            + "block (?<last>[0-9]+): trades worth (?<wei>[0-9]+) wei in blocks [0-9]+ to [0-9]+ are missing\\. "
    )]
    private static partial Regex GapText();

    private List<string> RebuildArguments(string endpoints, string directory) =>
        ["journal", "rebuild", "--rpc", endpoints, "--contract", _chain.Economy.Index.ToString(), "--data-dir", directory];

    private async Task<ulong> HeadAsync() => await _chain.Chain.Client.BlockNumberAsync(CancellationToken.None);

    /// <summary>The block in which the last epoch that is over has ended; so many blocks of trades are after it that they show.</summary>
    private async Task<ulong> LastAdvanceAsync()
    {
        var head = await HeadAsync();
        var open = (await AllAsync(head)).Epoch;
        var block = head;
        while ((await AllAsync(block - 1)).Epoch == open)
            block--;
        await _chain.TradeAsync(Math.Max(0, 20 - (int)(head - block)));
        return block;
    }

    /// <summary>What the fault says of the miner is what the contract has counted at the ends of the piece, and no block more.</summary>
    private async Task RequireNamedAsync(JsonNode fault, Piece piece, ulong first, ulong last)
    {
        Assert.Equal(piece == Piece.Middle ? "FoldDivergence" : "HistoryMissing", fault["kind"]!.GetValue<string>());
        var match = Located(fault);
        var miner = Address.Parse(match.Groups["miner"].Value);
        var (from, to) = (Block("first"), Block("last"));
        Assert.InRange(from, first, last);
        Assert.InRange(to, from, last);
        Assert.Equal(Wei("before"), first == 0 ? 0 : await CountedAsync(miner, first - 1));
        Assert.Equal(Wei("after"), await CountedAsync(miner, piece == Piece.End ? last - FinalAfter : last));
        Assert.Equal(Wei("wei"), Wei("after") - Wei("before"));
        Assert.True(await CountedAsync(miner, from) > Wei("before"));
        Assert.True(await CountedAsync(miner, to - 1) < Wei("after"));

        ulong Block(string name) => ulong.Parse(match.Groups[name].Value, CultureInfo.InvariantCulture);

        UInt128 Wei(string name) => UInt128.Parse(match.Groups[name].Value, CultureInfo.InvariantCulture);
    }

    private async Task<UInt128> CountedAsync(Address miner, ulong block) => (await AllAsync(block)).Totals.GetValueOrDefault(miner);

    private async Task<(ulong Epoch, IReadOnlyDictionary<Address, UInt128> Totals)> AllAsync(ulong block)
    {
        var options = new ChainOptions { Endpoints = [_chain.Chain.Rpc], Contract = _chain.Economy.Index };
        using var transport = new HttpRpcTransport(options.EndpointNames[0], options);
        var counts = new ContractCounts(new EndpointPool([transport], NullLogger.Instance), _chain.Economy.Index, 0, NullLogger.Instance);
        return (await counts.AllAsync(block, CancellationToken.None))!.Value;
    }

    /// <summary>A node comes to what one comes to behind an endpoint that has forgotten nothing.</summary>
    private async Task RequireAsUndisturbedAsync(
        IEnumerable<string> arguments,
        Dictionary<string, string>? environment = null,
        string? says = null
    )
    {
        var head = await HeadAsync();
        await using var node = Tao20Process.Start(arguments, environment: environment ?? Quick);
        await using var undisturbed = Tao20Process.Start(
            _chain.ValidatorArguments(System.IO.Path.Combine(Directory, "undisturbed")),
            environment: Quick
        );
        var expected = await undisturbed.UntilAsync(IsLevel, Patience);
        if (says is not null)
            await node.UntilLogAsync(says, Patience);
        var status = await node.UntilAsync(IsLevel, Patience);
        Assert.Empty(status["faults"]!.AsArray());
        foreach (var part in (string[])["miners", "ranking", "settled", "epoch"])
            Assert.True(expected[part]!.ToJsonString() == status[part]!.ToJsonString(), $"{part}: {expected}\n{status}");
        Assert.Equal(expected["cursor"]!["trades"]!.GetValue<long>(), status["cursor"]!["trades"]!.GetValue<long>());

        bool IsLevel(JsonObject status) =>
            status["cursor"]?["block"]?.GetValue<ulong>() >= head - 2 && status["epoch"]!["awaitingSettlement"]!.AsArray().Count == 0;
    }

    private static List<string> RowsOf(string directory)
    {
        using var connection = new SqliteConnection(SqliteJournal.ConnectionString(directory));
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText =
            "SELECT persistence_id || sequence_number || hex(message) FROM journal "
            + "UNION ALL SELECT persistence_id || sequence_number || hex(snapshot) FROM snapshot ORDER BY 1";
        using var reader = command.ExecuteReader();
        var rows = new List<string>();
        while (reader.Read())
            rows.Add(reader.GetString(0));
        return rows;
    }

    private static async Task RequireRefusedAsync(IEnumerable<string> arguments, int exitCode, string words)
    {
        var (code, _, process) = await Tao20Process.RunAsync(arguments, environment: Quick);
        Assert.Contains(words, process.Errors, StringComparison.Ordinal);
        Assert.Equal(exitCode, code);
    }
}
