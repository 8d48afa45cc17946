using System.CommandLine;
using Tao20.Domain.Units;
using Tao20.Node.Audit;
using Tao20.Node.Audit.Bundles;
using Tao20.Node.Configuration;

namespace Tao20.Node.Commands;

/// <summary><c>tao20 audit chain|export|verify-bundle</c>: an epoch recomputed for others, from the chain or from a file alone.</summary>
internal static class AuditEpochCommands
{
    public static Command Chain()
    {
        var (chain, json) = (new EpochOptions("; without old state all but NAV and weights is recomputed"), NodeOptions.Json());
        var command = new Command(
            "chain",
            "Recompute an epoch from the chain alone: ranks, payouts, root and weights beside what was stated"
        );
        chain.AddTo(command, isContractAsked: true);
        command.Add(json);
        command.SetAction(
            async (parsed, cancel) =>
            {
                var (folded, inputs) = await chain.ReadAsync(parsed, cancel);
                var audit = EpochAudit.Of(folded, inputs);
                audit = audit with { Round = audit.Round with { Proof = chain.Proof(parsed, folded) } };
                EndpointOptions.Print(parsed.GetValue(json), audit, audit.Lines());
                return audit.Differences.Count == 0 ? ExitCodes.Ok : ExitCodes.AuditDifferences;
            }
        );
        return command;
    }

    public static Command Export()
    {
        var (source, key, json) = (new AuditHistoryOptions(), new AccountKeyOptions(), NodeOptions.Json());
        var (epoch, netuid) = (EpochOptions.Epoch(), EpochOptions.Netuid());
        var output = new Option<FileInfo>("--out")
        {
            Description = "The file, which must not be there yet; compressed where its name ends with .gz",
            HelpName = "FILE",
            Required = true,
        };
        var block = new Option<ulong?>("--block")
        {
            Description = "Up to which block validators' statements are taken (default: the last that is known)",
            HelpName = "BLOCK",
        };
        var unsigned = new Option<bool>("--unsigned") { Description = "Do not sign it" };
        var command = new Command(
            "export",
            "Write all that an epoch follows from, and what it comes to, into one file that anybody can verify offline"
        )
        {
            epoch,
            output,
            block,
            netuid,
            key.KeyFile,
            key.Keystore,
            key.Password,
            unsigned,
        };
        source.AddTo(command);
        command.Add(json);
        command.SetAction(
            async (parsed, cancel) =>
            {
                var subnet = EndpointOptions.ReadNetuid(parsed.GetValue(netuid));
                var signer = parsed.GetValue(unsigned) ? null : key.Load(parsed);
                var document = await EndpointOptions.WithoutOutputAsync(async () =>
                {
                    await using var history = await source.OpenAsync(parsed, cancel);
                    return await ExportedBundle.WriteAsync(
                        history,
                        new EpochId(parsed.GetValue(epoch)),
                        parsed.GetValue(block),
                        subnet,
                        signer,
                        parsed.GetValue(output)!,
                        cancel
                    );
                });
                EndpointOptions.Print(parsed.GetValue(json), document, document.Lines());
                return document.Epoch.Differences.Count == 0 ? ExitCodes.Ok : ExitCodes.AuditDifferences;
            }
        );
        return command;
    }

    public static Command VerifyBundle()
    {
        var file = new Option<FileInfo>("--file")
        {
            Description = "What 'audit export' has written",
            HelpName = "FILE",
            Required = true,
        };
        var signer = new Option<string>("--signer")
        {
            Description = "The account that must have signed it (default: the attester of any validator in it)",
            HelpName = "0x...",
        };
        var json = NodeOptions.Json();
        var command = new Command("verify-bundle", "Recompute an epoch from a file alone, and say whether it is what the file says")
        {
            file,
            signer,
            json,
        };
        command.SetAction(
            async (parsed, cancel) =>
            {
                var wanted = EndpointOptions.ReadAddress("--signer", parsed.GetValue(signer));
                var path = parsed.GetValue(file)!;
                BundleDocument document;
                try
                {
                    document = await BundleVerification.VerifyAsync(path, wanted, cancel);
                }
                catch (Exception e) when (e is IOException or UnauthorizedAccessException)
                {
                    throw new NodeException(ExitCodes.Usage, $"--file = {path} cannot be read: {e.Message}", e);
                }

                EndpointOptions.Print(parsed.GetValue(json), document, document.Text());
                return document.Differences.Count == 0 ? ExitCodes.Ok : ExitCodes.AuditDifferences;
            }
        );
        return command;
    }
}
