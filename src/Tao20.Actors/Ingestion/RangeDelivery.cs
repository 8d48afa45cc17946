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
    /// <summary>
    /// So many miners at most have a part that they have not acknowledged. Of a range with tens of thousands all at once would recover, and
    /// what was sent again meanwhile would only add to what waits.
    /// </summary>
    public const int MostAtOnce = 2_000;

    private readonly Queue<Address> _unsent = [];
    private readonly Dictionary<Address, UInt128> _beginnings = [];
    private readonly Dictionary<Address, BeginningWanted> _wanted = [];
    private readonly Dictionary<Address, (Position At, UInt128 Wei)> _unread = [];
    private bool _asking;
    private DateTimeOffset _movedAt;

    /// <summary>
    /// Sends each miner its first part that is not acknowledged, to some at once: a later one waits, so that a lost one leaves no gap.
    /// </summary>
    /// <param name="flow">The range under way.</param>
    /// <param name="lastFact">Where the last stands that the consensus has taken of the ranges before; null where none is known.</param>
    public void SendMissing(RangeFlow flow, Position? lastFact)
    {
        if (flow.UnderWay is not { } work)
            return;
        _movedAt = clock.GetUtcNow();
        _unsent.Clear();
        foreach (var miner in flow.Parts.Keys)
            _unsent.Enqueue(miner);
        for (var i = 0; i < MostAtOnce && _unsent.TryDequeue(out var miner); i++)
            Send(flow, miner, flow.Parts[miner]);

        SendFacts(flow, work, lastFact);
    }

    /// <summary>A miner has folded a part: it gets its next one, or another miner its first.</summary>
    /// <param name="flow">The range under way.</param>
    /// <param name="miner">The miner.</param>
    /// <param name="next">Its next part; null when it has all.</param>
    public void NoteFolded(RangeFlow flow, Address miner, int? next)
    {
        _movedAt = clock.GetUtcNow();
        if (next is { } part)
            Send(flow, miner, part);
        else
            while (_unsent.TryDequeue(out var other))
            {
                if (!flow.Parts.TryGetValue(other, out var first))
                    continue;
                Send(flow, other, first);
                break;
            }
    }

    /// <summary>Sends again what was sent and is missing, where nothing has been folded for long: then it is lost.</summary>
    public void SendLate(RangeFlow flow, Position? lastFact, TimeSpan after, ILoggingAdapter log)
    {
        if (flow.UnderWay is not { } work || _movedAt >= clock.GetUtcNow() - after)
            return;
        var lost = flow.Parts.Keys.Except(_unsent).ToList();
        log.Warning(
            "Sent again: {Missing} batches up to block {Block}, after {Waited}",
            lost.Count + (flow.FactsMissing ? 1 : 0),
            work.Last.Number,
            after
        );
        _movedAt = clock.GetUtcNow();
        foreach (var miner in lost)
            Send(flow, miner, flow.Parts[miner]);
        SendFacts(flow, work, lastFact);
    }

    /// <summary>Sends a miner one part of the range under way.</summary>
    private void Send(RangeFlow flow, Address miner, int part)
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
        _unsent.Clear();
        _asking = false;
        _wanted.Clear();
        _beginnings.Clear();
        _unread.Clear();
    }

    private void SendFacts(RangeFlow flow, InFlightRange work, Position? lastFact)
    {
        if (flow.FactsMissing)
            consensus.Tell(new FoldFacts(work.Number, work.Facts!, work.Last.Number, work.Last.Timestamp, lastFact));
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
