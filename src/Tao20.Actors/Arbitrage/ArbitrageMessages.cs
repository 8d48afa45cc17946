using Tao20.Actors.Journal;
using Tao20.Actors.Metrics;
using Tao20.Domain.Arbitrage;
using Tao20.Domain.Transactions;
using Tao20.Domain.Units;

namespace Tao20.Actors.Arbitrage;

/// <summary>The registry key of the miner's trader.</summary>
public sealed class ArbitrageKey
{
    /// <summary>The actor's name.</summary>
    public const string Name = "arbitrage";

    /// <summary>What the persistence ids of all accounts' books begin with.</summary>
    public const string StreamPrefix = "arbitrage-";

    /// <summary>The persistence id of an account's books: <c>arbitrage-{address}</c>.</summary>
    public static string StreamOf(Address account) => $"{StreamPrefix}{account}";
}

/// <summary>What a miner's trader is configured with.</summary>
/// <param name="Account">The account it trades for.</param>
/// <param name="Rules">When it trades, how much, and when it stops.</param>
/// <param name="Chain">What the chain lets it do at the moment.</param>
/// <param name="Fees">What gas may cost, and how much of it is given.</param>
/// <param name="DryRun">Whether it only says what it would do.</param>
/// <param name="Journal">How events are kept, and what to say when they cannot be.</param>
/// <param name="Metrics">Where it is counted.</param>
/// <param name="Clock">The clock.</param>
public sealed record ArbitrageSettings(
    Address Account,
    ArbitrageRules Rules,
    ITransactionRules Chain,
    FeePolicy Fees,
    bool DryRun,
    JournalFaultReporter Journal,
    ArbitrageMetrics Metrics,
    TimeProvider Clock
);

/// <summary>Something has happened to the account: persisted by <c>arbitrage-{address}</c>, all or nothing.</summary>
/// <param name="Events">What, in order.</param>
public sealed record AccountMoved(IReadOnlyList<ArbitrageEvent> Events);

/// <summary>An operator wants this. Answered by <see cref="ArbitrageStatus"/> once it is in the journal.</summary>
public sealed record Operate(Operation Operation);

/// <summary>How is the account? Answered by <see cref="ArbitrageStatus"/>.</summary>
public sealed record GetArbitrage
{
    /// <summary>The query.</summary>
    public static readonly GetArbitrage Instance = new();
}

/// <summary>How an account is.</summary>
/// <param name="Account">The account.</param>
/// <param name="Doing">What it is doing.</param>
/// <param name="Why">Why it holds; null while a trade is on its way.</param>
/// <param name="DryRun">Whether it only says what it would do.</param>
/// <param name="Now">The chain's time as far as it is known, in Unix seconds.</param>
/// <param name="State">Its books.</param>
public sealed record ArbitrageStatus(Address Account, TraderState Doing, string? Why, bool DryRun, ulong Now, ArbitrageState State)
{
    /// <summary>How an account with these books is.</summary>
    /// <param name="settings">What it is told.</param>
    /// <param name="now">The chain's time as far as it is known, in Unix seconds.</param>
    /// <param name="state">Its books.</param>
    /// <param name="hold">Why nothing is traded; null where something is.</param>
    public static ArbitrageStatus Of(ArbitrageSettings settings, ulong now, ArbitrageState state, string? hold)
    {
        var doing = state.Doing(now);
        var why = doing == TraderState.Stopped ? $"{state.Breakers[0].Breaker}: {state.Breakers[0].Reason}" : hold;
        return new ArbitrageStatus(settings.Account, doing, state.Open is null ? why : null, settings.DryRun, now, state);
    }
}
