using System.Numerics;
using Tao20.Domain.Units;

namespace Tao20.Domain.Arbitrage;

/// <summary>
/// What an account owns and what its tokens have cost, at average cost. Nothing is made up: at any time
/// <c>Tao = deposits of TAO + realised profit - Cost + cost of tokens deposited</c>, to the wei.
/// </summary>
/// <param name="Tao">TAO owned.</param>
/// <param name="Tokens">TAO20 owned.</param>
/// <param name="Cost">What the tokens owned have cost, in TAO.</param>
public sealed record Inventory(Wei Tao, Wei Tokens, Wei Cost)
{
    /// <summary>Nothing.</summary>
    public static readonly Inventory Empty = new(Wei.Zero, Wei.Zero, Wei.Zero);

    /// <summary>
    /// The inventory after a trade, and the profit it realised. Tokens gained cost the TAO that went, but never more than they are worth:
    /// a loss is not hidden in what is left over. Tokens given away take their part of the cost with them.
    /// </summary>
    /// <exception cref="OverflowException">More is given than is owned.</exception>
    public (Inventory After, WeiDelta Profit) Trade(WeiDelta tao, WeiDelta tokens, TaoPerToken nav)
    {
        var cost = tokens.Value >= 0 ? CostOf((UInt128)tokens.Value, tao, nav) : -(Int128)Released((UInt128)(-tokens.Value));
        return (Moved(tao, tokens, cost), new WeiDelta(tao.Value + cost));
    }

    /// <summary>
    /// The inventory after something came or went that was no trade: no profit. Tokens that come have cost what they are worth.
    /// </summary>
    /// <exception cref="OverflowException">More goes than is owned.</exception>
    public Inventory Deposit(WeiDelta tao, WeiDelta tokens, TaoPerToken nav) =>
        Moved(tao, tokens, tokens.Value >= 0 ? (Int128)Worth((UInt128)tokens.Value, nav) : -(Int128)Released((UInt128)(-tokens.Value)));

    /// <summary>The cost a deposit adds or takes, in TAO.</summary>
    public WeiDelta CostOfDeposit(WeiDelta tokens, TaoPerToken nav) => WeiDelta.Between(Cost, Deposit(WeiDelta.Zero, tokens, nav).Cost);

    private static Int128 CostOf(UInt128 gained, WeiDelta tao, TaoPerToken nav) =>
        tao.Value >= 0 ? 0 : (Int128)UInt128.Min(Worth(gained, nav), (UInt128)(-tao.Value));

    private static UInt128 Worth(UInt128 tokens, TaoPerToken nav) => (UInt128)((BigInteger)tokens * nav.Value / Ratio.Scale);

    private UInt128 Released(UInt128 given) =>
        Tokens.Value == 0 ? 0
        : given >= Tokens.Value ? Cost.Value
        : (UInt128)((BigInteger)Cost.Value * given / Tokens.Value);

    private Inventory Moved(WeiDelta tao, WeiDelta tokens, Int128 cost) =>
        new(Plus(Tao, tao.Value), Plus(Tokens, tokens.Value), Plus(Cost, cost));

    private static Wei Plus(Wei amount, Int128 change) => Wei.From(checked((UInt128)((Int128)amount.Value + change)));
}
