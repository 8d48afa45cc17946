using System.Numerics;
using Tao20.Domain.Units;
using Tao20.Tests.Oracles;

namespace Tao20.Chain.Tests.Index.Model;

/// <summary>A call of a sequence, on a chain.</summary>
/// <param name="Actor">Who makes it.</param>
/// <param name="To">The contract.</param>
/// <param name="Rao">TAO sent along.</param>
/// <param name="Data">Its data.</param>
internal sealed record SequenceCall(int Actor, Address To, BigInteger Rao, string Data);

/// <summary>What there is on the chain that a sequence is run on.</summary>
internal interface ISequenceChain
{
    Address Index { get; }

    Address State { get; }

    Hash256 HotkeyOf(int hotkey);

    Hash256 IndexColdkey { get; }

    string Harness(string function, params object[] arguments);
}

/// <summary>One thing that is done: in the model, and as a call.</summary>
/// <param name="Kind">What.</param>
/// <param name="Apply">What it does to the model; it throws where it is refused.</param>
/// <param name="Call">The call that does it on a chain.</param>
internal sealed record Operation(string Kind, Func<IndexModel, IndexModel> Apply, Func<ISequenceChain, SequenceCall> Call);

/// <summary>
/// What may happen to an index, drawn at random with an eye on what would hurt: amounts that are too small or more than one has, legs that
/// are missing, dissolving or another subnet's, pools that are pumped or drained, hotkeys that are swapped, transfers that are switched
/// off.
/// </summary>
internal sealed partial class Sequences(Random random)
{
    public const int Founder = 0;
    public const int Manager = 3;
    public const int Actors = 4;
    public static readonly int[] Netuids = [11, 12, 13, 14, 15];
    public static readonly ulong[] Weights = [300, 300, 300, 100];
    public static readonly int[] MilliPrices = [200, 50, 400, 100, 150];
    public static readonly BigInteger Granted = 20_000 * (BigInteger)Whole;
    public const ulong Whole = 1_000_000_000;
    public const ulong Sent = 20_000_000;
    public const ulong Seed = 5_000_000;
    public static readonly BigInteger ActorRao = 1_000_000 * (BigInteger)Whole;

    /// <summary>A time after every window.</summary>
    public const long Until = 1L << 40;

    /// <summary>Hotkeys that nobody has used, by the order in which they are.</summary>
    private int _fresh = 2;

    /// <summary>The hotkey a subnet's leg begins with.</summary>
    public static int HotkeyOf(int netuid) => netuid == 14 ? 1 : 0;

    /// <summary>What a genesis of about so many TAO takes of each leg.</summary>
    public static List<BigInteger> Genesis(int tao) =>
        [.. Weights.Select((weight, i) => (BigInteger)tao * Whole * weight / (ulong)MilliPrices[i])];

    /// <summary>A chain with its pools, and the stakes of who takes part.</summary>
    public static ChainModel Chain(bool isJune)
    {
        var chain = new ChainModel { IsJune = isJune, Hotkeys = [0, 1] };
        for (var i = 0; i < Netuids.Length; i++)
        {
            var pool = SubnetModel.Registered(1).Pool with { Tao = PoolTao(i), Alpha = PoolAlpha };
            chain = chain.With(Netuids[i], _ => SubnetModel.Registered(1) with { Pool = pool });
            for (var actor = 0; actor < Actors; actor++)
                chain = chain.Increase(HotkeyOf(Netuids[i]), actor, Netuids[i], Granted);
        }

        return Enumerable.Range(0, Actors).Aggregate(chain.Credit(IndexModel.Account, 500), (all, actor) => all.Credit(actor, ActorRao));
    }

    public static BigInteger PoolAlpha => 100_000 * (BigInteger)Whole;

    public static BigInteger PoolTao(int i) => MilliPrices[i] * 100 * (BigInteger)Whole;

    /// <summary>An index that has been begun on such a chain.</summary>
    /// <param name="chain">The chain.</param>
    /// <param name="means">The means at its first mint.</param>
    public static IndexModel Begun(ChainModel chain, IReadOnlyDictionary<int, BigInteger> means) =>
        (
            new IndexModel(chain)
            {
                Now = 1_000_000_000,
                Means = means.Aggregate(
                    System.Collections.Immutable.ImmutableDictionary<int, (BigInteger, int)>.Empty,
                    (all, mean) => all.SetItem(mean.Key, (mean.Value, 1))
                ),
            }
        )
            .Begin(Weights.Select((weight, i) => new TargetModel(Netuids[i], weight * (IndexModel.One / 1_000), HotkeyOf(Netuids[i]))))
            .Seed(Founder, Sent, Seed)
            .Genesis(Founder, Genesis(100));

    /// <summary>The next thing that is done to an index as it is.</summary>
    /// <param name="index">As it is.</param>
    /// <param name="timePasses">Whether time goes by, and means follow prices: not within one block.</param>
    public Operation Next(IndexModel index, bool timePasses) =>
        index.Legs.IsEmpty || Netuids.All(netuid => !index.Chain.Subnet(netuid).Exists)
            ? StepDissolution(index)
            : random.Next(timePasses ? 34 : 30) switch
            {
                < 7 => Mint(index),
                < 13 => Redeem(index),
                < 16 => Given(index),
                16 => Emission(),
                < 19 => Pool(index),
                19 => Weight(index),
                20 => Switches(index),
                21 => Swap(index),
                22 => Follow(index),
                23 => Dissolve(index),
                < 26 => StepDissolution(index),
                26 => Managed(index),
                27 => SetTargets(),
                < 30 => Step(index),
                < 33 => Step(index),
                _ => Time(index),
            };

    private Operation Mint(IndexModel index)
    {
        var (actor, part, gifts) = (random.Next(3), random.Next(1, 3_000), random.Next(4) == 0 ? random.Next(32) : 0);
        var alpha = index
            .Legs.Select(leg => index.Held(leg) * part / 10_000 * (100 + random.Next(random.Next(3) == 0 ? 200 : 1)) / 100)
            .Select(amount => random.Next(40) == 0 ? amount * 100_000 : amount)
            .ToList();
        var rao = random.Next(3) == 0 ? 0 : index.TaoHeld * part / 9_000 + random.Next(100_000_000);
        var (revision, least) = (index.Revision + (random.Next(30) == 0 ? 1 : 0), random.Next(20) == 0 ? index.Supply * part / 10_000 : 1);
        return new Operation(
            "mint",
            model => model.Mint(actor, revision, alpha, gifts, least, rao),
            chain => new SequenceCall(
                actor,
                chain.Index,
                rao,
                AbiEncoder.Call(
                    "mint(uint256,uint256[],uint256,uint256,uint256,uint256)",
                    revision,
                    alpha.Select(amount => (object)amount).ToList(),
                    gifts,
                    least,
                    IndexChain.LegGas,
                    ulong.MaxValue
                )
            )
        );
    }

    private Operation Redeem(IndexModel index)
    {
        var actor = random.Next(3);
        var (count, revision) = (index.Legs.Count, index.Revision);
        var tokens = index.TokensOf(actor) * random.Next(1, 101) / 100 + (random.Next(40) == 0 ? 1 : 0);
        var sell = random.Next(2) == 0 ? 0 : random.Next(1 << count);
        var leave = random.Next(3) == 0 ? random.Next(1 << count) : 0;
        foreach (var (leg, i) in index.Legs.Select((leg, i) => (leg, i)))
        {
            // Who looks leaves what cannot be paid.
            if (random.Next(8) > 0 && (!index.Chain.Subnet(leg.Netuid).Exists || index.Held(leg) + 2 < leg.Book))
                leave |= 1 << i;
        }

        sell &= random.Next(40) == 0 ? sell : ~leave;
        var (leavesTao, minTao) = (random.Next(10) == 0, random.Next(20) == 0 ? index.TaoHeld / 2 : 0);
        return new Operation(
            "redeem",
            model => model.Redeem(actor, revision, tokens, sell, leave, leavesTao, minTao),
            chain => new SequenceCall(
                actor,
                chain.Index,
                0,
                AbiEncoder.Call(
                    "redeem(uint256,uint256,uint256[],uint256,uint256,uint256,uint256,uint256)",
                    revision,
                    tokens,
                    Enumerable.Repeat((object)0, count).ToList(),
                    minTao,
                    sell,
                    leave + (leavesTao ? BigInteger.One << 255 : 0),
                    IndexChain.LegGas,
                    ulong.MaxValue
                )
            )
        );
    }

    private Operation Given(IndexModel index)
    {
        var actor = random.Next(3);
        var rao = random.Next(2) == 0 ? 1 : (BigInteger)random.Next(2_000_000_000);
        if (random.Next(2) == 0)
            return new Operation(
                "given TAO",
                model => model with { Chain = model.Chain.Pay(actor, IndexModel.Account, rao) },
                chain => new SequenceCall(actor, chain.Index, rao, "0x")
            );
        var netuid = Netuids[random.Next(Netuids.Length)];
        var hotkey = index.Legs.Find(leg => leg.Netuid == netuid)?.Hotkey ?? HotkeyOf(netuid);
        return new Operation(
            "given alpha",
            model => model with { Chain = model.Chain.Increase(hotkey, IndexModel.Account, netuid, rao) },
            chain => OfHarness(chain, "grantStake", chain.HotkeyOf(hotkey), chain.IndexColdkey, (ushort)netuid, (ulong)rao)
        );
    }

    private Operation Emission()
    {
        var (netuid, alpha) = (Netuids[random.Next(Netuids.Length)], (ulong)random.NextInt64(1, 1_000_000_000_000));
        var hotkey = HotkeyOf(netuid);
        return new Operation(
            "emission",
            model => model with { Chain = model.Chain.Emit(hotkey, netuid, alpha) },
            chain => OfHarness(chain, "emitToHotkey", chain.HotkeyOf(hotkey), (ushort)netuid, alpha)
        );
    }

    private Operation Pool(IndexModel index)
    {
        var netuid = Existing(index);
        var pool = index.Chain.Subnet(netuid).Pool;
        var percent = random.Next(4) switch
        {
            0 => random.Next(5, 2_000),
            1 => 100,
            _ => random.Next(97, 104),
        };
        var tao = (ulong)(PoolTao(Array.IndexOf(Netuids, netuid)) * percent / 100);
        var alpha = (ulong)(pool.Alpha.IsZero ? PoolAlpha : pool.Alpha);
        return new Operation(
            "pool",
            model =>
                model with
                {
                    Chain = model.Chain.With(netuid, subnet => subnet with { Pool = subnet.Pool with { Tao = tao, Alpha = alpha } }),
                },
            chain => OfHarness(chain, "setPool", (ushort)netuid, tao, alpha)
        );
    }

    private Operation Weight(IndexModel index)
    {
        var (netuid, weight) = (Existing(index), (ulong)random.Next(400, 600) * 1_000_000_000_000_000);
        return new Operation(
            "weight",
            model =>
                model with
                {
                    Chain = model.Chain.With(netuid, subnet => subnet with { Pool = subnet.Pool with { QuoteWeight = weight } }),
                },
            chain => OfHarness(chain, "setQuoteWeight", (ushort)netuid, weight)
        );
    }

    private int Existing(IndexModel index)
    {
        var existing = Netuids.Where(netuid => index.Chain.Subnet(netuid).Exists).ToList();
        return existing[random.Next(existing.Count)];
    }

    private static SequenceCall OfHarness(ISequenceChain chain, string function, params object[] arguments) =>
        new(Manager, chain.State, 0, chain.Harness(function, arguments));
}
