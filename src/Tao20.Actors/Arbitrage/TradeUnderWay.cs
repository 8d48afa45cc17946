using Akka.Actor;
using Tao20.Actors.Transactions;
using Tao20.Domain.Arbitrage;
using Tao20.Domain.Transactions;

namespace Tao20.Actors.Arbitrage;

/// <summary>
/// How far a trade of this run is. It waits, or asks what comes next (once more if something moved meanwhile), or reads what it came to;
/// after that it is over. Nothing of it is persisted: after a restart the outbox tells again how far each transaction is.
/// </summary>
internal sealed class TradeUnderWay(long number, TradeExecution execution, IActorRef transactions, IActorRef actor, CancellationToken stop)
{
    private readonly Dictionary<string, IntentProgress> _done = [];
    private Phase _phase = Phase.Waiting;
    private bool _sent;

    private enum Phase
    {
        /// <summary>Its transactions are on their way.</summary>
        Waiting,

        /// <summary>It is being asked what comes next.</summary>
        Asking,

        /// <summary>The same, and something has moved since the question.</summary>
        AskingAgain,

        /// <summary>All of its transactions are final: what they came to is being read.</summary>
        Settling,
    }

    /// <summary>Hands transactions to the sender of the account: it does each once, however often it is asked.</summary>
    public void Submit(OpenTrade open, IEnumerable<TradeStep> steps)
    {
        foreach (var step in steps)
            transactions.Tell(new SubmitIntent(open.IntentOf(step)));
    }

    /// <summary>Notes how far a transaction is; whether it has moved.</summary>
    public bool Note(string step, IntentProgress progress)
    {
        var hasMoved = _done.GetValueOrDefault(step)?.State != progress.State;
        _done[step] = progress;
        return hasMoved;
    }

    /// <summary>Whether this is the first of its transactions to be sent; a trade that ends before any is never sent.</summary>
    public bool IsFirstSent(IntentProgress progress)
    {
        if (_sent || progress.State < IntentState.Broadcast)
            return false;
        _sent = true;
        return progress.State is IntentState.Broadcast or IntentState.Mined or IntentState.Final;
    }

    /// <summary>
    /// Asks what comes next; one question at a time, and once more if something has moved meanwhile. Answered by
    /// <see cref="Advanced"/> or <see cref="ReadFailed"/>.
    /// </summary>
    public void Ask(OpenTrade open)
    {
        var mayAsk = _phase == Phase.Waiting;
        _phase = _phase switch
        {
            Phase.Waiting => Phase.Asking,
            Phase.Asking => Phase.AskingAgain,
            var other => other,
        };
        if (mayAsk)
        {
            execution
                .NextAsync(open, new Dictionary<string, IntentProgress>(_done), stop)
                .PipeTo(actor, success: next => new Advanced(number, next), failure: cause => new ReadFailed(cause, number));
        }
    }

    /// <summary>The question is answered, or could not be; whether something has moved since it was asked.</summary>
    public bool Answered()
    {
        var askAgain = _phase == Phase.AskingAgain;
        _phase = Phase.Waiting;
        return askAgain;
    }

    /// <summary>
    /// All of its transactions are final: reads what they came to. Answered by <see cref="Settled"/> or <see cref="ReadFailed"/>.
    /// </summary>
    public void Settle(OpenTrade open, IntentProgress decisive, NavTick tick)
    {
        _phase = Phase.Settling;
        execution
            .ResultAsync(open, _done, decisive, tick, stop)
            .PipeTo(
                actor,
                success: read => new Settled(number, read.Result, read.Balances),
                failure: cause => new ReadFailed(cause, number)
            );
    }

    /// <summary>Whether every transaction decided on so far has been sent, and nothing is being asked.</summary>
    public bool HasLeft(OpenTrade open) =>
        _phase == Phase.Waiting
        && !open.Steps.IsEmpty
        && open.Steps.TrueForAll(step => _done.TryGetValue(step.Name, out var progress) && progress.State >= IntentState.Broadcast);
}

/// <summary>What comes next in a trade.</summary>
internal sealed record Advanced(long Number, NextStep Next);

/// <summary>What a trade came to, and what the account owns after it.</summary>
internal sealed record Settled(long Number, TradeResult Result, AccountBalances Balances);

/// <summary>The chain could not be read: for this trade, or for none when the books were compared.</summary>
internal sealed record ReadFailed(Exception Cause, long? Number);
