using System.Collections.Immutable;
using Tao20.Domain.Audit;
using Tao20.Domain.Coordination;
using Tao20.Domain.Epochs;
using Tao20.Domain.Ingestion;
using Tao20.Domain.Ranking;
using Tao20.Domain.Rewards;
using Tao20.Domain.Settlement;
using Tao20.Domain.Trades;
using Tao20.Domain.Transactions;
using Tao20.Domain.Units;
using Tao20.Domain.Volume;

namespace Tao20.Actors.Tests.Audit;

/// <summary>A way to change a journal that somebody would try, and what an audit says of it.</summary>
/// <param name="Name">What is done.</param>
/// <param name="Kind">What the first difference is.</param>
/// <param name="Do">Does it; the first entry at which it shows.</param>
internal sealed record Tampering(string Name, DifferenceKind Kind, Func<AuditedJournal, JournalRow?> Do)
{
    /// <summary>The golden journal that it is done to.</summary>
    public string Journal { get; init; } = "validator-2026-11-29";

    public const string Miner = "miner-0x70997970c51812dc3a010c7d01b50e0d17dc79c8";
    public const string Other = "miner-0x15d34aaf54267db7d7c367839aaf71a00a2c6a65";
    public const string OutboxStream = "outbox-0xa440b941f7bfceb8006aa798244aee6ea30c5f22";
    public const string WeightsStream = "weights-0xa440b941f7bfceb8006aa798244aee6ea30c5f22";
    public const string Trader = "0x971a7a4826fa43d089bfc91474879ad747b368a0";
    public const string CursorStream = "chain-cursor";
    public const string ConsensusStream = "consensus";

    /// <summary>All of them, of the golden journals validator-2026-11-29 and miner-2026-11-29.</summary>
    public static IEnumerable<Tampering> All() => [.. StreamTampering.All(), .. ResultTampering.All(), .. AccountTampering.All()];

    public static string At(string stream, long number) => $"WHERE persistence_id = '{stream}' AND sequence_number = {number}";

    public static Tampering Sql(string name, string stream, long shows, DifferenceKind kind, string sql) =>
        new(
            name,
            kind,
            journal =>
            {
                journal.Execute(sql);
                return new JournalRow(stream, shows);
            }
        );

    public static Tampering Bytes(string name, long number, DifferenceKind kind, Func<byte[], byte[]> change) =>
        new(
            name,
            kind,
            journal =>
            {
                journal.EditBytes(Miner, number, change);
                return new JournalRow(Miner, number);
            }
        );

    public static Tampering Trade(string name, Func<Trade, Trade> change, DifferenceKind kind = DifferenceKind.TradesJudgedOtherwise) =>
        Batch(name, folded => folded with { Trades = (Trade[])[change(folded.Trades.Span[0]), .. folded.Trades.ToArray()[1..]] }, kind);

    public static Tampering Batch(
        string name,
        Func<TradesFolded, TradesFolded> change,
        DifferenceKind kind = DifferenceKind.TradesJudgedOtherwise
    ) => Edit(name, Miner, change, kind, after: 20);

    public static Tampering Range(
        string name,
        Func<CursorEvent.RangeFolded, CursorEvent.RangeFolded> change,
        DifferenceKind kind,
        int heads = 1,
        bool isNext = false
    ) =>
        Edit(
            name,
            CursorStream,
            change,
            kind,
            range => range.Heads.Count >= heads && range.Closed.Count == 0,
            after: 20,
            shows: isNext ? journal => journal.Find<CursorEvent.RangeFolded>(CursorStream, after: 21) : null
        );

    public static Tampering Closing(string name, Func<EpochToSettle, EpochToSettle> change, DifferenceKind kind) =>
        Edit<CursorEvent.RangeFolded>(
            name,
            CursorStream,
            range => range with { Closed = [.. range.Closed.Select(change)] },
            kind,
            range => range.Closed.Count > 0
        );

    public static Tampering Epoch(string name, Func<EpochReport, EpochReport> change, DifferenceKind kind = DifferenceKind.EpochDiffers) =>
        Edit<CoordinatorEvent.EpochSettled>(name, ConsensusStream, e => new(change(e.Report)), kind, after: 10);

    public static Tampering Signed(string name, Func<Attempt, Attempt> change) =>
        Edit<OutboxEvent.TransactionSigned>(
            name,
            OutboxStream,
            e => e with { Attempt = change(e.Attempt) },
            DifferenceKind.TransactionDiffers
        );

    /// <summary>Changes the first entry of a kind.</summary>
    public static Tampering Edit<T>(
        string name,
        string stream,
        Func<T, T> change,
        DifferenceKind kind,
        Func<T, bool>? which = null,
        long after = 0,
        Func<AuditedJournal, long>? shows = null,
        string? showsIn = null
    )
        where T : notnull =>
        new(
            name,
            kind,
            journal =>
            {
                var number = journal.Find(stream, which, after);
                journal.Edit(stream, number, change);
                return new JournalRow(showsIn ?? stream, shows?.Invoke(journal) ?? number);
            }
        );

    public static ReadOnlyMemory<Verdict> Verdicts(TradesFolded folded, Verdict first) =>
        (Verdict[])[first, .. folded.Verdicts.ToArray()[1..]];

    public static Wei Plus(Wei wei) => Wei.From(wei.Value + 1);

    public static ImmutableDictionary<Address, MinerHead> Heads(CursorEvent.RangeFolded range, Func<MinerHead, MinerHead> change) =>
        range.Heads.ToImmutableDictionary(head => head.Key, head => change(head.Value));

    public static EpochRewards WithPayouts(EpochRewards rewards, Func<MinerPayout, int, MinerPayout> change) =>
        rewards with
        {
            Payouts = [.. rewards.Payouts.Select(change)],
        };

    public static EpochRewards Scored(EpochRewards rewards, Func<RankedMiner, RankedMiner> change) =>
        WithPayouts(rewards, (payout, i) => i == 0 ? payout with { Miner = change(payout.Miner) } : payout);

    public static Tampering OfMiner(Tampering one) => one with { Journal = "miner-2026-11-29" };
}
