using System.CommandLine;
using Tao20.Node;
using Tao20.Node.Commands;
using Tao20.Node.Hosting;

var standardError = new QuietWriter(Console.Error);
Console.SetError(standardError);
if (OpenFiles.Problem() is { } tooFew)
{
    standardError.TryWriteLine($"tao20: {tooFew}");
    return ExitCodes.Usage;
}

Extensions.FindBesideProgram();
var commandLine = new CommandLine(new LastWords(standardError));

// What no command has caught ends the process: with a line and a code, as all else.
AppDomain.CurrentDomain.UnhandledException += (_, unhandled) => Environment.Exit(commandLine.Tell((Exception)unhandled.ExceptionObject));

var root = new RootCommand("TAO20: follows trades on chain, ranks miners, settles epochs, and trades to keep the peg.")
{
    ValidatorCommand.Create(),
    MinerCommand.Create(),
    IndexCommand.Create(),
    ConsensusCommand.Create(),
    ChainCommand.Create(),
    AccountCommand.Create(),
    ContractsCommand.Create(),
    JournalCommand.Create(),
    AuditCommand.Create(),
    ClusterCommand.Create(),
    InspectCommand.Create(),
    HealthCommand.Create(),
    SettingsCommand.Create(),
};
#if DEVNET
root.Add(Tao20.Devnet.Commands.DevnetCommand.Create());
#endif
VersionDocument.AddTo(root);
return await commandLine.RunAsync(root, args);
