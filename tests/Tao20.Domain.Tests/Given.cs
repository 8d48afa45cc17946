using System.Security.Cryptography;
using CsCheck;
using Tao20.Domain.Checks;
using Tao20.Domain.Trades;
using Tao20.Domain.Units;
using Tao20.Domain.Volume;

namespace Tao20.Domain.Tests;

/// <summary>Trades and volumes to begin with.</summary>
internal static class Given
{
    public static readonly Address Miner = Address.Parse("0x00000000000000000000000000000000000000aa");
    public const ulong Start = 1_700_000_000;
    private static readonly UInt128 Tao = Wei.OneTao.Value;

    /// <summary>A hash function: the domain is given the chain's, and any will do to it.</summary>
    public static readonly Keccak256 Hashing = data => new Hash256(SHA256.HashData(data));

    /// <summary>A chain on which nothing is off.</summary>
    public static readonly Func<ChainAction, string?> Open = _ => null;

    /// <summary>A mint of so many thousandths of a TAO, so many seconds after the start, at its own block.</summary>
    public static Trade Mint(long milli, int seconds, ulong block = 0, ulong epoch = 0) =>
        Trade(TradeSide.Mint, milli, seconds, block, epoch);

    public static Trade Redeem(long milli, int seconds, ulong block = 0, ulong epoch = 0) =>
        Trade(TradeSide.Redeem, milli, seconds, block, epoch);

    public static Trade Trade(TradeSide side, long milli, int seconds, ulong block, ulong epoch)
    {
        var amount = Wei.From(Tao * (ulong)milli / 1000);
        return new Trade(
            new Position(block == 0 ? (ulong)seconds + 1 : block, 0),
            new EpochId(epoch),
            Hash256.Zero,
            Miner,
            side,
            amount,
            amount,
            TaoPerToken.From(Tao),
            Start + (ulong)seconds
        );
    }

    /// <summary>The volume after these trades, and what each was judged.</summary>
    public static (MinerVolume Volume, Verdict[] Verdicts) Folded(params Trade[] trades) => Folded(EligibilityRules.Default, trades);

    public static (MinerVolume Volume, Verdict[] Verdicts) Folded(EligibilityRules rules, params Trade[] trades)
    {
        var volume = MinerVolume.Initial(Miner);
        if (trades.Length == 0)
            return (volume, []);
        var folded = Assert.IsType<FoldDecision.Fold>(volume.Decide(new FoldTrades(Miner, rules, trades, null), Hashing)).Event;
        return (volume.Evolve(folded), folded.Verdicts.ToArray());
    }

    public static VerdictKind[] Verdicts(params Trade[] trades) => [.. Folded(trades).Verdicts.Select(verdict => verdict.Kind)];

    /// <summary>Random histories of one miner: several trades a block, bursts, dust, round trips, epochs that change.</summary>
    public static readonly Gen<Trade[]> History = Gen.Select(
            Gen.Int[0, 1],
            Gen.Int[0, 400],
            Gen.Long[0, 3_000],
            Gen.Int[0, 30],
            Gen.Int[0, 9]
        )
        .Array[1, 120]
        .Select(steps =>
        {
            var (block, index, time, epoch) = (1UL, 0U, Start, 0UL);
            var last = 100L;
            return steps
                .Select(step =>
                {
                    var (side, wait, milli, jump, repeat) = step;
                    if (wait < 250)
                    {
                        index++;
                    }
                    else
                    {
                        (block, index, time) = (block + 1, 0, time + (ulong)(wait - 250));
                        if (jump == 0)
                            (epoch, time) = (epoch + 1, time + 3600);
                    }

                    // Some amounts come back, so that there is something to undo.
                    last = repeat < 4 ? last : milli;
                    var amount = Wei.From(Tao * (ulong)last / 1000);
                    return new Trade(
                        new Position(block, index),
                        new EpochId(epoch),
                        Hash256.Zero,
                        Miner,
                        (TradeSide)side,
                        amount,
                        amount,
                        TaoPerToken.From(Tao),
                        time
                    );
                })
                .ToArray();
        });

    /// <summary>All of a state as text, so that two can be compared.</summary>
    public static string Dump(MinerVolume volume)
    {
        var s = volume.ToSnapshot();
        return string.Join(
            '\n',
            [
                $"{s.Miner} {s.Position} {s.LastTimestamp} {s.Baseline} {s.Mints} {s.Redemptions} {s.LifetimeEligible} {s.Head}",
                string.Join(',', s.Burst),
                string.Join(',', s.Candidates),
                Dump(s.Open),
                s.Slots.ToString(),
                string.Join(',', s.Uniform),
                .. s.Closed.Select(Dump),
                string.Join(',', s.Exclusions),
            ]
        );
    }

    private static string Dump(EpochVolume v) =>
        $"{v.Epoch} {v.MintEligible} {v.RedeemEligible} {v.Eligible} {v.Dust} {v.Burst} {v.Cancelled} {v.Slots} {v.MostFrequentAmount} "
        + $"{v.Head} {v.FirstTradeHour} {v.Hourly.LastHour} {string.Join(',', v.Hourly.NonEmpty())}";
}
