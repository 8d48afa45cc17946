namespace Tao20.Domain.Arbitrage;

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
