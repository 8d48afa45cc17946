using Tao20.Chain.Contracts;
using Tao20.Domain.Arbitrage;
using Tao20.Domain.Units;

namespace Tao20.Node.Configuration;

/// <summary>What a miner is told besides what every node is.</summary>
/// <param name="Market">Where it trades.</param>
/// <param name="Rules">When, how much, and when it stops.</param>
/// <param name="DryRun">Whether it only says what it would do.</param>
/// <param name="Account">The account of a dry run without a key; null takes the key's.</param>
/// <param name="MaxBlockAge">How old a block may be that is traded by; null for chains that keep their own time.</param>
internal sealed record MarketSettings(MarketAddresses Market, ArbitrageRules Rules, bool DryRun, Address? Account, TimeSpan? MaxBlockAge)
{
    private static readonly TimeSpan StandardBlockAge = TimeSpan.FromSeconds(300);

    /// <summary>Reads the settings of a miner.</summary>
    /// <param name="reader">Where from.</param>
    /// <param name="hasKey">Whether there is a key.</param>
    /// <param name="errors">Takes all that is wrong, a line each.</param>
    public static MarketSettings Read(OptionReader reader, bool hasKey, List<string> errors)
    {
        var pools = new List<Address>();
        foreach (var text in reader.List("Market:Pools"))
        {
            if (Address.TryParse(text, out var pool))
                pools.Add(pool);
            else
                errors.Add($"Market:Pools = {text} is not an address: give 0x and 40 hex digits, several separated by commas.");
        }

        if (pools.Count == 0 && reader.Text("Market:Pools") is null)
            errors.Add("Market:Pools is missing: give --pool with the address of the TAO20/TAO market.");
        var dryRun = reader.Bool("Miner:DryRun", false);
        var account = reader.Address("Miner:Account");
        if (!hasKey && !dryRun)
            errors.Add(
                "There is no miner's key: set TAO20_MINER_PRIVATE_KEY, give --key-file or --keystore, or only look with --dry-run "
                    + "--account 0x..."
            );
        if (!hasKey && dryRun && account is null)
            errors.Add("Miner:Account is missing: a dry run without a key needs --account with the address to decide for.");
        if (hasKey && account is not null)
            errors.Add($"Miner:Account = {account} and a key are both given: leave the account out, it is the key's.");
        var age = reader.Duration("Market:MaxBlockAge", StandardBlockAge);
        var rules = ReadRules(reader);
        errors.AddRange(rules.Validate().Select(error => error.ToString()));
        return new MarketSettings(
            new MarketAddresses(reader.Address("Market:Router"), pools, reader.Bool("Market:StakingTakesValue", false)),
            rules,
            dryRun,
            account,
            age == TimeSpan.Zero ? null : age
        );
    }

    private static ArbitrageRules ReadRules(OptionReader reader)
    {
        var standard = new ArbitrageRules();
        return new ArbitrageRules
        {
            MinTradeWei = reader.Wei("Arbitrage:MinTradeWei", standard.MinTradeWei),
            MaxTradeWei = reader.Wei("Arbitrage:MaxTradeWei", standard.MaxTradeWei),
            BalancePercent = reader.Int("Arbitrage:BalancePercent", standard.BalancePercent),
            InventoryPercent = reader.Int("Arbitrage:InventoryPercent", standard.InventoryPercent),
            RebalancePercent = reader.Int("Arbitrage:RebalancePercent", standard.RebalancePercent),
            GasMultiple = reader.Int("Arbitrage:GasMultiple", standard.GasMultiple),
            ProfitBasisPoints = reader.Int("Arbitrage:ProfitBasisPoints", standard.ProfitBasisPoints),
            SlippageBasisPoints = reader.Int("Arbitrage:SlippageBasisPoints", standard.SlippageBasisPoints),
            VolumeTargetWei = reader.Wei("Arbitrage:VolumeTargetWei", standard.VolumeTargetWei),
            NeutralBasisPoints = reader.Int("Arbitrage:NeutralBasisPoints", standard.NeutralBasisPoints),
            QuietSeconds = reader.Int("Arbitrage:QuietSeconds", standard.QuietSeconds),
            DeadlineSeconds = reader.Int("Arbitrage:DeadlineSeconds", standard.DeadlineSeconds),
            CooldownSeconds = reader.Int("Arbitrage:CooldownSeconds", standard.CooldownSeconds),
            AlertSeconds = reader.Int("Arbitrage:AlertSeconds", standard.AlertSeconds),
            StaleSeconds = reader.Int("Arbitrage:StaleSeconds", standard.StaleSeconds),
            DailyLossWei = reader.Wei("Arbitrage:DailyLossWei", standard.DailyLossWei),
            FailuresInRow = reader.Int("Arbitrage:FailuresInRow", standard.FailuresInRow),
            LongestBackOffMinutes = reader.Int("Arbitrage:LongestBackOffMinutes", standard.LongestBackOffMinutes),
        };
    }
}
