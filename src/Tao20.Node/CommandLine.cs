using System.CommandLine;
using Tao20.Actors.Faults;
using Tao20.Actors.Remoting;
using Tao20.Chain;
using Tao20.Node.Hosting;

namespace Tao20.Node;

/// <summary>Runs a command and turns what goes wrong into one line and an exit code.</summary>
/// <param name="words">What it says before the process ends.</param>
internal sealed class CommandLine(LastWords words)
{
    private static readonly TimeSpan TimeToStop = TimeSpan.FromSeconds(30);

    public async Task<int> RunAsync(RootCommand root, string[] args)
    {
        var parsed = root.Parse(args);
        if (parsed.Errors.Count > 0)
        {
            words.Say(
                parsed
                    .Errors.Select(error => error.Message)
                    .Append("'tao20 --help' lists the commands, 'tao20 COMMAND --help' their options.")
            );
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
            return Tell(e);
        }
    }

    /// <summary>Says what a process ends with; the exit code.</summary>
    public int Tell(Exception e)
    {
        var (exitCode, message) = Describe(e);
        words.Say(message.Split('\n'), e);
        if (exitCode == ExitCodes.OutOfMemory)
            ProcessEnd.AtOnce(exitCode);
        return exitCode;
    }

    private static (int ExitCode, string Message) Describe(Exception e) =>
        e switch
        {
            _ when OutOfMemory.IsBehind(e) => (ExitCodes.OutOfMemory, OutOfMemory.Words),
            NodeException node => (node.ExitCode, node.Message),
            WrongChainException or NoContractException => (ExitCodes.WrongChain, e.Message),
            ChainException => (ExitCodes.Unreachable, e.Message),
            CertificateException => (ExitCodes.Usage, e.Message),
            _ => (ExitCodes.Failed, $"Something was not foreseen; please report it with these lines.\n{e}"),
        };
}
