using System.Collections.Concurrent;
using Akka.Actor;
using Akka.Hosting;
using Akka.Remote.Hosting;
using Akka.Remote.Transport.DotNetty;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Tao20.Actors.Hosting;
using Tao20.Actors.Miners;
using Tao20.Actors.Remoting;
using Tao20.Actors.Tests.Miners;
using Tao20.Actors.Tests.Serialization;
using Tao20.Devnet;
using Tao20.Tests;
using Xunit.Abstractions;
using Address = Tao20.Domain.Units.Address;

namespace Tao20.Actors.Tests.Remoting;

/// <summary>Who may talk to a node of a cluster, and in which forms.</summary>
public sealed class RemotingTests(ITestOutputHelper output) : InDirectory
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly DateTimeOffset Now = DateTimeOffset.UtcNow;
    private readonly int _port = Anvil.FreePort();

    [Fact]
    public async Task Nodes_with_certificates_of_one_authority_are_a_cluster()
    {
        var (one, two) = (Options(_port, "ours"), Options(Anvil.FreePort(), "ours"));
        await using var first = await Node.WithMinersAsync(Path, cluster: one);
        await using var second = await Node.WithMinersAsync(Path, cluster: two);
        await ShardingTests.UpAsync(first, 2);
        await ShardingTests.UpAsync(second, 2);
        foreach (var miner in Enumerable.Range(1, 6).Select(i => Address.Parse($"0x{i:x40}")))
        {
            Assert.IsType<FoldAcknowledged>(await first.FoldAsync(MinerActorTests.Batch(1, 1, 20, miner)));
            Assert.Equal(20, (await second.SummaryAsync(miner)).Mints.Trades);
        }
    }

    [Theory]
    [InlineData(null)]
    [InlineData("theirs")]
    public async Task A_stranger_who_sends_any_of_our_messages_gets_nothing_done(string? certificate)
    {
        await using var node = await Node.WithMinersAsync(Path, cluster: Options(_port, "ours"));
        await ShardingTests.UpAsync(node, 1);
        var received = Recording(node.System);
        var messages = Samples.All().ToList();

        // A node of the cluster is heard: what a stranger sends would be, too.
        await using (var known = await SystemAsync(certificate: "ours"))
        {
            messages.ForEach(message => known.Send(_port, message));
            await Eventually.HoldsAsync(
                () => received.Count == messages.Count,
                Patience,
                () => $"{received.Count} of {messages.Count} were received"
            );
        }

        received.Clear();
        await using (var stranger = await SystemAsync(certificate))
        {
            messages.ForEach(message => stranger.Send(_port, message));

            // It has tried, and was turned away.
            await stranger.RefusedAsync();
        }

        Assert.Empty(received);
        Assert.IsType<FoldAcknowledged>(await node.FoldAsync(MinerActorTests.Batch(1, 1, 20, Address.Parse($"0x{7:x40}"))));
        output.WriteLine($"{messages.Count} messages");
    }

    [Fact]
    public async Task What_has_no_form_of_its_own_is_neither_sent_nor_taken()
    {
        await using var node = await Node.WithMinersAsync(Path, cluster: Options(_port, "ours"));
        await ShardingTests.UpAsync(node, 1);
        var received = Recording(node.System);

        // One that has Akka's serializer of any object, and another that has ours.
        await using (var careless = await SystemAsync("ours", isOurs: false))
        {
            careless.Send(_port, new Anything("to be made by its name"));
            careless.Send(_port, "a text, which has a form");
            await Eventually.HoldsAsync(() => !received.IsEmpty, Patience);
        }

        await using (var ours = await SystemAsync("ours"))
        {
            ours.Send(_port, new Anything("of ours"));
            ours.Send(_port, "another text");
            await Eventually.HoldsAsync(() => received.Count > 1, Patience);
        }

        Assert.Equal(["a text, which has a form", "another text"], received);
    }

    [Fact]
    public void A_certificate_that_is_not_valid_here_and_now_is_told_at_the_start()
    {
        var ours = Options(0, "ours");
        Assert.Contains("has expired on", Refusal(ours, Now.AddDays(8)), StringComparison.Ordinal);
        Assert.Contains("is not valid before", Refusal(ours, Now.AddDays(-1)), StringComparison.Ordinal);

        var theirs = Options(0, "theirs");
        Assert.Contains(
            "is not signed by the authority of this cluster",
            Refusal(theirs with { AuthorityFile = ours.AuthorityFile }),
            StringComparison.Ordinal
        );
        Assert.Contains("cannot be read", Refusal(ours with { CertificateFile = "nowhere.pem" }), StringComparison.Ordinal);
        Assert.Contains("cannot be read", Refusal(ours with { AuthorityFile = ours.CertificateKeyFile }), StringComparison.Ordinal);
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(ours.CertificateKeyFile));

        static string Refusal(ClusterOptions options, DateTimeOffset? at = null) =>
            Assert.Throws<CertificateException>(() => options.Certificate(at ?? Now)).Message;
    }

    [Fact]
    public void A_node_that_other_machines_reach_needs_certificates_or_a_word()
    {
        var open = new ClusterOptions { Host = "10.0.0.7", SeedNodes = ["akka.tcp://tao20@10.0.0.7:4053"] };
        Assert.Contains("Cluster:Host = 10.0.0.7", Assert.Single(open.Validate()), StringComparison.Ordinal);
        Assert.Empty((open with { AllowInsecure = true }).Validate());
        Assert.Empty((open with { Host = "127.0.0.1" }).Validate());
        Assert.Contains("belong together", Assert.Single((open with { CertificateFile = "a" }).Validate()), StringComparison.Ordinal);
        var secured = open with { CertificateFile = "a", CertificateKeyFile = "b", AuthorityFile = "c" };
        Assert.Empty(secured.Validate());
        Assert.Contains(
            "is no address of a node",
            Assert.Single((secured with { SeedNodes = ["10.0.0.7"] }).Validate()),
            StringComparison.Ordinal
        );
    }

    private ClusterOptions Options(int port, string authority)
    {
        var directory = System.IO.Path.Combine(Path, authority);
        using var made = CertificateAuthority.In(directory, Now, Now.AddDays(30));
        var (certificate, key, _) = made.Issue($"node-{port}", Now, Now.AddDays(7));
        return new ClusterOptions
        {
            Port = port,
            SeedNodes = [$"akka.tcp://tao20@127.0.0.1:{_port}"],
            CertificateFile = certificate,
            CertificateKeyFile = key,
            AuthorityFile = FileOf(authority, "ca"),
        };
    }

    private string FileOf(string authority, string name) => System.IO.Path.Combine(Path, authority, $"{name}.pem");

    private static ConcurrentQueue<object> Recording(ActorSystem system)
    {
        var received = new ConcurrentQueue<object>();
        system.ActorOf(Props.Create(() => new Recorder(received)), "recorder");
        return received;
    }

    /// <summary>An actor system beside the cluster: with a certificate of an authority, or without one.</summary>
    private async Task<Beside> SystemAsync(string? certificate, bool isOurs = true)
    {
        var log = new ConcurrentQueue<string>();
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddLogging(logging => logging.AddProvider(new Heard(log)).SetMinimumLevel(LogLevel.Debug));
        builder.Services.AddAkka(
            "tao20",
            akka =>
            {
                akka.WithTao20Basics();
                if (isOurs)
                    akka.AddHocon(Tao20AkkaExtensions.Hocon("cluster.conf"), HoconAddMode.Prepend);
                akka.WithRemoting("127.0.0.1", 0);
                if (certificate is null)
                    return;

                // A stranger takes anybody's word.
                var own = Options(Anvil.FreePort(), certificate).Certificate(Now)!.Own;
                akka.AddHocon("akka.remote.dot-netty.tcp.enable-ssl = true", HoconAddMode.Prepend)
                    .AddSetup(new DotNettySslSetup(own, true, true));
            }
        );
        var host = builder.Build();
        await host.StartAsync();
        return new Beside(host, certificate is null ? "akka.tcp" : "akka.ssl.tcp", log);
    }

    private sealed record Anything(string Text);

    private sealed class Recorder : ReceiveActor
    {
        public Recorder(ConcurrentQueue<object> received) => ReceiveAny(received.Enqueue);
    }

    private sealed class Beside(IHost host, string scheme, ConcurrentQueue<string> log) : IAsyncDisposable
    {
        private ActorSystem System => host.Services.GetRequiredService<ActorSystem>();

        public void Send(int port, object message) =>
            System.ActorSelection($"{scheme}://tao20@127.0.0.1:{port}/user/recorder").Tell(message);

        public Task RefusedAsync() =>
            Eventually.HoldsAsync(
                () => log.Any(line => line.Contains("is now gated", StringComparison.Ordinal)),
                Patience,
                () => string.Join('\n', log)
            );

        public async ValueTask DisposeAsync()
        {
            await host.StopAsync();
            host.Dispose();
        }
    }

    private sealed class Heard(ConcurrentQueue<string> log) : ILoggerProvider, ILogger
    {
        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel level,
            EventId id,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter
        ) => log.Enqueue($"{formatter(state, exception)} {exception}");

        public void Dispose() { }
    }
}
