using System.Net;
using Akka.Actor;
using Tao20.Actors.Remoting;
using Tao20.Domain.Validation;

namespace Tao20.Actors.Hosting;

/// <summary>How a node takes part in one operator's cluster.</summary>
[Settings("Cluster")]
public sealed record ClusterOptions
{
    private const int LongestName = 40;
    private const string Plain = "akka.tcp://";
    private const string Secured = "akka.ssl.tcp://";

    /// <summary>Whether this node is one of several. Default false.</summary>
    [Setting("Whether this node is one of several of one operator; needs PostgreSQL.")]
    public bool Enabled { get; init; }

    /// <summary>Its name, the same on all nodes: small letters, digits and hyphens. Default tao20.</summary>
    [Setting("The cluster's name, the same on all its nodes: one with another name is refused.")]
    public string Name { get; init; } = "tao20";

    /// <summary>The host name other nodes reach this one by. Default 127.0.0.1.</summary>
    [Setting("The host name by which other nodes reach this one.", Unit = "host")]
    public string Host { get; init; } = "127.0.0.1";

    /// <summary>Its port; 0 takes a free one. Default 4053.</summary>
    [Setting("Its port; 0 takes a free one.", Least = "0", Most = "65535")]
    public int Port { get; init; } = 4053;

    /// <summary>The address it listens on, where that is not <see cref="Host"/>: 0.0.0.0 for all. Empty for the same.</summary>
    [Setting("The address that it listens on, where others reach it by another: behind address translation, a proxy, in a container.")]
    public string BindHost { get; init; } = "";

    /// <summary>The port it listens on, where that is not <see cref="Port"/>; 0 for the same.</summary>
    [Setting("The port that it listens on, where others reach it by another; 0 for the same.", Least = "0", Most = "65535")]
    public int BindPort { get; init; }

    /// <summary>A DNS name by which the nodes are found, in place of <see cref="SeedNodes"/>; empty for none.</summary>
    [Setting(
        "A DNS name by which the nodes are found, in place of Cluster:SeedNodes: its SRV records where it begins with _port._tcp, else its "
            + "addresses, with Cluster:Port."
    )]
    public string Discovery { get; init; } = "";

    /// <summary>The DNS server that is asked for it, as <c>10.0.0.2:53</c>; empty for the system's.</summary>
    [Setting("The DNS server that is asked for it; none for the system's.", Unit = "address:port")]
    public string DiscoveryServer { get; init; } = "";

    /// <summary>The nodes asked first, as <c>akka.tcp://tao20@host:port</c>; at least one, the same on all nodes.</summary>
    [Setting("The nodes asked first, the same list on all.", Unit = "akka.tcp://tao20@host:port")]
    public IReadOnlyList<string> SeedNodes { get; init; } = [];

    /// <summary>A PEM file with this node's certificate; empty for a cluster on one machine.</summary>
    [Setting("A PEM file with this node's certificate, by which others know it: tao20 cluster certs makes it.", Unit = "file")]
    public string CertificateFile { get; init; } = "";

    /// <summary>A PEM file with its key.</summary>
    [Setting("A PEM file with the key of that certificate.", Unit = "file")]
    public string CertificateKeyFile { get; init; } = "";

    /// <summary>A PEM file with the certificate of the authority that signs those of all nodes.</summary>
    [Setting("A PEM file with the certificate of the authority that has signed those of all nodes, and of nobody else.", Unit = "file")]
    public string AuthorityFile { get; init; } = "";

    /// <summary>Whether it may be reached from other machines without certificates. Default false.</summary>
    [Setting("Whether other machines may reach it without certificates: whoever gets through to its port can then have it sign whatever.")]
    public bool AllowInsecure { get; init; }

    /// <summary>
    /// Nodes that cannot be reached for so long, counted from when that is noticed (after about 4 s), are taken out. 2 s to 2 min; default
    /// 5 s.
    /// </summary>
    [Setting(
        "Nodes that cannot be reached for so long are taken out, and what they had goes to the others; they come back by themselves.",
        Least = "2s",
        Most = "2m"
    )]
    public TimeSpan DownAfter { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Whether nodes prove themselves to each other.</summary>
    public bool IsSecured => CertificateFile.Length > 0;

    /// <summary>What this node proves itself by; null for one that does not.</summary>
    /// <param name="now">The time.</param>
    /// <exception cref="CertificateException">It cannot be read, or is not valid now.</exception>
    public NodeCertificate? Certificate(DateTimeOffset now) =>
        IsSecured ? NodeCertificate.Load(CertificateFile, CertificateKeyFile, AuthorityFile, now) : null;

    /// <summary>Whether only this machine reaches it.</summary>
    private bool IsLocal => IsLoopback(Host) && (BindHost.Length == 0 || IsLoopback(BindHost));

    /// <summary>All that is missing, a line each with key and remedy; empty when all is well.</summary>
    public IReadOnlyList<string> Validate()
    {
        var errors = new List<string>();
        if (SeedNodes.Count == 0 && Discovery.Length == 0)
            errors.Add(
                "Cluster:SeedNodes is empty: give at least one address such as akka.tcp://tao20@10.0.0.1:4053, the same list on all nodes, "
                    + "or with Cluster:Discovery a DNS name by which they are found."
            );
        if (SeedNodes.Count > 0 && Discovery.Length > 0)
            errors.Add($"Cluster:Discovery = {Discovery} and Cluster:SeedNodes both say where the nodes are: give one of them.");
        if (Discovery.Length > 0 && Port == 0)
            errors.Add($"Cluster:Discovery = {Discovery} finds nodes by Cluster:Port, which is 0: give the port that all of them have.");
        if (DiscoveryServer.Length > 0 && DnsDiscovery.ServerOf(DiscoveryServer) is null)
            errors.Add($"Cluster:DiscoveryServer = {DiscoveryServer} is no address of a DNS server: give one such as 10.0.0.2:53.");
        errors.AddRange(
            SeedNodes
                .Where(seed => !IsAddress(seed))
                .Select(seed => $"Cluster:SeedNodes = {seed} is no address of a node: give one such as akka.tcp://tao20@10.0.0.1:4053.")
        );
        if (Name.Length is 0 or > LongestName || !Name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-'))
            errors.Add(
                $"Cluster:Name = {Name} is no name of a cluster: give 1 to {LongestName} small letters, digits and hyphens, such as tao20."
            );
        if (new[] { CertificateFile, CertificateKeyFile, AuthorityFile }.Count(file => file.Length > 0) is 1 or 2)
            errors.Add(
                "Cluster:CertificateFile, Cluster:CertificateKeyFile and Cluster:AuthorityFile belong together: give all three, as tao20 "
                    + "cluster certs makes them, or none."
            );
        if (BindPort != 0 && Port == 0)
            errors.Add($"Cluster:BindPort = {BindPort} is listened on, and Cluster:Port = 0 does not say by which port others get there.");
        if (!IsSecured && !IsLocal && !AllowInsecure)
            errors.Add(
                (IsLoopback(Host) ? $"Cluster:BindHost = {BindHost}" : $"Cluster:Host = {Host}")
                    + " is reached from other machines, and whoever reaches it could have this node do whatever: make "
                    + "certificates with tao20 cluster certs and give Cluster:CertificateFile, Cluster:CertificateKeyFile and "
                    + "Cluster:AuthorityFile, or set Cluster:AllowInsecure = true where nobody else is on that network."
            );
        errors.AddRange(Setting.Check(this).Select(error => error.ToString()));
        return errors;
    }

    private static bool IsAddress(string seed) =>
        (seed.StartsWith(Plain, StringComparison.Ordinal) || seed.StartsWith(Secured, StringComparison.Ordinal))
        && Address.TryParse(seed, out var address)
        && address is { HasGlobalScope: true, Port: > 0 };

    private static bool IsLoopback(string host) =>
        host == "localhost" || (IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address));
}
