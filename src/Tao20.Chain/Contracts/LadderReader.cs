using System.Numerics;
using Tao20.Chain.Abi;
using Tao20.Chain.Contracts.Messages;
using Tao20.Chain.JsonRpc;
using Tao20.Domain.Arbitrage;
using Tao20.Domain.Index;
using Tao20.Domain.Nav;
using Tao20.Domain.Units;

namespace Tao20.Chain.Contracts;

/// <summary>
/// Quotes round trips through the router at a block. What a basket costs is asked first, of the router's lens; then each trip is
/// simulated with that order, as it would be sent.
/// </summary>
internal sealed class LadderReader(EndpointPool pool, Address contract, Address account)
{
    /// <summary>What every transaction takes before its call begins (source: the yellow paper, G_transaction).</summary>
    private const ulong TransactionGas = 21_000;

    /// <summary>How far above its price each subnet's pool may end, in hundredths of a percent: beyond that, somebody pushes it.</summary>
    private const int LimitBasisPoints = 200;

    private const ulong RaoWei = 1_000_000_000;
    private Address? _lens;

    /// <summary>The ladder.</summary>
    /// <param name="router">The router.</param>
    /// <param name="nav">The index at the block.</param>
    /// <param name="reserves">What is in the pool that is traded in.</param>
    /// <param name="sizes">The sizes, ascending.</param>
    /// <param name="sides">Which trips are quoted.</param>
    /// <param name="rules">What the chain asks of each leg.</param>
    /// <param name="cancel">Cancels the operation.</param>
    /// <exception cref="ChainException">No endpoint gives it.</exception>
    public async Task<IReadOnlyList<LadderRung>> ReadAsync(
        Address router,
        NavReading.Available nav,
        PoolReserves reserves,
        IReadOnlyList<Wei> sizes,
        LadderSides sides,
        LegRules rules,
        CancellationToken cancel
    )
    {
        var (block, hash) = (nav.Inputs.Block, nav.Inputs.BlockHash);
        var costs = new IReadOnlyList<BigInteger>?[sizes.Count];
        _lens ??= await LensAsync(router, nav.Inputs, cancel).ConfigureAwait(false);
        if (_lens is not { } lens)
            return [.. sizes.Select(size => new LadderRung(size, null, null, $"{router} is no router of {contract}: correct --router"))];
        if (sides.Mint)
            await pool.SendAtAsync(block, hash, [.. sizes.Select((size, i) => Cost(size, found => costs[i] = found))], cancel)
                .ConfigureAwait(false);

        var rungs = sizes.Select(size => new LadderRung(size, null, null)).ToArray();
        var calls = new List<RpcCall>(2 * sizes.Count);
        for (var i = 0; i < sizes.Count; i++)
        {
            var (at, size) = (i, sizes[i]);
            if (sides.Mint)
                QuoteMint();
            if (sides.Redeem)
                QuoteRedemption();

            void QuoteMint()
            {
                if (costs[at] is not { } cost)
                    rungs[at] = rungs[at] with { Refusal = "the basket has no price" };
                else if (BasketOrder.OfMint(nav, Fit(cost, Budget(nav, size)), size, rules, LimitBasisPoints) is { } mint)
                    calls.Add(Quote(size, RouterCalls.QuoteMintAndSell(mint), mint, (rung, trip) => rung with { Mint = trip }));
                else
                    rungs[at] = rungs[at] with { Refusal = "a mint of it is too little for what the legs need" };
            }

            void QuoteRedemption()
            {
                var bought = Wei.From((UInt128)reserves.Buy(size.Value));
                var redemption = BasketOrder.OfRedemption(nav, bought, rules);
                if (redemption.Sell == 0)
                    rungs[at] = rungs[at] with { Refusal = "a redemption of it is too little to be sold" };
                else
                    calls.Add(
                        Quote(size, RouterCalls.QuoteBuyAndRedeem(redemption), redemption, (rung, trip) => rung with { Redeem = trip })
                    );
            }

            RpcCall Quote(Wei value, string data, BasketOrder order, Func<LadderRung, RoundTrip, LadderRung> with) =>
                EthCalls.SimulateAt(account, router, value, data, block) with
                {
                    Refused = refused =>
                        rungs[at] = RouterCalls.TryReadQuote(refused.RevertData, out var quote)
                            ? with(rungs[at], new RoundTrip(quote.Tokens, quote.Tao, quote.Gas + TransactionGas, order))
                            : rungs[at] with
                            {
                                Refusal = RouterCalls.ReasonOf(refused.RevertData) ?? refused.Text,
                            },
                };
        }

        if (calls.Count > 0)
            await pool.SendAtAsync(block, hash, calls, cancel).ConfigureAwait(false);
        return rungs;

        RpcCall Cost(Wei size, Action<IReadOnlyList<BigInteger>> take)
        {
            return EthCalls.CallAt(
                lens,
                new QuoteBasketFunction((BigInteger)AtNav(nav, size).Value).Encode(),
                block,
                bytes =>
                {
                    var (rao, count) = new AbiData(bytes).List(1);
                    if (new AbiData(bytes).UInt64(0) == nav.Inputs.Revision && count == nav.Inputs.Holdings.Count)
                        take([.. Enumerable.Range(0, count).Select(rao.Integer)]);
                }
            ) with
            {
                Refused = _ => { },
            };
        }
    }

    /// <summary>What a size would mint without fees and impact.</summary>
    private static Wei AtNav(NavReading.Available nav, Wei size) =>
        Wei.From((UInt128)((BigInteger)size.Value * Ratio.Scale / nav.Nav.Value));

    /// <summary>What of a size can be spent on the legs, in rao: the rest goes along for the index's TAO.</summary>
    private static BigInteger Budget(NavReading.Available nav, Wei size) =>
        BigInteger.Max(0, (BigInteger)size.Value / RaoWei - BasketOrder.TaoBeside(nav.Inputs, AtNav(nav, size)));

    /// <summary>Brings the cost of a basket at NAV down to what there is: fees and impact have made it dearer.</summary>
    private static IReadOnlyList<BigInteger> Fit(IReadOnlyList<BigInteger> cost, BigInteger budget)
    {
        var all = cost.Aggregate(BigInteger.Zero, BigInteger.Add);
        return all <= budget ? cost : [.. cost.Select(rao => rao * budget / all)];
    }

    private async Task<Address?> LensAsync(Address router, NavInputs inputs, CancellationToken cancel)
    {
        Address? lens = null;
        await pool.SendAtAsync(
                inputs.Block,
                inputs.BlockHash,
                [
                    EthCalls.CallAt(
                        router,
                        new LensFunction().Encode(),
                        inputs.Block,
                        bytes => lens = bytes.Length == AbiWords.Length ? new AbiData(bytes).Address(0) : null
                    ) with
                    {
                        Refused = _ => { },
                    },
                ],
                cancel
            )
            .ConfigureAwait(false);
        return lens;
    }
}
