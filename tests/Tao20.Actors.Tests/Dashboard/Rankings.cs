using System.Globalization;
using Tao20.Dashboard;
using Tao20.Dashboard.Live;
using Tao20.Dashboard.Pages;
using Tao20.Dashboard.Parts;
using Tao20.Domain.Parameters;
using Tao20.Domain.Ranking;
using Tao20.Domain.Rewards;
using Tao20.Domain.Units;
using Tao20.Domain.Volume;

namespace Tao20.Actors.Tests.Dashboard;

/// <summary>Pages with a ranking that is drawn at random.</summary>
internal static class Rankings
{
    /// <summary>What stands around them.</summary>
    public static Frame Frame(IReadOnlyDictionary<Address, string>? names = null) =>
        new("validator", Links.Miners, "Miners", names ?? new Dictionary<Address, string>()) { Mood = new NodeMood("ready", true) };

    /// <summary>A miner.</summary>
    public static Address Miner(int number) => Address.Parse(string.Create(CultureInfo.InvariantCulture, $"0x{number:x40}"));

    /// <summary>A ranking of miners who all have traded, each as much as chance has it.</summary>
    public static IReadOnlyList<MinerPayout> Random(int miners, Random random)
    {
        var rules = DomainParameters.Default;
        var ranking = EpochRanking.Of(Enumerable.Range(1, miners).Select(number => Volume(Miner(number), random)), 10, rules.Score);
        return EpochRewards.Allocate(ranking, rules.Rewards, Rao.Zero).Payouts;
    }

    /// <summary>Their first page.</summary>
    public static async Task<RenderedPage> PageAsync(IReadOnlyList<MinerPayout> ranked, Frame? frame = null) =>
        RenderedPage.Of(
            await Page.RenderAsync<MinersPage>(
                new Dictionary<string, object?>
                {
                    [nameof(MinersPage.Frame)] = frame ?? Frame(),
                    [nameof(MinersPage.List)] = MinerList.Of(null, ranked, [], "rank", false, 1),
                }
            )
        );

    private static EpochVolume Volume(Address miner, Random random)
    {
        UInt128 Wei() => (UInt128)random.NextInt64(1, long.MaxValue) * (UInt128)random.Next(1, 1_000);
        var trades = random.Next(1, 3_000);
        return EpochVolume.None(miner, new EpochId(0)) with
        {
            MintEligible = Wei(),
            RedeemEligible = Wei(),
            Eligible = new Tally(trades, Wei()),
            Slots = random.Next(1, 60),
        };
    }
}
