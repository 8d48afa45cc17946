using System.Globalization;
using System.Numerics;
using Tao20.Chain.Abi;
using Tao20.Domain.Audit;
using Tao20.Domain.Parameters;
using Tao20.Domain.Rewards;
using Tao20.Domain.Settlement;
using Tao20.Domain.Units;
using Tao20.Node.Http;

namespace Tao20.Node.Audit;

/// <summary>What a miner was paid, and what it would have been.</summary>
/// <param name="Miner">The miner.</param>
/// <param name="Was">Rao, by the parameters that were in force.</param>
/// <param name="WouldBe">Rao, by the others.</param>
/// <param name="Change">The difference, in rao.</param>
internal sealed record ChangedPay(string Miner, string Was, string WouldBe, string Change);

/// <summary>An epoch by the parameters that were in force, and by others.</summary>
internal sealed record ChangedEpoch(
    ulong Epoch,
    int RankedWas,
    int RankedWouldBe,
    FairnessDocument FairnessWas,
    FairnessDocument FairnessWouldBe,
    IReadOnlyList<ChangedPay> Miners
);

/// <summary>What other parameters would have come to.</summary>
/// <param name="Parameters">What was set.</param>
/// <param name="Miners">Each miner over all epochs that were asked for, who gains most first.</param>
/// <param name="Epochs">Each of them.</param>
internal sealed record WhatIfDocument(
    IReadOnlyList<string> Parameters,
    IReadOnlyList<ChangedPay> Miners,
    IReadOnlyList<ChangedEpoch> Epochs
)
{
    /// <summary>Folds the history by the parameters that were in force, and by others.</summary>
    /// <param name="history">The history.</param>
    /// <param name="set">Keys of the canonical text and their numbers.</param>
    /// <param name="fromEpoch">The first epoch that is compared.</param>
    /// <param name="toEpoch">The last.</param>
    /// <param name="cancel">Cancels the operation.</param>
    /// <exception cref="NodeException">A key or number is wrong, or what is needed is no longer there.</exception>
    public static async Task<WhatIfDocument> ReadAsync(
        AuditHistory history,
        IReadOnlyDictionary<string, BigInteger> set,
        ulong fromEpoch,
        ulong toEpoch,
        CancellationToken cancel
    )
    {
        await history.BeginAsync(cancel);
        foreach (var version in history.Schedule.Versions)
            Changed(version.Parameters, set);
        var (was, wouldBe) = (new List<EpochReport>(), new List<EpochReport>());
        await history.FeedAsync([Replay(was, null), Replay(wouldBe, parameters => Changed(parameters, set))], cancel);
        var epochs = was.Zip(wouldBe, (first, second) => (First: first, Second: second))
            .Where(one => one.First.Closed.Epoch.Value >= fromEpoch && one.First.Closed.Epoch.Value <= toEpoch)
            .ToList();
        if (epochs.Count == 0)
            throw new NodeException(
                ExitCodes.Failed,
                $"No epoch from {fromEpoch} to {toEpoch} has ended in {history.Where}: give others with --from-epoch and --to-epoch."
            );
        return new WhatIfDocument(
            [.. set.Select(one => $"{one.Key}={one.Value}")],
            Compare(epochs.SelectMany(one => one.First.Rewards.Payouts), epochs.SelectMany(one => one.Second.Rewards.Payouts)),
            [
                .. epochs.Select(one => new ChangedEpoch(
                    one.First.Closed.Epoch.Value,
                    one.First.Ranking.Ranked.Count,
                    one.Second.Ranking.Ranked.Count,
                    FairnessDocument.Of(one.First.Fairness),
                    FairnessDocument.Of(one.Second.Fairness),
                    Compare(one.First.Rewards.Payouts, one.Second.Rewards.Payouts)
                )),
            ]
        );

        HistoryReplay Replay(List<EpochReport> reports, Func<DomainParameters, DomainParameters>? change) =>
            new(history.Schedule, history.Registry is not null, Keccak.Hash) { Settled = reports.Add, Change = change };
    }

    /// <summary>The same in lines for people.</summary>
    public IEnumerable<string> Lines()
    {
        yield return $"With {string.Join(", ", Parameters)}, over {Epochs.Count} epochs:";
        foreach (var miner in Miners)
            yield return $"  {miner.Miner}: {miner.Was} rao, would be {miner.WouldBe} ({miner.Change})";
        foreach (var epoch in Epochs)
            yield return $"  epoch {epoch.Epoch}: {epoch.RankedWas} ranked, would be {epoch.RankedWouldBe}; Gini "
                + $"{epoch.FairnessWas.Gini}, would be "
                + $"{epoch.FairnessWouldBe.Gini}; top ten {epoch.FairnessWas.TopTenShare}, would be {epoch.FairnessWouldBe.TopTenShare}";
    }

    /// <summary>The same parameters with some numbers changed, as a proposal to the registry would change them.</summary>
    private static DomainParameters Changed(DomainParameters parameters, IReadOnlyDictionary<string, BigInteger> set)
    {
        var problem = ParameterText.TryRead(parameters.Text(), out var numbers);
        var unknown = set.Keys.Except(numbers.Keys).Concat(set.Keys.Where(key => key == DomainParameters.VersionKey)).ToList();
        if (problem is not null || unknown.Count > 0)
            throw new NodeException(
                ExitCodes.Usage,
                $"--set {string.Join(", ", unknown)} is no parameter: "
                    + $"{string.Join(", ", numbers.Keys.Where(key => key != DomainParameters.VersionKey))} are."
            );
        var text = ParameterText.Write(numbers.Select(one => KeyValuePair.Create(one.Key, set.GetValueOrDefault(one.Key, one.Value))));
        return DomainParameters.TryParse(text, out var wrong)
            ?? throw new NodeException(
                ExitCodes.Usage,
                $"--set {string.Join(" ", set.Select(one => $"{one.Key}={one.Value}"))} " + $"cannot be: {wrong}"
            );
    }

    private static IReadOnlyList<ChangedPay> Compare(IEnumerable<MinerPayout> was, IEnumerable<MinerPayout> wouldBe)
    {
        var (before, after) = (Sums(was), Sums(wouldBe));
        return
        [
            .. before
                .Keys.Union(after.Keys)
                .Select(miner => (Miner: miner, Was: before.GetValueOrDefault(miner), WouldBe: after.GetValueOrDefault(miner)))
                .OrderByDescending(one => one.WouldBe - one.Was)
                .ThenBy(one => one.Miner)
                .Select(one => new ChangedPay(one.Miner.ToString(), Text(one.Was), Text(one.WouldBe), Text(one.WouldBe - one.Was))),
        ];

        static Dictionary<Address, Int128> Sums(IEnumerable<MinerPayout> payouts) =>
            payouts
                .GroupBy(payout => payout.Miner.Miner)
                .ToDictionary(one => one.Key, one => one.Aggregate((Int128)0, (sum, pay) => sum + pay.Payout.Value));

        static string Text(Int128 rao) => rao.ToString(CultureInfo.InvariantCulture);
    }
}
