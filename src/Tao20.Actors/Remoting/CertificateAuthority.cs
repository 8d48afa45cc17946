using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Tao20.Actors.Remoting;

/// <summary>
/// The authority of one cluster, kept as two PEM files: it signs the certificates of its nodes. Its key is needed for nothing else, and
/// belongs on no node.
/// </summary>
public sealed class CertificateAuthority : IDisposable
{
    /// <summary>The file with the authority's certificate, which every node has.</summary>
    public const string CertificateName = "ca.pem";

    /// <summary>The file with its key.</summary>
    public const string KeyName = "ca-key.pem";

    private const string ServerUse = "1.3.6.1.5.5.7.3.1"; // RFC 5280, id-kp-serverAuth
    private const string ClientUse = "1.3.6.1.5.5.7.3.2"; // RFC 5280, id-kp-clientAuth
    private const int SerialLength = 16;
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private readonly X509Certificate2 _certificate;
    private readonly string _directory;

    private CertificateAuthority(X509Certificate2 certificate, string directory) => (_certificate, _directory) = (certificate, directory);

    /// <summary>The authority in a directory, which is made if it is not there.</summary>
    /// <param name="directory">The directory.</param>
    /// <param name="now">The time.</param>
    /// <param name="until">Until when an authority that is made is valid.</param>
    /// <exception cref="CertificateException">What is there cannot be read.</exception>
    public static CertificateAuthority In(string directory, DateTimeOffset now, DateTimeOffset until)
    {
        var (certificate, key) = (Path.Combine(directory, CertificateName), Path.Combine(directory, KeyName));
        if (!File.Exists(certificate) && !File.Exists(key))
        {
            Directory.CreateDirectory(directory);
            using var made = Make(now, until);
            Write(certificate, made.ExportCertificatePem(), isSecret: false);
            Write(key, KeyOf(made), isSecret: true);
        }

        try
        {
            return new CertificateAuthority(X509Certificate2.CreateFromPemFile(certificate, key), directory);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw new CertificateException(
                $"The authority in {directory} cannot be read: {e.Message} Both {CertificateName} and {KeyName} have to be there, or "
                    + "neither.",
                e
            );
        }
    }

    /// <summary>Makes a node's certificate.</summary>
    /// <param name="host">The host name or address by which other nodes reach it.</param>
    /// <param name="now">The time.</param>
    /// <param name="until">Until when it is valid; no longer than the authority is.</param>
    /// <returns>The files with the certificate and its key, and until when it is valid.</returns>
    public (string Certificate, string Key, DateTimeOffset Until) Issue(string host, DateTimeOffset now, DateTimeOffset until)
    {
        var last = until < _certificate.NotAfter ? until : _certificate.NotAfter;
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={host}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(ServerUse), new Oid(ClientUse)], critical: false));
        var names = new SubjectAlternativeNameBuilder();
        if (IPAddress.TryParse(host, out var address))
            names.AddIpAddress(address);
        else
            names.AddDnsName(host);
        request.CertificateExtensions.Add(names.Build());
        using var signed = request.Create(_certificate, Before(now), last, RandomNumberGenerator.GetBytes(SerialLength));
        using var pair = signed.CopyWithPrivateKey(key);
        var name = string.Concat(host.Select(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' ? c : '_'));
        var files = (Path.Combine(_directory, $"{name}.pem"), Path.Combine(_directory, $"{name}-key.pem"));
        Write(files.Item1, pair.ExportCertificatePem(), isSecret: false);
        Write(files.Item2, KeyOf(pair), isSecret: true);
        return (files.Item1, files.Item2, last);
    }

    /// <inheritdoc/>
    public void Dispose() => _certificate.Dispose();

    private static X509Certificate2 Make(DateTimeOffset now, DateTimeOffset until)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=TAO20 cluster", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, true, 0, critical: true));
        request.CertificateExtensions.Add(
            new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, critical: true)
        );
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        return request.CreateSelfSigned(Before(now), until);
    }

    /// <summary>The clocks of nodes differ a little.</summary>
    private static DateTimeOffset Before(DateTimeOffset now) => now.AddHours(-1);

    private static string KeyOf(X509Certificate2 pair)
    {
        using var key = pair.GetECDsaPrivateKey()!;
        return key.ExportPkcs8PrivateKeyPem();
    }

    private static void Write(string file, string text, bool isSecret)
    {
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (isSecret && !OperatingSystem.IsWindows())
            options.UnixCreateMode = OwnerOnly;
        using var writer = new StreamWriter(file, options);
        writer.WriteLine(text);
    }
}
