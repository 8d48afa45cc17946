using Tao20.Domain.Audit;
using Tao20.Domain.Trades;
using Tao20.Domain.Units;
using Tao20.Domain.Volume;
using static Tao20.Actors.Tests.Audit.Tampering;

namespace Tao20.Actors.Tests.Audit;

/// <summary>Ways to change entries as such, and the trades in them.</summary>
internal static class StreamTampering
{
    /// <summary>All of them.</summary>
    public static IEnumerable<Tampering> All() => [.. Rows(), .. Trades()];

    private static IEnumerable<Tampering> Rows()
    {
        yield return Sql(
            "an entry in the middle of a miner's stream is deleted",
            Miner,
            31,
            DifferenceKind.EntriesMissing,
            $"DELETE FROM journal {At(Miner, 30)}"
        );
        yield return Sql("a miner's first entry is deleted", Miner, 0, DifferenceKind.StreamBroken, $"DELETE FROM journal {At(Miner, 1)}");
        yield return Sql(
            "the cursor's entry in the middle is deleted",
            CursorStream,
            101,
            DifferenceKind.EntriesMissing,
            $"DELETE FROM journal {At(CursorStream, 100)}"
        );
        yield return Sql(
            "an entry of the consensus is deleted",
            ConsensusStream,
            11,
            DifferenceKind.EntriesMissing,
            $"DELETE FROM journal {At(ConsensusStream, 10)}"
        );
        yield return Sql(
            "an entry of the outbox is deleted",
            OutboxStream,
            21,
            DifferenceKind.EntriesMissing,
            $"DELETE FROM journal {At(OutboxStream, 20)}"
        );
        yield return Sql(
            "an entry is marked as deleted",
            Miner,
            41,
            DifferenceKind.EntriesMissing,
            $"UPDATE journal SET deleted = 1 {At(Miner, 40)}"
        );
        yield return new(
            "a miner's last entry is deleted",
            DifferenceKind.MinerHeadDiffers,
            journal =>
            {
                journal.Execute($"DELETE FROM journal {At(Miner, 123)}");
                return new JournalRow(CursorStream, 0);
            }
        );
        yield return new(
            "a miner is deleted",
            DifferenceKind.MinerHeadDiffers,
            journal =>
            {
                journal.Execute($"DELETE FROM journal WHERE persistence_id = '{Other}'");
                return new JournalRow(CursorStream, 0);
            }
        );
        yield return new(
            "the last settled epoch and all after it are deleted",
            DifferenceKind.EpochNotSettled,
            journal =>
            {
                journal.Execute($"DELETE FROM journal WHERE persistence_id = '{ConsensusStream}' AND sequence_number >= 32");
                return new JournalRow(CursorStream, 0);
            }
        );
        yield return Sql(
            "two entries change their numbers",
            Miner,
            31,
            DifferenceKind.EntriesMissing,
            $"UPDATE journal SET sequence_number = -30 {At(Miner, 30)}; UPDATE journal SET sequence_number = 30 {At(Miner, 31)}; "
                + "UPDATE journal SET sequence_number = 31 WHERE sequence_number = -30"
        );
        yield return Sql(
            "two entries change their contents",
            Miner,
            30,
            DifferenceKind.TradesJudgedOtherwise,
            $"CREATE TABLE kept AS SELECT message FROM journal {At(Miner, 30)}; "
                + $"UPDATE journal SET message = (SELECT message FROM journal {At(Miner, 31)}) {At(Miner, 30)}; "
                + $"UPDATE journal SET message = (SELECT message FROM kept) {At(Miner, 31)}"
        );
        yield return Sql(
            "an entry is there twice",
            Miner,
            30,
            DifferenceKind.EntryRepeated,
            "DROP INDEX journal_uq; INSERT INTO journal (created, deleted, persistence_id, sequence_number, message, manifest, identifier) "
                + $"SELECT created, deleted, persistence_id, sequence_number, message, manifest, identifier FROM journal {At(Miner, 30)}"
        );
        yield return new(
            "an entry is moved behind what was decided by it",
            DifferenceKind.MinerHeadDiffers,
            journal =>
            {
                journal.Execute($"UPDATE journal SET ordering = 1000000 {At(Miner, 123)}");
                return new JournalRow(CursorStream, 0);
            }
        );
        yield return Sql(
            "a stream has a name that none has",
            "minor-0x1",
            0,
            DifferenceKind.StreamUnknown,
            $"UPDATE journal SET persistence_id = 'minor-0x1' {At(Miner, 123)}"
        );
        yield return new(
            "a miner's stream is given to another address",
            DifferenceKind.TradesOutOfOrder,
            journal =>
            {
                const string thief = "miner-0x00000000000000000000000000000000000000ff";
                journal.Execute($"UPDATE journal SET persistence_id = '{thief}' WHERE persistence_id = '{Other}'");
                return new JournalRow(thief, 1);
            }
        );
        yield return Sql(
            "an entry is said to be of a kind that nobody knows",
            Miner,
            20,
            DifferenceKind.EntryUnreadable,
            $"UPDATE journal SET manifest = 'trades-unfolded' {At(Miner, 20)}"
        );
        yield return Sql(
            "an entry is said to be of another kind",
            Miner,
            20,
            DifferenceKind.EntryForeign,
            $"UPDATE journal SET manifest = 'settlement-acknowledged', message = x'0801' {At(Miner, 20)}"
        );
        yield return Bytes("an entry is cut off", 22, DifferenceKind.EntryUnreadable, bytes => bytes[..^7]);
        yield return Bytes("an entry is emptied", 22, DifferenceKind.EntryUnreadable, _ => []);
        yield return Bytes("an entry has other bytes at its end", 22, DifferenceKind.EntryUnreadable, bytes => [.. bytes, 255, 255]);
    }

    private static IEnumerable<Tampering> Trades()
    {
        yield return Trade("a trade is worth more", trade => trade with { Value = Plus(trade.Value) });
        yield return Trade("a trade has more tokens", trade => trade with { Tokens = Plus(trade.Tokens) });
        yield return Trade("a trade has another price", trade => trade with { Nav = TaoPerToken.From(trade.Nav.Value + 1) });
        yield return Trade("a trade has another transaction", trade => trade with { TxHash = Hash256.Zero });
        yield return Trade("a trade is a second later", trade => trade with { Timestamp = trade.Timestamp + 1 });
        yield return Trade(
            "a trade has another place in its block",
            trade => trade with { Position = trade.Position with { LogIndex = 9_999 } }
        );
        yield return Trade(
            "a trade is on the other side",
            trade => trade with { Side = trade.Side == TradeSide.Mint ? TradeSide.Redeem : TradeSide.Mint }
        );
        yield return Trade("a trade is of another miner", trade => trade with { Miner = default }, DifferenceKind.TradesOutOfOrder);
        yield return Batch(
            "a trade counts in full that does not",
            folded => folded with { Verdicts = Verdicts(folded, new Verdict(VerdictKind.Dust, 0)) }
        );
        yield return Batch(
            "more tokens of a trade cancel out",
            folded => folded with { Verdicts = Verdicts(folded, new Verdict(VerdictKind.Cancelled, 1)) }
        );
        yield return Batch("a running hash is another one", folded => folded with { Heads = [Hash256.Zero] });
        yield return Batch("a running hash is taken away", folded => folded with { Heads = [] });
        yield return Batch("a baseline is invented", folded => folded with { Baseline = 1 });
        yield return new(
            "a batch is judged by other rules",
            DifferenceKind.TradesByOtherRules,
            journal =>
            {
                var number = journal.Find<TradesFolded>(Miner, after: 20);
                journal.Edit<TradesFolded>(Miner, number, folded => folded with { Rules = folded.Rules with { BurstSeconds = 61 } });
                return new JournalRow(Miner, number);
            }
        );
        yield return new(
            "all hashes of a miner are taken away",
            DifferenceKind.MinerHeadDiffers,
            journal =>
            {
                for (var number = 1; number <= 70; number++)
                    journal.Edit<TradesFolded>(Other, number, folded => folded with { Heads = [] });
                return new JournalRow(CursorStream, 0);
            }
        );
    }
}
