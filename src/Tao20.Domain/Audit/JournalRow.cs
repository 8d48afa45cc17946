namespace Tao20.Domain.Audit;

/// <summary>One entry of a journal.</summary>
/// <param name="Stream">The persistence id of its stream.</param>
/// <param name="SequenceNr">Its number within the stream, from 1; 0 for the stream as a whole.</param>
public readonly record struct JournalRow(string Stream, long SequenceNr)
{
    /// <inheritdoc/>
    public override string ToString() => SequenceNr > 0 ? $"{Stream} {SequenceNr}" : Stream;
}
