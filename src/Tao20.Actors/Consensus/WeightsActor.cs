using System.Security.Cryptography;
using Akka.Actor;
using Akka.Event;
using Tao20.Actors.Configuration;
using Tao20.Actors.Journal;
using Tao20.Actors.Transactions;
using Tao20.Chain.Contracts;
using Tao20.Chain.Following;
using Tao20.Chain.JsonRpc;
using Tao20.Domain.Settlement;
using Tao20.Domain.Transactions;
using Tao20.Domain.Units;
using Tao20.Domain.Weights;

namespace Tao20.Actors.Consensus;

/// <summary>
/// Brings each epoch's weights to the subnet, in the clear or by commit and reveal, as the subnet demands. It begins as soon as the
/// epoch is settled here and does not wait for the round: its own payouts are what it answers for. Salt and weights of a commit are in
/// the journal before the commit is sent, so that it can be revealed after any crash.
/// </summary>
internal sealed class WeightsActor : HeadDrivenActor
{
    private const int SaltLength = 8;
    private const ulong LookEvery = 25;
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(0.5);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);
    private readonly FollowerSettings _settings;
    private readonly ValidatorRole _role;
    private readonly ChainConnection _chain;
    private readonly IActorRef _transactions;
    private readonly UidReader _uids;
    private readonly SubnetReader _subnet;
    private WeightsState _state = WeightsState.Initial;
    private EpochId? _computing;
    private IReadOnlyList<RaisedAlarm> _alarms = [];
    private ulong _lookedAt;

    public WeightsActor(FollowerSettings settings, ValidatorRole role, ChainConnection chain, IActorRef transactions)
        : base(settings.Journal, chain.Head, "Setting weights", FirstPause, LongestPause)
    {
        (_settings, _role, _chain, _transactions) = (settings, role, chain, transactions);
        PersistenceId = $"weights-{role.Key.Address}";
        _uids = new UidReader(chain.Pool);
        _subnet = new SubnetReader(chain.Pool, chain.Runtime, role.Netuid, role.Key.Address);
    }

    public override string PersistenceId { get; }

    protected override bool HandleWork(object message)
    {
        switch (message)
        {
            case PublishWeights(var report):
                Take(report);
                return true;
            case Computed computed:
                _computing = null;
                Move(
                    computed.Progress,
                    () =>
                    {
                        computed.From.Tell(new WeightsAccepted(computed.Progress.Closed.Epoch));
                        Poll();
                    }
                );
                return true;
            case SubnetRead read:
                OnSubnetRead(read);
                return true;
            case IntentProgress progress:
                OnProgress(progress);
                return true;
            case Final final:
                OnFinal(final);
                return true;
            case GetWeights:
                Sender.Tell(_state with { Alarms = _alarms });
                return true;
            default:
                return false;
        }
    }

    protected override void Evolve(object e) => _state = e is WeightsState state ? state : _state.Evolve(((WeightsMoved)e).Progress);

    protected override object Snapshot() => _state;

    protected override void OnWorkFailed(Exception cause)
    {
        _computing = null;
        base.OnWorkFailed(cause);
    }

    private void Take(EpochReport report)
    {
        var closed = report.Closed;
        if (_state.Knows(closed))
        {
            Sender.Tell(new WeightsAccepted(closed.Epoch));
            return;
        }

        if (_computing is not null)
            return;
        _computing = closed.Epoch;
        Run(ComputeAsync(report, Sender));
    }

    private async Task<Computed> ComputeAsync(EpochReport report, IActorRef from)
    {
        var uids = await _uids
            .UidsAsync(
                _role.Netuid,
                [.. report.Rewards.Payouts.Select(payout => payout.Miner.Miner)],
                report.Closed.LastBlock,
                report.Closed.LastBlockHash,
                Stopping
            )
            .ConfigureAwait(false);
        var weights = SubnetWeights.Of(report.Rewards.Payouts, uids);
        var neurons = await _uids
            .IdentitiesAsync(
                _role.Netuid,
                [.. weights.Weights.Select(weight => weight.Uid)],
                report.Closed.LastBlock,
                report.Closed.LastBlockHash,
                Stopping
            )
            .ConfigureAwait(false);
        return new Computed(
            new WeightsProgress(report.Closed, WeightsStage.Waiting, weights.Weights, weights.WithoutUid, 0, [], 0, 0, 0, 0, null)
            {
                Neurons = neurons,
            },
            from
        );
    }

    /// <summary>Asks after what is on its way, and the chain what the subnet demands now if anything waits for that.</summary>
    protected override void Poll()
    {
        foreach (var progress in _state.Recent)
            Ask(progress);
        var waits = _state.Recent.Any(progress => progress.Stage is WeightsStage.Waiting or WeightsStage.Committed);
        if ((waits || IsDueToLook()) && TryBeginWork())
            Run(ReadSubnetAsync(WaitingUids()));
    }

    /// <summary>Whether weights arrive is looked at from time to time also while there are none to send.</summary>
    private bool IsDueToLook() => _chain.Head.Latest is { } latest && latest.Number >= _lookedAt + LookEvery;

    private ushort[] WaitingUids() =>
        [
            .. _state
                .Recent.Where(progress => progress.Stage == WeightsStage.Waiting)
                .SelectMany(progress => progress.Neurons)
                .Select(neuron => neuron.Uid)
                .Distinct(),
        ];

    private async Task<SubnetRead> ReadSubnetAsync(ushort[] uids)
    {
        if (_chain.Head.Latest is null)
            await _chain.Head.RefreshAsync(Stopping).ConfigureAwait(false);
        return new SubnetRead(await _subnet.ReadAsync(_chain.Head.Latest!, uids, Stopping).ConfigureAwait(false));
    }

    private void OnSubnetRead(SubnetRead read)
    {
        ResetBackoff();
        Watch(read.View);
        foreach (var progress in _state.Recent)
        {
            if (_state.Decide(progress, read.View, FreshSalt) is { } moved)
            {
                Move(
                    moved,
                    () =>
                    {
                        Ask(moved);
                        if (moved.Stage == WeightsStage.Refused)
                            LogProgress(moved.Closed.Epoch);
                    }
                );
            }
        }

        BecomeIdle();
    }

    /// <summary>The chain tells nobody that weights do not arrive: that is seen by what it has of this neuron.</summary>
    private void Watch(SubnetView view)
    {
        _lookedAt = view.Block;
        if (view.Self is not { } self)
            return;
        var rules = view.Rules;
        var stored = _state.Recent.LastOrDefault(progress => progress.Stage == WeightsStage.Set) is { } set
            ? WeightsAlarm.OfStored(view.Block, rules.Clock, set, self.Stored)
            : null;
        IReadOnlyList<string> alarms =
        [
            .. WeightsAlarm.Of(view.Block, rules.Clock, rules.RevealPeriod, self.LastUpdate, view.Commits),
            .. stored is null ? [] : new[] { stored },
        ];
        foreach (var alarm in alarms.Except(_alarms.Select(known => known.Text)))
            Log.Error("Weights do not arrive: {Reason}", alarm);
        if (alarms.Count == 0 && _alarms.Count > 0)
            Log.Info("Weights arrive again");
        var now = (ulong)_settings.Clock.GetUtcNow().ToUnixTimeSeconds();
        _alarms = [.. alarms.Select(text => _alarms.FirstOrDefault(known => known.Text == text) ?? new RaisedAlarm(text, now))];
        _settings.Metrics.Consensus.WeightsAlarms(alarms.Count);
    }

    private static IReadOnlyList<ushort> FreshSalt() =>
        [.. Enumerable.Range(0, SaltLength).Select(_ => (ushort)RandomNumberGenerator.GetInt32(ushort.MaxValue + 1))];

    /// <summary>Has the transaction of this stage sent; the outbox does each once, however often it is asked.</summary>
    private void Ask(WeightsProgress progress)
    {
        string? call = progress.Stage switch
        {
            WeightsStage.Setting => NeuronCalls.SetWeights(_role.Netuid, progress.Weights, progress.VersionKey),
            WeightsStage.Committing => NeuronCalls.CommitWeights(
                _role.Netuid,
                NeuronCalls.Commit(_role.Key.Address, _role.Netuid, progress.Weights, progress.Salt, progress.VersionKey)
            ),
            WeightsStage.Revealing => NeuronCalls.RevealWeights(_role.Netuid, progress.Weights, progress.Salt, progress.VersionKey),
            _ => null,
        };
        if (call is not null)
            _transactions.Tell(
                new SubmitIntent(
                    new TransactionIntent(IdOf(progress), Precompiles.Neuron, 0, Convert.FromHexString(call.AsSpan(2)))
                    {
                        Priority = IntentPriority.Last,
                        LastBlock = progress.LastBlock,
                        NotDoneAt = progress.Closed.LastBlock,
                    }
                )
            );
    }

    private static string IdOf(WeightsProgress progress) =>
        $"weights-{progress.Closed.Epoch}-{progress.Stage.ToString().ToLowerInvariant()}-{progress.Attempts}";

    private void OnProgress(IntentProgress intent)
    {
        if (!intent.Ended || OnItsWay(intent.Id) is not { } progress)
            return;
        if (intent.State == IntentState.Final)
            Run(TimeOfAsync(intent.Id, intent.Receipt!));
        else
            Move(
                WeightsState.Failed(progress, intent.Failure?.Reason ?? $"the transaction was reverted in block {intent.Receipt!.Block}"),
                () => LogProgress(progress.Closed.Epoch)
            );
    }

    private async Task<Final> TimeOfAsync(string id, Receipt receipt)
    {
        BlockHeader? header = null;
        await _chain.Pool.SendAsync([EthCalls.Header(receipt.Block, found => header = found)], Stopping).ConfigureAwait(false);
        return new Final(
            id,
            receipt.Block,
            header?.Timestamp ?? throw new FormatException($"block {receipt.Block}, which is final, is not there")
        );
    }

    private void OnFinal(Final final)
    {
        if (OnItsWay(final.Id) is not { } progress)
            return;
        var done = WeightsState.Done(progress, final.Block, final.Time);
        Move(
            done,
            () =>
            {
                if (progress.DoneAt == 0)
                    _settings.Metrics.Consensus.WeightsOnChain(done.DoneSeconds);
                LogProgress(done.Closed.Epoch);
            }
        );
    }

    private WeightsProgress? OnItsWay(string id) => _state.Recent.Find(progress => IdOf(progress) == id);

    private void Move(WeightsProgress moved, Action after) => PersistEvent(new WeightsMoved(moved), after);

    /// <summary>Logs how weights have moved on; what follows from it waits for the head to move.</summary>
    private void LogProgress(EpochId epoch)
    {
        var progress = _state.Of(epoch)!;
        if (progress.Stage == WeightsStage.Refused)
            Log.Warning("The weights of epoch {Epoch} are given up: {Reason}", epoch, progress.Reason);
        else if (progress.Reason is { } reason)
            Log.Info("The weights of epoch {Epoch} are tried again: {Reason}", epoch, reason);
        else
            Log.Info(
                "The weights of epoch {Epoch} are {Stage}: on chain since block {Block}, {Seconds} s after its end",
                epoch,
                progress.Stage,
                progress.DoneAt,
                progress.DoneSeconds
            );
    }

    private sealed record Computed(WeightsProgress Progress, IActorRef From);

    private sealed record SubnetRead(SubnetView View);

    private sealed record Final(string Id, ulong Block, ulong Time);
}
