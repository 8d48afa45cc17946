using Akka.Cluster;
using Akka.Event;
using Tao20.Actors.Hosting;
using Tao20.Actors.Journal;
using Tao20.Actors.Tests.Miners;
using Tao20.Devnet;
using Tao20.Tests;

namespace Tao20.Actors.Tests.Remoting;

/// <summary>Which nodes begin a cluster, and which only join one.</summary>
public sealed class JoiningTests(PostgreSqlFixture postgreSql) : InDirectory, IClassFixture<PostgreSqlFixture>
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task The_first_of_the_list_begins_no_cluster_while_another_writes_the_journal_whom_it_cannot_reach()
    {
        var database = await postgreSql.NewDatabaseAsync();
        var journal = new JournalOptions { Kind = JournalKind.PostgreSql, ConnectionString = database };
        var (port, other) = (Anvil.FreePort(), Anvil.FreePort());

        // It lives, and nothing that is sent to it arrives.
        await PostgreSqlJournal.PrepareAsync(journal, CancellationToken.None);
        await using var unreachable = await JournalWriter.BeginAsync(journal, CancellationToken.None);
        await unreachable.RegisterAsync(new NoPeers($"127.0.0.1:{other}"), CancellationToken.None);

        await using var node = await Node.WithMinersAsync(
            Path,
            _ => journal,
            new ClusterOptions { Port = port, SeedNodes = [$"akka.tcp://tao20@127.0.0.1:{port}", $"akka.tcp://tao20@127.0.0.1:{other}"] }
        );
        var cluster = Cluster.Get(node.System);
        var up = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        cluster.RegisterOnMemberUp(() => up.TrySetResult());
        using var inbox = Akka.Actor.Inbox.Create(node.System);
        node.System.EventStream.Subscribe(inbox.Receiver, typeof(Warning));

        // Akka says so after 10 s, twice as long as a first seed waits for others.
        var tried = HeardAsync(inbox, "Couldn't join seed nodes");
        Assert.True(
            await Task.WhenAny(up.Task, tried).WaitAsync(Patience) == tried,
            $"it has begun one: {string.Join(", ", cluster.State.Members)}"
        );
        await tried;

        // Once nobody writes, there is none to join.
        await unreachable.DisposeAsync();
        await ShardingTests.UpAsync(node, 1);
    }

    private static async Task HeardAsync(Akka.Actor.Inbox inbox, string words)
    {
        while (
            await inbox.ReceiveAsync(Patience) is not Warning { Message: var message }
            || message.ToString()?.Contains(words, StringComparison.Ordinal) != true
        ) { }
    }
}
