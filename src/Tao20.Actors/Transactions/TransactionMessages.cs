using Tao20.Actors.Faults;
using Tao20.Domain.Transactions;
using Tao20.Domain.Units;

namespace Tao20.Actors.Transactions;

/// <summary>The registry key of the sender of this node's account.</summary>
public sealed class TransactionSenderKey
{
    /// <summary>The name of the actor or singleton.</summary>
    public const string Name = "transactions";
}

/// <summary>Do this on chain. Answered by <see cref="IntentProgress"/>, now and when it has moved on.</summary>
public sealed record SubmitIntent(TransactionIntent Intent);

/// <summary>How is the sender doing? Answered by <see cref="SenderStatus"/>.</summary>
public sealed record GetSenderStatus
{
    /// <summary>The query.</summary>
    public static readonly GetSenderStatus Instance = new();
}

/// <summary>How the sender is doing.</summary>
/// <param name="Account">The account it signs for.</param>
/// <param name="Open">Intents that have not ended, oldest first.</param>
/// <param name="Ended">How many have.</param>
/// <param name="Waiting">What it waits for, for display; null when for nothing but blocks.</param>
/// <param name="Foreign">Transactions of this account that were not sent from here: another process has the key.</param>
/// <param name="Fault">What an operator has to look at; null when nothing.</param>
public sealed record SenderStatus(
    Address Account,
    IReadOnlyList<IntentProgress> Open,
    long Ended,
    string? Waiting,
    long Foreign,
    NodeFault? Fault = null
);
