using System.CommandLine;
using Tao20.Chain.Checks;
using Tao20.Domain.Checks;
using Tao20.Node.Checks;
using Tao20.Node.Configuration;

namespace Tao20.Node.Commands;

/// <summary><c>tao20 chain check</c>: every assumption about the chain, held against a node.</summary>
internal static class ChainCommand
{
    public static Command Create()
    {
        var rpc = EndpointOptions.Rpc();
        var contract = new Option<string>("--contract")
        {
            Description = "Address of the TAO20 contract: its subnets and its stake are checked, too",
            HelpName = "0x...",
        };
        var account = new Option<string>("--account")
        {
            Description = "The account that sends transactions: its neuron and its weights are checked, too",
            HelpName = "0x...",
        };
        var netuid = new Option<int[]>("--netuid")
        {
            Description = "Subnets to check besides; the first is where the account is a neuron",
            HelpName = "N",
            AllowMultipleArgumentsPerToken = true,
        };
        var validator = new Option<bool>("--validator") { Description = "Whether the account sets weights on the first of these subnets" };
        var compare = new Option<FileInfo>("--compare")
        {
            Description = "An earlier report, of --json: what has changed since then is told first",
            HelpName = "FILE",
        };
        var hocon = NodeOptions.Hocon();
        var json = NodeOptions.Json();
        var check = new Command(
            "check",
            "Hold every assumption about the chain against a node; exit 0, or 20, 21, 22 when the worst row warns, degrades, refuses"
        )
        {
            rpc,
            contract,
            account,
            netuid,
            validator,
            compare,
            hocon,
            json,
        };
        check.SetAction(
            async (parsed, cancel) =>
            {
                var endpoints = EndpointOptions.Read(parsed.GetValue(rpc)!);
                var (bounds, fees) = EndpointOptions.ReadBounds(parsed.GetValue(hocon));
                List<ushort> netuids = [.. (parsed.GetValue(netuid) ?? []).Select(EndpointOptions.ReadNetuid)];
                var subject = new CheckSubject
                {
                    Contract = EndpointOptions.ReadAddress("--contract", parsed.GetValue(contract)),
                    Account = EndpointOptions.ReadAddress("--account", parsed.GetValue(account)),
                    Netuid = netuids.Count > 0 ? netuids[0] : null,
                    Netuids = netuids,
                    SetsWeights = parsed.GetValue(validator),
                    Fees = fees,
                    Bounds = bounds,
                    Before = parsed.GetValue(compare) is { } file ? await ReadAsync(file, cancel) : null,
                };
                if (subject is { SetsWeights: true, Account: null } or { SetsWeights: true, Netuid: null })
                    throw new NodeException(ExitCodes.Usage, "--validator needs --account and --netuid: whose weights, and where.");
                await using var chain = EndpointOptions.Connect(endpoints, subject.Contract ?? default);
                var report = await new ChainCheck(chain).RunAsync(subject, cancel);
                EndpointOptions.Print(parsed.GetValue(json), CheckDocument.Of(report), CheckText.Lines(report, subject.Before));
                return ExitCodes.Of(report.Worst);
            }
        );
        return new Command("chain", "The chain itself: whether it is as it is taken to be") { check };
    }

    private static async Task<CheckReport> ReadAsync(FileInfo file, CancellationToken cancel)
    {
        try
        {
            return CheckDocument.Read(await File.ReadAllTextAsync(file.FullName, cancel));
        }
        catch (Exception e) when (e is FormatException or IOException or UnauthorizedAccessException)
        {
            throw new NodeException(
                ExitCodes.Usage,
                $"--compare = {file.FullName} cannot be used ({e.Message}): give what 'tao20 chain check --json' has written.",
                e
            );
        }
    }
}
