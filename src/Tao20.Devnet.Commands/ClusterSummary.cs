using System.Globalization;
using Tao20.Devnet.Commands.Terminal;

namespace Tao20.Devnet.Commands;

/// <summary>What a validator on several nodes came to, beside one on a single node that nothing has happened to.</summary>
/// <param name="Nodes">How many nodes it has.</param>
/// <param name="Kills">How often one of them was killed.</param>
/// <param name="TakeOvers">How often another node has gone on with following the chain.</param>
/// <param name="LongestStopSeconds">How long it has not followed the chain, at most, in seconds.</param>
/// <param name="TotalsEqual">Whether each miner's total equals the single node's.</param>
/// <param name="EpochsEqual">Whether each settled epoch, with its ranking root, equals the single node's.</param>
/// <param name="BookEqual">Whether the book of rounds, validators and slashes does.</param>
internal sealed record ClusterSummary(
    int Nodes,
    int Kills,
    long TakeOvers,
    double LongestStopSeconds,
    bool TotalsEqual,
    bool EpochsEqual,
    bool BookEqual
)
{
    /// <summary>Whether it has come to the same.</summary>
    public bool Right => TotalsEqual && EpochsEqual && BookEqual;

    /// <summary>Prints it.</summary>
    public void Print()
    {
        Printer.Say(
            string.Create(
                CultureInfo.InvariantCulture,
                $"The validator on {Nodes} nodes: {Kills} killed, {TakeOvers} times another one went on, stood still for "
                    + $"{LongestStopSeconds:0.0} s at most"
            )
        );
        Printer.Say(
            $"Beside the one that nothing has happened to: totals {Word(TotalsEqual)}, epochs and ranking roots {Word(EpochsEqual)}, "
                + $"book {Word(BookEqual)}"
        );
    }

    private static string Word(bool equal) => equal ? "equal" : "DIFFERENT";
}
