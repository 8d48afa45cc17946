using System.CommandLine;
using System.Text.Json.Nodes;
using Tao20.Node.Configuration;
using Tao20.Node.Hosting;
using Tao20.Node.Http;

namespace Tao20.Node.Commands;

/// <summary><c>tao20 health</c>: whether a node lives, or is ready, as an exit code: for what starts containers, and for scripts.</summary>
internal static class HealthCommand
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>The command.</summary>
    public static Command Create()
    {
        var dataDir = NodeOptions.DataDir("Directory of the running node, whose control file says where it answers");
        var url = new Option<string>("--url") { Description = "Where the node answers, in place of --data-dir", HelpName = "URL" };
        var ready = new Option<bool>("--ready") { Description = "Whether it is ready: level with the chain, and nothing wrong" };
        var command = new Command("health", "Whether a running node lives (exit code 0), or is ready") { dataDir, url, ready };
        command.SetAction(
            async (parsed, cancel) =>
            {
                var (directory, given) = (parsed.GetValue(dataDir), parsed.GetValue(url));
                if (directory is null == given is null)
                    throw new NodeException(
                        ExitCodes.Usage,
                        "Give either --data-dir with the directory of the running node, or --url with where it answers."
                    );
                var node = given is null ? ControlFile.Read(directory!).Http : Parsed(given);
                Console.WriteLine(
                    await AskAsync(new Uri(node, parsed.GetValue(ready) ? HealthEndpoints.Ready : HealthEndpoints.Live), cancel)
                );
                return ExitCodes.Ok;
            }
        );
        return command;
    }

    private static Uri Parsed(string url) =>
        Uri.TryCreate(url, UriKind.Absolute, out var node) && node.Scheme is "http" or "https"
            ? node
            : throw new NodeException(ExitCodes.Usage, $"--url = {url} is no URL of a node: give one such as http://127.0.0.1:8081.");

    private static async Task<string> AskAsync(Uri question, CancellationToken cancel)
    {
        using var client = new HttpClient { Timeout = Patience };
        try
        {
            using var response = await client.GetAsync(question, cancel);
            var said = await response.Content.ReadAsStringAsync(cancel);
            return response.IsSuccessStatusCode
                ? said
                : throw new NodeException(ExitCodes.Failed, $"{question} says {(int)response.StatusCode}: {Reason(said)}");
        }
        catch (HttpRequestException e)
        {
            throw new NodeException(ExitCodes.Failed, $"{question} does not answer: {e.Message}", e);
        }
        catch (TaskCanceledException e) when (!cancel.IsCancellationRequested)
        {
            throw new NodeException(ExitCodes.Failed, $"{question} does not answer within {Patience.TotalSeconds:0} s.", e);
        }
    }

    /// <summary>The reason in what a node says, or all that it says.</summary>
    private static string Reason(string said)
    {
        try
        {
            return JsonNode.Parse(said) is JsonObject document ? (document["reason"] ?? document["error"])?.ToString() ?? said : said;
        }
        catch (System.Text.Json.JsonException)
        {
            return said;
        }
    }
}
