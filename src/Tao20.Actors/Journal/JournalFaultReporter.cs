using Tao20.Actors.Faults;
using Tao20.Domain.Ingestion;

namespace Tao20.Actors.Journal;

/// <summary>Says in one line what is wrong with the journal and what to do, and ends the node where nothing else is right.</summary>
/// <param name="options">How events are kept.</param>
/// <param name="where">Where: a directory or a database, for messages.</param>
/// <param name="faults">Where faults that end the node are told.</param>
/// <param name="clock">The clock.</param>
/// <param name="holdsBooks">Whether it holds what no chain has: a miner's books.</param>
public sealed class JournalFaultReporter(
    JournalOptions options,
    string where,
    FaultSignal faults,
    TimeProvider clock,
    bool holdsBooks = false
)
{
    /// <summary>How events are kept.</summary>
    public JournalOptions Options => options;

    /// <summary>Where: a directory or a database.</summary>
    public string Where => where;

    /// <summary>What an operator gives it: a data directory, or a database.</summary>
    public string Container => options.Kind == JournalKind.Sqlite ? "data directory" : "database";

    private string Remedy =>
        holdsBooks
            ? $"Restore it from a backup. Without one, move it away and start again with an empty {Container}: trades are folded "
                + $"again from the chain, and the miner's books begin anew with what the account then owns."
            : $"Move it away and start again with an empty {Container}: everything is rebuilt from the chain.";

    /// <summary>The fault behind a problem, with its remedy.</summary>
    public NodeFault Fault(JournalProblem problem, string reason)
    {
        reason = reason.ReplaceLineEndings("; ").TrimEnd('.');
        var (kind, message) = problem switch
        {
            JournalProblem.DiskFull => (
                FaultKind.DiskFull,
                $"The journal in {where} is full: {reason}. Nothing was lost; free space (or raise Journal:MaxSizeMiB) and start again."
            ),
            JournalProblem.Corrupt => (FaultKind.JournalCorrupt, $"The journal in {where} is corrupt: {reason}. {Remedy}"),
            JournalProblem.Unwritable => (
                FaultKind.JournalUnwritable,
                $"The journal in {where} cannot be written: {reason}. Check its permissions and the device, and start again."
            ),
            _ => (
                FaultKind.JournalUnavailable,
                $"The journal in {where} does not answer: {reason}. Check that it is there and lets this node in."
            ),
        };
        return new NodeFault(kind, message, clock.GetUtcNow());
    }

    /// <summary>What to say of a journal that is of another chain or contract than is asked for.</summary>
    public string Foreign(ChainIdentity journal, ChainIdentity asked) =>
        $"The journal in {where} is of chain {journal.ChainId} (genesis {journal.Genesis}), contract "
        + $"{journal.Contract}{Registry(journal)} from block {journal.FromBlock}; "
        + $"asked for is chain {asked.ChainId} (genesis {asked.Genesis}), contract {asked.Contract}{Registry(asked)} "
        + $"from block {asked.FromBlock}. Give the {Container} of this chain, or an empty one.";

    private static string Registry(ChainIdentity identity) => identity.Registry is { } registry ? $" and registry {registry}" : "";

    /// <summary>Tells of an actor's failure to write or read its events; what may pass is left to the actor's restart.</summary>
    public void Raise(Exception cause) => faults.Raise(Fault(JournalProblems.Of(cause), JournalProblems.Innermost(cause)));
}
