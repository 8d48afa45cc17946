using Tao20.Domain.Volume;

namespace Tao20.Actors.Journal;

/// <summary>
/// A stream of the journal lacks events, or has others than were written: nothing is done by it, and nothing is said of it. It is noticed
/// when the stream is read: events are numbered from 1 without a gap, and the cursor knows how far each stream must be.
/// </summary>
/// <param name="Stream">Its persistence id.</param>
/// <param name="Reason">What it lacks, in words that go on after the stream's name.</param>
/// <param name="IsFolded">Whether all it holds is folded from the chain, and can be folded again.</param>
public sealed record StreamIncomplete(string Stream, string Reason, bool IsFolded = true)
{
    /// <summary>Events are missing between others, or before the first.</summary>
    /// <param name="stream">The persistence id.</param>
    /// <param name="first">The sequence number of the first that is missing.</param>
    /// <param name="last">That of the last.</param>
    /// <param name="isFolded">Whether all the stream holds is folded from the chain.</param>
    public static StreamIncomplete Lacks(string stream, long first, long last, bool isFolded) =>
        new(stream, first == last ? $"lacks event {first}" : $"lacks events {first} to {last}", isFolded);

    /// <summary>A miner's stream is not what the cursor knows.</summary>
    /// <param name="stream">The persistence id.</param>
    /// <param name="sequenceNr">The sequence number of its last event.</param>
    /// <param name="known">What the cursor knows.</param>
    /// <param name="found">What the stream has come to.</param>
    public static StreamIncomplete Differs(string stream, long sequenceNr, MinerHead known, MinerHead found) =>
        new(
            stream,
            found.Trades == known.Trades
                ? $"has other trades than the cursor knows, up to event {sequenceNr}: their running hash is {found.Hash}, not {known.Hash}"
                : $"lacks what follows event {sequenceNr}: it ends with {found.Trades} trades, and the cursor knows "
                    + (known.Hash is null ? "more" : $"{known.Trades}")
        );

    /// <summary>A stream ends before what the cursor knows it to hold.</summary>
    /// <param name="stream">The persistence id.</param>
    /// <param name="sequenceNr">The sequence number of its last event.</param>
    /// <param name="known">What it must hold, in words.</param>
    public static StreamIncomplete EndsBefore(string stream, long sequenceNr, string known) =>
        new(stream, $"lacks what follows event {sequenceNr}: the cursor knows {known}");
}
