using Tao20.Domain.Transactions;

namespace Tao20.Chain.JsonRpc;

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

    // What a call that was run and failed is called: by all clients, and where it failed without a revert, as a precompile of Subtensor
    // does, by Frontier ("evm error: Other(...)", "out of gas", "gas required exceeds allowance"), anvil ("EVM error ...") and geth.
    private static readonly string[] Failed = ["revert", "evm error", "out of gas", "gas required exceeds", "invalid opcode"];

    // The code of geth and of those that follow it.
    private const int Reverted = 3;

    /// <summary>
    /// Whether a call was run and failed, and was not refused by the node: by the code, by what it returned, or by the words for it.
    /// </summary>
    public static bool IsRevert(RpcErrorException error) =>
        error.Code == Reverted
        || error.RevertData is not null
        || Failed.Any(words => error.Text.Contains(words, StringComparison.OrdinalIgnoreCase));

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
