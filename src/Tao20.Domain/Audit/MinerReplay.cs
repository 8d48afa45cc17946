using Tao20.Domain.Trades;
using Tao20.Domain.Units;
using Tao20.Domain.Volume;

namespace Tao20.Domain.Audit;

/// <summary>A batch of a miner's trades, and how far the miner has come with it.</summary>
/// <param name="Row">Where it is written.</param>
/// <param name="Rules">The rules it was judged by.</param>
/// <param name="Trades">The trades.</param>
/// <param name="Head">How far the miner's trades are folded with it.</param>
internal sealed record FoldedBatch(JournalRow Row, EligibilityRules Rules, ReadOnlyMemory<Trade> Trades, MinerHead Head);

/// <summary>
/// One miner's stream, folded again: each batch is judged anew and held against what was written. Batches that the cursor has not passed
/// are kept, to be held against what the cursor says of them.
/// </summary>
internal sealed class MinerReplay
{
    private readonly AuditFindings _findings;
    private readonly bool _lacksEntries;
    private readonly Queue<FoldedBatch> _ahead = new();

    // How far the cursor has come: with which trades, and how many of the first batch that it has not passed as a whole.
    private MinerHead _passed;
    private int _passedOfBatch;

    /// <summary>A miner from its first trade on.</summary>
    /// <param name="miner">The miner.</param>
    /// <param name="lacksEntries">Whether entries of its stream are missing: that is reported, and not what follows from it.</param>
    /// <param name="findings">What is found.</param>
    public MinerReplay(Address miner, bool lacksEntries, AuditFindings findings)
    {
        Volume = MinerVolume.Initial(miner);
        (_lacksEntries, _findings) = (lacksEntries, findings);
    }

    /// <summary>A miner whose first entries are no longer there.</summary>
    /// <param name="snapshot">What they had come to.</param>
    /// <param name="lacksEntries">Whether later entries of its stream are missing: that is reported, and not what follows from it.</param>
    /// <param name="findings">What is found.</param>
    public MinerReplay(MinerVolumeSnapshot snapshot, bool lacksEntries, AuditFindings findings)
        : this(snapshot.Miner, lacksEntries, findings)
    {
        Volume = MinerVolume.Restore(snapshot);
        IsFromSnapshot = true;
        _passed = Volume.Head;
    }

    /// <summary>What its entries have come to.</summary>
    public MinerVolume Volume { get; private set; }

    /// <summary>Whether its first entries are no longer there.</summary>
    public bool IsFromSnapshot { get; }

    /// <summary>Whether its entries could not be folded: no more can be said of it.</summary>
    public bool IsBroken { get; private set; }

    /// <summary>Says no more of it: something of it is missing.</summary>
    public void Break() => IsBroken = true;

    /// <summary>Whether it has trades that the cursor has not passed.</summary>
    public bool IsAhead => _ahead.Count > 0;

    /// <summary>Folds a batch.</summary>
    public void Take(JournalRow row, TradesFolded folded)
    {
        if (IsBroken)
            return;
        try
        {
            Judge(row, folded);
            Volume = Volume.Evolve(folded);
            _ahead.Enqueue(new FoldedBatch(row, folded.Rules, folded.Trades, Volume.Head));
        }
        catch (Exception e) when (e is ArgumentException or InvalidDataException)
        {
            IsBroken = true;
            _ahead.Clear();
            _findings.Report(DifferenceKind.TradesOutOfOrder, row, $"the batch does not follow on what is before it: {e.Message}");
        }
    }

    /// <summary>Whether what it did in an epoch follows from its entries; otherwise it is only known as it was written.</summary>
    public bool Knows(EpochId epoch) => !IsBroken && (!IsFromSnapshot || Volume.Of(epoch).AllTrades > 0);

    /// <summary>Takes the trades that the cursor passes with a range.</summary>
    /// <param name="row">The cursor's entry.</param>
    /// <param name="range">The range.</param>
    /// <param name="recorded">How far the cursor says that the miner is; null where it says nothing of it.</param>
    /// <returns>How many trades of the range it has.</returns>
    public long Pass(JournalRow row, PassedRange range, MinerHead? recorded)
    {
        if (IsBroken)
            return range.CountOf(Volume.Miner, recorded);
        var (passed, found) = Advance(range.LastBlock, range.Note);
        if (range.TellsHeads)
            Compare(row, recorded, found, passed);
        _passed = found;
        return IsFromSnapshot ? range.CountOf(Volume.Miner, recorded) : passed;
    }

    /// <summary>Takes the trades up to a block that the cursor has passed with entries that are no longer there.</summary>
    /// <param name="row">The cursor's first entry that is there.</param>
    /// <param name="lastBlock">The block.</param>
    /// <param name="recorded">How far the cursor says that the miner is.</param>
    public void PassUnseen(JournalRow row, ulong lastBlock, MinerHead? recorded)
    {
        if (IsBroken)
            return;
        var (passed, found) = Advance(lastBlock, static (_, _, _) => { });
        Compare(row, recorded, found, passed);
        _passed = found;
    }

    private (int Passed, MinerHead Found) Advance(ulong lastBlock, Action<FoldedBatch, int, int> note)
    {
        var hash = _passed.Hash;
        var passed = 0;
        while (_ahead.TryPeek(out var batch))
        {
            var trades = batch.Trades.Span;
            var from = _passedOfBatch;
            var to = from;
            while (to < trades.Length && trades[to].Position.Block <= lastBlock)
                to++;
            note(batch, from, to);
            passed += to - from;
            if (to < trades.Length)
            {
                // After a crash ranges are cut anew, and a batch can reach into the next one.
                hash = HashWithin(batch, from, to, hash);
                _passedOfBatch = to;
                break;
            }

            hash = batch.Head.Hash;
            _passedOfBatch = 0;
            _ahead.Dequeue();
        }

        return (passed, new MinerHead(_passed.Trades + passed, hash));
    }

    private void Compare(JournalRow row, MinerHead? recorded, MinerHead found, int passed)
    {
        if (recorded is not { } head)
        {
            // The cursor names nobody whose hash is not known: an earlier version began with it.
            if (passed > 0 && found.Hash is not null)
                _findings.Report(
                    DifferenceKind.TradesNotCounted,
                    row,
                    $"{passed} trades of {Volume.Miner} are in the blocks of this range, and the range does not name the miner"
                );
            return;
        }

        // There is nothing to hold it against before the oldest snapshot.
        if (IsFromSnapshot && passed == 0 && head.Trades <= found.Trades)
            return;
        if (head.Trades > found.Trades && _lacksEntries)
            IsBroken = true;
        else if (head.Trades != found.Trades || (head.Hash is not null && head.Hash != found.Hash))
            _findings.Report(
                DifferenceKind.MinerHeadDiffers,
                row,
                $"of {Volume.Miner} the cursor says {Words(head)}; its stream has come to {Words(found)}"
            );
    }

    private Hash256? HashWithin(FoldedBatch batch, int from, int to, Hash256? before)
    {
        if (to == from || batch.Head.Hash is null)
            return before;
        var hash = before ?? TradeHash.First(Volume.Baseline ?? 0, _findings.Keccak);
        var trades = batch.Trades.Span;
        for (var i = from; i < to; i++)
            hash = TradeHash.After(hash, in trades[i], _findings.Keccak);
        return hash;
    }

    private void Judge(JournalRow row, TradesFolded folded)
    {
        if (folded.Trades.IsEmpty)
            throw new ArgumentException("it has no trades");

        // Earlier versions judged by other rules, and kept no hashes.
        if (folded.Heads.Count == 0 || Halves(folded.Verdicts.Span))
        {
            if (Volume.Head.Hash is not null)
                _findings.Report(DifferenceKind.TradesJudgedOtherwise, row, "the batch has no running hash, and the one before it has");

            _findings.TakeAsWritten();
            return;
        }

        var counter =
            folded.Baseline is { } before && Volume.Position is null
                ? new ChainCounter(before, before + ValueOf(folded.Trades.Span))
                : default(ChainCounter?);
        var command = new FoldTrades(Volume.Miner, folded.Rules, folded.Trades, counter) { Began = folded.Baseline };
        if (Volume.Decide(command, _findings.Keccak) is not FoldDecision.Fold(var expected))
            throw new ArgumentException("its trades have been folded before");
        if (!IsSame(expected, folded))
            _findings.Report(
                DifferenceKind.TradesJudgedOtherwise,
                row,
                "the batch is not what its trades come to by the rules that are written in it",
                expected,
                folded
            );
    }

    private static bool IsSame(TradesFolded expected, TradesFolded found) =>
        expected.Baseline == found.Baseline
        && expected.Trades.Length == found.Trades.Length
        && expected.Verdicts.Span.SequenceEqual(found.Verdicts.Span)
        && expected.Heads.SequenceEqual(found.Heads);

    private static bool Halves(ReadOnlySpan<Verdict> verdicts)
    {
        foreach (var verdict in verdicts)
        {
            if (verdict.Kind == VerdictKind.Halved)
                return true;
        }

        return false;
    }

    /// <summary>What trades are worth, in TAO wei.</summary>
    internal static UInt128 ValueOf(ReadOnlySpan<Trade> trades)
    {
        UInt128 value = 0;
        foreach (ref readonly var trade in trades)
            value += trade.Value.Value;
        return value;
    }

    private static string Words(MinerHead head) => $"{head.Trades} trades, hash {head.Hash?.ToString() ?? "unknown"}";
}
