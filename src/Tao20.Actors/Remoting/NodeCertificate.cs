using System.Globalization;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Akka.Event;

namespace Tao20.Actors.Remoting;

/// <summary>
/// What a node of a cluster proves itself by, and whose word it takes for the others: a certificate with its key, and the authority that
/// has signed the certificates of all nodes of the cluster, and of nobody else.
/// </summary>
/// <param name="Own">The node's certificate, with its key.</param>
/// <param name="Authority">The certificate of the authority.</param>
public sealed record NodeCertificate(X509Certificate2 Own, X509Certificate2 Authority)
{
    /// <summary>Reads them.</summary>
    /// <param name="certificate">A PEM file with the node's certificate.</param>
    /// <param name="key">A PEM file with its key.</param>
    /// <param name="authority">A PEM file with the authority's certificate.</param>
    /// <param name="now">The time.</param>
    /// <exception cref="CertificateException">One cannot be read, or the node's is not valid now by the word of the authority.</exception>
    public static NodeCertificate Load(string certificate, string key, string authority, DateTimeOffset now)
    {
        var own = Read("Cluster:CertificateFile and Cluster:CertificateKeyFile", $"{certificate} and {key}", () => Pair(certificate, key));
        var loaded = new NodeCertificate(
            own,
            Read("Cluster:AuthorityFile", authority, () => X509CertificateLoader.LoadCertificateFromFile(authority))
        );
        return loaded.Objection(own, now) is { } objection
            ? throw new CertificateException($"The certificate in {certificate} {objection}. Make another with tao20 cluster certs.")
            : loaded;
    }

    /// <summary>Why a certificate is not one of a node of this cluster, in words that go on after its name; null when it is.</summary>
    /// <param name="certificate">The certificate.</param>
    /// <param name="now">The time.</param>
    public string? Objection(X509Certificate2 certificate, DateTimeOffset now)
    {
        if (now < certificate.NotBefore)
            return $"is not valid before {Day(certificate.NotBefore)}";
        if (now > certificate.NotAfter)
            return $"has expired on {Day(certificate.NotAfter)}";
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.Add(Authority);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.VerificationTime = now.UtcDateTime;
        return chain.Build(certificate)
            ? null
            : $"is not signed by the authority of this cluster ({string.Join("; ", chain.ChainStatus.Select(one => one.Status))})";
    }

    /// <summary>Whether who is at the other end of a connection is a node of this cluster.</summary>
    public bool Judge(X509Certificate2? certificate, X509Chain? chain, string peer, SslPolicyErrors errors, ILoggingAdapter log)
    {
        var objection = certificate is null ? "is missing" : Objection(certificate, DateTimeOffset.UtcNow);
        if (objection is not null)
            log.Warning("A connection with {Peer} is refused: its certificate {Objection}", peer, objection);
        return objection is null;
    }

    /// <summary>The certificate with its key, in a form that every system can prove itself by.</summary>
    private static X509Certificate2 Pair(string certificate, string key)
    {
        var pair = X509Certificate2.CreateFromPemFile(certificate, key);
        return OperatingSystem.IsWindows() ? X509CertificateLoader.LoadPkcs12(pair.Export(X509ContentType.Pkcs12), null) : pair;
    }

    private static X509Certificate2 Read(string setting, string files, Func<X509Certificate2> read)
    {
        try
        {
            return read();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException or ArgumentException)
        {
            throw new CertificateException($"{setting}: {files} cannot be read: {e.Message} Make them with tao20 cluster certs.", e);
        }
    }

    private static string Day(DateTime time) => time.ToUniversalTime().ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}

/// <summary>A certificate cannot be used.</summary>
public sealed class CertificateException(string message, Exception? cause = null) : Exception(message, cause);
