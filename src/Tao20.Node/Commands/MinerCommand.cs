using System.CommandLine;
using System.Globalization;
using Tao20.Domain.Arbitrage;
using Tao20.Node.Configuration;
using Tao20.Node.Http;
using Tao20.Node.Rebuild;

namespace Tao20.Node.Commands;

/// <summary>
/// <c>tao20 miner</c>: keeps the peg of one market for one account, until stopped; and what an operator can do meanwhile.
/// </summary>
internal static class MinerCommand
{
    public static Command Create()
    {
        var rpc = new Option<string>("--rpc")
        {
            Description = "JSON-RPC endpoints in order of preference, separated by commas",
            HelpName = "URL[,URL]",
        };
        var contract = new Option<string>("--contract") { Description = "Address of the TAO20 contract", HelpName = "0x..." };
        var pool = new Option<string>("--pool")
        {
            Description = "Address of the TAO20/TAO market; more after it, separated by commas, are asked for their price alone",
            HelpName = "0x...[,0x...]",
        };
        var router = new Option<string>("--router")
        {
            Description =
                "Address of the Tao20Router: a trade is then one transaction that reverts unless it pays; without it, trades are "
                + "done step by step",
            HelpName = "0x...",
        };
        var netuid = new Option<int?>("--netuid") { Description = "The subnet the miner is registered on (default 20)", HelpName = "N" };
        var keyFile = new Option<string>("--key-file")
        {
            Description = "File with the miner's private key (or set TAO20_MINER_PRIVATE_KEY)",
            HelpName = "FILE",
        };
        var keystore = new Option<string>("--keystore")
        {
            Description = "Web3 Secret Storage V3 keystore with the miner's key",
            HelpName = "FILE",
        };
        var password = new Option<string>("--password-file")
        {
            Description = "File whose first line is the keystore's password",
            HelpName = "FILE",
        };
        var dryRun = new Option<bool>("--dry-run") { Description = "Decide and say what would be done, and sign nothing" };
        var account = new Option<string>("--account")
        {
            Description = "The account a dry run without a key decides for",
            HelpName = "0x...",
        };
        var fromBlock = new Option<ulong?>("--from-block")
        {
            Description = "First block to read: the contract's deployment (default 0)",
            HelpName = "B",
        };
        var chainId = new Option<ulong?>("--chain-id")
        {
            Description = "The chain id every endpoint must have (default: what the first says)",
            HelpName = "N",
        };
        var dataDir = NodeOptions.DataDir();
        var httpPort = NodeOptions.HttpPort(8080);
        var hocon = NodeOptions.Hocon();
        var command = new Command("miner", "Watch NAV against the market, and mint or redeem when it pays")
        {
            rpc,
            contract,
            pool,
            router,
            netuid,
            keyFile,
            keystore,
            password,
            dataDir,
            dryRun,
            account,
            fromBlock,
            chainId,
            httpPort,
            hocon,
            Control(Operation.Pause, "Begin no trades any more; the one on its way is finished"),
            Control(Operation.Resume, "Go on, whatever has stopped it"),
            Control(Operation.Unwind, "Turn all tokens into TAO, and trade nothing else meanwhile"),
            MinerReportCommand.Create(),
        };
        command.SetAction(
            async (parsed, cancel) =>
            {
                var overrides = new Dictionary<string, string?>
                {
                    ["Chain:Endpoints"] = parsed.GetValue(rpc),
                    ["Chain:Contract"] = parsed.GetValue(contract),
                    ["Chain:FromBlock"] = Text(parsed.GetValue(fromBlock)),
                    ["Chain:ChainId"] = Text(parsed.GetValue(chainId)),
                    ["Market:Pools"] = parsed.GetValue(pool),
                    ["Market:Router"] = parsed.GetValue(router),
                    ["Miner:KeyFile"] = parsed.GetValue(keyFile),
                    ["Miner:KeystoreFile"] = parsed.GetValue(keystore),
                    ["Miner:PasswordFile"] = parsed.GetValue(password),
                    ["Miner:Account"] = parsed.GetValue(account),
                    ["Miner:DryRun"] = parsed.GetValue(dryRun) ? "true" : null,
                    ["Netuid"] = Text(parsed.GetValue(netuid)),
                    ["DataDir"] = parsed.GetValue(dataDir),
                    ["Http:Port"] = Text(parsed.GetValue(httpPort)),
                };
                var (file, directory) = (parsed.GetValue(hocon), Directory.GetCurrentDirectory());
                await RunAsync(() => NodeSettings.Read(NodeConfiguration.Load(overrides, file, directory), NodeRole.Miner), cancel);
                return ExitCodes.Ok;
            }
        );
        return command;
    }

    private static Task RunAsync(Func<NodeSettings> read, CancellationToken cancel)
    {
        var settings = read();
        return RebuildingNode.RunAsync(
            settings,
            host =>
                Console.Error.WriteLineAsync(
                    $"tao20 miner: {(settings.Market!.DryRun ? "looking at" : "trading in")} "
                        + $"{settings.Market.Market.Pair ?? settings.Market.Market.Pools[0]} against {settings.Chain.Contract} "
                        + $"by {string.Join(", ", settings.Chain.EndpointNames)}; journal in "
                        + $"{settings.DataDirectory}; {settings.Dashboard.At(host.Http)}status at {new Uri(host.Http, "status")}"
                ),
            cancel,
            read
        );
    }

    private static Command Control(Operation operation, string description)
    {
        var name = operation.ToString().ToLowerInvariant();
        return ControlClient.Command<TraderDocument>(
            name,
            description,
            "miner",
            $"arbitrage/{name}",
            trader => $"{trader.Account}: {trader.State}{(trader.Why is { } why ? $" ({why})" : "")}"
        );
    }

    private static string? Text<T>(T? value)
        where T : struct, IFormattable => value?.ToString(null, CultureInfo.InvariantCulture);
}
