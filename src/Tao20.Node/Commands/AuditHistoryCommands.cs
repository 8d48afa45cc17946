using System.CommandLine;
using System.Globalization;
using System.Numerics;
using Tao20.Domain.Units;
using Tao20.Node.Audit;
using Tao20.Node.Configuration;

namespace Tao20.Node.Commands;

/// <summary><c>tao20 audit at|explain|what-if</c>: what a history comes to, at a block, for a miner, or by other parameters.</summary>
internal static class AuditHistoryCommands
{
    public static Command At()
    {
        var block = new Option<ulong>("--block")
        {
            Description = "The block",
            HelpName = "BLOCK",
            Required = true,
        };
        return Create(
            "at",
            "Show all that a node knows, as it was at a block",
            [block],
            (history, parsed, cancel) => StateDocument.ReadAsync(history, parsed.GetValue(block), cancel),
            document => document.Lines()
        );
    }

    public static Command Explain()
    {
        var miner = new Option<string>("--miner")
        {
            Description = "The miner",
            HelpName = "0x...",
            Required = true,
        };
        var epoch = new Option<ulong>("--epoch")
        {
            Description = "The epoch",
            HelpName = "EPOCH",
            Required = true,
        };
        return Create(
            "explain",
            "Explain what a miner is paid for an epoch: each trade, each rule, each number",
            [miner, epoch],
            (history, parsed, cancel) =>
                ExplanationDocument.ReadAsync(
                    history,
                    EndpointOptions.ReadAddress("--miner", parsed.GetValue(miner))!.Value,
                    new EpochId(parsed.GetValue(epoch)),
                    cancel
                ),
            document => document.Lines()
        );
    }

    public static Command WhatIf()
    {
        var set = new Option<string[]>("--set")
        {
            Description = "A parameter and its number, as in the canonical text: scoring.score.mintpercent=100; may come more than once",
            HelpName = "KEY=NUMBER",
            Required = true,
        };
        var (from, to) = (
            AuditReplayCommand.Epoch("--from-epoch", "The first epoch that is compared", 0),
            AuditReplayCommand.Epoch("--to-epoch", "The last epoch that is compared", ulong.MaxValue)
        );
        return Create(
            "what-if",
            "Recompute all epochs by other parameters: who would gain, who would lose",
            [set, from, to],
            (history, parsed, cancel) =>
                WhatIfDocument.ReadAsync(history, Read(parsed.GetValue(set)!), parsed.GetValue(from), parsed.GetValue(to), cancel),
            document => document.Lines()
        );
    }

    private static Command Create<T>(
        string name,
        string description,
        IEnumerable<Option> own,
        Func<AuditHistory, ParseResult, CancellationToken, Task<T>> read,
        Func<T, IEnumerable<string>> lines
    )
        where T : notnull
    {
        var (source, json) = (new AuditHistoryOptions(), NodeOptions.Json());
        var command = new Command(name, description);
        foreach (var option in own)
            command.Add(option);
        source.AddTo(command);
        command.Add(json);
        command.SetAction(
            async (parsed, cancel) =>
            {
                var document = await EndpointOptions.WithoutOutputAsync(async () =>
                {
                    await using var history = await source.OpenAsync(parsed, cancel);
                    return await read(history, parsed, cancel);
                });
                EndpointOptions.Print(parsed.GetValue(json), document, lines(document));
                return ExitCodes.Ok;
            }
        );
        return command;
    }

    private static Dictionary<string, BigInteger> Read(IEnumerable<string> set)
    {
        var numbers = new Dictionary<string, BigInteger>(StringComparer.Ordinal);
        foreach (var one in set)
        {
            var parts = one.Split('=', 2);
            if (
                parts.Length != 2
                || !BigInteger.TryParse(parts[1], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
                || !numbers.TryAdd(parts[0].ToLowerInvariant(), number)
            )
                throw new NodeException(
                    ExitCodes.Usage,
                    $"--set {one} is no parameter with a number: give e.g. " + "scoring.score.mintpercent=100, each once."
                );
        }

        return numbers;
    }
}
