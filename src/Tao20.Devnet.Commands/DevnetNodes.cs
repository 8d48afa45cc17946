using System.Globalization;
using Tao20.Domain.Units;
using Tao20.Node.Configuration;

namespace Tao20.Devnet.Commands;

/// <summary>What the nodes of a devnet are told.</summary>
internal static class DevnetNodes
{
    /// <summary>The subnet whose weights the validators set.</summary>
    public const int Netuid = 20;

    private const int FirstPort = 8081;

    /// <summary>The settings of a validator.</summary>
    /// <param name="settings">What the devnet is asked to do.</param>
    /// <param name="directory">The directory of the first one; the others have theirs below it.</param>
    /// <param name="rpc">The chain.</param>
    /// <param name="economy">Its contracts and accounts.</param>
    /// <param name="validators">The registered validators; null for one that only counts.</param>
    /// <param name="i">Which one, from 0.</param>
    /// <param name="isTwin">Whether it is a second process with the same key.</param>
    public static NodeSettings Validator(
        DevnetSettings settings,
        string directory,
        Uri rpc,
        Economy economy,
        ValidatorSet? validators,
        int i,
        bool isTwin
    )
    {
        // The first one keeps the directory and the port; each other has its own.
        var port = i > 0 || isTwin ? 0 : settings.HttpPort ?? (PortIsFree(FirstPort) ? FirstPort : 0);
        var overrides = new Dictionary<string, string?>([
            .. Common(rpc, economy.Index, i == 0 ? LogLevel.Warning : LogLevel.Error),
            .. DevnetNames.Of(settings, economy, validators),
        ])
        {
            ["Chain:Registry"] = validators?.Registry.ToString(),

            // There is one, and it is ours.
            ["Consensus:AllowSingleEndpoint"] = "true",
            ["DataDir"] = i == 0 && !isTwin ? directory : Path.Combine(directory, $"validator-{i + 1}{(isTwin ? "-twin" : "")}"),
            ["Http:Port"] = port.ToString(CultureInfo.InvariantCulture),
        };
        return NodeSettings.Read(NodeConfiguration.Load(overrides, null, Directory.GetCurrentDirectory()));
    }

    /// <summary>The settings of an arbitrageur, the <paramref name="i"/>th from 0.</summary>
    public static NodeSettings Miner(DevnetSettings settings, string directory, Uri rpc, Economy economy, ValidatorSet? validators, int i)
    {
        var overrides = new Dictionary<string, string?>([
            .. Common(rpc, economy.Index, LogLevel.Error),
            .. DevnetNames.Of(settings, economy, validators),
        ])
        {
            ["Market:Pools"] = economy.Pool.ToString(),
            ["Market:Router"] = settings.Stepwise ? null : economy.Router.ToString(),

            // The chain keeps its own time.
            ["Market:MaxBlockAge"] = "0s",
            ["DataDir"] = Path.Combine(directory, $"miner-{i + 1}"),
            ["Http:Port"] = "0",
        };
        return NodeSettings.Read(NodeConfiguration.Load(overrides, null, Directory.GetCurrentDirectory()), NodeRole.Miner, keyGiven: true);
    }

    /// <summary>What a node of the validator that runs on several is told, as its environment.</summary>
    /// <param name="directory">Its data directory.</param>
    /// <param name="rpc">The chain.</param>
    /// <param name="contract">The index.</param>
    /// <param name="registry">The registry; null for a validator that only counts.</param>
    /// <param name="journal">The connection string of the nodes' database.</param>
    /// <param name="ports">The ports by which the nodes reach each other.</param>
    /// <param name="i">Which one, from 0.</param>
    /// <param name="httpPort">The port of its HTTP.</param>
    public static Dictionary<string, string> OfCluster(
        string directory,
        Uri rpc,
        Address contract,
        Address? registry,
        string journal,
        IReadOnlyList<int> ports,
        int i,
        int httpPort
    )
    {
        var settings = new Dictionary<string, string?>(Common(rpc, contract, LogLevel.Error))
        {
            ["Chain:Registry"] = registry?.ToString(),
            ["Consensus:AllowSingleEndpoint"] = "true",
            ["DataDir"] = directory,
            ["Http:Port"] = httpPort.ToString(CultureInfo.InvariantCulture),
            ["Journal:Kind"] = "PostgreSql",
            ["Journal:ConnectionString"] = journal,
            ["Cluster:Enabled"] = "true",
            ["Cluster:Name"] = "devnet",
            ["Cluster:Port"] = ports[i].ToString(CultureInfo.InvariantCulture),
            ["Cluster:SeedNodes"] = string.Join(
                ',',
                ports.Select(port => string.Create(CultureInfo.InvariantCulture, $"akka.tcp://tao20@127.0.0.1:{port}"))
            ),
        };
        return settings
            .Where(setting => setting.Value is not null)
            .ToDictionary(setting => $"TAO20_{setting.Key.Replace(":", "__", StringComparison.Ordinal)}", setting => setting.Value!);
    }

    private static Dictionary<string, string?> Common(Uri rpc, Address contract, LogLevel level)
    {
        var common = new Dictionary<string, string?>
        {
            ["Chain:Endpoints"] = rpc.ToString(),
            ["Chain:Contract"] = contract.ToString(),
            ["Chain:FromBlock"] = "0",
            ["Chain:PollInterval"] = "100ms",

            // The chain keeps its own time, and an hour of it passes in seconds of ours.
            ["Check:MaxFinalAge"] = "0s",
            ["Check:RetryAfter"] = "1s",
            // The mock's code takes more gas than the chain's own.
            ["Transactions:LegGas"] = Economy.LegGas.ToString(CultureInfo.InvariantCulture),
            ["Netuid"] = Netuid.ToString(CultureInfo.InvariantCulture),
        };
        if (Environment.GetEnvironmentVariable("TAO20_LOG_LEVEL") is null)
            common["LOG_LEVEL"] = level.ToString();
        return common;
    }

    private static bool PortIsFree(int port)
    {
        try
        {
            using var listener = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, port);
            listener.Start();
            return true;
        }
        catch (System.Net.Sockets.SocketException)
        {
            Console.Error.WriteLine($"tao20: port {port} is in use; the node's HTTP takes a free one.");
            return false;
        }
    }
}
