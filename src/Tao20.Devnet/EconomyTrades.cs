using System.Numerics;
using Tao20.Chain.Abi;
using Tao20.Chain.Contracts;
using Tao20.Chain.Contracts.Messages;
using Tao20.Domain.Index;
using Tao20.Domain.Nav;
using Tao20.Domain.Runtime;
using Tao20.Domain.Units;

namespace Tao20.Devnet;

/// <summary>The trades of those who do not trade by a node: in kind, and through the router.</summary>
public sealed partial class Economy
{
    private const int LimitBasisPoints = 500;

    /// <summary>
    /// A mint in kind worth about <paramref name="value"/> TAO wei. Half a percent more of each leg is offered than is needed; of one that
    /// is too thin to be transferred, the least that can be is given to the holders.
    /// </summary>
    public DevnetTransaction Mint(Address miner, BigInteger value, NavReading.Available nav, ulong deadline)
    {
        var tokens = value * One / nav.Nav.Value;
        var rules = LegRulesOfNow;
        var (alpha, gifts) = (new ulong[nav.Inputs.Holdings.Count], 0U);
        for (var i = 0; i < alpha.Length; i++)
        {
            var needed = nav.Inputs.Holdings[i].Counted * tokens / nav.Inputs.Supply.Value;
            if (needed > 0 && !rules.CanTransfer(needed, nav.Prices[i]))
                (needed, gifts) = (rules.LeastAlpha(nav.Prices[i]), gifts | 1U << i);
            alpha[i] = (ulong)(needed * 1_005 / 1_000);
        }

        var order = new BasketOrder(nav.Inputs.Revision, LegGas) { Gifts = gifts };
        var tao = (UInt128)(BasketOrder.TaoBeside(nav.Inputs, Wei.From((UInt128)tokens)) * Rao);
        return new DevnetTransaction(miner, Index, RouterCalls.MintInKind(order, alpha, Wei.From(1), deadline), tao);
    }

    /// <summary>A redemption of so many tokens in alpha: of what is too little to be transferred, nothing is taken.</summary>
    public DevnetTransaction Redeem(Address miner, BigInteger tokens, NavReading.Available nav, ulong deadline)
    {
        var legs = ExecutablePrice.RedeemLegs(nav.Inputs, Wei.From((UInt128)tokens));
        var leave = 0U;
        for (var i = 0; i < legs.Count; i++)
        {
            if (
                nav.Inputs.Holdings[i].State is LegState.Missing or LegState.Dissolving
                || !LegRulesOfNow.CanTransfer(legs[i], nav.Prices[i])
            )
                leave |= 1U << i;
        }

        var order = new BasketOrder(nav.Inputs.Revision, LegGas) { Leave = leave };
        return new DevnetTransaction(miner, Index, RouterCalls.Redeem(order, legs.Count, Wei.From((UInt128)tokens), Wei.Zero, deadline));
    }

    /// <summary>Tokens that go to another account.</summary>
    public DevnetTransaction Pass(Address from, Address to, BigInteger tokens) =>
        new(from, Index, new TransferTokensFunction(to, tokens).Encode());

    /// <summary>A mint through the router for so much TAO; what is not needed comes back.</summary>
    /// <param name="account">Who mints.</param>
    /// <param name="tao">The TAO in wei.</param>
    /// <param name="deadline">Until when, in Unix seconds of the chain.</param>
    /// <param name="cancel">Cancels the operation.</param>
    /// <exception cref="DevnetException">It is too little for the legs.</exception>
    public async Task<DevnetTransaction> MintByRouterAsync(Address account, BigInteger tao, ulong deadline, CancellationToken cancel)
    {
        var nav = await NavAsync(cancel).ConfigureAwait(false);
        var size = Wei.From((UInt128)tao);
        var rao = ExecutablePrice.MintLegs(nav, Wei.From((UInt128)(tao * 995 / 1_000))).Select(leg => (BigInteger)leg).ToList();
        var order =
            BasketOrder.OfMint(nav, rao, size, LegRulesOfNow, LimitBasisPoints)
            ?? throw new DevnetException($"{tao} wei are too little to mint with.");
        return new DevnetTransaction(account, Router, RouterCalls.Mint(order, Wei.From(1), deadline), size.Value);
    }

    /// <summary>What the chain asks of each leg, by the strictest rules that it can have in a run.</summary>
    private LegRules LegRulesOfNow => LegRules.Of((RuntimeProfile)Spec, LegGas);
}
