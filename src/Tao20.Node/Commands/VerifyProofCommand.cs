using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using Tao20.Node.Audit;
using Tao20.Node.Http;

namespace Tao20.Node.Commands;

/// <summary><c>tao20 audit verify-proof</c>: whether a proof of a miner's place proves it; offline.</summary>
internal static class VerifyProofCommand
{
    public static Command Create()
    {
        var file = new Option<FileInfo>("--file")
        {
            Description = "What 'audit explain --json' or 'consensus verify --miner --json' has printed, or its field 'proof'",
            HelpName = "FILE",
            Required = true,
        };
        var root = new Option<string>("--root")
        {
            Description = "The ranking root that it must be of, as validators have stated it (default: whichever it is of)",
            HelpName = "0x...",
        };
        var command = new Command("verify-proof", "Say whether a proof of a miner's place in a ranking holds; nothing is asked of anybody")
        {
            file,
            root,
        };
        command.SetAction(async (parsed, cancel) => Verify(await ReadAsync(parsed.GetValue(file)!, cancel), parsed.GetValue(root)));
        return command;
    }

    private static async Task<PlaceProof> ReadAsync(FileInfo file, CancellationToken cancel)
    {
        try
        {
            await using var stream = file.OpenRead();
            var document = await JsonNode.ParseAsync(stream, cancellationToken: cancel);
            return (document?["proof"] ?? document).Deserialize<PlaceProof>(NodeEndpoints.Json)
                ?? throw new JsonException("there is nothing in it");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            throw new NodeException(ExitCodes.Usage, $"--file = {file} has no proof: {e.Message}", e);
        }
    }

    private static int Verify(PlaceProof proof, string? root)
    {
        bool isRight;
        try
        {
            isRight = proof.IsRight();
        }
        catch (FormatException e)
        {
            throw new NodeException(ExitCodes.Usage, $"The proof cannot be read: {e.Message}.", e);
        }

        if (root is not null && !string.Equals(root, proof.Root, StringComparison.OrdinalIgnoreCase))
        {
            Console.WriteLine($"not proved: it is of the root {proof.Root}, not of {root}");
            return ExitCodes.AuditDifferences;
        }

        var place = $"{proof.Miner} has place {proof.Rank} of {proof.Count} with payout {proof.Payout} rao";
        Console.WriteLine(
            isRight ? $"proved: {place} in the ranking {proof.Root}" : $"not proved: that {place} does not lead to {proof.Root}"
        );
        return isRight ? ExitCodes.Ok : ExitCodes.AuditDifferences;
    }
}
