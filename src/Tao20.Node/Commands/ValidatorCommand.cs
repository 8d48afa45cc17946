using System.CommandLine;
using System.Globalization;
using Tao20.Node.Configuration;
using Tao20.Node.Rebuild;

namespace Tao20.Node.Commands;

/// <summary><c>tao20 validator</c>: the pipeline on a given chain, until stopped; and what a validator's account does.</summary>
internal static class ValidatorCommand
{
    public static Command Create()
    {
        var rpc = new Option<string>("--rpc")
        {
            Description = "JSON-RPC endpoints in order of preference, separated by commas",
            HelpName = "URL[,URL]",
        };
        var contract = new Option<string>("--contract") { Description = "Address of the TAO20 contract", HelpName = "0x..." };
        var registry = new Option<string>("--registry")
        {
            Description = "Address of the ValidatorRegistry: its rounds are followed, and with a key taken part in",
            HelpName = "0x...",
        };
        var keyFile = new Option<string>("--key-file")
        {
            Description = "File with the validator's private key (or set TAO20_VALIDATOR_PRIVATE_KEY)",
            HelpName = "FILE",
        };
        var keystore = new Option<string>("--keystore")
        {
            Description = "Web3 Secret Storage V3 keystore with the validator's key",
            HelpName = "FILE",
        };
        var password = new Option<string>("--password-file")
        {
            Description = "File whose first line is the keystore's password",
            HelpName = "FILE",
        };
        var netuid = new Option<int?>("--netuid") { Description = "The subnet whose weights are set (default 20)", HelpName = "N" };
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
        var httpPort = NodeOptions.HttpPort();
        var hocon = NodeOptions.Hocon();
        var command = new Command("validator", "Follow a chain: fold trades, rank miners, settle epochs, attest and judge, answer on HTTP")
        {
            rpc,
            contract,
            registry,
            keyFile,
            keystore,
            password,
            netuid,
            dataDir,
            fromBlock,
            chainId,
            httpPort,
            hocon,
        };
        foreach (
            var subcommand in ValidatorBondCommands.All().Concat(ValidatorProposalCommands.All()).Concat(ValidatorSwitchCommands.All())
        )
            command.Add(subcommand);
        command.SetAction(
            async (parsed, cancel) =>
            {
                var overrides = new Dictionary<string, string?>
                {
                    ["Chain:Endpoints"] = parsed.GetValue(rpc),
                    ["Chain:Contract"] = parsed.GetValue(contract),
                    ["Chain:Registry"] = parsed.GetValue(registry),
                    ["Validator:KeyFile"] = parsed.GetValue(keyFile),
                    ["Validator:KeystoreFile"] = parsed.GetValue(keystore),
                    ["Validator:PasswordFile"] = parsed.GetValue(password),
                    ["Chain:FromBlock"] = Text(parsed.GetValue(fromBlock)),
                    ["Chain:ChainId"] = Text(parsed.GetValue(chainId)),
                    ["Netuid"] = Text(parsed.GetValue(netuid)),
                    ["DataDir"] = parsed.GetValue(dataDir),
                    ["Http:Port"] = Text(parsed.GetValue(httpPort)),
                };
                var (file, directory) = (parsed.GetValue(hocon), Directory.GetCurrentDirectory());
                await RunAsync(() => NodeSettings.Read(NodeConfiguration.Load(overrides, file, directory)), cancel);
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
                    $"tao20 validator: following {settings.Chain.Contract} from {string.Join(", ", settings.Chain.EndpointNames)}; "
                        + $"journal in {settings.DataDirectory}; {settings.Dashboard.At(host.Http)}status at {new Uri(host.Http, "status")}"
                ),
            cancel,
            read
        );
    }

    private static string? Text<T>(T? value)
        where T : struct, IFormattable => value?.ToString(null, CultureInfo.InvariantCulture);
}
