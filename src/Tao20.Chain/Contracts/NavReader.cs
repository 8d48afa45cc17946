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
    private const int MaxLegs = 256;
    private const int CallsPerLeg = 8;
    private static readonly string Legs = new LegsFunction().Encode();
    private static readonly string Supply = new TotalSupplyFunction().Encode();
    private static readonly string ColdkeyOf = new ColdkeyFunction().Encode();
    private static readonly string Revision = new RevisionFunction().Encode();
    private static readonly string Tao = new TaoHeldFunction().Encode();
    private static readonly string Fee = new FeeBpsFunction().Encode();

    // The calls of a leg are the same at every block while the index keeps its hotkey: encoded once.
    private readonly ConcurrentDictionary<(Hash256 Hotkey, Hash256 Coldkey, ushort Netuid), ConstituentCalls> _calls = [];

    /// <summary>What the chain says at a block.</summary>
    /// <param name="block">The block.</param>
    /// <param name="profile">Which rules hold there: prices are held against the formula of a pool only where it is known.</param>
    /// <param name="cancel">Cancels the operation.</param>
    /// <exception cref="ChainException">No endpoint gives it; an old block needs a node that keeps old state.</exception>
    /// <exception cref="FormatException">The contract answers as no index does.</exception>
    public async Task<NavInputs> ReadAsync(BlockHeader block, RuntimeProfile profile, CancellationToken cancel)
    {
        var (legs, coldkey) = (new List<LegWords>(), default(Hash256));
        var (supply, tao, revision, fee) = (BigInteger.Zero, BigInteger.Zero, 0UL, 0UL);
        await pool.SendAtAsync(
                block.Number,
                block.Hash,
                [
                    At(contract, Legs, words => legs = LegWords.Of(words)),
                    At(contract, Supply, words => supply = words.Integer(0)),
                    At(contract, ColdkeyOf, words => coldkey = words.Hash(0)),
                    At(contract, Revision, words => revision = words.UInt64(0)),
                    At(contract, Fee, words => fee = words.UInt64(0)),
                    At(contract, Tao, words => tao = words.Integer(0)),
                ],
                cancel
            )
            .ConfigureAwait(false);
        if (legs.Count > MaxLegs)
            throw new FormatException($"an index of {legs.Count} legs");

        var facts = new LegFacts[legs.Count];
        var quotes = new QuoteReader[legs.Count];
        var subnets = new DissolutionReader(block.Number);
        var calls = new List<RpcCall>(CallsPerLeg * legs.Count);
        calls.AddRange(subnets.Calls);
        for (var i = 0; i < legs.Count; i++)
        {
            var (at, ask) = (i, CallsOf(legs[i].Hotkey, coldkey, legs[i].Netuid));
            calls.Add(At(Precompiles.Staking, ask.Stake, words => facts[at] = facts[at] with { Held = words.Integer(0) }));
            calls.Add(
                StorageCalls.At(
                    ask.Registrations,
                    block.Number,
                    value => facts[at] = facts[at] with { Registrations = value.Length == sizeof(ulong) ? ScaleReader.UInt64(value) : null }
                )
            );
            quotes[i] = new QuoteReader(legs[i].Netuid, ask, block.Number);
            calls.AddRange(quotes[i].Calls);
        }

        await pool.SendAtAsync(block.Number, block.Hash, calls, cancel).ConfigureAwait(false);
        return new NavInputs(
            block.Number,
            block.Hash,
            block.Timestamp,
            Wei.From((UInt128)supply),
            [
                .. legs.Select(
                    (leg, i) =>
                    {
                        var quote = quotes[i].Read(profile);
                        return new NavHolding(leg.Netuid, new Ratio((Int128)(UInt128)leg.Weight), facts[i].Held, quote)
                        {
                            Hotkey = leg.Hotkey,
                            State = subnets.StateOf(leg, facts[i], quote.Exists),
                        };
                    }
                ),
            ]
        )
        {
            TaoRao = tao,
            FeeBps = (int)fee,
            Revision = revision,
        };

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
            ExecutablePrice.MintLegs(nav, tao),
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
            refused.Redeem ? null : ExecutablePrice.OfRedeem(nav.Inputs, tokens, received)
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
        if (_calls.Count > 2 * MaxLegs)
            _calls.Clear();
        return _calls.GetOrAdd(
            (hotkey, coldkey, netuid),
            key => new ConstituentCalls(
                new GetStakeFunction(key.Hotkey, key.Coldkey, key.Netuid).Encode(),
                new GetAlphaPriceFunction(key.Netuid).Encode(),
                new GetTaoInPoolFunction(key.Netuid).Encode(),
                new GetAlphaInPoolFunction(key.Netuid).Encode(),
                StorageCalls.Data(RuntimeStorage.NetworksAdded.Key(key.Netuid)),
                StorageCalls.Data(RuntimeStorage.RegisteredSubnetCounter.Key(key.Netuid)),
                StorageCalls.Data(RuntimeStorage.SwapBalancer.Key(key.Netuid)),
                StorageCalls.Data(RuntimeStorage.SwapSuperellipse.Key(key.Netuid))
            )
        );
    }
}

/// <summary>The data of the calls that are made for a leg.</summary>
internal sealed record ConstituentCalls(
    string Stake,
    string Price,
    string TaoInPool,
    string AlphaInPool,
    string Exists,
    string Registrations,
    string QuoteWeight,
    string OtherCurve
);
