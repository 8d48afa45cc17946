using Tao20.Domain.Units;

namespace Tao20.Domain.Audit;

/// <summary>What an audit has found, and what all of its replays need to find it.</summary>
/// <param name="keccak">The chain's hash function.</param>
/// <param name="same">Whether two events, reports or states say the same.</param>
/// <param name="report">Takes each difference, in the order of the journal.</param>
public sealed class AuditFindings(Keccak256 keccak, Func<object, object, bool> same, Action<AuditDifference> report)
{
    /// <summary>The chain's hash function.</summary>
    public Keccak256 Keccak { get; } = keccak;

    /// <summary>How many differences there are.</summary>
    public long Count { get; private set; }

    /// <summary>Entries written by an earlier version, whose rules are not known any more: taken as they are.</summary>
    public long TakenAsWritten { get; private set; }

    /// <summary>Whether two events, reports or states say the same.</summary>
    public bool Same(object expected, object found) => same(expected, found);

    /// <summary>Something differs.</summary>
    public void Report(DifferenceKind kind, JournalRow? row, string text, object? expected = null, object? found = null)
    {
        Count++;
        report(new AuditDifference(kind, row, text) { Expected = expected, Found = found });
    }

    /// <summary>An entry was taken as it was written.</summary>
    public void TakeAsWritten() => TakenAsWritten++;
}
