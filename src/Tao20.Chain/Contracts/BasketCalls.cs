using System.Numerics;
using Tao20.Chain.Abi;
using Tao20.Domain.Units;

namespace Tao20.Chain.Contracts;

/// <summary>The calls of an account that trades without a router, as 0x and hex digits. Amounts of alpha are in 1e-9, prices in rao for one alpha.</summary>
public static class BasketCalls
{
    private static readonly BigInteger Everything = BigInteger.Pow(2, 256) - 1;

    /// <summary>Buys alpha for TAO, all of it up to a price, or reverts.</summary>
    public static string AddStake(Hash256 hotkey, ulong rao, BigInteger limitPriceRao, ushort netuid) =>
        AbiEncoder.Call("addStakeLimit(bytes32,uint256,uint256,bool,uint256)", hotkey, rao, limitPriceRao, false, netuid);

    /// <summary>Sells alpha for TAO, all of it down to a price, or reverts.</summary>
    public static string RemoveStake(Hash256 hotkey, ulong alpha, BigInteger limitPriceRao, ushort netuid) =>
        AbiEncoder.Call("removeStakeLimit(bytes32,uint256,uint256,bool,uint256)", hotkey, alpha, limitPriceRao, false, netuid);

    /// <summary>Lets the index take alpha of a subnet.</summary>
    public static string AllowAlpha(Address index, ushort netuid) => AbiEncoder.Call("approve(address,uint256,uint256)", index, netuid, Everything);

    /// <summary>Mints with alpha of every constituent, in the order of the composition, or reverts.</summary>
    public static string Mint(IEnumerable<ulong> alpha, Wei minTokens, ulong deadline) => AbiEncoder.Call("mint(uint256[],uint256,uint256)", alpha.Select(amount => (object)amount), minTokens.Value, deadline);

    /// <summary>Redeems tokens for alpha of every constituent, or reverts.</summary>
    public static string Redeem(Wei tokens, IEnumerable<ulong> minAlpha, ulong deadline) => AbiEncoder.Call("redeem(uint256,uint256[],uint256)", tokens.Value, minAlpha.Select(amount => (object)amount), deadline);

    /// <summary>Buys tokens in the pool with the TAO sent along, or reverts.</summary>
    public static string Buy(Wei minTokens, ulong deadline) => AbiEncoder.Call("buy(uint256,uint256)", minTokens.Value, deadline);
}
