using System.CommandLine;
using Tao20.Chain;

namespace Tao20.Node;

/// <summary>Runs a command and turns what goes wrong into one line and an exit code.</summary>
internal static class CommandLine
{
    private static readonly TimeSpan TimeToStop = TimeSpan.FromSeconds(30);

    public static async Task<int> RunAsync(RootCommand root, string[] args)
    {
        var parsed = root.Parse(args);
        if (parsed.Errors.Count > 0)
        {
            foreach (var error in parsed.Errors)
                await Console.Error.WriteLineAsync($"tao20: {error.Message}");
            await Console.Error.WriteLineAsync("tao20: 'tao20 --help' lists the commands, 'tao20 COMMAND --help' their options.");
            return ExitCodes.Usage;
        }

        try
        {
            return await parsed.InvokeAsync(
                new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = TimeToStop }
            );
        }
        catch (OperationCanceledException)
        {
            return ExitCodes.Ok;
        }
        catch (Exception e)
        {
            var (exitCode, message) = Describe(e);
            foreach (var line in message.Split('\n'))
                await Console.Error.WriteLineAsync($"tao20: {line}");
            return exitCode;
        }
    }

    private static (int ExitCode, string Message) Describe(Exception e) =>
        e switch
        {
            NodeException node => (node.ExitCode, node.Message),
            WrongChainException or NoContractException => (ExitCodes.WrongChain, e.Message),
            ChainException => (ExitCodes.Unreachable, e.Message),
            _ => (ExitCodes.Failed, $"Something was not foreseen; please report it with these lines.\n{e}"),
        };
}
