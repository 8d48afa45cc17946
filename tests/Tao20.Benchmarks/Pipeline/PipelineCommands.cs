using System.CommandLine;
using System.Text.Json;
using Tao20.Domain.Units;

namespace Tao20.Benchmarks.Pipeline;

/// <summary>The commands that measure the whole way of a trade, or one stretch of it, and print one JSON line.</summary>
internal static class PipelineCommands
{
    /// <summary>The node that is built with the benchmarks.</summary>
    public const string BuiltNode = "src/Tao20.Node/bin/Release/net10.0/tao20.dll";

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    public static IEnumerable<Command> All() =>
        [Ingest(), Record(), Serve(), Seed(), Fold(), Journal(), Recover(), Miners(), Latency(), Epoch(), Trade(), .. StartCommands.All()];

    private static Command Ingest()
    {
        var (rpc, contract, from, to, replay) = (
            Rpc(),
            Contract(),
            Block("--from"),
            Block("--to"),
            new Option<FileInfo?>("--replay") { Description = "Recorded replies, served from memory instead of a chain" }
        );
        var journal = new Option<string>("--journal") { Description = "Where events go: sqlite", DefaultValueFactory = _ => "sqlite" };
        var directory = new Option<string?>("--data-dir")
        {
            Description = "Directory of the journal (default: a temporary one, deleted afterwards)",
        };
        var (parallelism, range) = (
            Number("--parallelism", "Ranges downloaded at once", 4),
            Number("--range", "Blocks a range; 0 adapts to the node; as recorded for --replay", 0)
        );
        var runs = Number("--runs", "How often; the middle one is printed", 1);
        var command = new Command("ingest", "Read a chain into a fresh journal; side by side, only download the same ranges")
        {
            rpc,
            contract,
            from,
            to,
            replay,
            journal,
            directory,
            parallelism,
            range,
            runs,
        };
        command.SetAction(
            (parsed, cancel) =>
                PrintAsync(
                    IngestRun.RunAsync(
                        new IngestArguments(
                            parsed.GetValue(rpc),
                            Address.Parse(parsed.GetValue(contract) ?? SyntheticChain.ContractAddress.ToString()),
                            parsed.GetValue(from),
                            parsed.GetValue(to),
                            parsed.GetValue(replay),
                            parsed.GetValue(directory),
                            parsed.GetValue(parallelism),
                            parsed.GetValue(range),
                            parsed.GetValue(runs)
                        ),
                        cancel
                    )
                )
        );
        return command;
    }

    private static Command Record()
    {
        var (rpc, contract, from, to) = (Rpc(), Contract(), Block("--from"), Block("--to"));
        var range = Number("--range", "Blocks a range; the same for --replay", 200);
        var output = new Option<FileInfo>("--out") { Description = "The file to write", Required = true };
        var (trades, miners, perBlock) = (
            Number("--trades", "Without --rpc: how many trades a made-up chain has", 1_000_000),
            Number("--miners", "and how many miners", 100),
            Number("--per-block", "and trades a block", 50)
        );
        var command = new Command("record", "Record the JSON-RPC replies of a chain, or of a made-up one, for ingest --replay")
        {
            rpc,
            contract,
            from,
            to,
            output,
            trades,
            miners,
            perBlock,
            range,
        };
        command.SetAction(
            (parsed, cancel) =>
                PrintAsync(
                    RecordedReplies.RecordAsync(
                        new IngestArguments(
                            parsed.GetValue(rpc),
                            Address.Parse(parsed.GetValue(contract) ?? SyntheticChain.ContractAddress.ToString()),
                            parsed.GetValue(from),
                            parsed.GetValue(to),
                            null,
                            null,
                            4,
                            parsed.GetValue(range)
                        ),
                        new SyntheticChain(parsed.GetValue(trades), parsed.GetValue(miners), parsed.GetValue(perBlock)),
                        parsed.GetValue(output)!,
                        cancel
                    )
                )
        );
        return command;
    }

    private static Command Serve()
    {
        var (trades, miners, perBlock, port) = (
            Number("--trades", "How many trades", 1_000_000),
            Number("--miners", "How many miners", 1000),
            Number("--per-block", "Trades a block", 50),
            Number("--port", "Port on 127.0.0.1", 18545)
        );
        var (delay, most) = (
            Number("--delay-ms", "How long each answer is held back, in milliseconds", 0),
            Number("--per-second", "Requests answered a second, the others with 429; 0 answers all", 0)
        );
        var command = new Command("serve", "Serve a made-up chain over HTTP, so that only the reader's memory is measured")
        {
            trades,
            miners,
            perBlock,
            port,
            delay,
            most,
        };
        command.SetAction(
            (parsed, cancel) =>
                SyntheticServer.RunAsync(
                    new SyntheticChain(parsed.GetValue(trades), parsed.GetValue(miners), parsed.GetValue(perBlock)),
                    parsed.GetValue(port),
                    TimeSpan.FromMilliseconds(parsed.GetValue(delay)),
                    parsed.GetValue(most),
                    cancel
                )
        );
        return command;
    }

    private static Command Seed()
    {
        var (trades, miners, port) = (
            Number("--trades", "How many trades", 100_000),
            Number("--miners", "How many miners", 100),
            Number("--port", "Port on 127.0.0.1", 18546)
        );
        var (perBlock, perTransaction) = (
            Number("--per-block", "Trades a block", 100),
            Number("--per-transaction", "Trades a transaction, if only emitted", 1)
        );
        var emitted = new Option<bool>("--emitted") { Description = "Only emit the trades' events, instead of trading on the index" };
        var command = new Command("anvil", "Start a local chain with so many trades on it, print where, and keep it until stopped")
        {
            trades,
            miners,
            perBlock,
            perTransaction,
            port,
            emitted,
        };
        command.SetAction(
            (parsed, cancel) =>
            {
                var arguments = new SeedArguments(
                    parsed.GetValue(trades),
                    parsed.GetValue(miners),
                    parsed.GetValue(perBlock),
                    parsed.GetValue(perTransaction),
                    parsed.GetValue(port)
                );
                return parsed.GetValue(emitted) ? SeededAnvil.EmittedAsync(arguments, cancel) : SeededAnvil.TradedAsync(arguments, cancel);
            }
        );
        return command;
    }

    private static Command Fold()
    {
        var (trades, miners, batch) = (
            Number("--trades", "How many trades", 10_000_000),
            Number("--miners", "How many miners", 100),
            Number("--batch", "Trades a batch", 1000)
        );
        var command = new Command("fold", "Decide and evolve alone, on one core") { trades, miners, batch };
        command.SetAction(parsed => Print(FoldRun.Run(parsed.GetValue(trades), parsed.GetValue(miners), parsed.GetValue(batch))));
        return command;
    }

    private static Command Journal()
    {
        var (trades, miners, batch) = (
            Number("--trades", "How many trades", 1_000_000),
            Number("--miners", "How many miners", 100),
            Number("--batch", "Trades a batch", 500)
        );
        var command = new Command("journal", "Miner actors from message to durable SQLite") { trades, miners, batch };
        command.SetAction(
            (parsed, cancel) =>
                PrintAsync(JournalRun.WriteAsync(parsed.GetValue(trades), parsed.GetValue(miners), parsed.GetValue(batch), cancel))
        );
        return command;
    }

    private static Command Recover()
    {
        var (trades, miners, batch) = (
            Number("--trades", "How many trades", 1_000_000),
            Number("--miners", "How many miners", 100),
            Number("--batch", "Trades a batch", 500)
        );
        var command = new Command("recover", "Miner actors from SQLite back to memory, without and with snapshots")
        {
            trades,
            miners,
            batch,
        };
        command.SetAction(
            (parsed, cancel) =>
                PrintAsync(JournalRun.RecoverAsync(parsed.GetValue(trades), parsed.GetValue(miners), parsed.GetValue(batch), cancel))
        );
        return command;
    }

    private static Command Miners()
    {
        var (miners, entries, batch) = (
            Number("--miners", "How many miners", 10_000),
            Number("--entries", "Entries of each in the journal", 5),
            Number("--batch", "Trades an entry", 2)
        );
        var command = new Command("miners", "Many miners from SQLite back to memory at once, and what they take there")
        {
            miners,
            entries,
            batch,
        };
        command.SetAction(
            (parsed, cancel) =>
                PrintAsync(MinersRun.RunAsync(parsed.GetValue(miners), parsed.GetValue(entries), parsed.GetValue(batch), cancel))
        );
        return command;
    }

    private static Command Epoch()
    {
        var (validators, miners) = (
            Number("--validators", "How many validators attest", 64),
            Number("--miners", "How many miners are ranked", 10_000)
        );
        var command = new Command("epoch", "The close of an epoch: scores, root, rewards, weights, and the round") { validators, miners };
        command.SetAction(async (parsed, _) => Print(await EpochRun.RunAsync(parsed.GetValue(validators), parsed.GetValue(miners))));
        return command;
    }

    private static Command Latency()
    {
        var (node, blocks) = (NodePath(), Number("--blocks", "How many blocks", 300));
        var command = new Command("latency", "From a final block to its trades in /status, on a real local chain") { node, blocks };
        command.SetAction((parsed, cancel) => PrintAsync(LatencyRun.RunAsync(parsed.GetValue(node)!, parsed.GetValue(blocks), cancel)));
        return command;
    }

    private static Command Trade()
    {
        var (seconds, block) = (
            Number("--seconds", "How long is measured", 120),
            Number("--block-ms", "How long a block takes, in milliseconds", 1000)
        );
        var command = new Command("trade", "One miner on a real local chain: trades an hour, and how fast it reacts") { seconds, block };
        command.SetAction((parsed, cancel) => PrintAsync(TradeRun.RunAsync(parsed.GetValue(seconds), parsed.GetValue(block), cancel)));
        return command;
    }

    public static Option<string> NodePath() =>
        new("--node") { Description = "The node: tao20.dll, or a published executable", DefaultValueFactory = _ => BuiltNode };

    public static Option<string?> Rpc() => new("--rpc") { Description = "JSON-RPC endpoint" };

    public static Option<string?> Contract() => new("--contract") { Description = "The contract that emits the trades" };

    public static Option<ulong> Block(string name) => new(name) { Description = "Block, included" };

    public static Option<int> Number(string name, string description, int fallback) =>
        new(name) { Description = $"{description} (default {fallback})", DefaultValueFactory = _ => fallback };

    public static int Print(object result)
    {
        ResultOutput.Writer.WriteLine(JsonSerializer.Serialize(result, Json));
        return 0;
    }

    public static async Task<int> PrintAsync<T>(Task<T> run)
        where T : notnull => Print(await run);

    public static async Task<int> PrintEachAsync<T>(Task<IReadOnlyList<T>> run)
        where T : notnull
    {
        foreach (var result in await run)
            Print(result);
        return 0;
    }
}
