using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using Akka.Actor;
using Tao20.Actors.Hosting;
using Tao20.Actors.Miners;
using Tao20.Actors.Remoting;
using Tao20.Actors.Tests.Miners;
using Tao20.Devnet;
using Tao20.Tests;
using Address = Tao20.Domain.Units.Address;

namespace Tao20.Actors.Tests.Remoting;

/// <summary>Another program answers at the address of a node that is lost, or a node answers whose certificate is no good.</summary>
public sealed class ImpostorTests : InDirectory
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly DateTimeOffset Now = DateTimeOffset.UtcNow;

    [Fact]
    public async Task Whoever_answers_where_a_node_should_be_ends_no_other_node()
    {
        using var ours = CertificateAuthority.In(System.IO.Path.Combine(Path, "ours"), Now, Now.AddDays(30));
        using var theirs = CertificateAuthority.In(System.IO.Path.Combine(Path, "theirs"), Now, Now.AddDays(30));
        var port = Anvil.FreePort();
        var options = OptionsOf(ours, "node", port);
        var foreign = OptionsOf(theirs, "foreign", port).Certificate(Now)!.Own;
        await using var closes = new Impostor(_ => Task.CompletedTask);
        await using var babbles = new Impostor(async stream =>
        {
            await stream.WriteAsync("HTTP/1.1 400 Bad Request\r\n\r\n"u8.ToArray());
            await stream.FlushAsync();
        });
        await using var secured = new Impostor(async stream =>
        {
            await using var tls = new SslStream(stream, leaveInnerStreamOpen: true);
            await tls.AuthenticateAsServerAsync(foreign);
        });
        Impostor[] impostors = [closes, babbles, secured];
        await using var node = await Node.WithMinersAsync(
            Path,
            cluster: options with
            {
                SeedNodes = [.. impostors.Select(one => one.Port).Prepend(port).Select(one => $"akka.tcp://tao20@127.0.0.1:{one}")],
            }
        );

        // Each is tried and found wanting; then the node begins a cluster by itself, as the first of those that are asked.
        await Eventually.HoldsAsync(
            () => impostors.All(one => one.Tried > 0),
            Patience,
            () => string.Join(' ', impostors.Select(one => one.Tried))
        );
        await ShardingTests.UpAsync(node, 1);
        Assert.Null(CoordinatedShutdown.Get(node.System).ShutdownReason);
        var miner = Address.Parse($"0x{7:x40}");
        Assert.IsType<FoldAcknowledged>(await node.FoldAsync(MinerActorTests.Batch(1, 1, 20, miner)));
    }

    private static ClusterOptions OptionsOf(CertificateAuthority authority, string name, int port)
    {
        var (certificate, key, _) = authority.Issue(name, Now, Now.AddDays(7));
        return new ClusterOptions
        {
            Port = port,
            CertificateFile = certificate,
            CertificateKeyFile = key,
            AuthorityFile = System.IO.Path.Combine(System.IO.Path.GetDirectoryName(certificate)!, "ca.pem"),
        };
    }

    /// <summary>Answers at a port in its own way, and closes.</summary>
    private sealed class Impostor : IAsyncDisposable
    {
        private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
        private readonly Task _serving;
        private int _tried;

        public Impostor(Func<Stream, Task> answer)
        {
            _listener.Start();
            _serving = ServeAsync(answer);
        }

        public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

        /// <summary>How many have come and gone.</summary>
        public int Tried => Volatile.Read(ref _tried);

        public async ValueTask DisposeAsync()
        {
            _listener.Dispose();
            await _serving;
        }

        private async Task ServeAsync(Func<Stream, Task> answer)
        {
            while (true)
            {
                try
                {
                    using var client = await _listener.AcceptTcpClientAsync();
                    try
                    {
                        await answer(client.GetStream());
                    }
                    catch (Exception e) when (e is IOException or System.Security.Authentication.AuthenticationException)
                    {
                        // Who came has turned away.
                    }

                    Interlocked.Increment(ref _tried);
                }
                catch (Exception e) when (e is SocketException or ObjectDisposedException)
                {
                    return;
                }
            }
        }
    }
}
