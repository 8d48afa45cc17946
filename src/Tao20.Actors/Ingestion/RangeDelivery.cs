using Akka.Actor;
using Akka.Event;
using Tao20.Actors.Consensus;
using Tao20.Actors.Miners;
using Tao20.Chain.Contracts;
using Tao20.Domain.Ingestion;
using Tao20.Domain.Trades;
using Tao20.Domain.Units;
using Tao20.Domain.Volume;
using Address = Tao20.Domain.Units.Address;

namespace Tao20.Actors.Ingestion;

/// <summary>
/// Sends the parts of the range under way: to each miner its trades, to the consensus its facts. A miner's actor that sees its first
/// trade may want to know where its running total has to begin; that is asked of the chain, of many at once. Mutable, of one follower.
/// </summary>
/// <param name="miners">The miners.</param>
/// <param name="consensus">Who keeps the book of validators.</param>
/// <param name="totals">Asks the chain where totals begin.</param>
/// <param name="clock">The clock.</param>
internal sealed class RangeDelivery(IActorRef miners, IActorRef consensus, ContractCounts totals, TimeProvider clock)
{
    private readonly Dictionary<Address, UInt128> _beginnings = [];
    private readonly Dictionary<Address, BeginningWanted> _wanted = [];
    private readonly Dictionary<Address, (Position At, UInt128 Wei)> _unread = [];
    private bool _asking;
    private DateTimeOffset _sentAt;

    /// <summary>Sends each miner its first part that is not acknowledged: a later one waits, so that a lost one leaves no gap.</summary>
    /// <param name="flow">The range under way.</param>
    /// <param name="lastFact">Where the last stands that the consensus has taken of the ranges before; null where none is known.</param>
    public void SendMissing(RangeFlow flow, Position? lastFact)
    {
        if (flow.UnderWay is not { } work)
            return;
        _sentAt = clock.GetUtcNow();
        foreach (var (miner, part) in flow.Parts)
            Send(flow, miner, part);
        if (flow.FactsMissing)
            consensus.Tell(new FoldFacts(work.Number, work.Facts!, work.Last.Number, work.Last.Timestamp, lastFact));
    }

    /// <summary>Sends all that is missing again, where it was sent long ago.</summary>
    public void SendLate(RangeFlow flow, Position? lastFact, TimeSpan after, ILoggingAdapter log)
    {
        if (flow.UnderWay is not { } work || _sentAt >= clock.GetUtcNow() - after)
            return;
        log.Warning("Sent again: {Missing} batches up to block {Block}, after {Waited}", flow.Missing, work.Last.Number, after);
        SendMissing(flow, lastFact);
    }

    /// <summary>Sends a miner one part of the range under way.</summary>
    public void Send(RangeFlow flow, Address miner, int part)
    {
        var work = flow.UnderWay!;
        var trades = work.Batches[miner][part] with { Known = flow.Heads.Of(miner) };
        if (_beginnings.TryGetValue(miner, out var began))
            trades = trades with { Began = began };
        if (_unread.TryGetValue(miner, out var unread))
            trades = trades.WithUnread(unread.At, unread.Wei, before: unread.At < trades.Trades.Span[0].Position);
        miners.Tell(new FoldBatch(work.Number, part, trades));
    }

    /// <summary>A miner's trades are folded: its beginning is known to it.</summary>
    public void Forget(Address miner)
    {
        _beginnings.Remove(miner);
        _unread.Remove(miner);
    }

    /// <summary>
    /// A miner has not folded a part because the contract has counted more. Where a log that could not be read names it there, the part
    /// goes out again with a trade of just that amount.
    /// </summary>
    /// <param name="flow">The range under way.</param>
    /// <param name="gap">What is missing.</param>
    /// <param name="quarantined">The logs that could not be read.</param>
    /// <returns>Whether it does.</returns>
    public bool Excuse(RangeFlow flow, HistoryGap gap, IEnumerable<QuarantinedLog> quarantined)
    {
        if (
            gap is not { Miner: { } miner }
            || gap.Missing > Wei.Max
            || flow.UnderWay is not { } work
            || !flow.Parts.TryGetValue(miner, out var part)
            || _unread.ContainsKey(miner)
        )
            return false;
        var last = work.Batches[miner][part].Trades.Span[^1].Position;
        var log = quarantined
            .Concat(work.Range.Quarantined)
            .LastOrDefault(log => log.Position.Block >= gap.FirstBlock && log.Position < last && log.Names(miner));
        if (log is null)
            return false;
        _unread[miner] = (log.Position, gap.Missing);
        Send(flow, miner, part);
        return true;
    }

    /// <summary>A miner's actor wants to know where its total has to begin, or the chain has said it.</summary>
    public void NoteBeginning(object message, RangeFlow flow)
    {
        if (message is BeginningWanted wanted)
            _wanted[wanted.Miner] = wanted;
        else
            Take((BeginningsRead)message, flow);
    }

    /// <summary>Asks the chain for all that is wanted; null while that is under way, or when nothing is.</summary>
    public Task<BeginningsRead>? AskBeginnings(CancellationToken cancel)
    {
        if (_asking || _wanted.Count == 0)
            return null;
        _asking = true;
        return ReadAsync([.. _wanted.Values], cancel);
    }

    /// <summary>Nothing is under way any more: what was wanted will be wanted again.</summary>
    public void Restart()
    {
        _asking = false;
        _wanted.Clear();
        _beginnings.Clear();
        _unread.Clear();
    }

    /// <summary>Takes what the chain said, and sends what has waited for it.</summary>
    private void Take(BeginningsRead read, RangeFlow flow)
    {
        _asking = false;
        foreach (var wanted in read.Wanted)
        {
            _wanted.Remove(wanted.Miner);

            // Where it cannot be known, what the chain had counted is taken for what it was.
            _beginnings[wanted.Miner] = read.Totals?.GetValueOrDefault(wanted.Miner) ?? wanted.ChainWei;
            if (flow.UnderWay is { } work && work.Number == wanted.Range)
                Send(flow, wanted.Miner, wanted.Part);
        }
    }

    private async Task<BeginningsRead> ReadAsync(IReadOnlyList<BeginningWanted> wanted, CancellationToken cancel) =>
        new(wanted, await totals.BeginningsAsync([.. wanted.Select(one => one.Miner)], cancel).ConfigureAwait(false));
}

/// <summary>What the chain had counted of miners before the first block read.</summary>
/// <param name="Wanted">Who wanted to know.</param>
/// <param name="Totals">By miner, in TAO wei; null where it cannot be known.</param>
internal sealed record BeginningsRead(IReadOnlyList<BeginningWanted> Wanted, IReadOnlyDictionary<Address, UInt128>? Totals);
