using System.Collections.Immutable;
using System.Globalization;
using System.Numerics;

namespace Tao20.Domain.Index;

/// <summary>The contracts of an index, in the order in which they are made.</summary>
public enum IndexContract
{
    /// <summary>Keeps mean prices.</summary>
    Means,

    /// <summary>The time lock.</summary>
    Manager,

    /// <summary>The token and its holdings.</summary>
    Index,

    /// <summary>Quotes.</summary>
    Lens,

    /// <summary>The market of the token and TAO.</summary>
    Pool,

    /// <summary>Buys and sells whole baskets.</summary>
    Router,
}

/// <summary>A target of a deployment, as it is on the chain.</summary>
/// <param name="MeanWei">The mean price, in wei per alpha; null where there is none yet.</param>
/// <param name="SpotWei">The spot price, in wei per alpha; 0 where there is none.</param>
/// <param name="ObservedAt">The block of the newest reading of its moving price; 0 for none.</param>
/// <param name="IndexStake">The index's stake, in 1e-9 alpha.</param>
/// <param name="Stake">The founder's stake at its hotkey, in 1e-9 alpha.</param>
/// <param name="Allowance">What of the founder's stake the index may take.</param>
public readonly record struct DeploymentLeg(
    BigInteger? MeanWei,
    BigInteger SpotWei,
    ulong ObservedAt,
    BigInteger IndexStake,
    BigInteger Stake,
    BigInteger Allowance
);

/// <summary>How far a deployment is, by what is on the chain alone.</summary>
/// <param name="Block">The block.</param>
/// <param name="NextNonce">How many transactions the founder has sent.</param>
/// <param name="FirstNonce">The nonce of the first contract.</param>
/// <param name="Made">Of each contract: null where there is no code, otherwise whether it is this version's.</param>
/// <param name="IsBound">Whether the manager knows its index.</param>
/// <param name="Supply">Tokens there are, in 1e-18.</param>
/// <param name="Legs">The targets.</param>
public sealed record DeploymentView(
    ulong Block,
    ulong NextNonce,
    ulong FirstNonce,
    ImmutableList<bool?> Made,
    bool IsBound,
    BigInteger Supply,
    ImmutableList<DeploymentLeg> Legs
);

/// <summary>What a deployment does next.</summary>
public abstract record DeploymentStep
{
    private DeploymentStep() { }

    /// <summary>A contract is made.</summary>
    public sealed record Make(IndexContract Contract) : DeploymentStep;

    /// <summary>The manager is told its index.</summary>
    public sealed record Bind : DeploymentStep;

    /// <summary>The moving prices are read, which means are made of.</summary>
    public sealed record Observe(ImmutableList<ushort> Netuids) : DeploymentStep;

    /// <summary>Nothing can be done until a block, or later.</summary>
    public sealed record Wait(ulong Block, string Reason) : DeploymentStep;

    /// <summary>A little is bought at each hotkey, so that nobody can fill the account's list of hotkeys before.</summary>
    /// <param name="Rao">What is spent at each.</param>
    /// <param name="TotalRao">What that is together.</param>
    public sealed record Seed(ulong Rao, ulong TotalRao) : DeploymentStep;

    /// <summary>The founder buys alpha for the first mint.</summary>
    /// <param name="Netuid">The subnet.</param>
    /// <param name="Rao">What is spent.</param>
    /// <param name="LimitRao">The highest price, in rao per alpha.</param>
    public sealed record Buy(ushort Netuid, ulong Rao, BigInteger LimitRao) : DeploymentStep;

    /// <summary>The founder lets the index take alpha.</summary>
    public sealed record Approve(ushort Netuid, BigInteger Alpha) : DeploymentStep;

    /// <summary>The first mint.</summary>
    public sealed record Genesis(ImmutableList<BigInteger> Alpha) : DeploymentStep;

    /// <summary>There is nothing left to do.</summary>
    public sealed record Done : DeploymentStep;

    /// <summary>It cannot go on.</summary>
    public sealed record Stuck(string Reason) : DeploymentStep;
}

/// <summary>
/// What a deployment does next, by what is on the chain: so it goes on wherever it was interrupted, and does nothing twice (source: the
/// index contract, section 4, genesis).
/// </summary>
public static class DeploymentSteps
{
    // So much more than is wanted is bought: the chain's fee of 0.05 %, what the purchase moves the price by itself, and what the mean may
    // move by until it is minted. What is left of it is the founder's.
    private const int MorePerMille = 5;

    // The price may move by this while it is bought, and what is wanted until the index takes it.
    private const int MarginPercent = 2;
    private const int DriftPerMille = 1;
    private static readonly BigInteger One = BigInteger.Pow(10, 18);
    private const ulong Rao = 1_000_000_000;

    /// <summary>The next step.</summary>
    public static DeploymentStep Next(DeploymentPlan plan, DeploymentView view, LegRules rules)
    {
        if (view.Made.FindIndex(made => made != true) is >= 0 and var at)
            return Made((IndexContract)at, view);
        if (!view.IsBound)
            return new DeploymentStep.Bind();
        if (view.Supply > 0)
            return new DeploymentStep.Done();

        // What is seeded does not wait for means: the sooner, the less can be in the list before.
        if (plan.Seeded.Any(i => view.Legs[i].IndexStake == 0))
            return new DeploymentStep.Seed(rules.LeastPurchase, rules.LeastPurchase * (ulong)plan.Seeded.Count);
        return Observed(plan, view) ?? Bought(plan, view, rules) ?? Minted(plan, view);
    }

    /// <summary>The first contract that is not as it should be: it is made, by the one transaction that gives it its address.</summary>
    private static DeploymentStep Made(IndexContract contract, DeploymentView view)
    {
        if (view.Made[(int)contract] is false)
            return new DeploymentStep.Stuck($"what is at the address of the {contract} is another contract than this version builds");
        var nonce = view.FirstNonce + (ulong)contract;
        if (view.NextNonce < nonce)
            return new DeploymentStep.Wait(view.Block + 1, "what was sent before is not to be seen yet");
        return view.NextNonce == nonce
            ? new DeploymentStep.Make(contract)
            : new DeploymentStep.Stuck(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"the {contract} is to be the account's transaction {nonce}, and the account is at {view.NextNonce}: others were sent "
                        + $"meanwhile, and the contracts name each other by address; begin anew with another --state"
                )
            );
    }

    /// <summary>What is left to do, in words; by amounts where they are known.</summary>
    public static IEnumerable<string> Left(DeploymentPlan plan, DeploymentView view, LegRules rules)
    {
        for (var i = 0; i < view.Made.Count; i++)
            if (view.Made[i] is null)
                yield return $"make the {(IndexContract)i}";
        if (!view.IsBound)
            yield return "tell the manager its index";
        if (view.Supply > 0)
            yield break;
        var legs = view.Legs.Count == 0 ? plan.Targets.ConvertAll(_ => default(DeploymentLeg)) : view.Legs;
        var seeded = plan.Seeded.Count(i => legs[i].IndexStake == 0);
        if (seeded > 0)
            yield return $"seed the index with {Tao(rules.LeastPurchase * (ulong)seeded)} TAO at {seeded} hotkeys";
        if (legs.Any(leg => leg.MeanWei is null))
            yield return string.Create(
                CultureInfo.InvariantCulture,
                $"read the moving prices, and wait {plan.Times.Shortest} blocks for means of them"
            );
        yield return $"buy the alpha of {plan.Targets.Count} legs that is not there yet, of {Tao(plan.GenesisWei / Rao)} TAO together, and "
            + "let the index take it";
        yield return $"mint the first tokens: {Tao(plan.GenesisWei / Rao)}";
    }

    private static string Tao(BigInteger rao) => string.Create(CultureInfo.InvariantCulture, $"{rao / Rao}.{rao % Rao:D9}");

    /// <summary>Every target has a mean.</summary>
    private static DeploymentStep? Observed(DeploymentPlan plan, DeploymentView view)
    {
        var missing = plan.Targets.Zip(view.Legs).Where(pair => pair.Second.MeanWei is null).ToList();
        if (missing.Count == 0)
            return null;
        var old = missing
            .Where(pair => IsToBeRead(pair.Second, plan.Times, view.Block))
            .Select(pair => pair.First.Netuid)
            .ToImmutableList();
        if (old.Count > 0)
            return new DeploymentStep.Observe(old);
        var (block, names) = (
            missing.Max(pair => pair.Second.ObservedAt) + plan.Times.Shortest,
            string.Join(", ", missing.Select(pair => pair.First.Netuid))
        );
        return new DeploymentStep.Wait(
            Math.Max(block, view.Block + 1),
            view.Block < block
                ? string.Create(
                    CultureInfo.InvariantCulture,
                    $"mean prices of {plan.Times.Shortest} blocks are there from block {block} on"
                )
                : $"subnets {names} have no mean price: they are too young, too cheap, above 1 TAO, or nobody can register or trade there"
        );
    }

    /// <summary>The founder has the alpha of the first mint, and lets the index take it.</summary>
    private static DeploymentStep? Bought(DeploymentPlan plan, DeploymentView view, LegRules rules)
    {
        foreach (var (target, leg) in plan.Targets.Zip(view.Legs))
        {
            var wanted = Wanted(plan, target, leg);
            if (leg.Stake >= wanted)
                continue;
            var rao = (ulong)((wanted * (1_000 + MorePerMille) / 1_000 - leg.Stake) * leg.SpotWei / One);
            return new DeploymentStep.Buy(
                target.Netuid,
                Math.Max(rao, rules.LeastPurchase),
                leg.SpotWei * (100 + MarginPercent) / 100 / Rao
            );
        }

        foreach (var (target, leg) in plan.Targets.Zip(view.Legs))
        {
            var wanted = Wanted(plan, target, leg);
            if (leg.Allowance < wanted)
                return new DeploymentStep.Approve(target.Netuid, wanted * (100 + MarginPercent) / 100);
        }

        return null;
    }

    private static DeploymentStep.Genesis Minted(DeploymentPlan plan, DeploymentView view) =>
        new([.. plan.Targets.Zip(view.Legs, (target, leg) => Wanted(plan, target, leg))]);

    /// <summary>
    /// The alpha of a leg in the first mint, in 1e-9: what its weight is worth at its mean, and a thousandth more, since the mean moves
    /// until it is mined.
    /// </summary>
    private static BigInteger Wanted(DeploymentPlan plan, LegTarget target, DeploymentLeg leg) =>
        target.Weight * plan.GenesisWei * (1_000 + DriftPerMille) / 1_000 / leg.MeanWei!.Value / Rao;

    /// <summary>Whether a reading is to be taken: there is none, or one that has not led to a mean for two spans.</summary>
    private static bool IsToBeRead(DeploymentLeg leg, IndexTimes times, ulong block) =>
        leg.ObservedAt == 0 || block >= leg.ObservedAt + 2UL * times.Shortest;
}
