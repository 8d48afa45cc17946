using System.Diagnostics.CodeAnalysis;
using Tao20.Actors.Alerts;
using Tao20.Actors.Arbitrage;
using Tao20.Actors.Consensus;
using Tao20.Actors.Ingestion;
using Tao20.Actors.Miners;
using Tao20.Actors.Pricing;
using Tao20.Chain.Signing;
using Tao20.Domain.Alerts;
using Tao20.Domain.Arbitrage;
using Tao20.Domain.Audit;
using Tao20.Domain.Coordination;
using Tao20.Domain.Index;
using Tao20.Domain.Ingestion;
using Tao20.Domain.Transactions;
using Tao20.Domain.Units;
using Tao20.Domain.Volume;
using Tao20.Domain.Weights;

namespace Tao20.Actors.Audit;

/// <summary>A stream, folded again from its entries.</summary>
internal abstract class StreamReplay
{
    /// <summary>What a snapshot would keep of it now.</summary>
    public abstract object State { get; }

    /// <summary>Begins with a snapshot; false where that is none of this stream.</summary>
    public abstract bool Begin(object snapshot);

    /// <summary>Folds an entry; false where it is none of this stream.</summary>
    public abstract bool Take(JournalRow row, object entry);

    /// <summary>The stream with a name; null where no version of the program writes one of that name.</summary>
    /// <param name="name">The persistence id.</param>
    /// <param name="fold">What follows from the chain.</param>
    /// <param name="findings">What is found.</param>
    /// <param name="chainId">The chain that transactions are signed for, as far as it is known.</param>
    public static StreamReplay? Of(string name, FoldReplay fold, AuditFindings findings, Func<ulong?> chainId)
    {
        if (name == ChainFollowerKey.Stream)
            return new StreamReplay<CursorState, CursorEvent>(fold.Begin, fold.Take, () => fold.Cursor);
        if (name == ConsensusKey.Name)
            return new StreamReplay<CoordinatorState, CoordinatorEvent>(fold.Begin, fold.Take, () => fold.Coordinator);
        if (name == PriceFeedKey.Name)
            return Folded<PriceHistory, PriceNoted>(PriceHistory.Empty, (history, noted) => history.After(noted));
        if (name == AlertsKey.Name)
            return Folded<AlertState, AlertEvent>(AlertState.Initial, (state, e) => state.Evolve(e));
        if (AccountOf(name, MinerActor.StreamPrefix) is { } miner)
            return new StreamReplay<MinerVolumeSnapshot, TradesFolded>(
                snapshot => fold.Begin(snapshot),
                (row, folded) => fold.Take(row, miner, folded),
                () => (fold.Of(miner) ?? MinerVolume.Initial(miner)).ToSnapshot()
            );
        if (AccountOf(name, "index-duties-") is not null)
            return Folded<IndexDutyBudget, DutyCounted>(IndexDutyBudget.Initial, (budget, counted) => budget.Evolve(counted));
        if (AccountOf(name, "outbox-") is { } sender)
        {
            var outbox = new OutboxReplay((attempt, intent) => SignedAttempt.Problem(attempt, intent, sender, chainId()), findings);
            return new StreamReplay<OutboxState, OutboxEvent>(outbox.Begin, outbox.Take, () => outbox.State);
        }

        if (AccountOf(name, ArbitrageKey.StreamPrefix) is not null)
        {
            var account = new AccountReplay(findings);
            return new StreamReplay<ArbitrageState, AccountMoved>(
                account.Begin,
                (row, moved) => account.Take(row, moved.Events),
                () => account.State
            );
        }

        if (AccountOf(name, "weights-") is not null)
        {
            var weights = new WeightsReplay(epoch => fold.Coordinator.Settled.Of(epoch), findings);
            return new StreamReplay<WeightsState, WeightsMoved>(
                weights.Begin,
                (row, moved) => weights.Take(row, moved.Progress),
                () => weights.State
            );
        }

        return null;
    }

    /// <summary>The account that a stream is of; null where its name does not begin so, or does not go on with an account.</summary>
    public static Address? AccountOf(string name, string prefix) =>
        name.StartsWith(prefix, StringComparison.Ordinal) && TryParse(name[prefix.Length..], out var address) ? address : null;

    private static bool TryParse(string text, out Address address)
    {
        address = default;
        if (!Address.TryParse(text, out var parsed))
            return false;
        address = parsed;
        return address.ToString() == text;
    }

    /// <summary>A stream of which nothing is known but how its entries are folded.</summary>
    private static StreamReplay<TState, TEntry> Folded<TState, TEntry>([DisallowNull] TState initial, Func<TState, TEntry, TState> evolve)
        where TState : notnull
    {
        var state = initial;
        return new StreamReplay<TState, TEntry>(snapshot => state = snapshot, (_, entry) => state = evolve(state, entry), () => state);
    }
}

/// <summary>A stream by the kinds of its entries and snapshots.</summary>
internal sealed class StreamReplay<TState, TEntry>(Action<TState> begin, Action<JournalRow, TEntry> take, Func<TState> state) : StreamReplay
    where TState : notnull
{
    /// <inheritdoc/>
    public override object State => state();

    /// <inheritdoc/>
    public override bool Begin(object snapshot)
    {
        if (snapshot is not TState known)
            return false;
        begin(known);
        return true;
    }

    /// <inheritdoc/>
    public override bool Take(JournalRow row, object entry)
    {
        if (entry is not TEntry known)
            return false;
        take(row, known);
        return true;
    }
}
