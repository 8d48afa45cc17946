using System.CommandLine;
using System.Globalization;
using Tao20.Actors.Remoting;

namespace Tao20.Node.Commands;

/// <summary><c>tao20 cluster</c>: what the nodes of one operator's cluster need.</summary>
internal static class ClusterCommand
{
    private const int LongestDays = 3_650;

    public static Command Create() => new("cluster", "What the nodes of one operator's cluster need") { Certificates() };

    private static Command Certificates()
    {
        var directory = new Option<string>("--dir")
        {
            Description = "Directory of the authority and the certificates; the authority is made if it is not there",
            HelpName = "D",
            Required = true,
        };
        var nodes = new Option<string[]>("--node")
        {
            Description = "Host name or address by which other nodes reach the node; once for each",
            HelpName = "HOST",
            Required = true,
            AllowMultipleArgumentsPerToken = true,
        };
        var days = new Option<int>("--days")
        {
            Description = "How long the certificates are valid (default 365)",
            HelpName = "N",
            DefaultValueFactory = _ => 365,
        };
        var command = new Command("certs", "Make certificates by which nodes know each other, and the authority that signs them")
        {
            directory,
            nodes,
            days,
        };
        command.SetAction(parsed => Make(parsed.GetValue(directory)!, parsed.GetValue(nodes)!, parsed.GetValue(days)));
        return command;
    }

    private static int Make(string directory, string[] hosts, int days)
    {
        if (days is < 1 or > LongestDays)
            throw new NodeException(ExitCodes.Usage, $"--days = {days} is out of range: give 1 to {LongestDays}.");
        if (hosts.FirstOrDefault(host => Uri.CheckHostName(host) == UriHostNameType.Unknown) is { } wrong)
            throw new NodeException(ExitCodes.Usage, $"--node = {wrong} is no host name or address.");
        var now = DateTimeOffset.UtcNow;
        try
        {
            using var authority = CertificateAuthority.In(directory, now, now.AddDays(LongestDays));
            foreach (var host in hosts)
            {
                var (certificate, key, until) = authority.Issue(host, now, now.AddDays(days));
                Console.WriteLine(
                    string.Create(CultureInfo.InvariantCulture, $"{host}: {certificate} and {key}, until {until.UtcDateTime:yyyy-MM-dd}")
                );
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new NodeException(ExitCodes.Failed, $"The certificates in {directory} cannot be written: {e.Message}", e);
        }

        Console.WriteLine(
            $"Each node gets its own two files and {CertificateAuthority.CertificateName}. Keep {CertificateAuthority.KeyName} elsewhere: "
                + "whoever has it can make nodes."
        );
        return ExitCodes.Ok;
    }
}
