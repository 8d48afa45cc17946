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
    /// <summary>Reads the settings of a miner.</summary>
    /// <param name="reader">Where from; takes all that is wrong.</param>
    /// <param name="hasKey">Whether there is a key.</param>
    public static MarketSettings Read(OptionReader reader, bool hasKey)
    {
        var market = reader.Read(new MarketAddresses(null, []));
        var miner = reader.Read(new MinerOptions());
        var age = reader.Read(new MarketOptions()).MaxBlockAge;
        var rules = reader.Read(new ArbitrageRules());
        if (market.Pair is not null)
            reader.Errors.AddRange(WrongWithPair(market));
        else if (!reader.IsGiven("Market:Pools"))
            reader.Errors.Add("Market:Pools is missing: give --pool with the address of the TAO20/TAO market.");
        if (!hasKey && !miner.DryRun)
            reader.Errors.Add(
                "There is no miner's key: set TAO20_MINER_PRIVATE_KEY, give --key-file or --keystore, or only look with --dry-run "
                    + "--account 0x..."
            );
        if (!hasKey && miner.DryRun && miner.Account is null)
            reader.Errors.Add("Miner:Account is missing: a dry run without a key needs --account with the address to decide for.");
        if (hasKey && miner.Account is { } account)
            reader.Errors.Add($"Miner:Account = {account} and a key are both given: leave the account out, it is the key's.");
        reader.Errors.AddRange(rules.Validate().Select(error => error.ToString()));
        return new MarketSettings(market, rules, miner.DryRun, miner.Account, age == TimeSpan.Zero ? null : age);
    }

    /// <summary>What a pair lacks.</summary>
    private static IEnumerable<string> WrongWithPair(MarketAddresses market)
    {
        if (market.Router is { } router)
            yield return $"Market:Router = {router} trades in the pool of the index alone: leave it out with Market:Pair.";
        if (market.PairRouter is null)
            yield return "Market:PairRouter is missing: give the router of Market:Pair.";
        if (market.WrappedTao is null)
            yield return "Market:WrappedTao is missing: give the contract that wraps TAO in Market:Pair.";
        if (market.PairCodes is not { Count: 3 } codes || !codes.All(IsHash))
            yield return $"Market:PairCodes = {string.Join(',', market.PairCodes ?? [])} are no three hashes: give those of the code of "
                + "pair, router and wrapped TAO, as 'cast codehash' or an explorer shows them.";
    }

    private static bool IsHash(string text) =>
        text.Length == 2 + 2 * Hash256.Length && text.StartsWith("0x", StringComparison.Ordinal) && text.Skip(2).All(char.IsAsciiHexDigit);
}
