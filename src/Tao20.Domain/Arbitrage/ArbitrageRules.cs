using System.Numerics;
using Tao20.Domain.Units;
using Tao20.Domain.Validation;
using Tao20.Domain.Volume;

namespace Tao20.Domain.Arbitrage;

/// <summary>
/// When a miner trades, how much, and when it stops (source: the domain rules, Arbitrage). Basis points are hundredths of a
/// percent.
/// </summary>
[Settings("Arbitrage")]
public sealed record ArbitrageRules
{
    /// <summary>The smallest trade. 0.01 to 1,000 TAO in wei; default 0.1 TAO.</summary>
    [Setting(
        "The smallest trade; 1, 2, 5, 10 ... times this are quoted.",
        Least = "0.01 TAO",
        Most = "1000 TAO",
        Unit = "wei (1e18 is one TAO)"
    )]
    public Wei MinTradeWei { get; init; } = Wei.From(Wei.OneTao.Value / 10);

    /// <summary>The largest trade. 0.01 to 1,000 TAO in wei; default 10 TAO.</summary>
    [Setting("The largest trade.", Least = "0.01 TAO", Most = "1000 TAO", Unit = "wei (1e18 is one TAO)", NotBelow = nameof(MinTradeWei))]
    public Wei MaxTradeWei { get; init; } = Wei.From(10 * Wei.OneTao.Value);

    /// <summary>How much of the TAO balance a trade and its gas may use. 1 to 100 percent; default 80.</summary>
    [Setting("How much of the TAO a trade and its gas may use.", Least = "1", Most = "100", Unit = "percent")]
    public int BalancePercent { get; init; } = 80;

    /// <summary>
    /// How much of what is owned may be TAO20: no trade goes above, and a rebalance comes down to it. 0 to 100 percent; default 50.
    /// </summary>
    [Setting(
        "How much of what is owned may be TAO20: no trade goes above, and a rebalance comes down to it.",
        Least = "0",
        Most = "100",
        Unit = "percent"
    )]
    public int InventoryPercent { get; init; } = 50;

    /// <summary>
    /// From this share of TAO20 on, a rebalance is due. 0 to 100 percent, not below <see cref="InventoryPercent"/>; default 80.
    /// </summary>
    [Setting(
        "From this share of TAO20 on, it is brought down.",
        Least = "0",
        Most = "100",
        Unit = "percent",
        NotBelow = nameof(InventoryPercent)
    )]
    public int RebalancePercent { get; init; } = 80;

    /// <summary>Net profit has to exceed this many times the gas. 0 to 100; default 2.</summary>
    [Setting("Net profit has to exceed this many times the gas.", Least = "0", Most = "100", Unit = "times")]
    public int GasMultiple { get; init; } = 2;

    /// <summary>Net profit has to exceed this part of the size. 0 to 1,000 basis points; default 50 (0.5 %).</summary>
    [Setting("Net profit has to exceed this part of the size.", Least = "0", Most = "1000", Unit = "basis points (100 are one percent)")]
    public int ProfitBasisPoints { get; init; } = 50;

    /// <summary>
    /// What may be lost of the proceeds between decision and execution; more, and the transaction reverts. 0 to 1,000 basis points;
    /// default 20 (0.2 %).
    /// </summary>
    [Setting(
        "What may be lost between decision and execution; profit is asked of what is then left.",
        Least = "0",
        Most = "1000",
        Unit = "basis points (100 are one percent)"
    )]
    public int SlippageBasisPoints { get; init; } = 20;

    /// <summary>Volume wanted in an hour; neutral trades fill it up. 0 to 1e6 TAO in wei; default 100 TAO.</summary>
    [Setting(
        "Volume wanted in an hour; neutral trades fill it up when arbitrage is quiet.",
        Least = "0",
        Most = "1000000 TAO",
        Unit = "wei (1e18 is one TAO)"
    )]
    public Wei VolumeTargetWei { get; init; } = Wei.From(100 * Wei.OneTao.Value);

    /// <summary>
    /// What a neutral trade may cost for its volume, gas included. 0 to 1,000 basis points; default 80: the fees of index, subnets and
    /// market, and gas of a trade of 10 TAO.
    /// </summary>
    [Setting(
        "What a neutral trade may cost for its volume; 0 for none that costs anything.",
        Least = "0",
        Most = "1000",
        Unit = "basis points (100 are one percent)"
    )]
    public int NeutralBasisPoints { get; init; } = 80;

    /// <summary>What neutral trades may cost together in 24 hours. 0 to 1e6 TAO in wei; default 0.2 TAO; 0 for none.</summary>
    [Setting(
        "What neutral trades may cost together in 24 hours; once it is spent there are none, and with 0 there are none at all.",
        Least = "0",
        Most = "1000000 TAO",
        Unit = "wei (1e18 is one TAO)"
    )]
    public Wei NeutralDailyWei { get; init; } = Wei.From(Wei.OneTao.Value / 5);

    /// <summary>Which trades count for the score: neutral trades are made to.</summary>
    public EligibilityRules Eligibility { get; init; } = EligibilityRules.Default;

    /// <summary>
    /// What a sale that brings the inventory down may lose of what the tokens have cost. 0 to 10,000 basis points; default 300 (3 %).
    /// </summary>
    [Setting(
        "What a sale of tokens may lose of what they have cost; below that they are kept, unless an operator unwinds.",
        Least = "0",
        Most = "10000",
        Unit = "basis points (100 are one percent)"
    )]
    public int SaleLossBasisPoints { get; init; } = 300;

    /// <summary>
    /// When all tokens are worth so much less at NAV than they have cost, they are sold. 0 to 10,000 basis points; default 1,000 (10 %);
    /// 0 for never.
    /// </summary>
    [Setting(
        "When the tokens are worth so much less at NAV than they have cost, all are sold; 0 for never.",
        Least = "0",
        Most = "10000",
        Unit = "basis points (100 are one percent)"
    )]
    public int InventoryStopBasisPoints { get; init; } = 1_000;

    /// <summary>Neutral trades run only when no arbitrage was done for so long. 0 to 86,400 s; default 300.</summary>
    [Setting("Neutral trades run only when no arbitrage was done for so long.", Least = "0", Most = "86400", Unit = "seconds")]
    public int QuietSeconds { get; init; } = 300;

    /// <summary>How long a trade is waited for before it counts as expired. 12 to 3,600 s; default 120.</summary>
    [Setting("After so long a trade reverts, and counts as expired.", Least = "12", Most = "3600", Unit = "seconds")]
    public int DeadlineSeconds { get; init; } = 120;

    /// <summary>The pause after each trade. 0 to 3,600 s; default 2.</summary>
    [Setting("The pause after each trade.", Least = "0", Most = "3600", Unit = "seconds")]
    public int CooldownSeconds { get; init; } = 2;

    /// <summary>How long a NAV alert stops trading after the last tick that gave rise to it. 0 to 3,600 s; default 60.</summary>
    [Setting(
        "How long an alert about NAV stops trading after the last tick that gave rise to it.",
        Least = "0",
        Most = "3600",
        Unit = "seconds"
    )]
    public int AlertSeconds { get; init; } = 60;

    /// <summary>A feed older than this stops trading. 1 to 3,600 s; default 300.</summary>
    [Setting("No tick for so long stops trading.", Least = "1", Most = "3600", Unit = "seconds")]
    public int StaleSeconds { get; init; } = 300;

    /// <summary>Realised loss of 24 hours that stops trading until an operator resumes. 0.001 to 1e6 TAO in wei; default 1 TAO.</summary>
    [Setting(
        "A realised loss of 24 hours that stops trading until an operator resumes it.",
        Least = "0.001 TAO",
        Most = "1000000 TAO",
        Unit = "wei (1e18 is one TAO)"
    )]
    public Wei DailyLossWei { get; init; } = Wei.OneTao;

    /// <summary>So many failures in a row make it back off: 1, 2, 4 ... 30 minutes. 1 to 100; default 3.</summary>
    [Setting("So many failures in a row make it wait 1, 2, 4 ... minutes.", Least = "1", Most = "100", Unit = "failures")]
    public int FailuresInRow { get; init; } = 3;

    /// <summary>The most that is waited after failures. 1 to 1,440 minutes; default 30.</summary>
    [Setting("The most that is waited after failures.", Least = "1", Most = "1440", Unit = "minutes")]
    public int LongestBackOffMinutes { get; init; } = 30;

    /// <summary>All that is out of range; empty when all is well.</summary>
    public IReadOnlyList<ParameterError> Validate() => [.. Setting.Check(this)];

    /// <summary>The pause after so many failures in a row: none below <see cref="FailuresInRow"/>, then 1, 2, 4 ... minutes.</summary>
    public int BackOffSeconds(int failures) =>
        failures < FailuresInRow ? 0 : 60 * (int)Math.Min(LongestBackOffMinutes, 1L << Math.Min(failures - FailuresInRow, 20));

    /// <summary>
    /// The sizes that are quoted: 1, 2, 5, 10 ... times <see cref="MinTradeWei"/>, up to and with <see cref="MaxTradeWei"/>, in whole
    /// rao: the contracts take no parts of one.
    /// </summary>
    public IReadOnlyList<Wei> LadderSizes()
    {
        var sizes = new List<Wei>();
        UInt128[] steps = [1, 2, 5];
        for (UInt128 decade = 1; MinTradeWei.Value * decade < MaxTradeWei.Value; decade *= 10)
            sizes.AddRange(
                steps.Select(step => MinTradeWei.Value * decade * step).Where(size => size < MaxTradeWei.Value).Select(Wei.From)
            );
        sizes.Add(MaxTradeWei);
        return [.. sizes.Select(size => size.WholeRao)];
    }

    /// <summary>The least that is accepted of what was quoted: <see cref="SlippageBasisPoints"/> less.</summary>
    public Wei Bound(Wei quoted) => Wei.From(quoted.Value * (UInt128)(10_000 - SlippageBasisPoints) / 10_000);

    /// <summary>How much of the TAO balance a trade may use, its gas included.</summary>
    public Wei Spendable(Wei tao) => Wei.From(tao.Value * (UInt128)BalancePercent / 100);

    /// <summary>Whether what is owned is worth so much less than it has cost that it is sold.</summary>
    public bool IsStopped(Inventory books, TaoPerToken nav) =>
        InventoryStopBasisPoints > 0
        && books.Tokens.Value > 0
        && (BigInteger)books.Tokens.Value * nav.Value / Ratio.Scale * 10_000
            < (BigInteger)books.Cost.Value * (10_000 - InventoryStopBasisPoints);

    /// <summary>How many tokens are above what may be held: to be turned into TAO. Zero below <see cref="RebalancePercent"/>.</summary>
    /// <param name="tao">TAO owned.</param>
    /// <param name="tokens">TAO20 owned.</param>
    /// <param name="nav">What a token is worth.</param>
    public Wei Excess(Wei tao, Wei tokens, TaoPerToken nav)
    {
        var value = (BigInteger)tokens.Value * nav.Value / Ratio.Scale;
        var all = value + tao.Value;
        if (nav.Value == 0 || value * 100 < all * RebalancePercent || value.IsZero)
            return Wei.Zero;
        var excess = value - all * InventoryPercent / 100;
        return Wei.From(UInt128.Min(tokens.Value, (UInt128)(excess * Ratio.Scale / nav.Value)));
    }
}
