using System.Numerics;
using Tao20.Domain.Units;

namespace Tao20.Domain.Transactions;

/// <summary>What the sender of an account does next.</summary>
public abstract record OutboxStep
{
    private OutboxStep() { }

    /// <summary>Nothing, until the head moves or something new is wanted.</summary>
    /// <param name="Wait">What it waits for; null for nothing but blocks.</param>
    public sealed record Idle(OutboxWait? Wait = null) : OutboxStep;

    /// <summary>Ask the chain what an intent would come to.</summary>
    public sealed record Simulate(TransactionIntent Intent) : OutboxStep;

    /// <summary>Sign a transaction, keep it, and broadcast it.</summary>
    /// <param name="Intent">What it does; with <paramref name="Cancels"/>, nothing.</param>
    /// <param name="Nonce">Its nonce.</param>
    /// <param name="Fees">What it pays.</param>
    /// <param name="GasLimit">How much gas it may use.</param>
    /// <param name="Cancels">Whether it does nothing but use up the nonce.</param>
    public sealed record Sign(TransactionIntent Intent, ulong Nonce, GasFees Fees, ulong GasLimit, bool Cancels = false) : OutboxStep
    {
        /// <summary>The most it can cost, in wei; the account has to have that much.</summary>
        public BigInteger MostWei => GasLimit * Fees.MaxFee + (BigInteger)Intent.ValueWei;
    }

    /// <summary>Broadcast what is signed.</summary>
    /// <param name="Id">The intent.</param>
    /// <param name="Attempt">The transaction.</param>
    /// <param name="Wait">What is waited for meanwhile; null for nothing but blocks.</param>
    public sealed record Broadcast(string Id, Attempt Attempt, OutboxWait? Wait = null) : OutboxStep;

    /// <summary>Keep an event, and go on from there.</summary>
    public sealed record Record(OutboxEvent Event) : OutboxStep;

    /// <summary>
    /// Find out what could be signed with the nonce of a transaction that no node accepts; everything with a later nonce waits
    /// behind it.
    /// </summary>
    /// <param name="Entry">The intent, and what has been signed for it.</param>
    /// <param name="Refusal">What the node has said.</param>
    public sealed record FindReplacement(OutboxEntry Entry, string Refusal) : OutboxStep;
}

/// <summary>What a sender waits for, other than blocks.</summary>
public abstract record OutboxWait
{
    private OutboxWait() { }

    /// <summary>The words for an operator, in one place for all.</summary>
    public string Reason =>
        this switch
        {
            Funds funds => $"{funds.Account} cannot pay for {funds.Id}: {funds.NodeText}. Send it TAO.",
            BaseFee fee => $"The base fee of {fee.Wei} wei leaves no room under Transactions:MaxFeePerGas = {fee.Limit}: {fee.Id} waits.",
            HigherFee fee => $"{fee.Id} is not mined, and a higher fee would be above Transactions:MaxFeePerGas = {fee.Limit}.",
            Unexplained unknown =>
                $"Nonce {unknown.Nonce}, signed for {unknown.Id}, is used in a final block, and no endpoint shows by which transaction. "
                    + "Nothing is signed for it anew before that is known: add an endpoint that keeps all receipts.",
            Unknown unknown =>
                $"{unknown.Account} has sent transactions with nonces {unknown.From} to {unknown.To - 1} that are not in this journal. "
                    + "Nothing new is signed before they are final and it is known what they did.",
            Closed closed => $"{closed.Id} waits: {closed.Why}.",
            Acceptance accepted => $"{accepted.Id} is not taken by the node: {accepted.NodeText}. {accepted.Hope}",
            _ => throw new InvalidOperationException($"A {GetType().Name} has no words."),
        };

    /// <summary>The account cannot pay.</summary>
    public sealed record Funds(Address Account, string Id, string NodeText) : OutboxWait;

    /// <summary>The base fee is too high for a first attempt.</summary>
    public sealed record BaseFee(string Id, BigInteger Wei, BigInteger Limit) : OutboxWait;

    /// <summary>A transaction is stuck and must not pay more.</summary>
    public sealed record HigherFee(string Id, BigInteger Limit) : OutboxWait;

    /// <summary>It is not known whether what was signed is mined, or someone else's transaction.</summary>
    public sealed record Unexplained(string Id, ulong Nonce) : OutboxWait;

    /// <summary>The account has sent what is not in the outbox.</summary>
    /// <param name="Account">The account.</param>
    /// <param name="From">The first nonce.</param>
    /// <param name="To">The one after the last.</param>
    public sealed record Unknown(Address Account, ulong From, ulong To) : OutboxWait;

    /// <summary>What it does is off: the chain is not, or not yet, known to be as it has to be for that.</summary>
    public sealed record Closed(string Id, string Why) : OutboxWait;

    /// <summary>No node accepts a transaction.</summary>
    /// <param name="Id">The intent.</param>
    /// <param name="NodeText">What the node says.</param>
    /// <param name="Outlook">What happens next.</param>
    /// <param name="Detail">Of the outlook: what the node says to a transaction that does nothing, or the limit of the fee.</param>
    public sealed record Acceptance(string Id, string NodeText, AcceptanceOutlook Outlook, string? Detail = null) : OutboxWait
    {
        internal string Hope =>
            Outlook switch
            {
                AcceptanceOutlook.NextBlock => "It is tried again with the next block.",
                AcceptanceOutlook.CancellationRefused =>
                    "Nor is a transaction that does nothing in its stead. It is tried again with the next block.",
                AcceptanceOutlook.CancellationImpossible => $"Nor can a transaction that does nothing be made in its stead: {Detail}.",
                AcceptanceOutlook.ReplacementTooExpensive =>
                    $"What could replace it would pay more than Transactions:MaxFeePerGas = {Detail}.",
                _ => throw new InvalidOperationException($"{Outlook} is no outlook."),
            };
    }
}

/// <summary>What happens to a transaction that no node accepts.</summary>
public enum AcceptanceOutlook
{
    /// <summary>It is broadcast again with the next block.</summary>
    NextBlock,

    /// <summary>A transaction that does nothing, with its nonce, is not accepted either.</summary>
    CancellationRefused,

    /// <summary>A transaction that does nothing would be refused.</summary>
    CancellationImpossible,

    /// <summary>What could replace it would pay more than is allowed.</summary>
    ReplacementTooExpensive,
}
