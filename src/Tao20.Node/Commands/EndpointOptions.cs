using System.CommandLine;
using Tao20.Domain.Units;
using Tao20.Domain.Validation;

namespace Tao20.Node.Commands;

/// <summary>The options of commands that only ask a chain, and what is said when one is wrong.</summary>
internal static class EndpointOptions
{
    /// <summary><c>--rpc</c>.</summary>
    public static Option<string> Rpc(string more = "") =>
        new("--rpc")
        {
            Description = $"JSON-RPC endpoints in order of preference, separated by commas{more}",
            HelpName = "URL[,URL]",
            Required = true,
        };

    /// <summary>The URLs of <c>--rpc</c>.</summary>
    /// <exception cref="NodeException">There is none, or one is no URL.</exception>
    public static IReadOnlyList<Uri> Read(string text)
    {
        var endpoints = new List<Uri>();
        foreach (var part in text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (!Uri.TryCreate(part, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https"))
                throw new NodeException(
                    ExitCodes.Usage,
                    $"--rpc = {SettingText.Hosts(part)} is not a URL: give e.g. http://127.0.0.1:8545."
                );
            endpoints.Add(uri);
        }

        return endpoints.Count > 0
            ? endpoints
            : throw new NodeException(ExitCodes.Usage, "--rpc is empty: give e.g. http://127.0.0.1:8545.");
    }

    /// <summary>The address of an option; null when it is not given.</summary>
    /// <exception cref="NodeException">It is none.</exception>
    public static Address? ReadAddress(string option, string? text) =>
        text is null ? null
        : Address.TryParse(text, out var address) ? address
        : throw new NodeException(ExitCodes.Usage, $"{option} = {text} is not an address: give 0x and 40 hex digits.");

    /// <summary>A netuid of an option.</summary>
    /// <exception cref="NodeException">It is none.</exception>
    public static ushort ReadNetuid(int netuid) =>
        netuid is >= 0 and <= ushort.MaxValue
            ? (ushort)netuid
            : throw new NodeException(ExitCodes.Usage, $"--netuid = {netuid} is out of range: give 0 to 65535.");
}
