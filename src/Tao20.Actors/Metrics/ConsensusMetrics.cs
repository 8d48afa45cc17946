using System.Diagnostics.Metrics;
using Tao20.Domain.Consensus;
using Tao20.Domain.Slashing;

namespace Tao20.Actors.Metrics;

/// <summary>What validators do, counted; part of the meter of <see cref="PipelineMetrics"/>.</summary>
public sealed class ConsensusMetrics
{
    private const double WeiPerTao = 1e18;
    private readonly Counter<long> _attestations;
    private readonly Counter<long> _rounds;
    private readonly Counter<long> _violations;
    private readonly Counter<long> _slashes;
    private readonly Histogram<long> _latency;
    private readonly Histogram<long> _weights;
    private ConsensusBook? _book;

    internal ConsensusMetrics(Meter meter)
    {
        _attestations = meter.CreateCounter<long>(
            "tao20.attestations",
            "{attestation}",
            "Attestations seen since the start, by what became of them"
        );
        _rounds = meter.CreateCounter<long>("tao20.rounds", "{round}", "Rounds concluded since the start, by how");
        _violations = meter.CreateCounter<long>("tao20.violations", "{violation}", "Violations found since the start, by severity");
        _slashes = meter.CreateCounter<long>("tao20.slashes", "{slash}", "Slashes executed since the start");
        _latency = meter.CreateHistogram<long>("tao20.round.latency", "{block}", "Blocks from an epoch's last to the end of its round");
        _weights = meter.CreateHistogram<long>(
            "tao20.weights.latency",
            "s",
            "Chain time from an epoch's end to the block with its weights, or with the commit to them"
        );
        meter.CreateObservableGauge("tao20.validators", Standings, "{validator}", "Validators, by standing");
        meter.CreateObservableGauge(
            "tao20.validator.stake",
            () => PerValidator(record => (double)record.Stake.Value / WeiPerTao),
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
            "How far each validator's NAV was from the reference of the last settled round, as a fraction of it"
        );
        meter.CreateObservableGauge(
            "tao20.round.participation",
            () => LastRound(round => round.EligibleStake == 0 ? 0 : (double)round.AttestedStake / (double)round.EligibleStake),
            "1",
            "Attested part of the eligible stake in the last concluded round"
        );
        meter.CreateObservableGauge("tao20.weights.alarms", () => Alarms, "{alarm}", "Reasons to think that weights do not arrive");
        meter.CreateObservableGauge(
            "tao20.round.accuracy",
            () => Accuracy,
            "1",
            "Part of the attestations of the last settled round that agreed with its reference"
        );
    }

    private double Accuracy { get; set; }

    private long Alarms { get; set; }

    private IReadOnlyList<Judgement> Judged { get; set; } = [];

    /// <summary>Counts what has happened, and keeps the book to be looked at.</summary>
    public void Advanced(IReadOnlyList<ConsensusEvent> events, ConsensusBook book)
    {
        _book = book;
        foreach (var e in events)
        {
            switch (e)
            {
                case ConsensusEvent.AttestationTaken taken:
                    _attestations.Add(1, new KeyValuePair<string, object?>("verdict", taken.Verdict.ToString()));
                    break;
                case ConsensusEvent.RoundConcluded concluded:
                    Concluded(concluded, book);
                    break;
                case ConsensusEvent.CaseFound found:
                    _violations.Add(1, new KeyValuePair<string, object?>("severity", found.Case.Severity.ToString()));
                    break;
                case ConsensusEvent.CaseMoved { State: CaseState.Executed }:
                    _slashes.Add(1);
                    break;
            }
        }
    }

    /// <summary>An epoch's weights, or the commit to them, are on chain.</summary>
    /// <param name="seconds">Chain time since the epoch's end.</param>
    public void WeightsOnChain(ulong seconds) => _weights.Record((long)seconds);

    /// <summary>How many reasons there are to think that weights do not arrive.</summary>
    public void WeightsAlarms(int alarms) => Alarms = alarms;

    private void Concluded(ConsensusEvent.RoundConcluded concluded, ConsensusBook book)
    {
        _rounds.Add(1, new KeyValuePair<string, object?>("state", concluded.State.ToString()));
        if (book.RoundOf(concluded.Epoch) is { } round && concluded.AtBlock >= round.LastBlock)
            _latency.Record((long)(concluded.AtBlock - round.LastBlock));
        if (concluded.State != RoundState.Settled)
            return;
        Judged = concluded.Judgements;
        var attested = concluded.Judgements.Count(judgement => judgement.Attested);
        Accuracy = attested == 0 ? 0 : (double)concluded.Judgements.Count(judgement => judgement.Agreed) / attested;
    }

    private IEnumerable<Measurement<int>> Standings() =>
        _book is { } book
            ? Enum.GetValues<StandingLevel>()
                .Select(level => new Measurement<int>(
                    book.Validators.Values.Count(record => record.Standing.Level == level),
                    new KeyValuePair<string, object?>("standing", level.ToString())
                ))
            : [];

    private IEnumerable<Measurement<double>> PerValidator(Func<ValidatorRecord, double> value) =>
        _book is { } book
            ? book.Validators.Values.Select(record => new Measurement<double>(
                value(record),
                new KeyValuePair<string, object?>("validator", record.Validator.ToString())
            ))
            : [];

    private IEnumerable<Measurement<long>> Rewards() =>
        Judged.Select(judgement => new Measurement<long>(
            (long)judgement.Payout.Value,
            new KeyValuePair<string, object?>("validator", judgement.Validator.ToString())
        ));

    private IEnumerable<Measurement<double>> Deviations() =>
        _book?.Rounds.LastOrDefault(round => round.State == RoundState.Settled) is { } round
        && ConsensusValues.Of(round.Counted) is { } reference
        && reference.Nav.Value > 0
            ? round.Counted.Select(counted => new Measurement<double>(
                (double)counted.Signed.Attestation.Nav.Value / (double)reference.Nav.Value - 1,
                new KeyValuePair<string, object?>("validator", counted.Validator.ToString())
            ))
            : [];

    private double LastRound(Func<Round, double> value) =>
        _book?.Rounds.LastOrDefault(round => round.State != RoundState.Collecting) is { } round ? value(round) : 0;
}
