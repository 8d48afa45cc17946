using System.CommandLine;
using Tao20.Node;
using Tao20.Node.Commands;

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
    SettingsCommand.Create(),
};
#if DEVNET
root.Add(Tao20.Devnet.Commands.DevnetCommand.Create());
#endif
return await CommandLine.RunAsync(root, args);
