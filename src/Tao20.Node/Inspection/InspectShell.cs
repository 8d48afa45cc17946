namespace Tao20.Node.Inspection;

/// <summary>Calls commands of a node, one that is given or those that are typed.</summary>
/// <param name="client">The node.</param>
/// <param name="catalog">What it can be asked.</param>
/// <param name="asJson">Whether answers are JSON, unless a command says so itself.</param>
/// <param name="isConfirmed">Whether what changes something is not asked about.</param>
internal sealed class InspectShell(InspectClient client, CommandCatalog catalog, bool asJson, bool isConfirmed)
{
    private const string AsJson = "--json";
    private const string Confirmed = "--yes";
    private static readonly TimeSpan LooksForKeysEvery = TimeSpan.FromMilliseconds(50);

    /// <summary>Reads commands until there are no more. What goes wrong with one is told, and the next is read.</summary>
    public async Task RunAsync(string greeting, CancellationToken cancel)
    {
        var editor = new LineEditor(catalog.Completions);
        if (!Console.IsInputRedirected)
        {
            Console.TreatControlCAsInput = true;
            Console.WriteLine(AnswerText.Safe(greeting));
        }

        while (!cancel.IsCancellationRequested && editor.Read($"[{client.Name}] tao20> ") is { } line)
        {
            if (line.Trim() is "exit" or "quit")
                return;
            try
            {
                var (words, file) = CommandWords.Read(line);
                if (words.Count == 0)
                    continue;
                if (file is null)
                    await RunAsync(words, Console.Out, cancel);
                else
                    await WriteAsync(file, words, cancel);
            }
            catch (NodeException e)
            {
                await Console.Error.WriteLineAsync(AnswerText.Safe(e.Message));
            }
        }
    }

    /// <summary>Calls one command.</summary>
    /// <param name="words">Its words.</param>
    /// <param name="output">Where its answer goes.</param>
    /// <param name="cancel">Cancels the operation.</param>
    /// <exception cref="NodeException">It is not known, not confirmed, or has no answer.</exception>
    public async Task RunAsync(IReadOnlyList<string> words, TextWriter output, CancellationToken cancel)
    {
        var isJson = asJson || words.Contains(AsJson);
        var (isYes, given) = (isConfirmed || words.Contains(Confirmed), words.Where(word => word is not (AsJson or Confirmed)).ToList());
        if (given is ["help", .. var about])
        {
            foreach (var line in catalog.Help(about))
                await output.WriteLineAsync(AnswerText.Safe(line));
            return;
        }

        var (path, command, rest) = catalog.Find(given);
        if (command.Follows)
        {
            await FollowAsync(path, new CallDocument(rest, false), output, cancel);
            return;
        }

        var (answer, question) = await client.CallAsync(path, new CallDocument(rest, isYes), cancel);
        if (answer is null)
        {
            if (!Confirm(question ?? "", command.Name))
                throw new NodeException(ExitCodes.Usage, "Nothing was done.");
            (answer, _) = await client.CallAsync(path, new CallDocument(rest, true), cancel);
        }

        if (answer is null)
            return;
        if (isJson)
            await output.WriteLineAsync(AnswerText.Json(answer));
        else
            foreach (var line in AnswerText.Lines(answer))
                await output.WriteLineAsync(line);
    }

    private async Task WriteAsync(string file, IReadOnlyList<string> words, CancellationToken cancel)
    {
        try
        {
            await using var output = new StreamWriter(file);
            await RunAsync(words, output, cancel);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new NodeException(ExitCodes.Usage, $"{file} cannot be written: {e.Message}", e);
        }
    }

    /// <summary>Asks twice: whether it is meant, and for the command's name.</summary>
    private static bool Confirm(string question, string name)
    {
        if (Console.IsInputRedirected)
            throw new NodeException(ExitCodes.Usage, $"{question} Nobody can be asked whether that is meant: give --yes where it is.");
        var isKey = Console.TreatControlCAsInput;
        Console.TreatControlCAsInput = false;
        try
        {
            Console.Write($"{AnswerText.Safe(question)} Go on? Type yes: ");
            if (Console.ReadLine()?.Trim() != "yes")
                return false;
            Console.Write($"To have it done, type {name}: ");
            return Console.ReadLine()?.Trim() == name;
        }
        finally
        {
            Console.TreatControlCAsInput = isKey;
        }
    }

    private async Task FollowAsync(string path, CallDocument call, TextWriter output, CancellationToken cancel)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var watching = Console.IsInputRedirected ? Task.CompletedTask : StopOnKeyAsync(stop);
        try
        {
            await foreach (var line in client.FollowAsync(path, call, stop.Token))
            {
                await output.WriteLineAsync(AnswerText.Safe(line));
                await output.FlushAsync(stop.Token);
            }
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            // A key has ended it.
        }
        finally
        {
            await stop.CancelAsync();
            await watching.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static async Task StopOnKeyAsync(CancellationTokenSource stop)
    {
        while (true)
        {
            await Task.Delay(LooksForKeysEvery, stop.Token);
            while (Console.KeyAvailable)
            {
                if (
                    Console.ReadKey(intercept: true)
                    is not ({ Key: ConsoleKey.Q } or { Key: ConsoleKey.C, Modifiers: ConsoleModifiers.Control })
                )
                    continue;
                await stop.CancelAsync();
                return;
            }
        }
    }
}
