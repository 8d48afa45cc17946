using System.Numerics;
using Tao20.Chain.JsonRpc;
using Tao20.Domain.Units;

namespace Tao20.Actors.Transactions;

/// <summary>The registry key of the sender of this node's account.</summary>
public sealed class TransactionSenderKey
{
    /// <summary>The name of the actor or singleton.</summary>
    public const string Name = "transactions";
}

/// <summary>Something to be done on chain, once.</summary>
/// <param name="Id">Its name, chosen by who wants it: the same id twice is the same intent.</param>
/// <param name="To">The contract or precompile.</param>
/// <param name="ValueWei">TAO sent along, in wei.</param>
/// <param name="Data">Call data.</param>
/// <param name="Deadline">The chain's time, in Unix seconds, after which it is no longer begun; 0 for never.</param>
/// <param name="Gas">The gas it takes, where that is known; 0 has it estimated.</param>
public sealed record TransactionIntent(string Id, Address To, UInt128 ValueWei, ReadOnlyMemory<byte> Data, ulong Deadline = 0, ulong Gas = 0);

/// <summary>Do this on chain. Answered by <see cref="IntentProgress"/>, now and when it has moved on.</summary>
public sealed record SubmitIntent(TransactionIntent Intent);

/// <summary>How far an intent is.</summary>
public enum IntentState : byte
{
    /// <summary>Written down; nothing has left this machine.</summary>
    Planned = 0,

    /// <summary>Signed, and the bytes are in the journal.</summary>
    Signed = 1,

    /// <summary>A node has taken it.</summary>
    Broadcast = 2,

    /// <summary>It is in a block.</summary>
    Mined = 3,

    /// <summary>The block is final, and it did what it was sent for.</summary>
    Final = 4,

    /// <summary>The block is final, and it was reverted, or has only used up the nonce that nodes refused it with.</summary>
    Reverted = 5,

    /// <summary>It was never sent: it would have been reverted.</summary>
    Failed = 6,

    /// <summary>It was never sent: its deadline had passed.</summary>
    Expired = 7,
}

/// <summary>How far an intent is, and why.</summary>
/// <param name="Id">The intent.</param>
/// <param name="State">How far.</param>
/// <param name="Receipt">What became of its transaction; null before it is mined.</param>
/// <param name="Reason">Why it was never sent; null when it was.</param>
/// <param name="RevertData">What the refused simulation returned, as 0x and hex digits; null when there was none.</param>
public sealed record IntentProgress(string Id, IntentState State, Receipt? Receipt, string? Reason, string? RevertData = null)
{
    /// <summary>Nothing more happens to it.</summary>
    public bool Ended => State is IntentState.Final or IntentState.Reverted or IntentState.Failed or IntentState.Expired;
}

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
/// <param name="Waiting">What it waits for, in words; null when for nothing but blocks.</param>
/// <param name="Foreign">Transactions of this account that were not sent from here: someone else has the key.</param>
public sealed record SenderStatus(Address Account, IReadOnlyList<IntentProgress> Open, long Ended, string? Waiting, long Foreign);

/// <summary>How transactions are paid for, and when they count as stuck. Validated before anything starts.</summary>
public sealed record FeePolicy
{
    /// <summary>The most transactions that may be on their way at once.</summary>
    public const int MostInFlight = 64;

    /// <summary>The most that is paid for a unit of gas, in wei: above it, transactions wait and say so. 1e6 to 1e15; default 2e11.</summary>
    public BigInteger MaxFeePerGas { get; init; } = 200_000_000_000;

    /// <summary>What the block's author is offered, in wei for a unit of gas. 0 to 1e12; default 1e9.</summary>
    public BigInteger PriorityFeePerGas { get; init; } = 1_000_000_000;

    /// <summary>After so many blocks, a transaction that is not mined is sent again with a higher fee, and one that no node takes is signed anew or given up. 1 to 1,000; default 3.</summary>
    public int StuckBlocks { get; init; } = 3;

    /// <summary>How much more gas than estimated is allowed, in percent. 0 to 300; default 25.</summary>
    public int GasMarginPercent { get; init; } = 25;

    /// <summary>How many transactions may be on their way at once. 1 to 64; default 8.</summary>
    public int MaxInFlight { get; init; } = 8;

    /// <summary>All that is out of range, a line each with key, value and remedy; empty when all is well.</summary>
    public IReadOnlyList<string> Validate()
    {
        var errors = new List<string>();
        Check("MaxFeePerGas", MaxFeePerGas, 1_000_000, 1_000_000_000_000_000, "wei");
        Check("PriorityFeePerGas", PriorityFeePerGas, 0, 1_000_000_000_000, "wei");
        Check("StuckBlocks", StuckBlocks, 1, 1_000, "blocks");
        Check("GasMarginPercent", GasMarginPercent, 0, 300, "percent");
        Check("MaxInFlight", MaxInFlight, 1, MostInFlight, "transactions");
        return errors;

        void Check(string key, BigInteger value, BigInteger least, BigInteger most, string unit)
        {
            if (value < least || value > most)
                errors.Add($"Transactions:{key} = {value} is out of range: give {least} to {most} {unit}.");
        }
    }

    /// <summary>The fees of a first attempt; null when the base fee leaves no room under the limit.</summary>
    public (BigInteger MaxFee, BigInteger Priority)? First(BigInteger baseFee)
    {
        if (baseFee + PriorityFeePerGas > MaxFeePerGas)
            return null;
        return (BigInteger.Min(MaxFeePerGas, 2 * baseFee + PriorityFeePerGas), PriorityFeePerGas);
    }

    /// <summary>The fees of a replacement: 12.5 % more of both, or what a first attempt would offer now if that is more; null above the limit.</summary>
    public (BigInteger MaxFee, BigInteger Priority)? Replacing(BigInteger maxFee, BigInteger priority, BigInteger baseFee)
    {
        var raised = (MaxFee: Raised(maxFee), Priority: Raised(priority));
        var now = First(baseFee);
        var fees = (MaxFee: BigInteger.Max(raised.MaxFee, now?.MaxFee ?? 0), Priority: BigInteger.Max(raised.Priority, now?.Priority ?? 0));
        return fees.MaxFee > MaxFeePerGas ? null : fees;

        static BigInteger Raised(BigInteger fee) => fee * 9 / 8 + 1;
    }
}
