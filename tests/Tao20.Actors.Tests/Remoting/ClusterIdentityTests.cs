using Tao20.Actors.Faults;
using Tao20.Actors.Journal;
using Tao20.Actors.Miners;
using Tao20.Actors.Remoting;
using Tao20.Actors.Tests.Miners;
using Tao20.Devnet;
using Tao20.Domain.Ingestion;
using Tao20.Domain.Units;
using Tao20.Tests;

namespace Tao20.Actors.Tests.Remoting;

/// <summary>A node is of one cluster, and is given nothing of another that it was told to join.</summary>
public sealed class ClusterIdentityTests(PostgreSqlFixture postgreSql) : InDirectory, IClassFixture<PostgreSqlFixture>
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly ChainIdentity Chain = new(964, default, Address.Parse($"0x{1:x40}"), 0);
    private readonly int _port = Anvil.FreePort();

    [Theory]
    [InlineData("ours", true, "has journal .* instead of ")]
    [InlineData("theirs", false, "has name ours instead of theirs")]
    public async Task A_node_that_is_told_to_join_another_cluster_ends_and_says_what_differs(string name, bool other, string difference)
    {
        var journal = await postgreSql.NewDatabaseAsync();
        await using var first = await StartAsync(_port, "ours", journal);
        await ShardingTests.UpAsync(first, 1);
        await using var wrong = await StartAsync(Anvil.FreePort(), name, other ? await postgreSql.NewDatabaseAsync() : journal);
        var fault = await wrong.Faults.Ended.WaitAsync(Patience);
        Assert.Equal(FaultKind.WrongCluster, fault.Kind);
        Assert.Matches($"is another one: akka.tcp://tao20@127.0.0.1:{_port} {difference}", fault.Message);

        // Whoever was there goes on, and all miners are there.
        foreach (var miner in Enumerable.Range(1, 12).Select(i => Address.Parse($"0x{i:x40}")))
            Assert.IsType<FoldAcknowledged>(await first.FoldAsync(MinerActorTests.Batch(1, 1, 20, miner)));
        Assert.False(first.Faults.Ended.IsCompleted);
        Assert.Equal(1, await PostgreSqlFixture.NumberAsync(journal, "SELECT count(DISTINCT writer) FROM journal"));
    }

    [Fact]
    public async Task Nodes_that_say_the_same_share_the_miners()
    {
        var journal = await postgreSql.NewDatabaseAsync();
        await using var one = await StartAsync(_port, "ours", journal);
        await using var two = await StartAsync(Anvil.FreePort(), "ours", journal);
        await ShardingTests.UpAsync(one, 2);
        await ShardingTests.UpAsync(two, 2);
        var miner = 0;
        await Eventually.HoldsAsync(
            () =>
            {
                var address = Address.Parse($"0x{++miner:x40}");
                Assert.IsType<FoldAcknowledged>(one.FoldAsync(MinerActorTests.Batch(1, 1, 20, address)).Result);
                return PostgreSqlFixture.NumberAsync(journal, "SELECT count(DISTINCT writer) FROM journal").Result == 2;
            },
            Patience
        );
    }

    [Fact]
    public void What_differs_is_told_by_its_name()
    {
        var ours = ClusterIdentity.Of("ours", Guid.Empty, Chain);
        Assert.Null(ours.DifferenceTo([.. ClusterIdentity.Of("ours", Guid.Empty, Chain).Roles]));
        Assert.Equal("has name theirs instead of ours", Difference("theirs", Guid.Empty, Chain));
        Assert.Matches("^has journal 1{12} instead of 0{12}$", Difference("ours", Guid.Parse(new string('1', 32)), Chain));
        Assert.Matches("^has contract 0x0{39}2 instead of 0x0{39}1$", Difference("ours", Guid.Empty, Chain with { Contract = Number(2) }));
        Assert.Matches("^has registry 0x0{39}3 instead of none$", Difference("ours", Guid.Empty, Chain with { Registry = Number(3) }));
        Assert.Matches("^has chain 945-0x0{10} instead of 964-0x0{10}$", Difference("ours", Guid.Empty, Chain with { ChainId = 945 }));
        Assert.Contains(
            "has format 2 instead of 1",
            ours.DifferenceTo(["validator-0", .. ours.Roles.Skip(1).Select(Newer)]),
            StringComparison.Ordinal
        );
        Assert.Contains("has name unknown instead of ours", ours.DifferenceTo([]), StringComparison.Ordinal);

        string? Difference(string name, Guid journal, ChainIdentity chain) =>
            ours.DifferenceTo([.. ClusterIdentity.Of(name, journal, chain).Roles]);
        static string Newer(string role) => role == "format-1" ? "format-2" : role;
        static Address Number(int number) => Address.Parse($"0x{number:x40}");
    }

    private Task<Node> StartAsync(int port, string name, string journal) =>
        Node.WithMinersAsync(
            Path,
            options => options with { Kind = JournalKind.PostgreSql, ConnectionString = journal },
            new Hosting.ClusterOptions
            {
                Name = name,
                Port = port,
                SeedNodes = [$"akka.tcp://tao20@127.0.0.1:{_port}"],
            }
        );
}
