using System.CommandLine;
using Tao20.Actors.Consensus;
using Tao20.Domain.Registry;
using Tao20.Node.Configuration;

namespace Tao20.Node.Commands;

/// <summary><c>tao20 validator pause</c> and <c>resume</c>: of a running node, which goes on following the chain.</summary>
internal static class ValidatorSwitchCommands
{
    /// <summary>Both of them.</summary>
    public static IEnumerable<Command> All() =>
        [
            Switch("pause", "Have a running validator state nothing and set no weights, also after a restart"),
            Switch("resume", "Have it state and set weights again"),
        ];

    private static Command Switch(string name, string description)
    {
        var dataDir = NodeOptions.DataDir("Directory of the running validator");
        var command = new Command(name, description) { dataDir };
        command.SetAction(
            async (parsed, cancel) =>
            {
                var directory =
                    parsed.GetValue(dataDir)
                    ?? throw new NodeException(
                        ExitCodes.Usage,
                        "DataDir is missing: give --data-dir with the directory of the running validator."
                    );
                var switched = await ControlClient.AskAsync<StatingSwitched>(directory, $"validator/{name}", cancel);
                Console.WriteLine(switched.IsPaused ? Cost(switched.DormantRounds) : "It states and sets weights again.");
                return ExitCodes.Ok;
            }
        );
        return command;
    }

    private static string Cost(int dormantRounds) =>
        "It states nothing and sets no weights until 'tao20 validator resume'. No stake is lost by that. Rounds missed are not paid; "
        + $"{ValidatorStanding.MissedWarning} of the last {ValidatorStanding.Window} are a warning, {ValidatorStanding.MissedProbation} "
        + "probation"
        + (dormantRounds > 0 ? $", and after {dormantRounds} it can be made dormant, which costs one more round on coming back." : ".");
}
