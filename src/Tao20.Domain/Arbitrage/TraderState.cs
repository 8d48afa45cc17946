namespace Tao20.Domain.Arbitrage;

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
