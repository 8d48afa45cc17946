namespace Tao20.Chain.JsonRpc;

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

/// <summary>Reads what nodes say to a transaction: there is no code for it, only words, and every client has its own.</summary>
public static class BroadcastAnswers
{
    // Words of geth, Erigon, Nethermind, anvil, and of Substrate's Frontier, in lower case.
    private static readonly (string Words, BroadcastAnswer Answer)[] Known =
    [
        ("already known", BroadcastAnswer.Taken),
        ("already imported", BroadcastAnswer.Taken),
        ("alreadyknown", BroadcastAnswer.Taken),
        ("alreadyimported", BroadcastAnswer.Taken),
        ("already exists", BroadcastAnswer.Taken),
        ("known transaction", BroadcastAnswer.Taken),
        ("underpriced", BroadcastAnswer.Underpriced),
        ("replacement", BroadcastAnswer.Underpriced),
        ("fee cap less than", BroadcastAnswer.Underpriced),
        ("max fee per gas less than", BroadcastAnswer.Underpriced),
        ("gas price less than", BroadcastAnswer.Underpriced),
        ("gas price too low", BroadcastAnswer.Underpriced),
        ("feetoolow", BroadcastAnswer.Underpriced),
        ("priority is too low", BroadcastAnswer.Underpriced),
        ("nonce too low", BroadcastAnswer.NonceTooLow),
        ("nonce is too low", BroadcastAnswer.NonceTooLow),
        ("old nonce", BroadcastAnswer.NonceTooLow),
        ("transaction is outdated", BroadcastAnswer.NonceTooLow),
        ("stale", BroadcastAnswer.NonceTooLow),
        ("nonce too high", BroadcastAnswer.NonceTooHigh),
        ("nonce gap", BroadcastAnswer.NonceTooHigh),
        ("insufficient funds", BroadcastAnswer.InsufficientFunds),
        ("insufficient balance", BroadcastAnswer.InsufficientFunds),
        ("balance too low", BroadcastAnswer.InsufficientFunds),
        ("balancelow", BroadcastAnswer.InsufficientFunds),
        ("inability to pay some fees", BroadcastAnswer.InsufficientFunds),
        ("invalidtransaction::payment", BroadcastAnswer.InsufficientFunds),
    ];

    /// <summary>What an error means.</summary>
    public static BroadcastAnswer Of(RpcErrorException error)
    {
        foreach (var (words, answer) in Known)
        {
            if (error.Text.Contains(words, StringComparison.OrdinalIgnoreCase))
                return answer;
        }

        return BroadcastAnswer.Refused;
    }
}
