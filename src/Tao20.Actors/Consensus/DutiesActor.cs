using Akka.Actor;
using Akka.Event;
using Tao20.Actors.Transactions;
using Tao20.Chain;
using Tao20.Chain.Contracts;
using Tao20.Chain.Following;
using Tao20.Chain.JsonRpc;
using Tao20.Chain.Signing;
using Tao20.Domain.Consensus;
using Tao20.Domain.Epochs;
using Tao20.Domain.Nav;
using Tao20.Domain.Rewards;
using Tao20.Domain.Weights;

namespace Tao20.Actors.Consensus;

/// <summary>The book has moved on.</summary>
/// <param name="Book">The book.</param>
/// <param name="Reports">The reports of the epochs whose rounds it has.</param>
/// <param name="Block">The last block folded.</param>
internal sealed record BookChanged(ConsensusBook Book, IReadOnlyList<EpochReport> Reports, ulong Block);

/// <summary>
/// Does a validator's duties: attests, raises, votes, executes. It keeps nothing: what is to be done follows from the book, and the
/// outbox does each thing once, so that no restart can make it say two different things of one epoch.
/// </summary>
internal sealed class DutiesActor : UntypedActor
{
    private readonly ValidatorRole _role;
    private readonly ChainConnection _chain;
    private readonly NavReader _reader;
    private readonly IActorRef _transactions;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly CancellationTokenSource _stop = new();
    private readonly HashSet<string> _submitted = [];
    private readonly Dictionary<EpochId, IReadOnlyList<(string Id, SignedAttestation Signed, ulong NotBefore)>> _words = [];
    private readonly HashSet<EpochId> _computing = [];
    private ulong _block;

    public DutiesActor(ValidatorRole role, ChainConnection chain, IActorRef transactions)
    {
        _role = role;
        _chain = chain;
        _transactions = transactions;
        _reader = new NavReader(chain.Pool, chain.Options.Contract);
    }

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case BookChanged changed:
                _block = changed.Block;
                Do(changed);
                break;
            case Computed computed:
                _computing.Remove(computed.Epoch);
                OnComputed(computed);
                break;
            case IntentProgress { State: IntentState.Failed } failed:
                // Mostly another validator was first; the sender has said why.
                _log.Debug("{0} was not sent: {1}", failed.Id, failed.Reason);
                break;
            case IntentProgress { State: IntentState.Reverted } reverted:
                _log.Warning("{0} was reverted in block {1}", reverted.Id, reverted.Receipt!.Block);
                break;
            case IntentProgress:
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    protected override void PostStop() => _stop.Cancel();

    private void Do(BookChanged changed)
    {
        foreach (var duty in ValidatorDuties.Of(changed.Book, _role.Key.Address, changed.Block))
        {
            switch (duty)
            {
                case Duty.Attest(var round):
                    Attest(round, changed.Reports);
                    break;
                case Duty.Raise(var progress, var said):
                    Submit(duty.Id, RegistryCalls.RaiseCase(progress.Case, said));
                    break;
                case Duty.Vote(var progress, var support):
                    Submit(duty.Id, RegistryCalls.Vote(progress.Id, support));
                    break;
                case Duty.Execute(var progress):
                    Submit(duty.Id, RegistryCalls.Execute(progress.Id));
                    break;
            }
        }

        SpeakWhenDue();
        foreach (var gone in _words.Keys.Where(epoch => changed.Book.RoundOf(epoch) is null).ToList())
            _words.Remove(gone);
    }

    private void Attest(Round round, IReadOnlyList<EpochReport> reports)
    {
        if (_words.ContainsKey(round.Epoch) || reports.LastOrDefault(report => report.Closed.Epoch == round.Epoch) is not { } report || !_computing.Add(round.Epoch))
            return;
        ComputeAsync(round, report).PipeTo(Self, failure: cause => new Computed(round.Epoch, [], cause is ChainException or FormatException or OverflowException ? cause.Message : cause.ToString()));
    }

    private async Task<Computed> ComputeAsync(Round round, EpochReport report)
    {
        BlockHeader? header = null;
        await _chain.Pool.SendAsync([EthCalls.Header(round.LastBlock, found => header = found)], _stop.Token).ConfigureAwait(false);
        if (header?.Hash != round.LastBlockHash)
            return new Computed(round.Epoch, [], $"block {round.LastBlock} is not {round.LastBlockHash} at this endpoint");
        var inputs = await _reader.ReadAsync(header, _stop.Token).ConfigureAwait(false);
        var reading = NavReading.Of(inputs, header.Timestamp);
        if (reading is NavReading.Unavailable unavailable)
            return new Computed(round.Epoch, [], unavailable.Reason);
        var nav = (NavReading.Available)reading;
        var uids = await _reader.UidsAsync(_role.Netuid, [.. report.Rewards.Payouts.Select(payout => payout.Miner.Miner)], header.Hash, _stop.Token).ConfigureAwait(false);
        var weights = SubnetWeights.Of(report.Rewards.Payouts, uids).Weights;
        var said = new NavAttestation(
            round.Epoch, round.LastBlock, round.LastBlockHash, nav.Nav, inputs.Supply, report.RankingRoot, Eip712.WeightsHash(weights), round.Parameters, _role.Key.Address);
        return new Computed(round.Epoch, [.. _role.Witness.Testify(said, weights, round).Select(testimony => (Sign(testimony), testimony.NotBefore))], null);
    }

    private SignedAttestation Sign(Testimony testimony)
    {
        var said = testimony.Said with { WeightsHash = Eip712.WeightsHash(testimony.Weights) };
        var digest = Eip712.Digest(said, _role.Registry);
        return new SignedAttestation(said, digest, testimony.Weights, _role.Key.Sign(digest).ToBytes());
    }

    private void OnComputed(Computed computed)
    {
        if (computed.Problem is { } problem)
        {
            // Tried again with the next block, as long as the round is open.
            _log.Warning("Epoch {0} cannot be attested yet: {1}", computed.Epoch, problem);
            return;
        }

        _words[computed.Epoch] = [.. computed.Words.Select((word, i) => (i == 0 ? $"attest-{computed.Epoch}" : $"attest-{computed.Epoch}-{i + 1}", word.Signed, word.NotBefore))];
        SpeakWhenDue();
    }

    private void SpeakWhenDue()
    {
        foreach (var (id, signed, _) in _words.Values.SelectMany(words => words).Where(word => word.NotBefore <= _block).ToList())
            Submit(id, RegistryCalls.Attest(signed));
    }

    private void Submit(string id, string call)
    {
        if (_submitted.Add(id))
            _transactions.Tell(new SubmitIntent(new TransactionIntent(id, _role.Registry.Registry, 0, Convert.FromHexString(call.AsSpan(2)))));
    }

    private sealed record Computed(EpochId Epoch, IReadOnlyList<(SignedAttestation Signed, ulong NotBefore)> Words, string? Problem);
}
