using Tao20.Actors.Consensus;
using Tao20.Actors.Status;
using Tao20.Domain.Alerts;

namespace Tao20.Actors.Alerts;

/// <summary>What of a node's state is watched for going too far.</summary>
internal static class AlertReadings
{
    /// <summary>The readings of a state; what is not known, or not up to date, is not among them.</summary>
    public static IReadOnlyList<AlertReading> Of(NodeOverview overview) => [.. OfMarket(overview.Market), .. OfRound(overview.Settled)];

    private static IEnumerable<AlertReading> OfMarket(MarketStatus? market)
    {
        if (market is not { Trader: var trader, Feed: { Problem: null, Last: { } tick } })
            return [];
        var account = trader.Account.ToString();
        var profit = trader.State.ProfitOfDay(tick.Timestamp).Value;
        return
        [
            new(AlertKind.NavAgainstMarket, "", tick.Spread.Value, tick.Timestamp),
            new(AlertKind.TaoLow, account, (Int128)tick.Tao.Value, tick.Timestamp),
            new(AlertKind.TokensHigh, account, (Int128)tick.Tokens.Value, tick.Timestamp),
            new(AlertKind.LossOfDay, account, Int128.Max(0, -profit), tick.Timestamp),
        ];
    }

    /// <summary>What each has stated in the last round that is settled, against what was settled.</summary>
    private static IEnumerable<AlertReading> OfRound(SettledEpochs? settled) =>
        settled?.Book?.Rounds.FindLast(round => round.Settled is not null) is { } round
            ? round.NavDeviations.Select(one => new AlertReading(
                AlertKind.NavAgainstValidators,
                one.Validator.ToString(),
                one.Deviation.Value,
                round.SettledAt
            ))
            : [];
}
