using System.Globalization;
using System.Numerics;
using Tao20.Chain.Contracts;
using Tao20.Chain.Following;
using Tao20.Domain.Arbitrage;
using Tao20.Domain.Nav;
using Tao20.Domain.Transactions;
using Tao20.Domain.Units;
using Address = Tao20.Domain.Units.Address;

namespace Tao20.Actors.Arbitrage;

/// <summary>
/// A trade in steps, where only the TAO20 contract exists: the basket bought subnet by subnet, minted in kind, the tokens sold; or the
/// tokens bought, redeemed, the basket sold. A basket that cannot be minted is sold again; tokens that cannot be sold are kept. It goes by
/// what the account's stake is above what it was, so that nothing bought is forgotten whatever happened meanwhile.
/// </summary>
internal sealed class StepwiseExecution(
    BasketReader reader,
    ChainHead head,
    Address contract,
    Address pool,
    bool stakingTakesValue,
    int slippageBasisPoints
) : ITradeExecution
{
    private const string BuyBasket = "stake-";
    private const string Allow = "allow-";
    private const string MintTokens = "mint";
    private const string Permission = "approve";
    private const string SellTokens = "sell";
    private const string BuyTokens = "buy";
    private const string RedeemTokens = "redeem";
    private const string SellBasket = "unstake-";
    private const ulong RaoWei = 1_000_000_000;

    /// <summary>How far a subnet's price may move against a step, in percent.</summary>
    private const int SubnetSlippagePercent = 2;

    /// <summary>
    /// A part of a basket that could not be sold is tried again after so many blocks, twice at a limit and then at any price.
    /// </summary>
    private const ulong BlocksBetweenAttempts = 10;

    private const int AttemptsAtLimit = 2;

    /// <summary>Stake worth less than this cannot be sold (source: the chain's minimum of 0.002 TAO), in rao.</summary>
    private const ulong LeastStakeRao = 2_000_000;

    private static readonly BigInteger Half = BigInteger.Pow(2, 255);

    /// <inheritdoc/>
    public IReadOnlyList<TradeStep>? First(OpenTrade trade) => null;

    /// <inheritdoc/>
    public Task<NextStep> NextAsync(OpenTrade trade, IReadOnlyDictionary<string, IntentProgress> done, CancellationToken cancel) =>
        trade.Proposal.Kind switch
        {
            TradeKind.MintAndSell => NextOfMintAsync(trade, done, cancel),
            TradeKind.BuyAndRedeem => NextOfRedemptionAsync(trade, done, cancel),
            TradeKind.SellTokens => NextOfSaleAsync(trade, done, trade.Proposal.Size, cancel),
            TradeKind.RedeemTokens => NextAfterPurchaseAsync(trade, done, null, cancel),
            var unknown => throw new ArgumentOutOfRangeException(nameof(trade), unknown, "no kind of trade"),
        };

    /// <inheritdoc/>
    public Task<(WeiDelta Tao, WeiDelta Tokens)> MovedAsync(IReadOnlyList<TradeReceipt> receipts, CancellationToken cancel) =>
        reader.MovedAsync([.. receipts.Select(receipt => receipt.Receipt.Block).Distinct()], cancel);

    // ---- mint and sell ----------------------------------------------------------------------------------------------------------------

    private async Task<NextStep> NextOfMintAsync(
        OpenTrade trade,
        IReadOnlyDictionary<string, IntentProgress> done,
        CancellationToken cancel
    )
    {
        if (trade.Steps.IsEmpty)
            return Purchases(trade, await ReadAsync(cancel).ConfigureAwait(false));
        var basket = trade
            .Steps.Where(step =>
                step.Name.StartsWith(BuyBasket, StringComparison.Ordinal) || step.Name.StartsWith(Allow, StringComparison.Ordinal)
            )
            .ToList();
        var ended = basket.Select(step => done.GetValueOrDefault(step.Name)).ToList();
        if (ended.Any(progress => progress is null || !(progress.Succeeded || progress.Ended)))
            return new NextStep.Wait();
        if (ended.Find(progress => progress!.CameToNothing) is { } refused)
            return await SellBasketAsync(trade, done, refused, cancel).ConfigureAwait(false);
        if (!trade.Steps.Any(step => step.Name == MintTokens))
            return Mint(trade, await ReadAsync(cancel).ConfigureAwait(false));
        if (!done.TryGetValue(MintTokens, out var minted) || !(minted.Succeeded || minted.Ended))
            return new NextStep.Wait();
        if (minted.CameToNothing)
            return await SellBasketAsync(trade, done, minted, cancel).ConfigureAwait(false);
        return await NextOfSaleAsync(trade, done, null, cancel, minted).ConfigureAwait(false);
    }

    /// <summary>All that is bought of each subnet by its weight, and the permissions that are missing.</summary>
    private NextStep.Do Purchases(OpenTrade trade, BasketReading reading)
    {
        var steps = new List<TradeStep>();
        var legs = ExecutablePrice.MintLegs(reading.Inputs, trade.Proposal.Size);
        for (var i = 0; i < legs.Count; i++)
        {
            var holding = reading.Inputs.Holdings[i];
            if (legs[i] > 0)
                steps.Add(
                    Step(
                        BuyBasket,
                        holding.Netuid,
                        Precompiles.Staking,
                        BasketCalls.AddStake(
                            reading.Hotkey,
                            legs[i],
                            PriceRao(holding) * (100 + SubnetSlippagePercent) / 100,
                            holding.Netuid
                        ),
                        stakingTakesValue ? Wei.From(legs[i] * (UInt128)RaoWei) : Wei.Zero,
                        expires: true
                    )
                );
            if (reading.Allowed[i] < Half)
                steps.Add(
                    Step(
                        Allow,
                        holding.Netuid,
                        Precompiles.Staking,
                        BasketCalls.AllowAlpha(contract, holding.Netuid),
                        Wei.Zero,
                        expires: true
                    )
                );
        }

        return new NextStep.Do(steps, reading.Staked);
    }

    private NextStep.Do Mint(OpenTrade trade, BasketReading reading)
    {
        var alpha = Gained(trade, reading).Select(held => held.Alpha).ToList();
        var nav = NavReading.Of(reading.Inputs, reading.Inputs.Timestamp);
        var expected =
            nav is NavReading.Available available
            && ExecutablePrice.OfMint(available, trade.Proposal.Size, [.. alpha.Select(amount => (BigInteger)amount)]) is { } price
                ? price.Tokens
                : Wei.Zero;
        List<TradeStep> steps = [Step(MintTokens, contract, BasketCalls.Mint(alpha, Bound(expected), trade.Proposal.Deadline))];
        if (reading.PoolAllowed < Half)
            steps.Add(Allowance());
        return new NextStep.Do(steps, []);
    }

    // ---- the sale of tokens ------------------------------------------------------------------------------------------------------------

    private async Task<NextStep> NextOfSaleAsync(
        OpenTrade trade,
        IReadOnlyDictionary<string, IntentProgress> done,
        Wei? tokens,
        CancellationToken cancel,
        IntentProgress? minted = null
    )
    {
        if (trade.Steps.Any(step => step.Name == SellTokens))
            return done.TryGetValue(SellTokens, out var sold) && trade.AllEnded(done) ? new NextStep.Over(sold) : new NextStep.Wait();
        if (trade.Steps.Any(step => step.Name == Permission))
        {
            if (!done.TryGetValue(Permission, out var permission) || !(permission.Succeeded || permission.Ended))
                return new NextStep.Wait();
            if (permission.CameToNothing)
                return trade.AllEnded(done) ? new NextStep.Over(permission) : new NextStep.Wait();
        }
        else if (tokens is not null && (await ReadAsync(cancel).ConfigureAwait(false)).PoolAllowed < tokens.Value.Value)
        {
            return new NextStep.Do(Allowance());
        }

        var amount = tokens ?? await reader.TokensAsync(minted!.Receipt!, cancel).ConfigureAwait(false);
        return new NextStep.Do(Step(SellTokens, pool, RouterCalls.Sell(amount, trade.Proposal.MinProceeds, trade.Proposal.Deadline)));
    }

    // ---- buy and redeem -----------------------------------------------------------------------------------------------------------------

    private async Task<NextStep> NextOfRedemptionAsync(
        OpenTrade trade,
        IReadOnlyDictionary<string, IntentProgress> done,
        CancellationToken cancel
    )
    {
        if (trade.Steps.IsEmpty)
        {
            return new NextStep.Do(
                Step(BuyTokens, pool, BasketCalls.Buy(Bound(trade.Proposal.Tokens), trade.Proposal.Deadline), trade.Proposal.Size)
            );
        }

        if (!done.TryGetValue(BuyTokens, out var bought) || !(bought.Succeeded || bought.Ended))
            return new NextStep.Wait();
        if (bought.CameToNothing)
            return new NextStep.Over(bought);
        return await NextAfterPurchaseAsync(trade, done, bought, cancel).ConfigureAwait(false);
    }

    private async Task<NextStep> NextAfterPurchaseAsync(
        OpenTrade trade,
        IReadOnlyDictionary<string, IntentProgress> done,
        IntentProgress? bought,
        CancellationToken cancel
    )
    {
        if (!trade.Steps.Any(step => step.Name == RedeemTokens))
        {
            var tokens = bought is null ? trade.Proposal.Size : await reader.TokensAsync(bought.Receipt!, cancel).ConfigureAwait(false);
            var reading = await ReadAsync(cancel).ConfigureAwait(false);
            var least = ExecutablePrice
                .RedeemLegs(reading.Inputs, tokens)
                .Select(alpha => (ulong)(alpha * (UInt128)(10_000 - slippageBasisPoints) / 10_000));
            return new NextStep.Do(
                [Step(RedeemTokens, contract, BasketCalls.Redeem(tokens, least, trade.Proposal.Deadline))],
                reading.Staked
            );
        }

        if (!done.TryGetValue(RedeemTokens, out var redeemed) || !(redeemed.Succeeded || redeemed.Ended))
            return new NextStep.Wait();
        if (redeemed.CameToNothing)
            return trade.AllEnded(done) ? new NextStep.Over(redeemed) : new NextStep.Wait();
        return await SellBasketAsync(trade, done, redeemed, cancel).ConfigureAwait(false);
    }

    // ---- the sale of a basket -----------------------------------------------------------------------------------------------------------

    /// <summary>
    /// Sells all alpha that the trade has brought, and tries again what was refused, until none is left that is worth a sale.
    /// </summary>
    private async Task<NextStep> SellBasketAsync(
        OpenTrade trade,
        IReadOnlyDictionary<string, IntentProgress> done,
        IntentProgress decisive,
        CancellationToken cancel
    )
    {
        if (trade.Steps.Any(step => !done.TryGetValue(step.Name, out var progress) || !(progress.Succeeded || progress.Ended)))
            return new NextStep.Wait();
        var reading = await ReadAsync(cancel).ConfigureAwait(false);
        var steps = new List<TradeStep>();
        var later = false;
        foreach (var (holding, gained) in reading.Inputs.Holdings.Zip(Gained(trade, reading)))
        {
            var price = PriceRao(holding);
            if (gained.Alpha * price / RaoWei < LeastStakeRao)
                continue;
            var attempts = trade.Steps.Count(step =>
                step.Name.StartsWith(NameOf(SellBasket, holding.Netuid) + "-", StringComparison.Ordinal)
            );
            if (attempts > 0 && reading.Inputs.Block < trade.Block + (ulong)attempts * BlocksBetweenAttempts)
            {
                later = true;
                continue;
            }

            var limit = attempts < AttemptsAtLimit ? price * (100 - SubnetSlippagePercent) / 100 : 0;
            steps.Add(
                Step(
                    string.Create(CultureInfo.InvariantCulture, $"{NameOf(SellBasket, holding.Netuid)}-{attempts + 1}"),
                    Precompiles.Staking,
                    BasketCalls.RemoveStake(reading.Hotkey, gained.Alpha, limit, holding.Netuid),
                    expires: false
                )
            );
        }

        return steps.Count > 0 ? new NextStep.Do(steps, [])
            : !later && trade.AllEnded(done) ? new NextStep.Over(decisive)
            : new NextStep.Wait();
    }

    // ---- inside -------------------------------------------------------------------------------------------------------------------------

    private async Task<BasketReading> ReadAsync(CancellationToken cancel)
    {
        await head.RefreshAsync(cancel).ConfigureAwait(false);
        return await reader.ReadAsync(head.Latest!, cancel).ConfigureAwait(false);
    }

    /// <summary>What the account holds above what it held before, in the order of the composition.</summary>
    private static IReadOnlyList<AlphaHeld> Gained(OpenTrade trade, BasketReading reading)
    {
        var before = trade.AlphaBefore.ToDictionary(held => held.Netuid, held => held.Alpha);
        return
        [
            .. reading.Staked.Select(held =>
                held with
                {
                    Alpha = held.Alpha - Math.Min(held.Alpha, before.GetValueOrDefault(held.Netuid)),
                }
            ),
        ];
    }

    private static BigInteger PriceRao(NavHolding holding) =>
        holding.Netuid == 0 ? RaoWei
        : holding.Quote.AlphaInPool == 0 ? 0
        : (BigInteger)holding.Quote.TaoInPool * RaoWei / holding.Quote.AlphaInPool;

    private Wei Bound(Wei expected) => Wei.From(expected.Value * (UInt128)(10_000 - slippageBasisPoints) / 10_000);

    private TradeStep Allowance() => Step(Permission, contract, RouterCalls.ApproveAll(pool));

    private static string NameOf(string step, ushort netuid) => string.Create(CultureInfo.InvariantCulture, $"{step}{netuid}");

    private static TradeStep Step(string kind, ushort netuid, Address to, string call, Wei value, bool expires) =>
        new(NameOf(kind, netuid), to, value, Convert.FromHexString(call.AsSpan(2)), 0, expires);

    private static TradeStep Step(string name, Address to, string call, Wei value = default, bool expires = true) =>
        new(name, to, value, Convert.FromHexString(call.AsSpan(2)), 0, expires);
}
