using System.Net;
using Akka.Actor;
using Akka.Discovery;
using Tao20.Actors.Hosting;
using Tao20.Actors.Miners;
using Tao20.Actors.Remoting;
using Tao20.Actors.Tests.Miners;
using Tao20.Devnet;
using Tao20.Tests;
using Address = Tao20.Domain.Units.Address;

namespace Tao20.Actors.Tests.Remoting;

/// <summary>Nodes that find each other by DNS.</summary>
public sealed class DiscoveryTests : InDirectory
{
    private const string Service = "_akka._tcp.validator.test";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task A_name_is_asked_for_its_services_or_its_addresses()
    {
        await using var server = new DnsServer();
        server.Add("validator.test", IPAddress.Parse("10.1.2.3"));
        server.Add("validator.test", IPAddress.Parse("10.1.2.4"));
        server.Add("validator.test", IPAddress.Parse("fd00::5"));
        server.AddService(Service, "validator-0.validator.test", 4053);
        server.AddService(Service, "validator-1.validator.test", 4054);
        using var system = ActorSystem.Create("tao20", $"akka.discovery.dns.server = \"{server.Address}\"");
        var discovery = new DnsDiscovery((ExtendedActorSystem)system);

        Assert.Equal(["10.1.2.3:", "10.1.2.4:", "fd00::5:"], await FoundAsync(new Lookup("validator.test")));
        Assert.Equal(["validator-0.validator.test:4053", "validator-1.validator.test:4054"], await FoundAsync(Lookup.ParseSrv(Service)));
        Assert.Empty(await FoundAsync(new Lookup("nobody.test")));

        async Task<IEnumerable<string>> FoundAsync(Lookup lookup) =>
            (await discovery.Lookup(lookup, Patience)).Addresses.Select(one => $"{one.Host}:{one.Port}").Order(StringComparer.Ordinal);
    }

    [Fact]
    public async Task Nodes_that_start_before_their_name_is_known_find_each_other_once_it_is()
    {
        await using var server = new DnsServer();
        int[] ports = [Anvil.FreePort(), Anvil.FreePort(), Anvil.FreePort()];
        var starting = ports
            .Select(port =>
                Node.WithMinersAsync(
                    Path,
                    cluster: new ClusterOptions
                    {
                        Port = port,
                        Discovery = Service,
                        DiscoveryServer = server.Address,
                    }
                )
            )
            .ToList();
        var nodes = await Task.WhenAll(starting);
        await Eventually.HoldsAsync(() => server.Asked >= 2 * ports.Length, Patience, () => server.Asked);
        foreach (var port in ports)
            server.AddService(Service, "127.0.0.1", port);
        foreach (var node in nodes)
            await ShardingTests.UpAsync(node, ports.Length);
        var miner = Address.Parse($"0x{9:x40}");
        Assert.IsType<FoldAcknowledged>(await nodes[0].FoldAsync(MinerActorTests.Batch(1, 1, 20, miner)));
        Assert.Equal(20, (await nodes[2].SummaryAsync(miner)).Mints.Trades);
        foreach (var node in nodes)
            await node.DisposeAsync();
    }

    [Fact]
    public void Either_a_list_or_a_name_says_where_nodes_are()
    {
        var options = new ClusterOptions { Discovery = "validator.test" };
        Assert.Empty(options.Validate());
        Assert.Contains(
            "both say where the nodes are",
            Assert.Single((options with { SeedNodes = ["akka.tcp://tao20@127.0.0.1:4053"] }).Validate()),
            StringComparison.Ordinal
        );
        Assert.Contains("which is 0", Assert.Single((options with { Port = 0 }).Validate()), StringComparison.Ordinal);
        Assert.Contains(
            "is no address of a DNS server",
            Assert.Single((options with { DiscoveryServer = "dns.test" }).Validate()),
            StringComparison.Ordinal
        );
        Assert.Empty((options with { DiscoveryServer = "10.0.0.2" }).Validate());
    }
}
