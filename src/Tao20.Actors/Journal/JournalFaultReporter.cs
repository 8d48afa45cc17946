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

    /// <summary>The newest program that has written it; null before that is known.</summary>
    public JournalVersion? WrittenBy { get; init; }

    /// <summary>Whether it can be used.</summary>
    public JournalHealth Health { get; } = new(clock);

    /// <summary>All that is wrong with it now.</summary>
    public IReadOnlyList<NodeFault> Faults =>
        [
            .. (Health.Trouble is { } trouble ? [Fault(trouble)] : Array.Empty<NodeFault>()),
            .. (Health.Replaced is { } replaced ? [Fault(replaced)] : Array.Empty<NodeFault>()),
            .. Health.Incomplete.Select(one => Fault(one.Stream) with { At = one.Since }),
        ];

    /// <summary>What an operator gives it: a data directory, or a database.</summary>
    public string Container => options.Kind == JournalKind.Sqlite ? "data directory" : "database";

    private string Remedy =>
        holdsBooks
            ? $"Restore it from a backup. Without one, move it away and start again with an empty {Container}: trades are folded "
                + $"again from the chain, and the miner's books begin anew with what the account then owns."
            : $"Move it away and start again with an empty {Container}: everything is rebuilt from the chain.";

    /// <summary>The fault behind a problem, with its remedy.</summary>
    /// <param name="problem">What kind of problem.</param>
    /// <param name="reason">What the database says.</param>
    /// <param name="isTriedAgain">Whether what may pass is tried again: a running node does, and a start does not.</param>
    public NodeFault Fault(JournalProblem problem, string reason, bool isTriedAgain = true)
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
            JournalProblem.Newer => (FaultKind.JournalNewer, Newer(reason)),
            JournalProblem.Replaced => (
                FaultKind.JournalReplaced,
                $"The journal in {where} was removed or replaced under the running node: {reason}. Stop the node, put the right file "
                    + "back, or an empty directory, and start it again."
            ),
            JournalProblem.AnotherWriter => (
                FaultKind.AnotherWriter,
                $"The journal in {where} is written by another process: {reason}. Only one node or cluster writes a journal: stop that "
                    + $"one, or give this one a {Container} of its own."
            ),
            _ => (
                FaultKind.JournalUnavailable,
                $"The journal in {where} {JournalProblems.Words(problem)}: {reason}. "
                    + (isTriedAgain ? "Nothing is lost, and it is tried again" : "Nothing was begun")
                    + $"; {JournalProblems.Remedy(problem)}."
            ),
        };
        return new NodeFault(kind, message, clock.GetUtcNow());
    }

    /// <summary>The fault of a journal that cannot be used for a while.</summary>
    public NodeFault Fault(JournalTrouble trouble) => Fault(trouble.Problem, trouble.Reason) with { At = trouble.Since };

    /// <summary>The fault of a stream that lacks something.</summary>
    public NodeFault Fault(StreamIncomplete incomplete) =>
        new(
            FaultKind.JournalIncomplete,
            $"The journal in {where} is not complete: the stream {incomplete.Stream} {incomplete.Reason}. Nothing is ranked or attested "
                + (
                    incomplete.IsFolded
                        ? "before it is rebuilt from the chain: stop the node and run tao20 journal rebuild."
                        : "before it is restored: no chain has what it holds; stop the node and restore the journal from a backup."
                ),
            clock.GetUtcNow()
        );

    /// <summary>Tells of a stream that lacks something, or that it does not; whether it is complete.</summary>
    public bool Check(string stream, StreamIncomplete? incomplete)
    {
        Health.Note(stream, incomplete);
        if (incomplete is not null)
            faults.Raise(Fault(incomplete));
        return incomplete is null;
    }

    /// <summary>Tells that this process may not write the journal, or not any more.</summary>
    public void Refuse(JournalException refusal) => faults.Raise(Fault(refusal.Problem, refusal.Message));

    /// <summary>Tells that this node has joined a cluster that is not its own.</summary>
    /// <param name="difference">Which node of it is other than this one, and in what.</param>
    public void RefuseCluster(string difference) =>
        faults.Raise(
            new NodeFault(
                FaultKind.WrongCluster,
                $"The cluster that this node is told to join is another one: {difference}. Nothing was done there; correct "
                    + "Cluster:SeedNodes, or what differs.",
                clock.GetUtcNow()
            )
        );

    private string Newer(string reason) =>
        $"The journal in {where} was written by a newer version{(WrittenBy is { } by ? $" ({by})" : "")}: {reason}. This is "
        + $"{JournalVersion.Current}: upgrade to that version, or a later one. Nothing was lost.";

    /// <summary>What to say of a journal that is of another chain or contract than is asked for.</summary>
    public string Foreign(ChainIdentity journal, ChainIdentity asked) =>
        $"The journal in {where} is of chain {journal.ChainId} (genesis {journal.Genesis}), contract "
        + $"{journal.Contract}{Registry(journal)} from block {journal.FromBlock}; "
        + $"asked for is chain {asked.ChainId} (genesis {asked.Genesis}), contract {asked.Contract}{Registry(asked)} "
        + $"from block {asked.FromBlock}. Give the {Container} of this chain, or an empty one.";

    private static string Registry(ChainIdentity identity) => identity.Registry is { } registry ? $" and registry {registry}" : "";

    /// <summary>Tells of an actor's failure to write or read its events; what may pass is left to the actor's restart.</summary>
    public void Raise(JournalWork work, string stream, Exception cause)
    {
        var (problem, reason) = (JournalProblems.Of(cause), JournalProblems.Innermost(cause));
        Health.Fail(work, stream, problem, reason);
        faults.Raise(OutOfMemory.IsBehind(cause) ? OutOfMemory.Fault(clock) : Fault(problem, reason));
    }
}
