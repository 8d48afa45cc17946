using System.CommandLine;
using static Tao20.Benchmarks.Pipeline.PipelineCommands;

namespace Tao20.Benchmarks.Pipeline;

/// <summary>The commands that start whole processes.</summary>
internal static class StartCommands
{
    private const string Validator = "validator";
    private const string Miner = "miner";
    private const string Cluster = "cluster";

    public static IEnumerable<Command> All() => [Start(), Audit(), BareDownload(), BareWrite(), BareRecover()];

    private static Command Start()
    {
        var (rpc, contract, from) = (Rpc(), Contract(), Block("--from"));
        var nodes = new Option<string[]>("--node")
        {
            Description = "The nodes, by turns: tao20.dll, or published executables",
            DefaultValueFactory = _ => [BuiltNode],
            AllowMultipleArgumentsPerToken = true,
        };
        var what = new Option<string>("--as")
        {
            Description = "validator; cluster, nodes on a PostgreSQL; miner, on a chain of its own",
            DefaultValueFactory = _ => Validator,
        };
        what.AcceptOnlyFromAmong(Validator, Miner, Cluster);
        var size = Number("--size", "How many nodes the cluster has", 3);
        var restart = new Option<bool>("--restart") { Description = "Measure a start whose journal holds everything already" };
        var beside = new Option<bool>("--beside") { Description = "By turns with programs that only download, and only write" };
        var inspected = new Option<bool>("--inspected") { Description = "By turns with the same node, inspected once a second" };
        var windows = Number("--windows", "By turns without a dashboard, with one, and with so many windows open on it", 0);
        var runs = Number("--runs", "How often; the middle of each figure is printed", 1);
        var command = new Command("start", "From the start of a process until it lives, has folded, is ready and level")
        {
            nodes,
            what,
            size,
            rpc,
            contract,
            from,
            restart,
            beside,
            inspected,
            windows,
            runs,
        };
        command.SetAction(
            (parsed, cancel) =>
            {
                if (parsed.GetValue(what) == Miner)
                    return PrintEachAsync(
                        MinerStart.RunAsync(parsed.GetValue(nodes)!, parsed.GetValue(runs), parsed.GetValue(restart), cancel)
                    );
                var arguments = new StartArguments(
                    parsed.GetValue(nodes)!,
                    parsed.GetValue(rpc) ?? throw new ArgumentException("Give --rpc with a chain's URL."),
                    parsed.GetValue(contract) ?? SyntheticChain.ContractAddress.ToString(),
                    Math.Max(1, parsed.GetValue(from)),
                    parsed.GetValue(runs),
                    parsed.GetValue(restart)
                )
                {
                    Size = parsed.GetValue(size),
                };
                return PrintEachAsync(
                    parsed.GetValue(what) == Cluster ? StartRun.ClusterAsync(arguments, cancel)
                    : parsed.GetValue(windows) is > 0 and var open ? StartRun.WatchedAsync(arguments, open, cancel)
                    : parsed.GetValue(inspected) ? StartRun.InspectedAsync(arguments, cancel)
                    : StartRun.ValidatorAsync(arguments, parsed.GetValue(beside), cancel)
                );
            }
        );
        return command;
    }

    private static Command Audit()
    {
        var (node, rpc, contract) = (NodePath(), Rpc(), Contract());
        var miners = Number("--miners", "How many miners the chain has", 1000);
        var runs = Number("--runs", "How often; the middle of each figure is printed", 3);
        var postgreSql = new Option<bool>("--postgres") { Description = "The same journal in PostgreSQL besides" };
        var command = new Command("audit", "A journal of a chain audited, by turns with a program that only lets its miners recover")
        {
            node,
            rpc,
            contract,
            miners,
            runs,
            postgreSql,
        };
        command.SetAction(
            (parsed, cancel) =>
                PrintAsync(
                    AuditRun.RunAsync(
                        parsed.GetValue(node)!,
                        parsed.GetValue(rpc) ?? throw new ArgumentException("Give --rpc with a chain's URL."),
                        parsed.GetValue(contract) ?? SyntheticChain.ContractAddress.ToString(),
                        parsed.GetValue(miners),
                        parsed.GetValue(runs),
                        parsed.GetValue(postgreSql),
                        cancel
                    )
                )
        );
        return command;
    }

    private static Command BareRecover()
    {
        var directory = new Option<string>("--data-dir") { Description = "Directory of the journal", Required = true };
        var miners = Number("--miners", "How many miners", 1000);
        var command = new Command("bare-recover", "Let all miners of a journal recover, asked at once") { directory, miners };
        command.SetAction(
            (parsed, cancel) => PrintAsync(AuditRun.RecoverAsync(parsed.GetValue(directory)!, parsed.GetValue(miners), cancel))
        );
        return command;
    }

    private static Command BareDownload()
    {
        var (rpc, contract) = (Rpc(), Contract());
        var command = new Command("bare-download", "Download the logs of a contract, and look at none") { rpc, contract };
        command.SetAction((parsed, cancel) => PrintAsync(BareRun.DownloadAsync(parsed.GetValue(rpc)!, parsed.GetValue(contract)!, cancel)));
        return command;
    }

    private static Command BareWrite()
    {
        var trades = Number("--trades", "How many trades", 100_000);
        var command = new Command("bare-write", "Write as many trades into SQLite") { trades };
        command.SetAction(parsed => Print(BareRun.Write(parsed.GetValue(trades))));
        return command;
    }
}
