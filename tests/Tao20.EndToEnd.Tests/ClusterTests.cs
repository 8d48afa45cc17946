using System.Globalization;
using System.Text.Json.Nodes;
using Tao20.Chain.Contracts;
using Tao20.Chain.Signing;
using Tao20.Devnet;
using Tao20.Domain.Registry;
using Tao20.Domain.Units;
using Tao20.Tests.PostgreSql;

namespace Tao20.EndToEnd.Tests;

/// <summary>One validator on three nodes with one PostgreSQL journal: the real executable, three times, on a real chain.</summary>
public sealed class ClusterTests : InDirectory, IAsyncLifetime
{
    private const ulong FinalAfter = 2;
    private static readonly TimeSpan TakeOver = TimeSpan.FromSeconds(120);
    private readonly string _secret = string.Concat(Enumerable.Repeat("c3", 32));
    private readonly List<int> _ports = [.. Enumerable.Range(0, 3).Select(_ => Anvil.FreePort())];
    private ChainFixture _chain = null!;
    private ValidatorSet _validators = null!;
    private PostgreSqlServer _database = null!;

    public async Task InitializeAsync()
    {
        _database = await PostgreSqlServer.StartAsync();
        _chain = await ChainFixture.StartAsync(seed: 11);
        (_validators, _) = await ValidatorSet.DeployAsync(
            _chain.Economy,
            [PrivateKey.FromHex(_secret)],
            20,
            _chain.Traders.Time,
            CancellationToken.None,
            ChainFixture.LongWindows
        );
    }

    async Task IAsyncLifetime.DisposeAsync()
    {
        await _chain.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task Whichever_node_is_lost_the_others_go_on_and_nothing_is_lost_or_done_twice()
    {
        await _chain.TradeAsync(10);
        var (made, files, _) = await Tao20Process.RunAsync(
            ["cluster", "certs", "--dir", "certs", "--node", "node-0", "--node", "node-1", "--node", "node-2"],
            Directory
        );
        Assert.Equal((0, 4), (made, files.Trim().Split('\n').Length));
        await using var first = Start(0);
        await first.StatusUriAsync();
        Assert.True((await first.StatusAsync())["cluster"]!["secured"]!.GetValue<bool>());
        await using var second = Start(1);
        await using var third = Start(2);

        // It has found what it has itself, and warns of nothing.
        Assert.DoesNotContain("singleton", first.Errors, StringComparison.OrdinalIgnoreCase);

        // Everyone answers for all of it, wherever it is kept.
        foreach (var node in new[] { first, second, third })
            await RequireTotalsAsync(node);

        // The oldest node has the follower, the coordinator and the account, and a third of the miners. An epoch ends while nobody
        // has them.
        await first.KillAsync();
        await TradeAsync(50, second);
        await RequireTotalsAsync(second);
        await RequireTotalsAsync(third);

        // It comes back, and then the one that took over leaves in peace.
        await using var again = Start(0);
        await again.StatusUriAsync();
        await TradeAsync(10, second);
        second.Interrupt();
        Assert.Equal(0, await second.ExitAsync(TimeSpan.FromSeconds(40)));
        await TradeAsync(50, third);
        await StatedAsync(third);
        await _chain.Traders.FinishAsync(CancellationToken.None);
        await RequireTotalsAsync(third);
        await StatedAsync(third);
        await RequireEachEpochAttestedOnceAsync(again);

        // What they came to is what one node alone comes to that nothing has happened to.
        await using var alone = Tao20Process.Start(_chain.ValidatorArguments(System.IO.Path.Combine(Directory, "alone")));
        var undisturbed = await RequireTotalsAsync(alone);
        var status = await RequireTotalsAsync(again);
        Assert.Equal(undisturbed["settled"]!.ToJsonString(), status["settled"]!.ToJsonString());
        Assert.Equal(undisturbed["ranking"]!.ToJsonString(), status["ranking"]!.ToJsonString());
        Assert.Equal(undisturbed["cursor"]!["trades"]!.GetValue<long>(), status["cursor"]!["trades"]!.GetValue<long>());
    }

    private string Certificate(string name) => System.IO.Path.Combine(Directory, "certs", $"{name}.pem");

    private Tao20Process Start(int node) =>
        Tao20Process.Start(
            _chain.ValidatorArguments(System.IO.Path.Combine(Directory, $"node-{node}"), "--registry", _validators.Registry.ToString()),
            environment: new Dictionary<string, string>
            {
                ["TAO20_VALIDATOR_PRIVATE_KEY"] = _secret,
                ["TAO20_Journal__Kind"] = "PostgreSql",
                ["TAO20_Journal__ConnectionString"] = _database.ConnectionString,
                ["TAO20_Cluster__Enabled"] = "true",
                ["TAO20_Cluster__Port"] = _ports[node].ToString(CultureInfo.InvariantCulture),
                ["TAO20_Cluster__SeedNodes"] = string.Join(',', _ports.Select(port => $"akka.tcp://tao20@127.0.0.1:{port}")),
                ["TAO20_Cluster__CertificateFile"] = Certificate($"node-{node}"),
                ["TAO20_Cluster__CertificateKeyFile"] = Certificate($"node-{node}-key"),
                ["TAO20_Cluster__AuthorityFile"] = Certificate("ca"),
            }
        );

    /// <summary>Trades, none before a node has folded what is final: on the chain it has twelve seconds for each block.</summary>
    private async Task TradeAsync(int blocks, Tao20Process node)
    {
        for (var block = 0; block < blocks; block++)
        {
            await _chain.Traders.StepAsync(CancellationToken.None);
            await FollowedAsync(node);
        }
    }

    /// <summary>Lets blocks go by until the validator has stated what it has committed to of every epoch that is over.</summary>
    private async Task StatedAsync(Tao20Process node)
    {
        var closed = (int)await _chain.Economy.EpochAsync(CancellationToken.None);
        await node.UntilAsync(
            async status =>
            {
                if (status["consensus"]?["rounds"]?.AsArray() is { } rounds && rounds.Count(IsStated) == closed)
                    return true;
                await _chain.Traders.PassAsync(CancellationToken.None);
                await FollowedAsync(node);
                return false;
            },
            TakeOver
        );

        static bool IsStated(JsonNode? round) => round!["attested"]!.AsArray().Count == 1;
    }

    private async Task FollowedAsync(Tao20Process node)
    {
        var final = await _chain.Chain.Client.BlockNumberAsync(CancellationToken.None) - FinalAfter;
        await node.UntilAsync(
            status => status["cursor"]?["block"]?.GetValue<ulong>() >= final && status["check"]?["spec"] is not null,
            TakeOver
        );
    }

    /// <summary>Waits until a node has folded all that is final, and compares every miner's total with the contract's own.</summary>
    private async Task<JsonObject> RequireTotalsAsync(Tao20Process node)
    {
        for (ulong i = 0; i < FinalAfter; i++)
            await _chain.Traders.PassAsync(CancellationToken.None);
        var final = await _chain.Chain.Client.BlockNumberAsync(CancellationToken.None) - FinalAfter;
        var status = await node.UntilAsync(
            status =>
                status["cursor"]?["block"]?.GetValue<ulong>() >= final && status["epoch"]!["awaitingSettlement"]!.AsArray().Count == 0,
            TakeOver
        );
        Assert.Empty(status["faults"]!.AsArray());
        var folded = status["miners"]!
            .AsArray()
            .ToDictionary(miner => miner!["address"]!.GetValue<string>(), miner => miner!["foldedWei"]!.GetValue<string>());
        var counted = (await _chain.Economy.VolumesAsync(CancellationToken.None))
            .Where(volume => volume.Value > 0)
            .ToDictionary(volume => volume.Key.ToString(), volume => volume.Value.ToString(CultureInfo.InvariantCulture));
        Assert.Equal(counted, folded);
        return status;
    }

    /// <summary>
    /// Lets blocks go by until the last epoch's weights are set and nothing is on its way: each epoch has one attestation, and the
    /// account has sent nothing else twice.
    /// </summary>
    private async Task RequireEachEpochAttestedOnceAsync(Tao20Process node)
    {
        var closed = await _chain.Economy.EpochAsync(CancellationToken.None);
        Assert.True(closed >= 3, $"{closed}");
        var status = await node.UntilAsync(
            async status =>
            {
                await _chain.Traders.PassAsync(CancellationToken.None);
                var self = status["validator"]!;
                return self["transactions"]!["open"]!.AsArray().Count == 0
                    && self["weights"]!.AsArray().LastOrDefault() is { } last
                    && last["epoch"]!.GetValue<ulong>() == closed - 1
                    && last["stage"]!.GetValue<string>() == "Set";
            },
            TakeOver
        );
        // Who takes over in the middle of a window states what the other has committed to.
        var facts = await FactsAsync();
        var rounds = Enumerable.Range(1, (int)closed).Select(round => (long)round).ToList();
        Assert.Equal(rounds, facts.OfType<RegistryFact.Committed>().Select(fact => fact.Round));
        Assert.Equal(rounds, facts.OfType<RegistryFact.Attested>().Select(fact => fact.Round));
        Assert.Equal(0, status["validator"]!["transactions"]!["foreign"]!.GetValue<long>());
    }

    /// <summary>All that the registry has logged.</summary>
    private async Task<IReadOnlyList<RegistryFact>> FactsAsync()
    {
        var logs = await _chain.Chain.Client.SendAsync(
            "eth_getLogs",
            $"[{{\"fromBlock\":\"0x0\",\"address\":\"{_validators.Registry}\"}}]",
            CancellationToken.None
        );
        return
        [
            .. logs.EnumerateArray()
                .Select(log =>
                    RegistryFacts.Decode(
                        1,
                        [.. log.GetProperty("topics").EnumerateArray().Select(topic => Hash256.Parse(topic.GetString()!))],
                        Convert.FromHexString(log.GetProperty("data").GetString().AsSpan(2))
                    )
                ),
        ];
    }
}
