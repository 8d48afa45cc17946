using System.Net;
using Akka.Actor;
using Akka.Discovery;
using DnsClient;

namespace Tao20.Actors.Remoting;

/// <summary>
/// Akka.Discovery by DNS: a name that begins with the port's and the protocol's (<c>_akka._tcp.example</c>) is asked for its SRV records,
/// any other for its addresses. As a headless service of Kubernetes answers both.
/// </summary>
/// <param name="system">The actor system, with <c>akka.discovery.dns.server</c>.</param>
public sealed class DnsDiscovery(ExtendedActorSystem system) : ServiceDiscovery
{
    private readonly LookupClient _dns = new(OptionsOf(system.Settings.Config.GetString("akka.discovery.dns.server", "")));

    /// <summary>A DNS server by its address and port.</summary>
    /// <param name="text"><c>10.0.0.2</c> or <c>10.0.0.2:53</c>.</param>
    /// <returns>Null when it is none.</returns>
    public static IPEndPoint? ServerOf(string text) =>
        IPEndPoint.TryParse(text, out var server)
            ? new IPEndPoint(server.Address, server.Port == 0 ? NameServer.DefaultPort : server.Port)
            : null;

    /// <inheritdoc/>
    public override async Task<Resolved> Lookup(Lookup lookup, TimeSpan resolveTimeout)
    {
        using var inTime = new CancellationTokenSource(resolveTimeout);
        IEnumerable<ResolvedTarget> targets =
            lookup.PortName is { Length: > 0 } port && lookup.Protocol is { Length: > 0 } protocol
                ? await ServicesAsync($"_{port}._{protocol}.{lookup.ServiceName}", inTime.Token).ConfigureAwait(false)
                : await AddressesAsync(lookup.ServiceName, inTime.Token).ConfigureAwait(false);
        return new Resolved(lookup.ServiceName, targets);
    }

    private async Task<IEnumerable<ResolvedTarget>> ServicesAsync(string name, CancellationToken cancel)
    {
        var answer = await _dns.QueryAsync(name, QueryType.SRV, cancellationToken: cancel).ConfigureAwait(false);
        return answer.Answers.SrvRecords().Select(record => new ResolvedTarget(record.Target.Value.TrimEnd('.'), record.Port, null));
    }

    private async Task<IEnumerable<ResolvedTarget>> AddressesAsync(string name, CancellationToken cancel)
    {
        var answers = await Task.WhenAll(
                _dns.QueryAsync(name, QueryType.A, cancellationToken: cancel),
                _dns.QueryAsync(name, QueryType.AAAA, cancellationToken: cancel)
            )
            .ConfigureAwait(false);
        return answers
            .SelectMany(answer => answer.Answers.AddressRecords())
            .Select(record => new ResolvedTarget(record.Address.ToString(), null, record.Address));
    }

    private static LookupClientOptions OptionsOf(string server)
    {
        var options = ServerOf(server) is { } one ? new LookupClientOptions(one) : new LookupClientOptions();

        // Nodes come and go while it is asked again.
        options.UseCache = false;
        options.ThrowDnsErrors = false;
        return options;
    }
}
