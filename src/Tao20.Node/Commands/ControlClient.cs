using System.CommandLine;
using System.Net;
using System.Text.Json;
using Tao20.Node.Configuration;
using Tao20.Node.Hosting;
using Tao20.Node.Http;

namespace Tao20.Node.Commands;

/// <summary>Has a running node do what an operator wants, by the control file in its data directory.</summary>
internal static class ControlClient
{
    /// <summary>A command that has a running node do something.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="description">What it does.</param>
    /// <param name="role">What runs, in a word: miner or validator.</param>
    /// <param name="path">What is asked, as a path.</param>
    /// <param name="words">What came of it, for people.</param>
    public static Command Command<T>(string name, string description, string role, string path, Func<T, string> words)
    {
        var dataDir = NodeOptions.DataDir($"Directory of the running {role}");
        var command = new Command(name, description) { dataDir };
        command.SetAction(
            async (parsed, cancel) =>
            {
                var directory =
                    parsed.GetValue(dataDir)
                    ?? throw new NodeException(
                        ExitCodes.Usage,
                        $"DataDir is missing: give --data-dir with the directory of the running {role}."
                    );
                Console.WriteLine(words(await AskAsync<T>(directory, role, path, cancel)));
                return ExitCodes.Ok;
            }
        );
        return command;
    }

    /// <summary>Asks the node of a data directory.</summary>
    /// <param name="directory">The directory.</param>
    /// <param name="role">What should run there.</param>
    /// <param name="path">What is asked, as a path.</param>
    /// <param name="cancel">Cancels the operation.</param>
    /// <exception cref="NodeException">There is none, it does not answer, or it refuses.</exception>
    private static async Task<T> AskAsync<T>(string directory, string role, string path, CancellationToken cancel)
    {
        var (http, token) = ControlFile.Read(directory);
        using var client = new HttpClient { BaseAddress = http };
        using var request = new HttpRequestMessage(HttpMethod.Post, path);
        request.Headers.Add(ControlEndpoints.TokenHeader, token);
        try
        {
            using var response = await client.SendAsync(request, cancel);
            if (response.StatusCode == HttpStatusCode.NotFound)
                throw new NodeException(
                    ExitCodes.Usage,
                    $"The node that runs on {directory} is no {role} with a key: there is nothing to pause. Give the --data-dir of one."
                );
            if (!response.IsSuccessStatusCode)
                throw new NodeException(
                    ExitCodes.Failed,
                    $"The node at {http} refused: {await response.Content.ReadAsStringAsync(cancel)}"
                );
            return await response.Content.ReadFromJsonAsync<T>(NodeEndpoints.Json, cancel) ?? throw new JsonException("an empty answer");
        }
        catch (HttpRequestException e)
        {
            throw new NodeException(
                ExitCodes.Failed,
                $"The node at {http} does not answer: it has ended without removing its control file. Start it again.",
                e
            );
        }
        catch (JsonException e)
        {
            throw new NodeException(ExitCodes.Failed, $"What answers at {http} is no such node: {e.Message}", e);
        }
    }
}
