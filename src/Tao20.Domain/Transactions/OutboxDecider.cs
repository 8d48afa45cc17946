using System.Globalization;
using Tao20.Domain.Checks;
using Tao20.Domain.Units;

namespace Tao20.Domain.Transactions;

/// <summary>What the simulation of an intent came to.</summary>
/// <param name="Gas">The gas it needs; 0 when it was refused.</param>
/// <param name="Refusal">What the node said; null when it would succeed.</param>
/// <param name="RevertData">What the refused call returned, as 0x and hex digits; null when there was nothing.</param>
/// <param name="Answer">What kind of refusal it is.</param>
/// <param name="Reverts">
/// Whether the contract refused it. Otherwise the node did, which may only be behind, or in the middle of a reorg.
/// </param>
public sealed record Simulation(
    ulong Gas,
    string? Refusal = null,
    string? RevertData = null,
    BroadcastAnswer Answer = BroadcastAnswer.Taken,
    bool Reverts = false
);

/// <summary>
/// What can be signed with the nonce of a transaction that no node accepts. First the same with the gas it needs now; when that is not
/// accepted either, or would be reverted by now, a transaction that does nothing. One nonce, one transaction: should a node have kept the
/// first after all, only one of them is mined.
/// </summary>
/// <param name="Entry">The intent, and what has been signed for it.</param>
/// <param name="Refusal">What the node has said.</param>
/// <param name="Candidate">What is to be signed; null when there is nothing.</param>
/// <param name="Gas">The gas it needs.</param>
/// <param name="Obstacle">What the node says to a transaction that does nothing; null where there is something to be signed.</param>
public sealed record ReplacementTransaction(
    OutboxEntry Entry,
    string Refusal,
    TransactionIntent? Candidate,
    ulong Gas,
    string? Obstacle = null
)
{
    /// <summary>Whether it does nothing but use up the nonce.</summary>
    public bool Cancels => Candidate is not null && !ReferenceEquals(Candidate, Entry.Intent);
}

/// <summary>What the chain makes of an account's transactions: what may be sent at the moment, and how much gas it takes.</summary>
public interface ITransactionRules
{
    /// <summary>Why an intent must wait; null when it may be sent.</summary>
    string? Closed(TransactionIntent intent);

    /// <summary>Why an action must wait; null when it may go on.</summary>
    string? Closed(ChainAction action);

    /// <summary>The gas limit of an intent.</summary>
    /// <param name="intent">The intent.</param>
    /// <param name="estimate">The gas with which it has succeeded in a simulation.</param>
    ulong GasLimit(TransactionIntent intent, ulong estimate);

    /// <summary>The most gas an intent may be given.</summary>
    ulong GasCeiling(TransactionIntent intent);
}

/// <summary>What an account's sender does next: pure. It signs with one nonce after the other, and never two intents with one.</summary>
/// <param name="Account">The account.</param>
/// <param name="Fees">What may be paid, and when a transaction counts as stuck.</param>
/// <param name="Rules">What the chain makes of its transactions.</param>
public sealed record OutboxDecider(Address Account, FeePolicy Fees, ITransactionRules Rules)
{
    /// <summary>What a node has accepted and is not mined after so many blocks is handed to it again.</summary>
    private const ulong RepeatAfterBlocks = 2;

    /// <summary>What comes next by what the chain shows: what is signed, in the order of its nonces, then what is new.</summary>
    /// <param name="state">The outbox.</param>
    /// <param name="view">The chain.</param>
    /// <param name="unknown">What the account has sent that is not in the outbox.</param>
    public OutboxStep Next(OutboxState state, AccountView view, UnknownTransactions unknown)
    {
        var due = state.Open.Where(entry => IsDue(entry, view)).MinBy(entry => entry.Nonce);
        if (due is not null && Rules.Closed(due.Intent) is { } why)
            return new OutboxStep.Idle(new OutboxWait.Closed(due.Intent.Id, why));
        if (due is not null)
            return IsStuck(due, view) ? Replace(due, view) : new OutboxStep.Broadcast(due.Intent.Id, due.Attempts[^1]);
        var planned = state.Open.Where(entry => entry.State == IntentState.Planned).Select(entry => entry.Intent).ToList();
        if (planned.Find(intent => intent.Deadline > 0 && view.LatestTime > intent.Deadline) is { } late)
            return new OutboxStep.Record(
                new OutboxEvent.IntentFailed(late.Id, new IntentFailure.DeadlinePassed(late.Deadline, view.LatestTime))
            );
        if (planned.Find(intent => intent.LastBlock > 0 && view.Latest >= intent.LastBlock) is { } missed)
            return new OutboxStep.Record(
                new OutboxEvent.IntentFailed(missed.Id, new IntentFailure.BlockPassed(missed.LastBlock, view.Latest))
            );
        if (planned.Count == 0)
            return new OutboxStep.Idle();
        if (unknown.IsBehind(state, view))
            return new OutboxStep.Idle(new OutboxWait.Unknown(Account, unknown.Accounted(state), view.NonceLatest));
        foreach (var intent in planned)
            if (unknown.Of(intent, view) is { } sent)
                return new OutboxStep.Record(new OutboxEvent.TransactionSigned(intent.Id, sent.Attempt));
        if (state.Open.Count(entry => entry.InFlight) >= Fees.MaxInFlight)
            return new OutboxStep.Idle();
        return planned.Where(intent => Rules.Closed(intent) is null).MinBy(intent => intent.Priority) is { } next
            ? new OutboxStep.Simulate(next)
            : new OutboxStep.Idle(new OutboxWait.Closed(planned[0].Id, Rules.Closed(planned[0])!));
    }

    /// <summary>
    /// What the account has sent cannot be read: what was wanted before may be among it, and is given up. Who wanted it sees by the chain
    /// whether it is still to be done.
    /// </summary>
    public IReadOnlyList<OutboxEvent> OnUnreadable(OutboxState state, ulong from, ulong to) =>
        [
            .. state
                .Open.Where(entry => entry.State == IntentState.Planned)
                .Select(entry => new OutboxEvent.IntentFailed(entry.Intent.Id, new IntentFailure.MaybeSent(from, to))),
        ];

    /// <summary>What comes after a simulation: a signature, the end of the intent, or waiting.</summary>
    /// <param name="state">The outbox.</param>
    /// <param name="view">The chain.</param>
    /// <param name="intent">The intent.</param>
    /// <param name="simulation">What it came to.</param>
    /// <param name="refusedForBlocks">For how many blocks it has been refused.</param>
    public OutboxStep OnSimulated(
        OutboxState state,
        AccountView view,
        TransactionIntent intent,
        Simulation simulation,
        ulong refusedForBlocks = 0
    )
    {
        if (simulation.Refusal is { } refusal)
        {
            if (simulation.Answer == BroadcastAnswer.InsufficientFunds)
                return new OutboxStep.Idle(new OutboxWait.Funds(Account, intent.Id, refusal));
            return simulation.Reverts || refusedForBlocks >= (ulong)Fees.StuckBlocks
                ? new OutboxStep.Record(
                    new OutboxEvent.IntentFailed(intent.Id, new IntentFailure.SimulationRefused(refusal, simulation.RevertData))
                )
                : new OutboxStep.Idle(new OutboxWait.Acceptance(intent.Id, refusal, AcceptanceOutlook.NextBlock));
        }

        // The simulation may have taken a while: the chain can have announced other rules since.
        if (Rules.Closed(intent) is { } why)
            return new OutboxStep.Idle(new OutboxWait.Closed(intent.Id, why));
        var (limit, ceiling) = (Rules.GasLimit(intent, simulation.Gas), Rules.GasCeiling(intent));
        if (limit > ceiling)
            return new OutboxStep.Record(new OutboxEvent.IntentFailed(intent.Id, new IntentFailure.GasAboveCeiling(limit, ceiling)));
        return Fees.First(view.BaseFee, intent.OutlastsFullBlocks) is { } fees
            ? new OutboxStep.Sign(intent, state.NonceAt(view), fees, limit)
            : new OutboxStep.Idle(new OutboxWait.BaseFee(intent.Id, view.BaseFee, Fees.MaxFeePerGas));
    }

    /// <summary>What comes after a node's answer to a transaction.</summary>
    /// <param name="state">The outbox.</param>
    /// <param name="view">The chain.</param>
    /// <param name="id">The intent.</param>
    /// <param name="attempt">The transaction.</param>
    /// <param name="answer">What kind of answer it is.</param>
    /// <param name="text">What the node said.</param>
    /// <param name="refusedForBlocks">For how many blocks no node has accepted these bytes.</param>
    public OutboxStep OnAnswered(
        OutboxState state,
        AccountView view,
        string id,
        Attempt attempt,
        BroadcastAnswer answer,
        string text,
        ulong refusedForBlocks
    )
    {
        var entry = state.Open.Find(entry => entry.Intent.Id == id);
        return answer switch
        {
            BroadcastAnswer.Taken => new OutboxStep.Record(new OutboxEvent.TransactionBroadcast(id, attempt.Hash, view.Latest)),
            BroadcastAnswer.Underpriced when entry is not null && Fees.Replacing(attempt.Fees, view.BaseFee) is not null => Replace(
                entry,
                view
            ),

            // Mined meanwhile, by this outbox or from elsewhere: the next look at the chain shows which.
            BroadcastAnswer.NonceTooLow => new OutboxStep.Idle(),
            BroadcastAnswer.Refused when entry is { State: IntentState.Signed } && refusedForBlocks >= (ulong)Fees.StuckBlocks =>
                new OutboxStep.FindReplacement(entry, text),
            _ => new OutboxStep.Idle(new OutboxWait.Acceptance(id, text, AcceptanceOutlook.NextBlock)),
        };
    }

    /// <summary>What comes once it is known what could be signed instead.</summary>
    public OutboxStep OnReplacementFound(AccountView view, ReplacementTransaction replacement)
    {
        var last = replacement.Entry.Attempts[^1];
        if (replacement.Candidate is not { } candidate)
            return Wait(
                last.Cancels ? AcceptanceOutlook.CancellationRefused : AcceptanceOutlook.CancellationImpossible,
                replacement.Obstacle
            );
        return Fees.Replacing(last.Fees, view.BaseFee) is { } fees
            ? new OutboxStep.Sign(candidate, last.Nonce, fees, Rules.GasLimit(candidate, replacement.Gas), replacement.Cancels)
            : Wait(AcceptanceOutlook.ReplacementTooExpensive, Fees.MaxFeePerGas.ToString(CultureInfo.InvariantCulture));

        OutboxStep.Idle Wait(AcceptanceOutlook outlook, string? detail) =>
            new(new OutboxWait.Acceptance(replacement.Entry.Intent.Id, replacement.Refusal, outlook, detail));
    }

    /// <summary>The same transaction with a higher fee, or the same bytes again where that is not allowed.</summary>
    private OutboxStep Replace(OutboxEntry entry, AccountView view)
    {
        var last = entry.Attempts[^1];
        return Fees.Replacing(last.Fees, view.BaseFee) is { } fees
            ? new OutboxStep.Sign(entry.Intent, last.Nonce, fees, last.GasLimit)
            : new OutboxStep.Broadcast(entry.Intent.Id, last, new OutboxWait.HigherFee(entry.Intent.Id, Fees.MaxFeePerGas));
    }

    /// <summary>It has not been sent, or not been heard of for some blocks, and its nonce is not used up.</summary>
    private static bool IsDue(OutboxEntry entry, AccountView view) =>
        entry.Nonce >= view.NonceLatest
        && (entry.State == IntentState.Signed || (entry.State == IntentState.Broadcast && view.Latest >= entry.SentAt + RepeatAfterBlocks));

    /// <summary>It has waited long enough, and nothing of ours is before it.</summary>
    private bool IsStuck(OutboxEntry entry, AccountView view) =>
        entry.State == IntentState.Broadcast && view.Latest >= entry.SentAt + (ulong)Fees.StuckBlocks && view.NonceLatest == entry.Nonce;
}

/// <summary>Transactions of an account that were not sent from its outbox: another process has the key.</summary>
/// <param name="Accounted">The nonce up to which every transaction is accounted for; null before the first look.</param>
/// <param name="Count">How many were sent from elsewhere since then.</param>
public readonly record struct ExternalUse(ulong? Accounted, long Count)
{
    /// <summary>What is known after one more look at the chain. What had been sent before the outbox began does not count.</summary>
    public ExternalUse After(OutboxState state, AccountView view)
    {
        var accounted = Math.Max(Accounted ?? (state.NextNonce == 0 ? view.NonceLatest : 0), state.NextNonce);
        return view.NonceLatest <= accounted
            ? this with
            {
                Accounted = accounted,
            }
            : new ExternalUse(view.NonceLatest, Count + (long)(view.NonceLatest - accounted));
    }
}
