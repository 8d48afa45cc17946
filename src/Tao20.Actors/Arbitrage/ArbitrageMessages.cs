using Tao20.Actors.Journal;
using Tao20.Actors.Metrics;
using Tao20.Domain.Arbitrage;
using Tao20.Domain.Units;

namespace Tao20.Actors.Arbitrage;

/// <summary>The registry key of the miner's trader.</summary>
public sealed class ArbitrageKey
{
    /// <summary>The actor's name.</summary>
    public const string Name = "arbitrage";
}

/// <summary>What a miner's trader is configured with.</summary>
/// <param name="Account">The account it trades for.</param>
/// <param name="Rules">When it trades, how much, and when it stops.</param>
/// <param name="DryRun">Whether it only says what it would do.</param>
/// <param name="Journal">How events are kept, and what to say when they cannot be.</param>
/// <param name="Metrics">Where it is counted.</param>
/// <param name="Clock">The clock.</param>
public sealed record ArbitrageSettings(
    Address Account,
    ArbitrageRules Rules,
    bool DryRun,
    JournalFaultReporter Journal,
    ArbitrageMetrics Metrics,
    TimeProvider Clock
);

/// <summary>Something has happened to the account: persisted by <c>arbitrage-{address}</c>, all or nothing.</summary>
/// <param name="Events">What, in order.</param>
public sealed record AccountMoved(IReadOnlyList<ArbitrageEvent> Events);

/// <summary>What an operator can ask for.</summary>
public enum Operation
{
    /// <summary>Begin no trades any more; the one on its way is finished.</summary>
    Pause,

    /// <summary>Go on, whatever has stopped it.</summary>
    Resume,

    /// <summary>Turn all tokens into TAO.</summary>
    Unwind,
}

/// <summary>An operator wants this. Answered by <see cref="ArbitrageStatus"/> once it is in the journal.</summary>
public sealed record Operate(Operation Operation);

/// <summary>How is the account? Answered by <see cref="ArbitrageStatus"/>.</summary>
public sealed record GetArbitrage
{
    /// <summary>The query.</summary>
    public static readonly GetArbitrage Instance = new();
}

/// <summary>What a trader is doing.</summary>
public enum TraderState
{
    /// <summary>It waits for something that pays.</summary>
    Idle,

    /// <summary>A trade is on its way.</summary>
    Submitted,

    /// <summary>It rests after a trade.</summary>
    Cooldown,

    /// <summary>A breaker is open.</summary>
    Stopped,

    /// <summary>It turns tokens into TAO.</summary>
    Unwinding,
}

/// <summary>How an account is.</summary>
/// <param name="Account">The account.</param>
/// <param name="Doing">What it is doing.</param>
/// <param name="Why">Why it holds; null while a trade is on its way.</param>
/// <param name="DryRun">Whether it only says what it would do.</param>
/// <param name="Now">The chain's time as far as it is known, in Unix seconds.</param>
/// <param name="State">Its books.</param>
public sealed record ArbitrageStatus(Address Account, TraderState Doing, string? Why, bool DryRun, ulong Now, ArbitrageState State);
