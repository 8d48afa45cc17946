using System.Numerics;

namespace Tao20.Chain.Tests.Index.Model;

/// <content>What its legs are to be, and the trades towards it (source: the index contract's design, section 6).</content>
internal sealed partial record IndexModel
{
    public IndexModel SetTargets(IReadOnlyList<TargetModel> targets, BigInteger until)
    {
        var index = Sync();
        for (var i = index.Legs.Count - 1; i >= 0; i--)
        {
            var leg = index.Legs[i];
            var isEmpty = !leg.IsActive || (index.Held(leg).IsZero && !IsLess(0, leg.Book));
            if (targets.All(target => target.Netuid != leg.Netuid) && isEmpty)
                index = index with { Legs = index.Legs.RemoveAt(i), Revision = index.Revision + 1 };
        }

        var value = index.TaoHeld * Rao;
        foreach (var leg in index.Legs)
        {
            index.RequireWhole(leg);
            var target = targets.FirstOrDefault(target => target.Netuid == leg.Netuid);
            var changed = leg with
            {
                Weight = target?.Weight ?? 0,
                Unit = 0,
                Anchor = target is not null ? index.SteppingPrice(leg) : index.MeanOf(leg) ?? leg.Anchor,
            };
            index = index.Set(leg, changed);
            value += index.StateOf(changed).Held * changed.Anchor / Rao;
        }

        foreach (var target in targets.Where(target => index.Legs.All(leg => leg.Netuid != target.Netuid)))
        {
            index = index.Add(target);
            index = index.Set(index.Legs[^1], index.Legs[^1] with { Anchor = index.SteppingPrice(index.Legs[^1]) });
        }

        return index with
        {
            WindowUntil = until,
            Legs = index.Legs.ConvertAll(leg =>
                leg.Weight > 0 ? leg with { Unit = leg.Weight * Rao * value / (leg.Anchor * index.Supply) } : leg
            ),
        };
    }

    public IndexModel Step(int netuid)
    {
        Require(Now < WindowUntil);
        var index = Sync();
        index.Legs.ForEach(index.RequireWhole);
        var leg = index.LegOf(netuid);
        Require(Now >= leg.SteppedAt + (int)IndexChain.Gap);
        var (spot, mean) = (Chain.SpotWei(netuid), index.SteppingPrice(leg));
        Require(!IsFurther(spot, mean, 200) && !IsFurther(mean, leg.Anchor, 2_000));

        var ofDay = index.NavAt(index.TaoHeld) * Supply / One / Rao * 600 / Bps;
        var room = RoomAt.IsZero ? ofDay / 8 : BigInteger.Min(ofDay / 8, Room + ofDay * (Now - RoomAt) / (int)IndexChain.Day);
        var (before, target) = (index.StateOf(leg).Held, leg.Unit * Supply / One);
        var impact = BigInteger.Min(1_000, BigInteger.Max(200, 2 * Million * Chain.Subnet(netuid).Pool.FeeRate / 65_535));
        var tao = Chain.TaoOf(Account);
        ChainModel chain;
        if (before * Bps > target * (Bps + 50))
        {
            var limit = BigInteger.Max(spot - spot * impact / Million, mean - mean * 200 / Bps);
            var isRest = leg.Unit.IsZero && before * spot / One < Crumbs;
            var alpha = isRest ? before : BigInteger.Min(before - target, room * One / spot);
            Require(alpha > 0);
            chain = Chain.Sell(leg.Hotkey, Account, netuid, alpha, Up(limit, Rao), allowsPartial: true);
            Require(leg.Unit.IsZero || before <= chain.Stake(leg.Hotkey, Account, netuid) + alpha + 1);
        }
        else
        {
            Require(before * Bps < target * (Bps - 50));
            var limit = BigInteger.Min(spot + spot * impact / Million, mean + mean * 200 / Bps);
            var spendable = tao < MinTao ? 0 : tao - ChainModel.ExistentialDeposit;
            var rao = BigInteger.Min(BigInteger.Min((target - before) * spot / One, room), spendable);
            Require(rao > 0);
            if (!leg.IsActive)
                index = index with { Revision = index.Revision + 1 };
            chain = Chain.Buy(leg.Hotkey, Account, netuid, rao, limit / Rao, allowsPartial: true);
        }

        var spent = BigInteger.Abs(chain.TaoOf(Account) - tao);
        var stepped = leg with { IsActive = true, Book = chain.Stake(leg.Hotkey, Account, netuid), SteppedAt = Now };
        index = (index with { Chain = chain, Room = room - BigInteger.Min(spent, room), RoomAt = Now }).Set(leg, stepped);
        if (index.Legs.All(index.IsThere))
            index = index with { WindowUntil = 0 };
        if (stepped.Unit.IsZero && stepped.Book.IsZero)
            index = index with { Legs = index.Legs.Remove(stepped), Revision = index.Revision + 1 };
        return index;
    }

    private bool IsThere(LegModel leg)
    {
        var (has, target) = (StateOf(leg).Held, leg.Unit * Supply / One);
        var off = BigInteger.Abs(has - target);
        return off * Bps <= target * 50 || off * leg.Anchor / One < Crumbs;
    }

    private BigInteger SteppingPrice(LegModel leg)
    {
        var mean = MeanOf(leg);
        Require(mean is { } price && !IsFurther(Chain.SpotWei(leg.Netuid), price, Bps / 2));
        return mean!.Value;
    }

    private BigInteger? MeanOf(LegModel leg)
    {
        var subnet = Chain.Subnet(leg.Netuid);
        var (mean, registration) = Means.GetValueOrDefault(leg.Netuid);
        return subnet is { Exists: true, SubtokenEnabled: true } && subnet.Registrations == registration ? mean : null;
    }

    private static bool IsFurther(BigInteger price, BigInteger from, int bps) => BigInteger.Abs(price - from) * Bps > from * bps;
}
