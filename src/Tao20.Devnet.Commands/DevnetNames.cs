using System.Globalization;

namespace Tao20.Devnet.Commands;

/// <summary>What the accounts of a devnet are called on its dashboards.</summary>
internal static class DevnetNames
{
    /// <summary>The names as settings.</summary>
    /// <param name="settings">What the devnet is asked to do.</param>
    /// <param name="economy">Its contracts and accounts.</param>
    /// <param name="validators">Its registered validators; null where there are none.</param>
    public static IEnumerable<KeyValuePair<string, string?>> Of(DevnetSettings settings, Economy economy, ValidatorSet? validators)
    {
        // Who trades for volume alone comes behind the others.
        var miners = economy.Miners.Select(
            (miner, i) => (miner, i < settings.Miners ? Numbered("miner", i) : Numbered("washer", i - settings.Miners))
        );
        var arbitrageurs = Enumerable
            .Range(0, settings.Arbitrageurs)
            .Select(i => (Address: PegMarket.KeyOf(i + 1, settings.Seed).Address, Numbered("arbitrageur", i)))
            .ToList();
        var attesting = (validators?.Keys ?? []).Select((key, i) => (key.Address, Numbered("validator", i)));

        // Who is admitted beside all of these moves the market.
        var makers = economy
            .Participants.Except(economy.Miners)
            .Except(arbitrageurs.Select(one => one.Address))
            .Select(maker => (maker, "market maker"));
        return miners
            .Concat(arbitrageurs)
            .Concat(attesting)
            .Concat(makers)
            .Append((economy.Keeper, "keeper"))
            .Select(one => KeyValuePair.Create<string, string?>($"Names:{one.Item1}", one.Item2));
    }

    private static string Numbered(string name, int i) => string.Create(CultureInfo.InvariantCulture, $"{name} {i + 1}");
}
