using System.Collections.Immutable;
using System.Numerics;
using Tao20.Domain.Units;

namespace Tao20.Domain.Index;

/// <summary>What anybody may do for an index, and an operator's node does.</summary>
public abstract record IndexDuty
{
    private IndexDuty() { }

    /// <summary>What it is, in a word.</summary>
    public abstract string Name { get; }

    /// <summary>The subnets' moving prices are read, for their means.</summary>
    /// <param name="Netuids">The subnets.</param>
    public sealed record Observe(ImmutableList<ushort> Netuids) : IndexDuty
    {
        /// <inheritdoc/>
        public override string Name => "observe";
    }

    /// <summary>A leg is traded towards its target.</summary>
    /// <param name="Netuid">The leg.</param>
    public sealed record Step(ushort Netuid) : IndexDuty
    {
        /// <inheritdoc/>
        public override string Name => $"step-{Netuid}";
    }

    /// <summary>A window whose time is over is closed.</summary>
    public sealed record Close : IndexDuty
    {
        /// <inheritdoc/>
        public override string Name => "close";
    }
}

/// <summary>
/// Which duty is due at a block, seen from one account: others have the same, and each begins a little later by its own number, so that
/// one acts and the rest see it done (source: Contracts/Index/Targets.sol and Means.sol for what is accepted).
/// </summary>
public static class IndexDuties
{
    private const ulong LookEvery = 25;
    private const ulong Turns = 8;
    private const ulong SecondsPerTurn = 12;
    private const ulong StepGas = 400_000;
    private const ulong ObserveGas = 100_000;
    private const ulong GasPerLeg = 40_000;

    /// <summary>
    /// The duty that comes first; null when none is due. Means before trades, and of the legs the one that is furthest off.
    /// </summary>
    /// <param name="view">The index at a block.</param>
    /// <param name="account">Whose node asks.</param>
    /// <param name="waits">Duties that are not to be tried again yet, by name.</param>
    public static IndexDuty? Next(IndexView view, Address account, IReadOnlyCollection<string> waits)
    {
        var observe = new IndexDuty.Observe([.. view.Legs.Where(leg => IsUnobserved(view, leg, account)).Select(leg => leg.Netuid)]);
        if (!observe.Netuids.IsEmpty && !waits.Contains(observe.Name))
            return observe;
        if (view.WindowUntil > 0 && !view.IsOpen)
            return waits.Contains("close") ? null : new IndexDuty.Close();
        if (!view.IsOpen || view.PausedUntil > view.Block.Time || view.RoomNow.IsZero || view.Legs.Any(leg => leg.IsMissing))
            return null;
        return view
            .Legs.Where(leg => CanStep(view, leg) && IsMyTurn(view, leg, account))
            .Select(leg => (Leg: leg, Duty: new IndexDuty.Step(leg.Netuid)))
            .Where(one => !waits.Contains(one.Duty.Name))
            .OrderByDescending(one => BigInteger.Abs(one.Leg.Counted - view.TargetOf(one.Leg)) * one.Leg.Anchor)
            .FirstOrDefault()
            .Duty;
    }

    /// <summary>
    /// The block at which it is worth looking again when nothing is due: the next one while a window is open, otherwise when the next
    /// reading can be due, and not much later, since a window may be opened.
    /// </summary>
    public static ulong LookAgainAt(IndexView view)
    {
        var next = view.Block.Number + 1;
        if (view.WindowUntil > 0 || view.Legs.IsEmpty)
            return next;
        return Math.Max(next, Math.Min(view.Block.Number + LookEvery, view.Legs.Min(leg => leg.ObservedAt + view.ShortestSpan)));
    }

    /// <summary>About the gas a duty takes (source: docs/benchmarks.md, the index contract).</summary>
    public static ulong GasOf(IndexDuty duty, IndexView view) =>
        duty switch
        {
            IndexDuty.Step => StepGas + GasPerLeg * (ulong)view.Legs.Count,
            IndexDuty.Observe(var netuids) => ObserveGas + GasPerLeg * (ulong)netuids.Count,
            _ => ObserveGas,
        };

    /// <summary>Whether its newest reading is old enough for the next.</summary>
    private static bool IsUnobserved(IndexView view, IndexLeg leg, Address account) =>
        leg.ObservedAt == 0 || view.Block.Number >= leg.ObservedAt + view.ShortestSpan + TurnOf(account, leg.ObservedAt);

    /// <summary>What the contract asks of a step, as far as it is known here; the rest is the simulation's.</summary>
    private static bool CanStep(IndexView view, IndexLeg leg)
    {
        if (view.IsThere(leg) || view.Block.Time < leg.SteppedAt + view.Rules.Gap || leg.SpotWei.IsZero)
            return false;
        var isBought = leg.Counted < view.TargetOf(leg);
        if (isBought && view.TaoRao < IndexView.LeastTao)
            return false;

        // A leg that is left may have a price that its proposal has named, and that is not seen here.
        if (leg.MeanWei is not { } mean)
            return leg.Unit.IsZero;
        return !IsFurther(leg.SpotWei, mean, IndexView.BandBps) && !IsFurther(mean, leg.Anchor, IndexView.AnchorBps);
    }

    private static bool IsMyTurn(IndexView view, IndexLeg leg, Address account) =>
        view.Block.Time >= leg.SteppedAt + view.Rules.Gap + SecondsPerTurn * TurnOf(account, leg.SteppedAt + leg.Netuid);

    /// <summary>In which turn an account acts: another one for each occasion.</summary>
    private static ulong TurnOf(Address account, ulong occasion) =>
        account.ToBytes().Aggregate(occasion * 31, (hash, part) => unchecked(hash * 131 + part)) % Turns;

    private static bool IsFurther(BigInteger price, BigInteger from, int bps) => BigInteger.Abs(price - from) * 10_000 > from * bps;
}
