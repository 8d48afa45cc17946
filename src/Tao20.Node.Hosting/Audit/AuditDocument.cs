using System.Text.Json.Serialization;
using Tao20.Actors.Audit;
using Tao20.Chain.Abi;
using Tao20.Domain.Audit;
using Tao20.Domain.Volume;
using Tao20.Node.Http;

namespace Tao20.Node.Audit;

/// <summary>A field in which what is written differs from what follows from the events.</summary>
internal sealed record FieldDocument(string Field, string Expected, string Found);

/// <summary>One difference that an audit has found.</summary>
/// <param name="Kind">What differs: docs/audit.md lists the kinds.</param>
/// <param name="Stream">The stream of the first entry at which it shows; null where it is in none.</param>
/// <param name="Entry">That entry's number within its stream; 0 for the stream as a whole.</param>
/// <param name="Text">What it is, in a sentence.</param>
/// <param name="Fields">The first fields that differ.</param>
internal sealed record DifferenceDocument(string Kind, string? Stream, long? Entry, string Text, IReadOnlyList<FieldDocument> Fields)
{
    /// <summary>A difference as it is told.</summary>
    public static DifferenceDocument Of(AuditDifference difference) =>
        new(
            difference.Kind.ToString(),
            difference.Row?.Stream,
            difference.Row?.SequenceNr,
            difference.Text,
            difference is { Expected: { } expected, Found: { } found }
                ? [.. WireDifference.Between(expected, found).Select(field => new FieldDocument(field.Field, field.Expected, field.Found))]
                : []
        );

    /// <summary>The same in lines for people.</summary>
    public IEnumerable<string> Lines()
    {
        yield return $"  {Kind}{(Stream is null ? "" : $" at {Stream}{(Entry > 0 ? $" {Entry}" : "")}")}: {Text}";
        foreach (var field in Fields)
            yield return $"      {field.Field}: {field.Expected} is expected, {field.Found} is found";
    }
}

/// <summary>What a replay found of an epoch.</summary>
internal sealed record AuditedEpoch(ulong Epoch, string RankingRoot, string? Hash);

/// <summary>What a journal was held against on its chain.</summary>
/// <param name="Block">The block up to which it was.</param>
/// <param name="Trades">Trades folded from the chain's logs.</param>
/// <param name="Miners">Miners that have traded by them.</param>
/// <param name="Epochs">Settled epochs that were compared.</param>
/// <param name="ContractCounts">Miners whose volume was compared with what the contract has counted.</param>
/// <param name="NotVerified">What could not be verified, and why.</param>
internal sealed record ChainAuditDocument(
    ulong Block,
    long Trades,
    int Miners,
    int Epochs,
    int ContractCounts,
    IReadOnlyList<string> NotVerified
);

/// <summary>What an audit of a journal has come to.</summary>
/// <param name="Journal">Where the journal is.</param>
/// <param name="Identity">Which chain and contracts it is of; null before the first range.</param>
/// <param name="Block">How far its cursor is; null before the first range.</param>
/// <param name="Streams">How many streams it has.</param>
/// <param name="StreamsFromSnapshot">How many of them begin with a snapshot, since their first entries are no longer there.</param>
/// <param name="Entries">How many entries were folded again.</param>
/// <param name="Snapshots">How many snapshots were compared.</param>
/// <param name="Trades">Trades folded again.</param>
/// <param name="Miners">Miners with trades.</param>
/// <param name="EpochsRecomputed">Settled epochs recomputed from the trades of all of their miners.</param>
/// <param name="EpochsAsWritten">Settled epochs of which some miners' volumes are only known as they were written.</param>
/// <param name="Rounds">Rounds of validators that are over.</param>
/// <param name="TradesHash">
/// The hash of all trades up to that block; null where an earlier version did not write what it is made of.
/// </param>
/// <param name="LastEpochHash">The hash of the last settled epoch, which carries those of all before.</param>
/// <param name="LastRoundHash">The hash of the last round that is over, which carries those of all before.</param>
/// <param name="TakenAsWritten">Entries of earlier versions, whose rules are not known any more.</param>
/// <param name="Epochs">The settled epochs that were asked for.</param>
/// <param name="Chain">What it was held against on its chain; null where no endpoint was given.</param>
/// <param name="DifferenceCount">How many differences there are.</param>
/// <param name="Differences">The first of them.</param>
internal sealed record AuditDocument(
    string Journal,
    IdentityDocument? Identity,
    ulong? Block,
    int Streams,
    int StreamsFromSnapshot,
    long Entries,
    long Snapshots,
    long Trades,
    int Miners,
    long EpochsRecomputed,
    long EpochsAsWritten,
    long Rounds,
    string? TradesHash,
    string? LastEpochHash,
    string? LastRoundHash,
    long TakenAsWritten,
    IReadOnlyList<AuditedEpoch> Epochs,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] ChainAuditDocument? Chain,
    long DifferenceCount,
    IReadOnlyList<DifferenceDocument> Differences
)
{
    /// <summary>The document of a replay.</summary>
    public static AuditDocument Of(
        string journal,
        JournalReplay replay,
        ulong fromEpoch,
        ulong toEpoch,
        ChainAuditDocument? chain,
        AuditFindings findings,
        IEnumerable<AuditDifference> differences
    )
    {
        var fold = replay.Fold;
        return new AuditDocument(
            journal,
            IdentityDocument.Of(fold.Cursor.Identity),
            fold.Cursor.Last?.Number,
            replay.Streams,
            replay.StreamsFromSnapshot,
            replay.Entries,
            replay.Snapshots,
            fold.Trades,
            fold.Cursor.Known.Count,
            fold.RecomputedEpochs,
            fold.EpochsTakenAsWritten,
            fold.Coordinator.Inbox.LastRound?.Number ?? 0,
            fold.Cursor.Last is { } last ? HeadsHash.Of(last.Number, fold.Cursor.Known, Keccak.Hash)?.ToString() : null,
            fold.Coordinator.Settled.Last?.Chain?.Hash.ToString(),
            fold.Coordinator.Inbox.LastRound?.Chain.Hash.ToString(),
            findings.TakenAsWritten,
            [
                .. replay
                    .Settled.Where(one => one.Epoch.Value >= fromEpoch && one.Epoch.Value <= toEpoch)
                    .Select(one => new AuditedEpoch(one.Epoch.Value, one.RankingRoot.ToString(), one.Chain?.ToString())),
            ],
            chain,
            findings.Count,
            [.. differences.Select(DifferenceDocument.Of)]
        );
    }

    /// <summary>The same in lines for people.</summary>
    public IEnumerable<string> Lines()
    {
        yield return $"{Journal}: {Entries} entries of {Streams} streams, {Snapshots} snapshots compared";
        yield return $"  up to block {Block?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "none"}: {Trades} trades of "
            + $"{Miners} miners folded again, hash {TradesHash ?? "not known"}";
        yield return $"  {EpochsRecomputed} epochs recomputed, last hash {LastEpochHash ?? "none"}";
        yield return $"  {Rounds} rounds, last hash {LastRoundHash ?? "none"}";
        if (StreamsFromSnapshot > 0)
            yield return $"  {StreamsFromSnapshot} streams begin with a snapshot: what was before it is no longer in the journal"
                + (Chain is null ? "; give --rpc, and the chain takes its place" : "; the chain was read in its place");
        if (EpochsAsWritten > 0)
            yield return $"  {EpochsAsWritten} epochs have miners whose volumes are only known as they were written"
                + (Chain is null ? "" : "; the chain was read for them");
        if (TakenAsWritten > 0)
            yield return $"  {TakenAsWritten} entries of earlier versions were taken as they were written";
        if (Chain is { } chain)
        {
            yield return $"  by the chain up to block {chain.Block}: {chain.Trades} trades of {chain.Miners} miners, {chain.Epochs} epochs "
                + $"compared, {chain.ContractCounts} volumes compared with the contract's count";
            foreach (var problem in chain.NotVerified)
                yield return $"  not verified: {problem}";
        }

        foreach (var difference in Differences.SelectMany(one => one.Lines()))
            yield return difference;
        if (DifferenceCount > Differences.Count)
            yield return $"  and {DifferenceCount - Differences.Count} more";
        yield return DifferenceCount == 0 ? "no differences" : $"{DifferenceCount} {(DifferenceCount == 1 ? "difference" : "differences")}";
    }
}
