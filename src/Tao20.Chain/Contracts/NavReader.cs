using System.Collections.Concurrent;
using System.Numerics;
using Tao20.Chain.Abi;
using Tao20.Chain.Contracts.Messages;
using Tao20.Chain.JsonRpc;
using Tao20.Chain.Substrate;
using Tao20.Domain.Nav;
using Tao20.Domain.Runtime;
using Tao20.Domain.Units;

namespace Tao20.Chain.Contracts;

/// <summary>Reads all that NAV is computed from at one block: two batches, both of one moment of the chain.</summary>
public sealed class NavReader(EndpointPool pool, Address contract)
{
    private const int MaxConstituents = 256;

    // The calls of a constituent are the same at every block while the index keeps its keys: encoded once.
    private readonly ConcurrentDictionary<(Hash256 Hotkey, Hash256 Coldkey, ushort Netuid), ConstituentCalls> _calls = [];

    /// <summary>What the chain says at a block.</summary>
    /// <param name="block">The block.</param>
    /// <param name="profile">Which rules hold there: prices are held against the formula of a pool only where it is known.</param>
    /// <param name="cancel">Cancels the operation.</param>
    /// <exception cref="ChainException">No endpoint gives it; an old block needs a node that keeps old state.</exception>
    public async Task<NavInputs> ReadAsync(BlockHeader block, RuntimeProfile profile, CancellationToken cancel)
    {
        AbiData composition = default;
        Hash256 hotkey = default,
            coldkey = default;
        BigInteger supply = 0;
        await pool.SendAtAsync(
                block.Number,
                block.Hash,
                [
                    View(new GetIndexCompositionFunction().Encode(), words => composition = words),
                    View(new TotalSupplyFunction().Encode(), words => supply = words.Integer(0)),
                    View(new HotkeyFunction().Encode(), words => hotkey = words.Hash(0)),
                    View(new ColdkeyFunction().Encode(), words => coldkey = words.Hash(0)),
                ],
                cancel
            )
            .ConfigureAwait(false);
        var (netuids, count) = composition.List(0);
        var (weights, weightCount) = composition.List(1);
        if (count != weightCount || count > MaxConstituents)
            throw new FormatException($"a composition of {count} subnets and {weightCount} weights");

        var holdings = new NavHolding[count];
        var quotes = new QuoteReader?[count];
        var calls = new List<RpcCall>(7 * count);
        for (var i = 0; i < count; i++)
        {
            var at = i;
            var netuid = (ushort)netuids.UInt64(i);
            holdings[i] = new NavHolding(
                netuid,
                new Ratio((Int128)(UInt128)weights.Integer(i)),
                0,
                new AlphaQuote(netuid, null, true, null)
            );
            var ask = CallsOf(hotkey, coldkey, netuid);
            calls.Add(At(Precompiles.Staking, ask.Stake, words => holdings[at] = holdings[at] with { Holding = words.Integer(0) }));
            if (netuid == 0)
                continue;
            quotes[i] = new QuoteReader(netuid, ask, block.Number);
            calls.AddRange(quotes[i]!.Calls);
        }

        await pool.SendAtAsync(block.Number, block.Hash, calls, cancel).ConfigureAwait(false);
        for (var i = 0; i < count; i++)
        {
            if (quotes[i] is { } quote)
                holdings[i] = holdings[i] with { Quote = quote.Read(profile) };
        }

        return new NavInputs(block.Number, block.Hash, block.Timestamp, Wei.From((UInt128)supply), holdings);

        RpcCall View(string data, Action<AbiData> take) => At(contract, data, take);

        RpcCall At(Address to, string data, Action<AbiData> take) =>
            EthCalls.CallAt(to, data, block.Number, bytes => take(new AbiData(bytes)));
    }

    /// <summary>
    /// What a mint and a redemption of a size would really cost and bring at the block of a reading; null where the chain refuses
    /// to tell.
    /// </summary>
    /// <param name="nav">The reading.</param>
    /// <param name="tao">What is spent on the mint.</param>
    /// <param name="tokens">What is redeemed.</param>
    /// <param name="cancel">Cancels the operation.</param>
    /// <exception cref="ChainException">No endpoint answers.</exception>
    public async Task<(ExecutablePrice? Mint, ExecutablePrice? Redeem)> ExecutableAsync(
        NavReading.Available nav,
        Wei tao,
        Wei tokens,
        CancellationToken cancel
    )
    {
        var refused = (Mint: false, Redeem: false);
        var calls = new List<RpcCall>();
        var bought = Simulate(
            (netuid, amount) => new SimSwapTaoForAlphaFunction(netuid, amount).Encode(),
            ExecutablePrice.MintLegs(nav.Inputs, tao),
            () => refused.Mint = true
        );
        var received = Simulate(
            (netuid, amount) => new SimSwapAlphaForTaoFunction(netuid, amount).Encode(),
            ExecutablePrice.RedeemLegs(nav.Inputs, tokens),
            () => refused.Redeem = true
        );
        if (calls.Count > 0)
            await pool.SendAtAsync(nav.Inputs.Block, nav.Inputs.BlockHash, calls, cancel).ConfigureAwait(false);
        return (
            refused.Mint ? null : ExecutablePrice.OfMint(nav, tao, bought),
            refused.Redeem ? null : ExecutablePrice.OfRedeem(tokens, received)
        );

        BigInteger[] Simulate(Func<ushort, ulong, string> encode, IReadOnlyList<ulong> legs, Action refuse)
        {
            var results = new BigInteger[legs.Count];
            for (var i = 0; i < legs.Count; i++)
            {
                var (at, netuid) = (i, nav.Inputs.Holdings[i].Netuid);

                // Root's alpha is TAO, and nothing swapped gives nothing.
                if (netuid == 0 || legs[i] == 0)
                    results[i] = legs[i];
                else
                    calls.Add(
                        EthCalls.CallAt(
                            Precompiles.Alpha,
                            encode(netuid, legs[i]),
                            nav.Inputs.Block,
                            bytes => results[at] = new AbiData(bytes).Integer(0)
                        ) with
                        {
                            Refused = _ => refuse(),
                        }
                    );
            }

            return results;
        }
    }

    private ConstituentCalls CallsOf(Hash256 hotkey, Hash256 coldkey, ushort netuid)
    {
        if (_calls.Count > 2 * MaxConstituents)
            _calls.Clear();
        return _calls.GetOrAdd(
            (hotkey, coldkey, netuid),
            key => new ConstituentCalls(
                new GetStakeFunction(key.Hotkey, key.Coldkey, key.Netuid).Encode(),
                new GetAlphaPriceFunction(key.Netuid).Encode(),
                new GetTaoInPoolFunction(key.Netuid).Encode(),
                new GetAlphaInPoolFunction(key.Netuid).Encode(),
                StorageCalls.Data(RuntimeStorage.NetworksAdded.Key(key.Netuid)),
                StorageCalls.Data(RuntimeStorage.SwapBalancer.Key(key.Netuid)),
                StorageCalls.Data(RuntimeStorage.SwapSuperellipse.Key(key.Netuid))
            )
        );
    }
}

/// <summary>The data of the calls that are made for a constituent.</summary>
internal sealed record ConstituentCalls(
    string Stake,
    string Price,
    string TaoInPool,
    string AlphaInPool,
    string Exists,
    string QuoteWeight,
    string OtherCurve
);
