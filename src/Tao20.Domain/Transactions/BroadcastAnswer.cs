namespace Tao20.Domain.Transactions;

/// <summary>What a node says to a signed transaction.</summary>
public enum BroadcastAnswer
{
    /// <summary>It takes it, or has it already.</summary>
    Taken,

    /// <summary>The account has already used this nonce.</summary>
    NonceTooLow,

    /// <summary>A transaction before it is missing.</summary>
    NonceTooHigh,

    /// <summary>It pays too little: less than the block asks, or too little more than the one it replaces.</summary>
    Underpriced,

    /// <summary>The account cannot pay for it.</summary>
    InsufficientFunds,

    /// <summary>Anything else: it will not be mined as it is.</summary>
    Refused,
}
