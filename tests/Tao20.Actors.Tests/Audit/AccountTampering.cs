using Tao20.Actors.Arbitrage;
using Tao20.Actors.Consensus;
using Tao20.Actors.Pricing;
using Tao20.Domain.Arbitrage;
using Tao20.Domain.Audit;
using Tao20.Domain.Transactions;
using Tao20.Domain.Units;
using Tao20.Domain.Weights;
using static Tao20.Actors.Tests.Audit.Tampering;

namespace Tao20.Actors.Tests.Audit;

/// <summary>Ways to change what was sent, weighted and booked.</summary>
internal static class AccountTampering
{
    /// <summary>All of them.</summary>
    public static IEnumerable<Tampering> All() => [.. Outboxes(), .. OfWeights(), .. Accounts()];

    private static IEnumerable<Tampering> Outboxes()
    {
        yield return Edit<OutboxEvent.IntentPlanned>(
            "an intent sends more than was signed",
            OutboxStream,
            e => new(e.Intent with { ValueWei = e.Intent.ValueWei + 1 }),
            DifferenceKind.TransactionDiffers,
            shows: journal => journal.Find<OutboxEvent.TransactionSigned>(OutboxStream)
        );
        yield return Signed(
            "the bytes of a transaction are others",
            attempt => attempt with { Raw = (byte[])[.. attempt.Raw.ToArray()[..^1], 0] }
        );
        yield return Signed("the hash of a transaction is another one", attempt => attempt with { Hash = Hash256.Zero });
        yield return Signed("a transaction is said to have paid more", attempt => attempt with { MaxFee = attempt.MaxFee + 1 });
        yield return Signed("a transaction is said to have another nonce", attempt => attempt with { Nonce = attempt.Nonce + 1 });
        yield return Edit<OutboxEvent.TransactionBroadcast>(
            "a transaction is sent that was not signed",
            OutboxStream,
            e => e with { Hash = Hash256.Zero },
            DifferenceKind.OutboxOutOfOrder
        );
        yield return Edit<OutboxEvent.TransactionFinal>(
            "another transaction is final",
            OutboxStream,
            e => e with { Receipt = e.Receipt with { Hash = Hash256.Zero } },
            DifferenceKind.OutboxOutOfOrder
        );
        yield return new(
            "an intent is given the name of one that has ended",
            DifferenceKind.OutboxOutOfOrder,
            journal =>
            {
                var name = "";
                journal.Find<OutboxEvent.IntentPlanned>(
                    OutboxStream,
                    e =>
                    {
                        name = e.Id;
                        return true;
                    }
                );
                var number = journal.Find<OutboxEvent.IntentPlanned>(OutboxStream, after: 30);
                journal.Edit<OutboxEvent.IntentPlanned>(OutboxStream, number, e => new(e.Intent with { Id = name }));
                return new JournalRow(OutboxStream, number);
            }
        );
    }

    private static IEnumerable<Tampering> OfWeights()
    {
        yield return Edit<WeightsMoved>(
            "weights begin at the end",
            WeightsStream,
            e => new(e.Progress with { Stage = WeightsStage.Set }),
            DifferenceKind.WeightsOutOfOrder
        );
        yield return Edit<WeightsMoved>(
            "a weight is another one",
            WeightsStream,
            e => new(e.Progress with { Weights = [e.Progress.Weights[0] with { Weight = 1 }, .. e.Progress.Weights.Skip(1)] }),
            DifferenceKind.WeightsDiffer,
            e => e.Progress.Weights.Count > 0
        );
    }

    private static IEnumerable<Tampering> Accounts()
    {
        const string account = $"arbitrage-{Trader}";
        const string outbox = $"outbox-{Trader}";
        yield return OfMiner(
            Edit<AccountMoved>(
                "a trade has another number",
                account,
                moved =>
                    new([
                        .. moved.Events.Select(e =>
                            e is ArbitrageEvent.TradeOpened(var trade) ? new ArbitrageEvent.TradeOpened(trade with { Number = 99 }) : e
                        ),
                    ]),
                DifferenceKind.AccountOutOfOrder,
                moved => moved.Events.Any(e => e is ArbitrageEvent.TradeOpened)
            )
        );
        yield return OfMiner(
            Edit<AccountMoved>(
                "a trade is closed that was not open",
                account,
                moved => new([.. moved.Events.Where(e => e is not ArbitrageEvent.TradeOpened)]),
                DifferenceKind.AccountOutOfOrder,
                moved => moved.Events.Any(e => e is ArbitrageEvent.TradeOpened) && moved.Events.Count > 1
            )
        );
        yield return OfMiner(
            Edit<PriceNoted>(
                "a price of the past is another one",
                "price-feed",
                noted => noted with { Time = noted.Time + 1 },
                DifferenceKind.SnapshotDiffers,
                after: 100,
                shows: _ => 200
            )
        );
        yield return OfMiner(
            Edit<OutboxEvent.TransactionFinal>(
                "a transaction is said to have failed",
                outbox,
                e => e with { Receipt = e.Receipt with { Success = !e.Receipt.Success } },
                DifferenceKind.SnapshotDiffers,
                shows: _ => 200
            )
        );
        yield return OfMiner(
            Edit<OutboxEvent.IntentFailed>(
                "an intent fails that was sent",
                outbox,
                e => e with { Id = "mint-0" },
                DifferenceKind.OutboxOutOfOrder
            )
        );
    }
}
