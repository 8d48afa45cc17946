using Tao20.Chain.Contracts;
using Tao20.Chain.Runtime;
using Tao20.Domain.Checks;
using Tao20.Domain.Transactions;

namespace Tao20.Chain.Checks;

/// <summary>Lets an account send what the check of the chain has found in order, with the gas that the chain's spec demands.</summary>
/// <param name="gate">What may be signed.</param>
/// <param name="runtime">By which rules the chain runs.</param>
/// <param name="kinds">What each transaction is.</param>
/// <param name="fees">What is configured about gas.</param>
public sealed class CheckedRules(ActionGate gate, RuntimeWatch runtime, IntentKinds kinds, FeePolicy fees) : ITransactionRules
{
    /// <inheritdoc/>
    public string? Closed(TransactionIntent intent) => Closed(kinds.Of(intent).Action);

    /// <inheritdoc/>
    public string? Closed(ChainAction action) => gate.Closed(action);

    /// <inheritdoc/>
    public ulong GasLimit(TransactionIntent intent, ulong estimate) =>
        GasLimits.Of(fees, runtime.Profile, intent.Data.IsEmpty ? GasKind.Plain : kinds.Of(intent).Gas, estimate);

    /// <inheritdoc/>
    public ulong GasCeiling(TransactionIntent intent) => GasLimits.Ceiling(fees, kinds.Of(intent).Gas);
}
