using Tao20.Domain.Units;
using Tao20.Domain.Validation;

namespace Tao20.Domain.Rewards;

/// <summary>The tiers of the tier pool, best first.</summary>
public enum Tier
{
    /// <summary>Rank 1.</summary>
    Diamond,

    /// <summary>Rank 2.</summary>
    Platinum,

    /// <summary>Ranks 3 to 5.</summary>
    Gold,

    /// <summary>Ranks 6 to 10.</summary>
    Silver,

    /// <summary>Ranks 11 to 20.</summary>
    Bronze,

    /// <summary>Any later rank: paid from the base pool alone.</summary>
    None,
}

/// <summary>How an epoch's emission is divided (source: TAO20 specification, rewards).</summary>
/// <param name="EmissionRao">What one epoch has to give, in rao. 0 to 2.1e16; default 1e11 (100 alpha).</param>
/// <param name="ValidatorPercent">The validators' part, in percent. 0 to 50; default 5.</param>
/// <param name="TierPercent">The tiers' part, in percent. 0 to 50; default 25.</param>
[Settings("Scoring:Rewards")]
public sealed record RewardRules(
    [property: Setting("What one epoch has to give, in alpha of the subnet.", Least = "0", Most = "21000000000000000", Unit = "rao")]
        Rao EmissionRao,
    [property: Setting("The validators' part.", Least = "0", Most = "50", Unit = "percent")] int ValidatorPercent,
    [property: Setting("The part divided by rank; the rest is divided by score.", Least = "0", Most = "50", Unit = "percent")]
        int TierPercent
)
{
    /// <summary>The defaults of the specification.</summary>
    public static readonly RewardRules Default = new(new Rao(100_000_000_000), 5, 25);

    /// <summary>Each tier with its last rank and its percent of the tier pool.</summary>
    public static readonly IReadOnlyList<(Tier Tier, int LastRank, int Percent)> Tiers =
    [
        (Tier.Diamond, 1, 40),
        (Tier.Platinum, 2, 25),
        (Tier.Gold, 5, 20),
        (Tier.Silver, 10, 10),
        (Tier.Bronze, 20, 5),
    ];

    /// <summary>The tier of a rank, counted from 1.</summary>
    public static Tier TierOf(int rank) =>
        Tiers.Where(tier => rank <= tier.LastRank).Select(tier => tier.Tier).DefaultIfEmpty(Tier.None).First();
}
