using System.CommandLine;
using System.Globalization;
using Tao20.Node.Configuration;
using Tao20.Node.Hosting;
using Tao20.Node.Rebuild;

namespace Tao20.Node.Commands;

/// <summary><c>tao20 journal</c>: what can be done with a journal.</summary>
internal static class JournalCommand
{
    public static Command Create() =>
        new("journal", "What can be done with a journal")
        {
            JournalTablesCommand.Status(),
            JournalTablesCommand.Migrate(),
            JournalTablesCommand.Copy(),
            JournalBackupCommand.Backup(),
            JournalBackupCommand.Restore(),
            Rebuild(),
        };

    private static Command Rebuild()
    {
        var rpc = new Option<string>("--rpc")
        {
            Description = "JSON-RPC endpoints in order of preference, separated by commas; one at least has to keep all logs",
            HelpName = "URL[,URL]",
        };
        var contract = new Option<string>("--contract") { Description = "Address of the TAO20 contract", HelpName = "0x..." };
        var registry = new Option<string>("--registry")
        {
            Description = "Address of the ValidatorRegistry, if the journal follows one",
            HelpName = "0x...",
        };
        var fromBlock = new Option<ulong?>("--from-block") { Description = "First block to read, as before (default 0)", HelpName = "B" };
        var dataDir = NodeOptions.DataDir("Directory of the journal");
        var hocon = NodeOptions.Hocon();
        var command = new Command(
            "rebuild",
            "Fold the chain anew into a fresh journal beside the old one, which it replaces; what was sent and traded is kept"
        )
        {
            rpc,
            contract,
            registry,
            fromBlock,
            dataDir,
            hocon,
        };
        command.SetAction(
            async (parsed, cancel) =>
            {
                var overrides = new Dictionary<string, string?>
                {
                    ["Chain:Endpoints"] = parsed.GetValue(rpc),
                    ["Chain:Contract"] = parsed.GetValue(contract),
                    ["Chain:Registry"] = parsed.GetValue(registry),
                    ["Chain:FromBlock"] = parsed.GetValue(fromBlock)?.ToString(CultureInfo.InvariantCulture),
                    ["DataDir"] = parsed.GetValue(dataDir),
                };
                var configuration = NodeConfiguration.Load(overrides, parsed.GetValue(hocon), Directory.GetCurrentDirectory());
                await RunAsync(NodeSettings.Read(configuration, NodeRole.Rebuild), cancel);
                return ExitCodes.Ok;
            }
        );
        return command;
    }

    private static async Task RunAsync(NodeSettings settings, CancellationToken cancel)
    {
        using var directory = DataDirectory.Take(settings.DataDirectory);
        using var logging = LoggerFactory.Create(builder =>
            NodeLogging.Configure(builder, new LogLevels(settings.LogLevel), settings.LogFormat)
        );
        var rebuild = new JournalRebuild(settings, logging);
        var rebuilt = await rebuild.FoldAsync(cancel);
        var kept = await rebuild.TakePlaceAsync(cancel);
        await Console.Error.WriteLineAsync($"tao20 journal rebuild: {rebuilt.Differences}. The former journal is {kept}.");
    }
}
