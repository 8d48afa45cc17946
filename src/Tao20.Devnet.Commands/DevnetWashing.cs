using System.Globalization;
using System.Numerics;
using Tao20.Devnet.Commands.Terminal;
using Tao20.Domain.Units;
using Tao20.Node;
using Tao20.Node.Http;

namespace Tao20.Devnet.Commands;

/// <summary>What one account that trades for its volume alone has paid for it, and got.</summary>
/// <param name="Address">The account.</param>
/// <param name="VolumeWei">The volume that the contract has counted.</param>
/// <param name="CostWei">By how much less it is worth than before, at the same prices: fees, rounding, gas.</param>
/// <param name="CostBps">The same of its volume, in hundredths of a percent.</param>
/// <param name="Shares">What it got of what miners were given, by epoch; a fraction.</param>
/// <param name="HonestWei">What the others have traded, each on average.</param>
internal sealed record WashSummary(
    string Address,
    string VolumeWei,
    string CostWei,
    double CostBps,
    IReadOnlyList<double> Shares,
    string HonestWei
)
{
    public static void Print(IReadOnlyList<WashSummary> washers)
    {
        if (washers.Count == 0)
            return;
        var table = new FittedTable(
            ("account", ColumnKind.Address),
            ("volume", ColumnKind.Kept),
            ("cost", ColumnKind.Kept),
            ("of its volume", ColumnKind.Kept),
            ("others, each", ColumnKind.Spare),
            ("of what miners were given", ColumnKind.Words)
        );
        foreach (var washer in washers)
            table.AddRow(
                washer.Address,
                FixedPoint.Tao(washer.VolumeWei, 18),
                FixedPoint.Tao(washer.CostWei, 18),
                string.Create(CultureInfo.InvariantCulture, $"{washer.CostBps / 100:0.000} %"),
                FixedPoint.Tao(washer.HonestWei, 18),
                string.Join(", ", washer.Shares.Select(share => string.Create(CultureInfo.InvariantCulture, $"{share * 100:0.0} %")))
            );
        Printer.Write("Traded for volume alone", table);
    }
}

/// <summary>Those of a devnet who trade for volume alone: what they own at first, and what has come of it.</summary>
internal sealed class DevnetWashing
{
    private readonly Economy _economy;
    private readonly IReadOnlyList<(Address Account, Owned Before)> _washers;

    private DevnetWashing(Economy economy, IReadOnlyList<(Address, Owned)> washers) => (_economy, _washers) = (economy, washers);

    /// <summary>Counts what they own.</summary>
    public static async Task<DevnetWashing> BeginAsync(Economy economy, DevnetSettings settings, CancellationToken cancel)
    {
        var washers = new List<(Address, Owned)>();
        foreach (var account in economy.Miners.TakeLast(settings.Washers))
            washers.Add((account, await economy.OwnedAsync(account, cancel)));
        return new DevnetWashing(economy, washers);
    }

    /// <summary>What has come of it.</summary>
    /// <param name="epochs">The epochs that have been settled.</param>
    /// <param name="cancel">Cancels the operation.</param>
    public async Task<IReadOnlyList<WashSummary>> SummaryAsync(IReadOnlyList<EpochDocument> epochs, CancellationToken cancel)
    {
        if (_washers.Count == 0)
            return [];
        var volumes = await _economy.VolumesAsync(cancel);
        var honest = _economy.Miners.SkipLast(_washers.Count).Select(miner => (BigInteger)volumes[miner]).ToList();
        var mean = honest.Aggregate(BigInteger.Zero, BigInteger.Add) / honest.Count;
        var summaries = new List<WashSummary>();
        foreach (var (account, before) in _washers)
        {
            var (volume, cost) = ((BigInteger)volumes[account], await _economy.CostAsync(account, before, cancel));
            summaries.Add(
                new WashSummary(
                    account.ToString(),
                    volume.ToString(CultureInfo.InvariantCulture),
                    cost.ToString(CultureInfo.InvariantCulture),
                    volume.IsZero ? 0 : Math.Round((double)cost * 10_000 / (double)volume, 2),
                    [.. epochs.Select(epoch => ShareOf(account, epoch))],
                    mean.ToString(CultureInfo.InvariantCulture)
                )
            );
        }

        return summaries;
    }

    private static double ShareOf(Address account, EpochDocument epoch)
    {
        var paid = epoch.Ranked.Sum(ranked => double.Parse(ranked.PayoutRao, CultureInfo.InvariantCulture));
        var own = epoch.Ranked.FirstOrDefault(ranked => ranked.Miner == account.ToString())?.PayoutRao ?? "0";
        return paid == 0 ? 0 : Math.Round(double.Parse(own, CultureInfo.InvariantCulture) / paid, 4);
    }
}
