using System.CommandLine;
using System.Text.RegularExpressions;
using Tao20.Node.Configuration;
using Tao20.Node.Hosting;
using Tao20.Node.Inspection;

namespace Tao20.Node.Commands;

/// <summary><c>tao20 inspect</c>: looks into a running node, and does to it what is safe.</summary>
internal static partial class InspectCommand
{
    private const string TokenVariable = "TAO20_INSPECT_TOKEN";

    /// <summary>The command.</summary>
    public static Command Create()
    {
        var words = new Argument<string[]>("command")
        {
            Description = "[HOST:PORT] [COMMAND ...]; without a command, a prompt. 'help' lists what the node can be asked",
            Arity = ArgumentArity.ZeroOrMore,
        };
        var dataDir = NodeOptions.DataDir("Directory of the running node, whose control file says where it answers");
        var tokenFile = new Option<string>("--token-file")
        {
            Description = $"The node's control file, or a copy, for HOST:PORT (or set {TokenVariable})",
            HelpName = "FILE",
        };
        var json = new Option<bool>("--json") { Description = "Answers as JSON" };
        var yes = new Option<bool>("--yes") { Description = "What changes something is done without asking" };
        var command = new Command("inspect", "Look into a running node: actors, cluster, miners, log, faults")
        {
            words,
            dataDir,
            tokenFile,
            json,
            yes,
        };
        command.SetAction(
            async (parsed, cancel) =>
            {
                IReadOnlyList<string> given = parsed.GetValue(words) ?? [];
                var host = given.Count > 0 && HostAndPort().IsMatch(given[0]) ? given[0] : null;
                given = host is null ? given : [.. given.Skip(1)];
                var (directory, file) = (parsed.GetValue(dataDir), parsed.GetValue(tokenFile));
                using var client = new InspectClient(() => AccessTo(host, directory, file));
                var catalog = new CommandCatalog(await client.PalettesAsync(cancel));
                var shell = new InspectShell(client, catalog, parsed.GetValue(json), parsed.GetValue(yes));
                if (given.Count > 0)
                    await shell.RunAsync(given, Console.Out, cancel);
                else
                    await shell.RunAsync($"Connected to {client.Name}, which has said what it can be asked: 'help' lists it.", cancel);
                return ExitCodes.Ok;
            }
        );
        return command;
    }

    private static NodeAccess AccessTo(string? host, string? directory, string? tokenFile)
    {
        if (directory is not null && host is null)
        {
            var (http, token) = ControlFile.Read(directory);
            return new NodeAccess(http, token);
        }

        if (host is null)
            throw new NodeException(
                ExitCodes.Usage,
                "DataDir is missing: give --data-dir with the directory of the running node, or HOST:PORT with --token-file."
            );
        var node = new Uri($"http://{host}/");
        if (tokenFile is not null)
            return new NodeAccess(node, ControlFile.TokenIn(tokenFile));
        if (Environment.GetEnvironmentVariable(TokenVariable) is { Length: > 0 } given)
            return new NodeAccess(node, given);
        return directory is not null
            ? new NodeAccess(node, ControlFile.Read(directory).Token)
            : throw new NodeException(
                ExitCodes.Usage,
                $"The token of {host} is missing: give --token-file with its control file, or a copy of it, or set {TokenVariable}."
            );
    }

    [GeneratedRegex(@"^(\[[0-9a-fA-F:]+\]|[A-Za-z0-9.-]+):\d{1,5}$")]
    private static partial Regex HostAndPort();
}
