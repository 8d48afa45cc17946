using Akka.Actor;
using Akka.Event;
using Tao20.Actors.Faults;
using Tao20.Chain;
using Tao20.Chain.Abi;
using Tao20.Chain.Contracts;
using Tao20.Chain.Following;
using Tao20.Chain.JsonRpc;
using Tao20.Domain.Checks;
using Tao20.Domain.Nav;
using Tao20.Domain.Parameters;
using Tao20.Domain.Registry;
using Tao20.Domain.Runtime;
using Tao20.Domain.Settlement;
using Tao20.Domain.Transactions;
using Tao20.Domain.Units;
using Address = Tao20.Domain.Units.Address;

namespace Tao20.Actors.Consensus;

/// <summary>The book says all that is final.</summary>
/// <param name="Book">The book.</param>
/// <param name="Reports">The reports of the latest epochs.</param>
/// <param name="Block">The last block folded.</param>
/// <param name="Time">Its time, in seconds.</param>
/// <param name="IsPaused">Whether an operator has stopped stating and setting weights.</param>
internal sealed record BookChanged(RegistryBook Book, IReadOnlyList<EpochReport> Reports, ulong Block, ulong Time, bool IsPaused);

/// <summary>
/// Does a validator's duties: computes what is to be stated, and sends what the book says is to be done. It keeps nothing: the statement is
/// a function of the chain and the salt one of the key, so that a lost data directory, an old backup and a second process come to the
/// same.
/// </summary>
internal sealed class DutiesActor : UntypedActor
{
    private const ulong MostBlocksBehind = 16;
    private const int EpochsShown = 16;
    private readonly ValidatorRole _role;
    private readonly ChainConnection _chain;
    private readonly NavReader _reader;
    private readonly DutySubmissions _submissions;
    private readonly IActorRef _weights;
    private readonly TimeProvider _clock;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly CancellationTokenSource _stop = new();
    private readonly List<LocalEpochResult> _results = [];
    private readonly HashSet<EpochId> _told = [];
    private EpochComputation? _computed;
    private EpochId? _computing;
    private EpochId? _weighed;
    private BookChanged? _last;
    private NodeFault? _fault;
    private bool _lookedAtLag;

    public DutiesActor(ValidatorRole role, ChainConnection chain, IActorRef transactions, IActorRef weights, TimeProvider clock)
    {
        _clock = clock;
        _role = role;
        _chain = chain;
        _submissions = new DutySubmissions(role, transactions);
        _weights = weights;
        _reader = new NavReader(chain.Pool, chain.Options.Contract);
    }

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case BookChanged changed:
                _last = changed;
                Compute(changed);
                Do(changed);
                Weigh(changed);
                Compare(changed.Book);
                TellWarnings(changed);
                break;
            case WeightsAccepted taken:
                _weighed = taken.Epoch;
                break;
            case Computed computed:
                OnComputed(computed);
                break;
            case Described(var result):
                Note(result);
                break;
            case IntentProgress { State: IntentState.Failed or IntentState.Reverted } failed:
                // Mostly another validator was first, and the book will say so; the sender has said why.
                _log.Debug("{Intent} came to nothing: {Reason}", failed.Id, failed.Failure?.Reason ?? "it was reverted");
                _submissions.Failed(failed.Id, _last?.Block ?? 0);
                break;
            case IntentProgress:
                break;
            case GetLocalEpochResults:
                // What is stated is not told before everybody has committed.
                Sender.Tell(new LocalEpochResults([.. _results.Where(IsTold)], _fault));
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    protected override void PostStop() => _stop.Cancel();

    // ---- what is to be stated -------------------------------------------------------------------------------------------------------

    private void Compute(BookChanged changed)
    {
        var (book, reports) = (changed.Book, changed.Reports);
        if (
            book.Newest is not { } newest
            || _computed?.Stated.Statement.Epoch == newest.Epoch
            || _computing == newest.Epoch
            || changed.Time >= book.Rules!.EndOf(newest.ClosedAt)
            || !_role.ServedIn(book).Any(newest.Stakes.ContainsKey)
            || !HasCaughtUp(changed)
            || reports.LastOrDefault(report => report.Closed.Epoch == newest.Epoch) is not { } report
            || book.Parameters.Of(newest.Epoch) is not { } scheduled
        )
            return;
        if (DomainParameters.TryParse(scheduled.Text, out var problem) is not { } parameters)
        {
            Raise(
                FaultKind.RulesUnknown,
                $"The parameters {scheduled.Version}, which hold from epoch {scheduled.FromEpoch} on, are not known here ({problem}): "
                    + "nothing is stated. Install a version that knows them."
            );
            return;
        }

        _computing = newest.Epoch;
        var earlier = reports.LastOrDefault(other => other.Closed.Epoch.Value < newest.Epoch.Value)?.Closed;
        var from = earlier is null ? _chain.Options.FromBlock : earlier.LastBlock + 1;
        ComputeAsync(report, from, parameters.Statement, DomainParameters.HashOf(scheduled.Text, Keccak.Hash))
            .PipeTo(Self, failure: cause => new Computed(newest.Epoch, null, Words(cause), cause is EndpointsDisagreeException));
    }

    private async Task<Computed> ComputeAsync(EpochReport report, ulong from, StatementRules rules, Hash256 parameters)
    {
        // What is signed is answered for: not by rules that the chain has announced since and nobody has checked.
        await _chain.Runtime.RefreshAsync(_stop.Token).ConfigureAwait(false);
        var epoch = report.Closed.Epoch;
        if (_chain.Gate.Closed(ChainAction.Nav) is { } closed)
            return new Computed(epoch, null, closed, false);
        var computed = await EpochComputation
            .OfAsync(_chain, report, from, rules, parameters, _role.Netuid, _stop.Token)
            .ConfigureAwait(false);
        return new Computed(epoch, computed, null, false);
    }

    private void OnComputed(Computed computed)
    {
        _computing = null;
        if (computed.Problem is { } problem)
        {
            // Tried again with the next block, as long as the round is open.
            _log.Warning("Epoch {Epoch} cannot be stated yet: {Reason}", computed.Epoch, problem);
            if (computed.Disagree)
                Raise(FaultKind.EndpointsDisagree, $"Epoch {computed.Epoch}: {problem}");
            return;
        }

        _fault = null;
        _computed = computed.Computation!;
        if (_last is { } last)
            Do(last);
        var result = LocalEpochResult.Of(_computed, _clock.GetUtcNow());
        Note(result);

        // Only now, so that nothing that is displayed can delay what is stated.
        DescribeAsync(result)
            .PipeTo(
                Self,
                success: described => new Described(described),
                failure: cause => new Described(result with { Warnings = [.. result.Warnings, $"prices cannot be shown: {Words(cause)}"] })
            );
    }

    private async Task<LocalEpochResult> DescribeAsync(LocalEpochResult result)
    {
        var before = _results.LastOrDefault(other => other.Epoch.Value < result.Epoch.Value)?.Nav;
        var report = _last!.Reports.Last(report => report.Closed.Epoch == result.Epoch);
        var header = await _chain
            .Pool.SendAtAsync(report.Closed.LastBlock, report.Closed.LastBlockHash, [], _stop.Token)
            .ConfigureAwait(false);
        var version = await _chain.Runtime.AtAsync(header.Number, _stop.Token).ConfigureAwait(false);
        var inputs = await _reader.ReadAsync(header, version?.Profile ?? RuntimeProfile.Unknown, _stop.Token).ConfigureAwait(false);
        var reading = NavReading.Of(inputs, header.Timestamp);
        var (mint, redeem) = reading is NavReading.Available nav
            ? await _reader.ExecutableAsync(nav, Wei.OneTao, Wei.OneTao, _stop.Token).ConfigureAwait(false)
            : (null, null);
        var check = _role.Emissions is { } emissions ? await emissions.CheckAsync(inputs, _stop.Token).ConfigureAwait(false) : null;
        return result.With(reading, mint, redeem, before, check);
    }

    // ---- what is done ---------------------------------------------------------------------------------------------------------------

    private void Do(BookChanged changed)
    {
        WarnOfLag(changed.Book);
        if (!HasCaughtUp(changed))
            return;
        var duties = new RegistryDuties(
            changed.Book,
            changed.Time,
            (validator, epoch) => CommitmentOf(validator, epoch, changed.Book),
            Keccak.Hash
        );
        foreach (var validator in _role.ServedIn(changed.Book))
        {
            if (duties.AbstentionOf(validator) == Abstention.AnotherCommitment)
                Raise(
                    FaultKind.AnotherCommitment,
                    $"The chain holds a commitment of {validator} about epoch {changed.Book.Newest!.Epoch} to something else than was "
                        + $"computed here: somebody else has the key of {_role.Key.Address}. Name another attester."
                );
            var due = duties.Of(validator).Where(duty => !changed.IsPaused || duty is RegistryDuty.Punish or RegistryDuty.MarkDormant);
            foreach (var duty in _role.Strategy.Do([.. due], validator, changed.Book, changed.Time))
                _submissions.Submit(duty, changed.Book, Stated(), changed.Block);
            foreach (var (id, call) in _role.Strategy.Send(validator, changed.Book, changed.Block))
                _submissions.Submit(id, call, IntentPriority.Last, ulong.MaxValue, changed.Block);
        }
    }

    private Stated? Stated() => _computed is { } computed ? _role.Strategy.State(computed.Stated) : null;

    private Hash256? CommitmentOf(Address validator, EpochId epoch, RegistryBook book) =>
        Stated() is { } stated && stated.Statement.Epoch == epoch ? _submissions.CommitmentOf(stated.Statement, validator, book) : null;

    private bool HasCaughtUp(BookChanged changed) => changed.Block + MostBlocksBehind >= (_chain.Head.Finalized?.Number ?? 0);

    /// <summary>What becomes final so late that the windows are half over before anybody can act makes rounds be missed.</summary>
    private void WarnOfLag(RegistryBook book)
    {
        if (_lookedAtLag || book.Rules is not { } rules || _chain.Head is not { Latest: { } latest, Finalized: { } final })
            return;
        _lookedAtLag = true;
        var (lag, window) = (
            latest.Timestamp - Math.Min(latest.Timestamp, final.Timestamp),
            Math.Min(rules.CommitSeconds, rules.RevealSeconds)
        );
        if (2 * lag > window)
            _log.Warning("Blocks become final {Lag} s after they are made: more than half of a window of {Window} s", lag, window);
    }

    /// <summary>Has the latest epoch's weights set, once all that is final is folded: then no later one is known to be over.</summary>
    private void Weigh(BookChanged changed)
    {
        if (changed is { IsPaused: false, Reports: [.., var report] } && report.Closed.Epoch != _weighed && HasCaughtUp(changed))
            _weights.Tell(new PublishWeights(report));
    }

    // ---- what is shown --------------------------------------------------------------------------------------------------------------

    private bool IsTold(LocalEpochResult result) => _last is { } last && last.Book.IsTold(result.Epoch, last.Time);

    private void Note(LocalEpochResult result)
    {
        var known = _results.FindIndex(other => other.Epoch == result.Epoch);
        if (known >= 0)
            _results[known] = result with { DisagreesWithConsensus = _results[known].DisagreesWithConsensus };
        else
            _results.Add(result);
        if (_results.Count > EpochsShown)
            _results.RemoveAt(0);
    }

    private void TellWarnings(BookChanged changed)
    {
        foreach (var result in _results.Where(result => changed.Book.IsTold(result.Epoch, changed.Time) && _told.Add(result.Epoch)))
        {
            foreach (var warning in result.Warnings)
                _log.Warning("Epoch {Epoch}: {Warning}", result.Epoch, warning);
        }

        _told.RemoveWhere(epoch => _results.TrueForAll(result => result.Epoch != epoch));
    }

    /// <summary>Whether something else was settled than was computed here: then this node is wrong, or most others are.</summary>
    private void Compare(RegistryBook book)
    {
        if (
            _computed?.Stated.Statement is not { } own
            || book.RoundOf(own.Epoch)?.Settled is not { } settled
            || LocalEpochResult.Differences(own, settled.Statement) is not { Count: > 0 } differences
        )
            return;
        var at = _results.FindIndex(result => result.Epoch == own.Epoch);
        if (at < 0 || _results[at].DisagreesWithConsensus is not null)
            return;
        var difference = string.Join("; ", differences);
        _results[at] = _results[at] with { DisagreesWithConsensus = difference, NotedAt = _clock.GetUtcNow() };
        _log.Error(
            "Epoch {Epoch}: this node has computed something else than was settled: {Difference}. Compare with '{Command}'",
            own.Epoch,
            difference,
            $"tao20 consensus verify --epoch {own.Epoch}"
        );
    }

    private void Raise(FaultKind kind, string message)
    {
        if (_fault?.Message == message)
            return;
        _fault = new NodeFault(kind, message, _clock.GetUtcNow());
        if (kind != FaultKind.EndpointsDisagree)
            _log.Error("{Fault}: {Reason}", kind, message);
    }

    private static string Words(Exception cause) =>
        cause is ChainException or FormatException or OverflowException ? cause.Message : cause.ToString();

    private sealed record Computed(EpochId Epoch, EpochComputation? Computation, string? Problem, bool Disagree);

    private sealed record Described(LocalEpochResult Result);
}
