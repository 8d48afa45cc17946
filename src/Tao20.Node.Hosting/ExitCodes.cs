using Tao20.Domain.Checks;

namespace Tao20.Node;

/// <summary>How the process ends: the numbers are extended and never changed.</summary>
/// <param name="Number">What the shell sees.</param>
/// <param name="Meaning">What it means.</param>
/// <param name="Remedy">What to do; empty for nothing.</param>
internal sealed record ExitCode(int Number, string Meaning, string Remedy);

/// <summary>All of them. docs/operations.md has the same table; a test holds it against this one.</summary>
internal static class ExitCodes
{
    /// <summary>All is well, or it was asked to stop.</summary>
    public const int Ok = 0;

    /// <summary>The work was done and its result is not right, or something was not foreseen.</summary>
    public const int Failed = 1;

    /// <summary>An option or a setting is wrong.</summary>
    public const int Usage = 2;

    /// <summary>No RPC endpoint can be used.</summary>
    public const int Unreachable = 3;

    /// <summary>The endpoint is on another chain, or the contract is not there.</summary>
    public const int WrongChain = 4;

    /// <summary>The data directory is of another chain or contract, or in use.</summary>
    public const int DataDirectory = 5;

    /// <summary>No space is left for the journal.</summary>
    public const int DiskFull = 6;

    /// <summary>The HTTP port is in use.</summary>
    public const int PortInUse = 7;

    /// <summary>The journal is corrupt or cannot be written.</summary>
    public const int Journal = 8;

    /// <summary>There is no memory left.</summary>
    public const int OutOfMemory = 9;

    /// <summary>The journal was written by a newer version.</summary>
    public const int NewerJournal = 10;

    /// <summary>An audit has found differences.</summary>
    public const int AuditDifferences = 11;

    /// <summary>Another process writes the same journal, or signs for the same account.</summary>
    public const int AnotherWriter = 12;

    /// <summary>The worst row of the check of the chain warns.</summary>
    public const int CheckWarns = 20;

    /// <summary>The worst row of the check of the chain switches something off.</summary>
    public const int CheckDegrades = 21;

    /// <summary>The worst row of the check of the chain refuses something.</summary>
    public const int CheckRefuses = 22;

    /// <summary>A person stopped it before it was done.</summary>
    public const int Interrupted = 130;

    /// <summary>All of them, by number.</summary>
    public static IReadOnlyList<ExitCode> All { get; } =
    [
        new(Ok, "all is well, or asked to stop", ""),
        new(Failed, "the result is not right, or something was not foreseen", "read the line"),
        new(Usage, "an option or setting is wrong", "each is named with its value and range"),
        new(Unreachable, "no RPC endpoint can be used", "check the node and the URL"),
        new(WrongChain, "wrong chain, or no contract there", "correct `--rpc`, `--chain-id` or `--contract`"),
        new(DataDirectory, "the data directory is of another chain or contract, or in use", "give the right one, or an empty one"),
        new(DiskFull, "no space for the journal", "free space and start again; nothing was lost"),
        new(PortInUse, "the HTTP port is in use", "`--http-port`"),
        new(
            Journal,
            "the journal is corrupt, cannot be written, or its database does not answer",
            "the line says which; a corrupt one is moved away: it is rebuilt from the chain"
        ),
        new(OutOfMemory, "there is no memory left", "give the process more; nothing was lost"),
        new(NewerJournal, "the journal was written by a newer version", "run that version, or a later one"),
        new(AuditDifferences, "an audit has found differences", "each is printed"),
        new(AnotherWriter, "another process writes the same journal, or signs for the same account", "stop the other one"),
        new(CheckWarns, "`chain check`: the worst row warns", "read the row; everything goes on"),
        new(CheckDegrades, "`chain check`: the worst row switches something off", "it goes on by itself when the row holds again"),
        new(CheckRefuses, "`chain check`: the worst row refuses something", "somebody has to look: [the rows](chain-check.md)"),
        new(Interrupted, "a devnet was stopped before its end", ""),
    ];

    /// <summary>The exit code of a check of the chain, by its worst row.</summary>
    public static int Of(CheckOutcome worst) =>
        worst switch
        {
            CheckOutcome.Warn => CheckWarns,
            CheckOutcome.Degrade => CheckDegrades,
            CheckOutcome.Refuse => CheckRefuses,
            _ => Ok,
        };
}

/// <summary>Something a person has to put right: one line that says what, where and how.</summary>
internal sealed class NodeException(int exitCode, string message, Exception? cause = null) : Exception(message, cause)
{
    public int ExitCode { get; } = exitCode;

    /// <summary>Whether the node was in a cluster, which has taken it out: that is over when it starts again.</summary>
    public bool JoinsAgain { get; init; }

    /// <summary>Whether a cluster has taken it out, maybe before it was let in.</summary>
    public bool IsTakenOut { get; init; }
}
