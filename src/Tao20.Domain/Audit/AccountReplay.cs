using Tao20.Domain.Arbitrage;

namespace Tao20.Domain.Audit;

/// <summary>
/// The books of a miner's account, folded again. What it decided by what the market showed is not in it; that each event can follow on
/// those before it is.
/// </summary>
/// <param name="findings">What is found.</param>
public sealed class AccountReplay(AuditFindings findings)
{
    /// <summary>What its entries have come to.</summary>
    public ArbitrageState State { get; private set; } = ArbitrageState.Initial;

    /// <summary>Begins with a snapshot: its first entries are no longer there.</summary>
    public void Begin(ArbitrageState snapshot) => State = snapshot;

    /// <summary>Folds events that were written together.</summary>
    public void Take(JournalRow row, IReadOnlyList<ArbitrageEvent> events)
    {
        foreach (var e in events)
        {
            if (Obstacle(e) is { } obstacle)
                findings.Report(DifferenceKind.AccountOutOfOrder, row, $"{e.GetType().Name}: {obstacle}");
            State = State.Evolve(e);
        }
    }

    private string? Obstacle(ArbitrageEvent e) =>
        e switch
        {
            ArbitrageEvent.TradeOpened(var trade) when State.Open is { } open => $"trade {trade.Number} begins while {open.Number} is open",
            ArbitrageEvent.TradeOpened(var trade) when trade.Number != State.TradesOpened + 1 =>
                $"trade {trade.Number} comes after {State.TradesOpened}",
            ArbitrageEvent.StepsPlanned planned when planned.Number != State.Open?.Number => $"trade {planned.Number} is not open",
            ArbitrageEvent.TradeClosed closed when closed.Trade.Number != State.Open?.Number => $"trade {closed.Trade.Number} is not open",
            ArbitrageEvent.BreakerCleared cleared when State.Stopped(cleared.Breaker) is null => $"{cleared.Breaker} was not open",
            ArbitrageEvent.UnwindBegan when State.Unwinding => "it was unwinding before",
            ArbitrageEvent.UnwindEnded when !State.Unwinding => "it was not unwinding",
            _ => null,
        };
}
