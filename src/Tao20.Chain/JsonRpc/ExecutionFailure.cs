namespace Tao20.Chain.JsonRpc;

/// <summary>
/// Whether a node refuses a call because running it has failed, which says something of the chain, or for reasons of its own, which do not
/// (source: Frontier, client/rpc/src/eth/execute.rs, <c>error_on_execution_failure</c>; anvil says the same in other words).
/// </summary>
public static class ExecutionFailure
{
    private const int Reverted = 3;

    /// <summary>How running it has failed, in a word that is the same for all nodes; null where the node has refused otherwise.</summary>
    public static string? KindOf(RpcErrorException error)
    {
        return error.Code == Reverted || Says("revert") ? "reverted"
            : Says("out of gas") || Says("OutOfGas") ? "out of gas"
            : Says("evm error") ? "failed"
            : null;

        bool Says(string words) => error.Text.Contains(words, StringComparison.OrdinalIgnoreCase);
    }
}
