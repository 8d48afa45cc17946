using Microsoft.Extensions.Logging.Abstractions;
using Tao20.Chain.Checks;
using Tao20.Chain.Contracts;
using Tao20.Chain.JsonRpc;
using Tao20.Chain.Runtime;
using Tao20.Chain.Substrate;
using Tao20.Domain.Checks;
using Tao20.Domain.Runtime;
using Tao20.Tests;

namespace Tao20.Chain.Tests.Checks;

/// <summary>The check as a whole: of a spec that nobody has seen, of a gateway, before and after an upgrade.</summary>
public sealed class CheckTests : IAsyncLifetime
{
    private CheckedChain _chain = null!;

    public async Task InitializeAsync() => _chain = await CheckedChain.StartAsync(425);

    public async Task DisposeAsync() => await _chain.DisposeAsync();

    [Fact]
    public async Task After_an_upgrade_what_has_changed_is_told_and_of_a_spec_that_nobody_has_seen_only_what_is_proved_is_used()
    {
        var june = await _chain.CheckAsync();
        await _chain.SetAsync("setSpec", 473u);
        var october = await _chain.CheckAsync(_chain.Subject with { Before = june });
        Assert.Equal(RuntimeProfile.Spec473, october.Profile);
        Assert.Empty(october.Off);

        // Rows that only the later spec has are asked from now on.
        Assert.Equal([23, 25, 30], october.DifferencesFrom(june).Select(row => row.Row));

        // Spec 500: another minimum, transfers that are capped again, and no index of UIDs.
        object[] rules = [500u, true, true, false, true, true, true, 2_000_000UL, 300_000UL, 20_000_000UL];
        await _chain.SetAsync("setRules", [rules]);
        var unknown = await _chain.CheckAsync(_chain.Subject with { Before = october });
        Assert.Equal(RuntimeProfile.Unknown, unknown.Profile);
        var changed = unknown.DifferencesFrom(october).ToDictionary(row => row.Row, row => row.Outcome);
        Assert.Equal(
            new Dictionary<int, CheckOutcome>
            {
                [1] = CheckOutcome.Warn,
                [14] = CheckOutcome.Refuse,
                [17] = CheckOutcome.Refuse,
                [20] = CheckOutcome.Degrade,
                [21] = CheckOutcome.NotAsked,
            },
            changed
        );

        // It reads, values and attests, sets weights and judges; it does not mint or redeem by rules that it does not know.
        Assert.Equal([ChainAction.Mint, ChainAction.Redeem], unknown.Off);

        // Where nothing that is asked after differs from the last known spec, nothing is off.
        rules = [501u, false, true, true, true, true, true, 2_000_000UL, 100_000UL, 20_000_000UL];
        await _chain.SetAsync("setRules", [rules]);
        Assert.Empty((await _chain.CheckAsync()).Off);
    }

    [Fact]
    public async Task A_gateway_without_the_runtimes_methods_is_only_read_from_and_one_line_says_so()
    {
        _chain.Rpc.Node.HasRuntimeMethods = false;
        var report = await _chain.CheckAsync();
        var row = Assert.Single(report.Results, row => row.Outcome >= CheckOutcome.Degrade);
        Assert.Equal((1, CheckOutcome.Degrade), (row.Row, row.Outcome));
        Assert.Equal(ChainActions.Signs.Order(), report.Off);
        Assert.Contains("only read from", report.Closed(ChainAction.Consensus), StringComparison.Ordinal);
        Assert.Null(report.Closed(ChainAction.Audit));
    }

    [Fact]
    public async Task The_gate_is_closed_before_the_first_check_and_from_an_upgrade_until_it_has_been_checked()
    {
        using var transport = new HttpRpcTransport(
            _chain.Rpc.Url,
            new ChainOptions
            {
                Endpoints = [_chain.Rpc.Url],
                Contract = default,
                Retries = 0,
            }
        );
        var runtime = new RuntimeWatch(new EndpointPool([transport], NullLogger.Instance));
        var gate = new ActionGate(runtime);
        Assert.Contains("not been checked", gate.Closed(ChainAction.Consensus), StringComparison.Ordinal);
        await runtime.RefreshAsync(default);
        gate.Take(await _chain.CheckAsync());
        Assert.All(ChainActions.Signs, action => Assert.Null(gate.Closed(action)));

        // The version is seen before the check: nothing passes in between.
        await _chain.SetAsync("setSpec", 473u);
        await runtime.RefreshAsync(default);
        Assert.All(ChainActions.Signs, action => Assert.Contains("473", gate.Closed(action), StringComparison.Ordinal));
        gate.Take(await _chain.CheckAsync());
        Assert.All(ChainActions.Signs, action => Assert.Null(gate.Closed(action)));

        // The other way round: the node that was checked is ahead of the one that is asked.
        await _chain.SetAsync("setSpec", 425u);
        gate.Take(await _chain.CheckAsync());
        Assert.NotNull(gate.Closed(ChainAction.Weights));
    }

    [Fact]
    public async Task What_the_runtime_declares_is_read_as_it_is_written()
    {
        var pool = new EndpointPool(
            [new HttpRpcTransport(_chain.Rpc.Url, new ChainOptions { Endpoints = [_chain.Rpc.Url], Contract = default })],
            NullLogger.Instance
        );
        var metadata = (await new RuntimeWatch(pool).MetadataAsync(default))!;
        Assert.Equal(2_000_000UL, metadata.Constant("SubtensorModule", "InitialMinStake"));
        Assert.Null(metadata.Constant("SubtensorModule", "InitialMinTransfer"));
        Assert.All(SubnetReader.Items, item => Assert.Null(metadata.DifferenceOf(item)));
        var commits = metadata.Items[("SubtensorModule", "WeightCommits")];
        Assert.Equal(("Vec<([u8;32],u64,u64,u64)>", "Twox64Concat, Twox64Concat"), (commits.Value, string.Join(", ", commits.Hashers)));
        Assert.Contains("is not declared", metadata.DifferenceOf(RuntimeStorage.AssociatedUidsByEvmAddress), StringComparison.Ordinal);
        var other = new StorageItem("SubtensorModule", "Tempo", "u32", KeyHasher.Twox64Concat);
        Assert.Contains("not of Twox64Concat", metadata.DifferenceOf(other), StringComparison.Ordinal);
        Assert.Contains(
            "is a u16, not a u32",
            metadata.DifferenceOf(other with { Hashers = [KeyHasher.Identity] }),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Every_row_is_listed_as_it_is_and_its_number_is_for_ever()
    {
        var listed = File.ReadAllLines(RepositoryFiles.PathOf("docs", "chain-check.md"))
            .SkipWhile(line => !line.StartsWith("|--", StringComparison.Ordinal))
            .Skip(1)
            .TakeWhile(line => line.StartsWith('|'))
            .Select(line => line.Trim('|').Split('|', StringSplitOptions.TrimEntries))
            .Select(row => (int.Parse(row[0], null), row[1], row[2], row[3]));
        Assert.Equal(
            ChainCheck.Rows.Select(row => (row.Number, row.Assumption, row.Expected, row.Otherwise.ToString().ToLowerInvariant())),
            listed
        );
        Assert.Equal(Enumerable.Range(1, 44), ChainCheck.Rows.Select(row => row.Number));
    }
}
