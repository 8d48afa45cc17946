using System.Collections.Immutable;
using System.Numerics;
using Akka.Actor;
using Akka.Event;
using Tao20.Actors.Journal;
using Tao20.Actors.Transactions;
using Tao20.Chain.Contracts;
using Tao20.Chain.Following;
using Tao20.Chain.JsonRpc;
using Tao20.Domain.Checks;
using Tao20.Domain.Index;
using Tao20.Domain.Transactions;
using Tao20.Domain.Units;

namespace Tao20.Actors.Index;

/// <summary>
/// Does for the index what anybody may do: has mean prices observed, trades legs towards their targets while a window is open, and closes
/// one whose time is over. One duty at a time, and for no more gas in a day than is allowed: what a duty is expected to cost is in the
/// journal before it is sent, and given back when nothing of it was mined.
/// </summary>
internal sealed class IndexDutiesActor : HeadDrivenActor
{
    private const string Prefix = "index-";
    private const ulong RetryAfterBlocks = 10;

    /// <summary>A duty that is not mined by then has been done by somebody else, or is no longer due.</summary>
    private const ulong BlocksToLive = 25;
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(0.5);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);
    private readonly IndexDutySettings _settings;
    private readonly ChainConnection _chain;
    private readonly IActorRef _transactions;
    private readonly IndexReader _reader;
    private IndexDutyBudget _budget = IndexDutyBudget.Initial;
    private ImmutableDictionary<string, ulong> _waits = ImmutableDictionary<string, ulong>.Empty;
    private (string Id, DutyCounted Begun)? _open;
    private bool _knowsOutbox;
    private ulong _lookAt;
    private string? _saidWhy;

    public IndexDutiesActor(IndexDutySettings settings, ChainConnection chain, IActorRef transactions)
        : base(settings.Journal, chain.Head, "Doing the index's duties", FirstPause, LongestPause)
    {
        (_settings, _chain, _transactions) = (settings, chain, transactions);
        PersistenceId = $"index-duties-{settings.Account}";
        _reader = new IndexReader(chain.Pool, chain.Options.Contract);
    }

    public override string PersistenceId { get; }

    protected override void Evolve(object e) => _budget = e is IndexDutyBudget budget ? budget : _budget.Evolve((DutyCounted)e);

    protected override object Snapshot() => _budget;

    /// <summary>One duty at a time; after a restart none before those of before have ended.</summary>
    protected override void Poll()
    {
        if (_open is not null || _chain.Head.Latest?.Number < _lookAt)
            return;
        if (!_knowsOutbox)
            _transactions.Tell(GetSenderStatus.Instance);
        else if (TryBeginWork())
            Run(ReadAsync());
    }

    protected override bool HandleWork(object message)
    {
        switch (message)
        {
            case SenderStatus status:
                _knowsOutbox = status.Open.All(intent => !intent.Id.StartsWith(Prefix, StringComparison.Ordinal));
                if (_knowsOutbox)
                    Poll();
                return true;
            case IndexRead read:
                OnRead(read);
                return true;
            case IntentProgress progress:
                OnProgress(progress);
                return true;
            default:
                return false;
        }
    }

    private async Task<IndexRead> ReadAsync()
    {
        await _chain.Head.RefreshAsync(Stopping).ConfigureAwait(false);
        var fee = BigInteger.Zero;
        await _chain.Pool.SendAsync([AccountCalls.BaseFee(found => fee = found)], Stopping).ConfigureAwait(false);
        return new IndexRead(await _reader.ReadAsync(_chain.Head.Latest!, Stopping).ConfigureAwait(false), fee);
    }

    private void OnRead(IndexRead read)
    {
        ResetBackoff();
        var view = read.View;
        _waits = _waits.RemoveRange(_waits.Where(wait => wait.Value <= view.Block.Number).Select(wait => wait.Key).ToList());
        if (_settings.Chain.Closed(ChainAction.Mint) is { } closed)
            Hold($"the chain is not in order: {closed}");
        else if (IndexDuties.Next(view, _settings.Account, _waits.Keys.ToImmutableHashSet()) is { } duty)
            Begin(duty, view, Wei.From((UInt128)(read.BaseFee * IndexDuties.GasOf(duty, view))));
        else
            _lookAt = IndexDuties.LookAgainAt(view);
        BecomeIdle();
    }

    private void Begin(IndexDuty duty, IndexView view, Wei cost)
    {
        if (!_budget.Allows(cost, view.Block.Time, _settings.Options.DailyGasWei))
        {
            Hold($"{_budget.SpentOfDay(view.Block.Time)} wei of Index:DailyGasWei = {_settings.Options.DailyGasWei} are spent");
            return;
        }

        _saidWhy = null;
        var rules = LegRules.Of(_chain.Runtime.Profile, _settings.Fees.LegGas);
        var (to, data) = IndexCalls.Of(duty, _chain.Options.Contract, view.Means, rules.Gas);
        var intent = new TransactionIntent($"{Prefix}{duty.Name}-{view.Block.Number}", to, 0, Convert.FromHexString(data.AsSpan(2)))
        {
            Priority = IntentPriority.Last,
            LastBlock = view.Block.Number + BlocksToLive,
            NotDoneAt = view.Block.Number,
        };
        var counted = new DutyCounted(duty.Name, view.Block.Time, WeiDelta.Between(Wei.Zero, cost));
        _open = (intent.Id, counted);
        PersistEvent(counted, () => _transactions.Tell(new SubmitIntent(intent)));
    }

    private void OnProgress(IntentProgress progress)
    {
        if (_open is not var (id, begun) || progress.Id != id)
            return;
        if (progress.CameToNothing && progress.Receipt is null)
        {
            // Mostly somebody else was faster.
            Log.Debug("{Duty} did not come about: {Reason}", begun.Duty, progress.Failure?.Reason);
            Wait(begun.Duty, RetryAfterBlocks);
            _open = null;
            PersistEvent(begun with { Wei = WeiDelta.Zero - begun.Wei }, Poll);
            return;
        }

        if (!progress.Succeeded && !progress.Ended)
            return;
        if (progress.CameToNothing)
            Log.Warning("{Duty} was reverted in block {Block}", begun.Duty, progress.Receipt!.Block);
        else
            Log.Info("{Duty} is done, in block {Block}", begun.Duty, progress.Receipt!.Block);

        // What is mined may not be seen yet at the block that is read next.
        Wait(begun.Duty, 1);
        _open = null;
        Poll();
    }

    private void Wait(string duty, ulong blocks) => _waits = _waits.SetItem(duty, (_chain.Head.Latest?.Number ?? 0) + blocks);

    private void Hold(string why)
    {
        if (_saidWhy != why)
            Log.Warning("The index's duties wait: {Reason}", why);
        _saidWhy = why;
    }

    private sealed record IndexRead(IndexView View, BigInteger BaseFee);
}
