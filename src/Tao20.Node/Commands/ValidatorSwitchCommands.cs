using System.CommandLine;
using Tao20.Actors.Consensus;
using Tao20.Domain.Registry;

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

    private static Command Switch(string name, string description) =>
        ControlClient.Command<StatingSwitched>(
            name,
            description,
            "validator",
            $"validator/{name}",
            switched => switched.IsPaused ? Cost(switched.DormantRounds) : "It states and sets weights again."
        );

    private static string Cost(int dormantRounds) =>
        "It states nothing and sets no weights until 'tao20 validator resume'. No stake is lost by that. Rounds missed are not paid; "
        + $"{ValidatorStanding.MissedWarning} of the last {ValidatorStanding.Window} are a warning, {ValidatorStanding.MissedProbation} "
        + "probation"
        + (dormantRounds > 0 ? $", and after {dormantRounds} it can be made dormant, which costs one more round on coming back." : ".");
}
