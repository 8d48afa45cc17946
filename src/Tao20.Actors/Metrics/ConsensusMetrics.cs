using System.Diagnostics.Metrics;
using Tao20.Domain.Registry;

namespace Tao20.Actors.Metrics;

/// <summary>What validators do, counted; part of the meter of <see cref="PipelineMetrics"/>.</summary>
public sealed class ConsensusMetrics
{
    private const double WeiPerTao = 1e18;
    private readonly Counter<long> _attestations;
    private readonly Counter<long> _rounds;
    private readonly Counter<long> _deviations;
    private readonly Counter<long> _slashes;
    private readonly Histogram<long> _latency;
    private readonly Histogram<long> _weights;
    private RegistryBook? _book;

    internal ConsensusMetrics(Meter meter)
    {
        _attestations = meter.CreateCounter<long>(
            "tao20.attestations",
            "{attestation}",
            "Statements in rounds concluded since the start, by whether they are what was settled"
        );
        _rounds = meter.CreateCounter<long>("tao20.rounds", "{round}", "Rounds concluded since the start, by how");
        _deviations = meter.CreateCounter<long>("tao20.deviations", "{deviation}", "Deviations from what was settled, by their grade");
        _slashes = meter.CreateCounter<long>("tao20.slashes", "{slash}", "Slashes executed since the start");
        _latency = meter.CreateHistogram<long>("tao20.round.latency", "s", "Chain time from an epoch's end until its round is settled");
        _weights = meter.CreateHistogram<long>(
            "tao20.weights.latency",
            "s",
            "Chain time from an epoch's end to the block with its weights, or with the commit to them"
        );
        meter.CreateObservableGauge("tao20.validators", Standings, "{validator}", "Validators, by standing");
        meter.CreateObservableGauge(
            "tao20.validator.stake",
            () => PerValidator(record => (double)record.Account.Bond.Value / WeiPerTao),
            "{TAO}",
            "Bond of each validator"
        );
        meter.CreateObservableGauge(
            "tao20.validator.reputation",
            () => PerValidator(record => (double)record.Reputation.Value / WeiPerTao),
            "1",
            "Reputation of each validator"
        );
        meter.CreateObservableGauge("tao20.validator.reward", Rewards, "{rao}", "What each validator was given for the last settled round");
        meter.CreateObservableGauge(
            "tao20.validator.deviation",
            Deviations,
            "1",
            "How far each validator's NAV was from that of the last settled round, as a fraction of it"
        );
        meter.CreateObservableGauge(
            "tao20.round.participation",
            () => LastRound(round => round.Eligible == 0 ? 0 : (double)round.AttestedStake / (double)round.Eligible),
            "1",
            "Attested part of the eligible stake in the last concluded round"
        );
        meter.CreateObservableGauge("tao20.weights.alarms", () => Alarms, "{alarm}", "Reasons to think that weights do not arrive");
        meter.CreateObservableGauge(
            "tao20.round.accuracy",
            () => LastSettled is { } round ? Part(round.Entries.Keys.Count(round.Agreed), round.Entries.Values.Count(HasStated)) : 0,
            "1",
            "Part of the statements of the last settled round that are what was settled"
        );
    }

    private long Alarms { get; set; }

    private RegistryRound? LastSettled => _book?.Rounds.FindLast(round => round is { IsOver: true, SettledHash: not null });

    /// <summary>Counts what has happened between two books, and keeps the later to be looked at.</summary>
    public void Advanced(RegistryBook before, RegistryBook book)
    {
        _book = book;
        foreach (var round in book.Rounds.Where(round => round.Number >= (before.Rounds.IsEmpty ? 0 : before.Rounds[0].Number)))
            Advanced(before.RoundOf(round.Number), round);
    }

    /// <summary>An epoch's weights, or the commit to them, are on chain.</summary>
    /// <param name="seconds">Chain time since the epoch's end.</param>
    public void WeightsOnChain(ulong seconds) => _weights.Record((long)seconds);

    /// <summary>How many reasons there are to think that weights do not arrive.</summary>
    public void WeightsAlarms(int alarms) => Alarms = alarms;

    private void Advanced(RegistryRound? before, RegistryRound round)
    {
        if (round.SettledHash is not null && before?.SettledHash is null)
            _latency.Record((long)(round.SettledAt - round.ClosedAt));
        _slashes.Add(Punished(round) - (before is null ? 0 : Punished(before)));
        if (!round.IsOver || before?.IsOver == true)
            return;
        _rounds.Add(1, new KeyValuePair<string, object?>("state", round.Standing.ToString()));
        foreach (var (validator, entry) in round.Entries)
        {
            if (HasStated(entry))
                _attestations.Add(1, new KeyValuePair<string, object?>("agreed", round.Agreed(validator)));
        }

        foreach (var deviation in round.Deviations)
            _deviations.Add(1, new KeyValuePair<string, object?>("grade", deviation.Grade.ToString()));
    }

    private static int Punished(RegistryRound round) => round.Entries.Values.Count(entry => entry.Punished != Severity.None);

    private static bool HasStated(RoundEntry entry) => entry.Stated is not null;

    private static double Part(int part, int all) => all == 0 ? 0 : (double)part / all;

    private IEnumerable<Measurement<int>> Standings() =>
        _book is { } book
            ? Enum.GetValues<StandingLevel>()
                .Select(level => new Measurement<int>(
                    book.Validators.Values.Count(record => record.Standing.Level == level),
                    new KeyValuePair<string, object?>("standing", level.ToString())
                ))
            : [];

    private IEnumerable<Measurement<double>> PerValidator(Func<RegistryValidator, double> value) =>
        _book is { } book
            ? book.Validators.Select(record => new Measurement<double>(
                value(record.Value),
                new KeyValuePair<string, object?>("validator", record.Key.ToString())
            ))
            : [];

    private IEnumerable<Measurement<long>> Rewards() =>
        LastSettled is { } round
            ? round.Entries.Select(entry => new Measurement<long>(
                (long)entry.Value.Payout.Value,
                new KeyValuePair<string, object?>("validator", entry.Key.ToString())
            ))
            : [];

    private IEnumerable<Measurement<double>> Deviations() =>
        LastSettled is { } round
            ? round.NavDeviations.Select(one => new Measurement<double>(
                (double)one.Deviation.Value / WeiPerTao,
                new KeyValuePair<string, object?>("validator", one.Validator.ToString())
            ))
            : [];

    private double LastRound(Func<RegistryRound, double> value) =>
        _book?.Rounds.FindLast(round => round.IsOver) is { } round ? value(round) : 0;
}
