using System.CommandLine;
using System.Globalization;
using Tao20.Node.Configuration;
using Tao20.Node.Hosting;

namespace Tao20.Node.Commands;

/// <summary><c>tao20 validator</c>: the pipeline on a given chain, until stopped.</summary>
internal static class ValidatorCommand
{
    public static Command Create()
    {
        var rpc = new Option<string>("--rpc") { Description = "JSON-RPC endpoints in order of preference, separated by commas", HelpName = "URL[,URL]" };
        var contract = new Option<string>("--contract") { Description = "Address of the TAO20 contract", HelpName = "0x..." };
        var netuid = new Option<int?>("--netuid") { Description = "The subnet whose weights are set (default 20)", HelpName = "N" };
        var fromBlock = new Option<ulong?>("--from-block") { Description = "First block to read: the contract's deployment (default 0)", HelpName = "B" };
        var chainId = new Option<ulong?>("--chain-id") { Description = "The chain id every endpoint must have (default: what the first says)", HelpName = "N" };
        var dataDir = NodeOptions.DataDir();
        var httpPort = NodeOptions.HttpPort();
        var hocon = NodeOptions.Hocon();
        var command = new Command("validator", "Follow a chain: fold trades, rank miners, settle epochs, answer on HTTP")
        {
            rpc, contract, netuid, dataDir, fromBlock, chainId, httpPort, hocon,
        };
        command.SetAction(async (parsed, cancel) =>
        {
            var overrides = new Dictionary<string, string?>
            {
                ["Chain:Endpoints"] = parsed.GetValue(rpc),
                ["Chain:Contract"] = parsed.GetValue(contract),
                ["Chain:FromBlock"] = Text(parsed.GetValue(fromBlock)),
                ["Chain:ChainId"] = Text(parsed.GetValue(chainId)),
                ["Netuid"] = Text(parsed.GetValue(netuid)),
                ["DataDir"] = parsed.GetValue(dataDir),
                ["Http:Port"] = Text(parsed.GetValue(httpPort)),
            };
            var configuration = NodeConfiguration.Load(overrides, parsed.GetValue(hocon), Directory.GetCurrentDirectory());
            await RunAsync(NodeSettings.Read(configuration), cancel);
            return ExitCodes.Ok;
        });
        return command;
    }

    private static async Task RunAsync(NodeSettings settings, CancellationToken cancel)
    {
        await using var host = await ValidatorHost.StartAsync(settings, cancel);
        await Console.Error.WriteLineAsync(
            $"tao20 validator: following {settings.Chain.Contract} from {string.Join(", ", settings.Chain.Endpoints)}; journal in {settings.DataDirectory}; status at {new Uri(host.Http, "status")}");
        await host.RunAsync(cancel);
    }

    private static string? Text<T>(T? value)
        where T : struct, IFormattable => value?.ToString(null, CultureInfo.InvariantCulture);
}
