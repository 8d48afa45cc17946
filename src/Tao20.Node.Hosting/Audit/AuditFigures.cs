using System.Globalization;
using Tao20.Dashboard.Charts;
using Tao20.Dashboard.Reports;
using Tao20.Domain.Registry;
using Tao20.Domain.Rewards;
using Tao20.Domain.Settlement;
using Tao20.Domain.Units;
using Tao20.Domain.Volume;

namespace Tao20.Node.Audit;

/// <summary>The figures of a report, gathered while a journal is folded. What it keeps of an epoch does not grow with its miners.</summary>
/// <param name="fromEpoch">The first epoch that is shown.</param>
/// <param name="toEpoch">The last one.</param>
internal sealed class AuditFigures(ulong fromEpoch, ulong toEpoch)
{
    /// <summary>So many epochs and rounds are shown, the latest.</summary>
    public const int EpochsShown = 500;

    /// <summary>So many miners are listed.</summary>
    private const int MinersShown = 100;

    private const double Tao = 1e18;
    private const double Alpha = 1e9;

    /// <summary>Ranks are kept up to the last that has a tier.</summary>
    private static readonly int RanksKept = RewardRules.Tiers[^1].LastRank;
    private readonly Queue<ReportEpoch> _epochs = new();
    private readonly Dictionary<Address, Paid> _miners = [];
    private readonly SortedDictionary<ulong, RegistryRound> _rounds = [];
    private readonly SortedDictionary<Address, RegistryValidator> _slashed = [];

    /// <summary>Takes a settled epoch.</summary>
    public void Take(EpochReport report)
    {
        var number = report.Closed.Epoch.Value;
        if (number < fromEpoch || number > toEpoch)
            return;
        _epochs.Enqueue(Of(report));
        if (_epochs.Count > EpochsShown)
            _epochs.Dequeue();
        foreach (var payout in report.Rewards.Payouts)
        {
            if (!_miners.TryGetValue(payout.Miner.Miner, out var paid))
                _miners[payout.Miner.Miner] = paid = new Paid();
            paid.Rao += payout.Payout.Value;
            paid.Epochs++;
            if (payout.Miner.Rank <= RanksKept)
                paid.Ranks[number] = payout.Miner.Rank;
        }
    }

    /// <summary>Takes the book of validators as it has become.</summary>
    public void Take(RegistryBook book)
    {
        foreach (var round in book.Rounds.Where(round => round.Epoch.Value >= fromEpoch && round.Epoch.Value <= toEpoch))
            _rounds[round.Epoch.Value] = round;
        while (_rounds.Count > EpochsShown)
            _rounds.Remove(_rounds.Keys.First());
        foreach (var (validator, one) in book.Validators.Where(one => one.Value.Slashes > 0))
            _slashed[validator] = one;
    }

    /// <summary>The report.</summary>
    public AuditReport Report(AuditDocument audit, IReadOnlyList<ReportFact> facts)
    {
        var most = _miners.OrderByDescending(one => one.Value.Rao).ThenBy(one => one.Key).Take(MinersShown);
        return new AuditReport(
            audit.Journal,
            facts,
            audit.Chain?.NotVerified ?? [],
            [
                .. audit.Differences.Select(one => new ReportDifference(
                    one.Kind,
                    one.Stream is null ? "" : $"{one.Stream} {(one.Entry > 0 ? one.Entry : "")}",
                    one.Text,
                    [.. one.Fields.Select(field => $"{field.Field}: {field.Expected} is expected, {field.Found} is found")]
                )),
            ],
            audit.DifferenceCount,
            [.. _epochs],
            [
                .. most.Select(one => new ReportMiner(
                    one.Key.ToString(),
                    (double)one.Value.Rao / Alpha,
                    one.Value.Rao.ToString(CultureInfo.InvariantCulture),
                    one.Value.Epochs,
                    one.Value.Ranks
                )),
            ],
            _miners.Count,
            LorenzCurve.Of([.. _miners.Values.Select(one => one.Rao).Order()]),
            [.. _rounds.Values.Select(Of)],
            [
                .. _slashed.Select(one => new ReportSlash(
                    one.Key.ToString(),
                    one.Value.Slashes,
                    (double)one.Value.SlashedWei / Tao,
                    one.Value.Standing.Level.ToString()
                )),
            ]
        );
    }

    private static ReportEpoch Of(EpochReport report)
    {
        var activities = report.Ranking.Activities.ToList();
        return new ReportEpoch(
            report.Closed.Epoch.Value,
            DateTimeOffset.FromUnixTimeSeconds((long)report.Closed.Timestamp),
            activities.Sum(one => (double)one.MintEligible) / Tao,
            activities.Sum(one => (double)one.RedeemEligible) / Tao,
            report.Ranking.Ranked.Count,
            report.Ranking.Unranked.Count,
            [
                .. Enum.GetValues<Tier>()
                    .Select(tier =>
                        report.Rewards.Payouts.Where(payout => payout.Tier == tier).Sum(payout => (double)payout.Payout.Value) / Alpha
                    ),
            ],
            report.Rewards.ValidatorPool.Value / Alpha,
            report.Rewards.CarriedOut.Value / Alpha,
            [Sum(one => one.Dust), Sum(one => one.Burst), Sum(one => one.Cancelled)],
            Part(report.Fairness.Gini),
            Part(report.Fairness.TopTenShare),
            report.RankingRoot.ToString(),
            report.Chain?.Hash.ToString() ?? ""
        );

        long Sum(Func<EpochVolume, Tally> tally) => activities.Sum(one => tally(one).Trades);
    }

    private static ReportRound Of(RegistryRound round)
    {
        var deviations = round.Deviations.ToDictionary(one => one.Validator);
        return new ReportRound(
            round.Epoch.Value,
            round.Standing.ToString(),
            Nav(round.Settled),
            [
                .. round
                    .Entries.Where(entry => entry.Value.Stated is not null)
                    .Select(entry =>
                        deviations.TryGetValue(entry.Key, out var deviation)
                            ? new ReportAttestation(
                                entry.Key.ToString(),
                                Nav(entry.Value.Stated),
                                deviation.Grade.ToString(),
                                deviation.IsPunished
                            )
                            : new ReportAttestation(entry.Key.ToString(), Nav(entry.Value.Stated), "", false)
                    ),
            ]
        );

        static double? Nav(Stated? stated) => stated is { Statement.Nav.Value: var nav } && nav > UInt128.Zero ? (double)nav / Tao : null;
    }

    private static double Part(Ratio ratio) => (double)ratio.Value / (double)Ratio.Scale;

    private sealed class Paid
    {
        public UInt128 Rao { get; set; }

        public int Epochs { get; set; }

        public Dictionary<ulong, int> Ranks { get; } = [];
    }
}
