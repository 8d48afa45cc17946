using System.CommandLine;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Tao20.Chain;
using Tao20.Chain.Checks;
using Tao20.Chain.Following;
using Tao20.Chain.JsonRpc;
using Tao20.Domain.Transactions;
using Tao20.Domain.Units;
using Tao20.Domain.Validation;
using Tao20.Node.Configuration;
using Tao20.Node.Http;

namespace Tao20.Node.Commands;

/// <summary>The options of commands that ask a chain for a person, how they do, and what is said when an option is wrong.</summary>
internal static class EndpointOptions
{
    /// <summary><c>--rpc</c>.</summary>
    public static Option<string> Rpc(string more = "", bool isRequired = true) =>
        new("--rpc")
        {
            Description = $"JSON-RPC endpoints in order of preference, separated by commas{more}",
            HelpName = "URL[,URL]",
            Required = isRequired,
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

    /// <summary>A chain that is asked once and by HTTP alone.</summary>
    /// <param name="endpoints">The endpoints, in order of preference.</param>
    /// <param name="contract">The contract it is about; none for questions about accounts.</param>
    /// <param name="registry">The registry that is called; null for none.</param>
    public static ChainConnection Connect(IReadOnlyList<Uri> endpoints, Address contract = default, Address? registry = null) =>
        ChainConnection.Http(
            new ChainOptions
            {
                Endpoints = endpoints,
                Contract = contract,
                Registry = registry,
                WebSocket = false,
            },
            NullLogger.Instance
        );

    /// <summary><c>--contract</c> of commands about one index.</summary>
    public static Option<string> Index(string description = "The index contract", bool isRequired = true) =>
        new("--contract")
        {
            Description = description,
            HelpName = "0x...",
            Required = isRequired,
        };

    /// <summary>The id of the chain, which transactions are signed for.</summary>
    /// <exception cref="ChainException">No endpoint answers.</exception>
    public static async Task<ulong> ChainIdAsync(ChainConnection chain, CancellationToken cancel)
    {
        ulong id = 0;
        await chain.Pool.SendAsync([EthCalls.ChainId(found => id = found)], cancel);
        return id;
    }

    /// <summary>How checks and fees are bounded, by a person's configuration.</summary>
    /// <param name="hocon">The file of <c>--hocon</c>; null for none.</param>
    /// <exception cref="NodeException">A setting is wrong.</exception>
    public static (CheckOptions Bounds, FeePolicy Fees) ReadBounds(string? hocon) =>
        NodeSettings.ReadBounds(NodeConfiguration.Load(new Dictionary<string, string?>(), hocon, Directory.GetCurrentDirectory()));

    /// <summary>Prints what was found, as JSON or in lines for people.</summary>
    public static void Print(bool json, object document, IEnumerable<string> lines)
    {
        if (json)
            Console.WriteLine(JsonSerializer.Serialize(document, document.GetType(), NodeEndpoints.Json));
        else
            foreach (var line in lines)
                Console.WriteLine(line);
    }

    /// <summary>
    /// Does something that runs an actor system: Akka writes to standard output while it stops, whatever it is told, and that is for the
    /// document alone.
    /// </summary>
    public static async Task<T> WithoutOutputAsync<T>(Func<Task<T>> work)
    {
        var output = Console.Out;
        Console.SetOut(Console.Error);
        try
        {
            return await work();
        }
        finally
        {
            Console.SetOut(output);
        }
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
