using System.Numerics;
using Tao20.Chain.Abi;
using Tao20.Chain.Contracts.Messages;
using Tao20.Domain.Units;

namespace Tao20.Chain.Contracts;

/// <summary>
/// The calls of an account that trades without a router, as 0x and hex digits. Amounts of alpha are in 1e-9, prices in rao for one
/// alpha.
/// </summary>
public static class BasketCalls
{
    private static readonly BigInteger Everything = BigInteger.Pow(2, 256) - 1;

    /// <summary>Buys alpha for TAO, all of it up to a price, or reverts.</summary>
    public static string AddStake(Hash256 hotkey, ulong rao, BigInteger limitPriceRao, ushort netuid) =>
        new AddStakeLimitFunction(hotkey, rao, limitPriceRao, false, netuid).Encode();

    /// <summary>Sells alpha for TAO, all of it down to a price, or reverts.</summary>
    public static string RemoveStake(Hash256 hotkey, ulong alpha, BigInteger limitPriceRao, ushort netuid) =>
        new RemoveStakeLimitFunction(hotkey, alpha, limitPriceRao, false, netuid).Encode();

    /// <summary>Lets the index take alpha of a subnet.</summary>
    public static string AllowAlpha(Address index, ushort netuid) => new ApproveStakeFunction(index, netuid, Everything).Encode();

    /// <summary>Mints with alpha of every constituent, in the order of the composition, or reverts.</summary>
    public static string Mint(IEnumerable<ulong> alpha, Wei minTokens, ulong deadline) =>
        new MintInKindFunction([.. alpha.Select(amount => (BigInteger)amount)], (BigInteger)minTokens.Value, deadline).Encode();

    /// <summary>Redeems tokens for alpha of every constituent, or reverts.</summary>
    public static string Redeem(Wei tokens, IEnumerable<ulong> minAlpha, ulong deadline) =>
        new RedeemInKindFunction((BigInteger)tokens.Value, [.. minAlpha.Select(amount => (BigInteger)amount)], deadline).Encode();

    /// <summary>Buys tokens in the pool with the TAO sent along, or reverts.</summary>
    public static string Buy(Wei minTokens, ulong deadline) => new BuyFunction((BigInteger)minTokens.Value, deadline).Encode();
}
