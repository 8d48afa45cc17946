using System.Globalization;
using Akka.Actor;
using Akka.Event;
using Tao20.Actors.Faults;
using Tao20.Actors.Transactions;
using Tao20.Chain;
using Tao20.Chain.Contracts;
using Tao20.Chain.Following;
using Tao20.Chain.Signing;
using Tao20.Domain.Checks;
using Tao20.Domain.Consensus;
using Tao20.Domain.Nav;
using Tao20.Domain.Settlement;
using Tao20.Domain.Transactions;
using Tao20.Domain.Units;

namespace Tao20.Actors.Consensus;

/// <summary>The book has moved on.</summary>
/// <param name="Book">The book.</param>
/// <param name="Reports">The reports of the epochs whose rounds it has.</param>
/// <param name="Block">The last block folded.</param>
internal sealed record BookChanged(ConsensusBook Book, IReadOnlyList<EpochReport> Reports, ulong Block);

/// <summary>
/// Does a validator's duties: attests, raises, votes, executes, and has weights set. It keeps nothing: what is to be done follows from
/// the book, and the outbox does each thing once, so that no restart can make it say two different things of one epoch.
/// </summary>
internal sealed class DutiesActor : UntypedActor
{
    private const ulong MostBlocksBehind = 16;
    private const ulong BlocksBetweenAttempts = 4;
    private const int MaxAttempts = 5;
    private const int EpochsShown = 16;
    private const string Again = "-again-";
    private readonly ValidatorRole _role;
    private readonly ChainConnection _chain;
    private readonly NavReader _reader;
    private readonly IActorRef _transactions;
    private readonly IActorRef _weights;
    private readonly TimeProvider _clock;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly CancellationTokenSource _stop = new();
    private readonly HashSet<string> _submitted = [];
    private readonly Dictionary<string, (int Attempts, ulong At)> _failed = [];
    private readonly Dictionary<EpochId, IReadOnlyList<(string Id, SignedAttestation Signed, ulong NotBefore)>> _signedAttestations = [];
    private readonly List<LocalEpochResult> _results = [];
    private readonly HashSet<EpochId> _computing = [];
    private readonly HashSet<EpochId> _toAttest = [];
    private readonly Dictionary<EpochId, ulong> _windowEnds = [];
    private EpochId? _weighed;
    private ulong _block;
    private NodeFault? _fault;

    public DutiesActor(ValidatorRole role, ChainConnection chain, IActorRef transactions, IActorRef weights, TimeProvider clock)
    {
        _clock = clock;
        _role = role;
        _chain = chain;
        _transactions = transactions;
        _weights = weights;
        _reader = new NavReader(chain.Pool, chain.Options.Contract);
    }

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case BookChanged changed:
                _block = changed.Block;
                Do(changed);
                Weigh(changed);
                Compare(changed.Book);
                break;
            case WeightsAccepted taken:
                _weighed = taken.Epoch;
                break;
            case Computed computed:
                _computing.Remove(computed.Epoch);
                OnComputed(computed);
                break;
            case IntentProgress { State: IntentState.Failed or IntentState.Reverted } failed:
                OnFailed(failed);
                break;
            case IntentProgress:
                break;
            case GetLocalEpochResults:
                Sender.Tell(new LocalEpochResults([.. _results], _fault));
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    protected override void PostStop() => _stop.Cancel();

    private void Do(BookChanged changed)
    {
        _toAttest.Clear();
        foreach (var duty in ValidatorDuties.Of(changed.Book, _role.Key.Address, changed.Block))
        {
            switch (duty)
            {
                case Duty.Attest(var round):
                    _toAttest.Add(round.Epoch);
                    _windowEnds[round.Epoch] = round.WindowEnd ?? 0;
                    Attest(round, changed.Reports);
                    break;
                case Duty.Raise(var progress, var said):
                    Submit(duty.Id, RegistryCalls.RaiseCase(progress.Case, said), IntentPriority.Then);
                    break;
                case Duty.Vote(var progress, var support):
                    Submit(duty.Id, RegistryCalls.Vote(progress.Id, support), IntentPriority.Then);
                    break;
                case Duty.Execute(var progress):
                    Submit(duty.Id, RegistryCalls.Execute(progress.Id), IntentPriority.Then);
                    break;
            }
        }

        SubmitDueAttestations();
        foreach (var gone in _signedAttestations.Keys.Where(epoch => changed.Book.RoundOf(epoch) is null).ToList())
        {
            _signedAttestations.Remove(gone);
            _windowEnds.Remove(gone);
        }
    }

    /// <summary>Has the latest epoch's weights set, once all that is final is folded: then no later one is known to be over.</summary>
    private void Weigh(BookChanged changed)
    {
        if (
            changed.Reports is [.., var report]
            && report.Closed.Epoch != _weighed
            && changed.Block + MostBlocksBehind >= (_chain.Head.Finalized?.Number ?? 0)
        )
            _weights.Tell(new PublishWeights(report));
    }

    private void Attest(Round round, IReadOnlyList<EpochReport> reports)
    {
        if (
            _signedAttestations.ContainsKey(round.Epoch)
            || reports.LastOrDefault(report => report.Closed.Epoch == round.Epoch) is not { } report
            || !_computing.Add(round.Epoch)
        )
            return;
        var before = _results.LastOrDefault(result => result.Epoch.CompareTo(round.Epoch) < 0)?.Nav;
        var earlier = reports.LastOrDefault(other => other.Closed.Epoch.CompareTo(round.Epoch) < 0)?.Closed;
        ComputeAsync(round, report, before, earlier is null ? _chain.Options.FromBlock : earlier.LastBlock + 1)
            .PipeTo(
                Self,
                failure: cause => new Computed(
                    round.Epoch,
                    null,
                    [],
                    cause is ChainException or FormatException or OverflowException ? cause.Message : cause.ToString(),
                    cause is EndpointsDisagreeException
                )
            );
    }

    private async Task<Computed> ComputeAsync(Round round, EpochReport report, TaoPerToken? before, ulong from)
    {
        var computation = await EpochComputation.OfAsync(_chain, round, report, _role.Netuid, from, _stop.Token).ConfigureAwait(false);
        var (nav, inputs) = computation.Reading switch
        {
            NavReading.Available available => (available, available.Inputs),
            NavReading.Unavailable none => (null, none.Inputs),
            _ => throw new InvalidOperationException($"A {computation.Reading.GetType()} is no reading."),
        };
        var (mint, redeem) = nav is null
            ? (null, null)
            : await _reader.ExecutableAsync(nav, Wei.OneTao, Wei.OneTao, _stop.Token).ConfigureAwait(false);
        var check = _role.Emissions is { } emissions ? await emissions.CheckAsync(inputs, _stop.Token).ConfigureAwait(false) : null;
        var (move, warnings) = LocalEpochResult.Judge(computation.Reading, before, check);
        var result = new LocalEpochResult(
            round.Epoch,
            round.LastBlock,
            nav?.Nav,
            mint?.Price,
            redeem?.Price,
            move,
            report.RankingRoot,
            computation.WeightsHash,
            warnings,
            _clock.GetUtcNow(),
            null
        );
        if (nav is null)
            return new Computed(round.Epoch, result, [], ((NavReading.Unavailable)computation.Reading).Reason);

        // What is signed is answered for: not by rules that the chain has announced since and nobody has checked.
        await _chain.Runtime.RefreshAsync(_stop.Token).ConfigureAwait(false);
        if (_chain.Gate.Closed(ChainAction.Nav) is { } closed)
            return new Computed(round.Epoch, result, [], closed);
        var said = new NavAttestation(
            round.Epoch,
            round.LastBlock,
            round.LastBlockHash,
            nav.Nav,
            inputs.Supply,
            report.RankingRoot,
            computation.WeightsHash,
            round.Parameters,
            _role.Key.Address
        );
        return new Computed(
            round.Epoch,
            result,
            [.. _role.Strategy.Create(said, computation.Weights.Weights, round).Select(planned => (Sign(planned), planned.NotBefore))],
            null
        );
    }

    private SignedAttestation Sign(PlannedAttestation planned)
    {
        var said = planned.Said with { WeightsHash = Eip712.WeightsHash(planned.Weights) };
        var digest = Eip712.Digest(said, _role.Registry);
        return new SignedAttestation(said, digest, planned.Weights, _role.Key.Sign(digest).ToBytes());
    }

    private void OnComputed(Computed computed)
    {
        if (computed.Result is { } result)
            Note(result);
        _fault = computed is { Disagree: true, Problem: { } disagreement }
            ? new NodeFault(FaultKind.EndpointsDisagree, $"Epoch {computed.Epoch}: {disagreement}", _clock.GetUtcNow())
            : null;
        if (computed.Problem is { } problem)
        {
            // Tried again with the next block, as long as the round is open.
            _log.Warning("Epoch {Epoch} cannot be attested yet: {Reason}", computed.Epoch, problem);
            return;
        }

        _signedAttestations[computed.Epoch] =
        [
            .. computed.Attestations.Select(
                (attestation, i) =>
                    (i == 0 ? $"attest-{computed.Epoch}" : $"attest-{computed.Epoch}-{i + 1}", attestation.Signed, attestation.NotBefore)
            ),
        ];
        SubmitDueAttestations();
    }

    private void Note(LocalEpochResult result)
    {
        if (_results.RemoveAll(known => known.Epoch == result.Epoch) == 0)
        {
            foreach (var warning in result.Warnings)
                _log.Warning("Epoch {Epoch}: {Warning}", result.Epoch, warning);
        }

        _results.Add(result);
        if (_results.Count > EpochsShown)
            _results.RemoveAt(0);
    }

    /// <summary>Whether the others agree on something else than was computed here: then this node is wrong, or most others are.</summary>
    private void Compare(ConsensusBook book)
    {
        for (var i = 0; i < _results.Count; i++)
        {
            if (
                _results[i].DisagreesWithConsensus is not null
                || book.RoundOf(_results[i].Epoch) is not { State: RoundState.Settled } round
                || ConsensusValues.Of(round.Counted) is not { } reference
            )
                continue;
            if (_results[i].Against(reference) is not { } difference)
                continue;
            _results[i] = _results[i] with { DisagreesWithConsensus = difference, NotedAt = _clock.GetUtcNow() };
            _log.Error(
                "Epoch {Epoch}: this node has computed something else than the validators agree on: {Difference}. Compare with '{Command}'",
                round.Epoch,
                difference,
                $"tao20 consensus verify --epoch {round.Epoch}"
            );
        }
    }

    private void SubmitDueAttestations()
    {
        foreach (var (epoch, attestations) in _signedAttestations)
        {
            foreach (
                var (id, signed, _) in attestations.Where(attestation =>
                    attestation.NotBefore <= _block && (_toAttest.Contains(epoch) || !_failed.ContainsKey(attestation.Id))
                )
            )
                Submit(id, RegistryCalls.Attest(signed), IntentPriority.First, _windowEnds.GetValueOrDefault(epoch));
        }
    }

    /// <summary>
    /// Has a duty done. One whose transaction came to nothing is still a duty when the book says so: an endpoint that was behind refuses
    /// what another takes, so it is tried again some blocks later.
    /// </summary>
    /// <param name="duty">The duty.</param>
    /// <param name="call">The call that does it.</param>
    /// <param name="priority">What goes first when several wait.</param>
    /// <param name="lastBlock">The last block in which it is of use; 0 for none.</param>
    private void Submit(string duty, string call, IntentPriority priority, ulong lastBlock = 0)
    {
        var id = duty;
        if (_failed.TryGetValue(duty, out var failed))
        {
            if (failed.Attempts >= MaxAttempts || _block < failed.At + BlocksBetweenAttempts)
                return;
            id = string.Create(CultureInfo.InvariantCulture, $"{duty}{Again}{failed.Attempts + 1}");
        }

        if (_submitted.Add(id))
            _transactions.Tell(
                new SubmitIntent(
                    new TransactionIntent(id, _role.Registry.Registry, 0, Convert.FromHexString(call.AsSpan(2)))
                    {
                        Priority = priority,
                        LastBlock = lastBlock,
                    }
                )
            );
    }

    private void OnFailed(IntentProgress failed)
    {
        // Mostly another validator was first, and the book will say so; the sender has said why.
        _log.Debug("{Intent} came to nothing: {Reason}", failed.Id, failed.Failure?.Reason ?? "it was reverted");
        var duty = failed.Id.Split(Again)[0];
        _failed[duty] = (_failed.GetValueOrDefault(duty).Attempts + 1, _block);
    }

    private sealed record Computed(
        EpochId Epoch,
        LocalEpochResult? Result,
        IReadOnlyList<(SignedAttestation Signed, ulong NotBefore)> Attestations,
        string? Problem,
        bool Disagree = false
    );
}
