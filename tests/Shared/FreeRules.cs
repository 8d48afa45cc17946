using Tao20.Domain.Checks;
using Tao20.Domain.Runtime;
using Tao20.Domain.Transactions;

namespace Tao20.Tests;

/// <summary>Lets everything be sent, with the margin alone: for what is tested without a check of the chain.</summary>
internal sealed class FreeRules(FeePolicy fees) : ITransactionRules
{
    /// <summary>What is not to be sent, and why; nothing at first.</summary>
    public Func<TransactionIntent, string?> Closing { get; set; } = _ => null;

    /// <summary>What is off, and why; nothing at first.</summary>
    public Func<ChainAction, string?> Off { get; set; } = _ => null;

    public string? Closed(TransactionIntent intent) => Closing(intent);

    public string? Closed(ChainAction action) => Off(action);

    public ulong GasLimit(TransactionIntent intent, ulong estimate) => GasLimits.Of(fees, RuntimeProfile.Unknown, GasKind.Plain, estimate);

    public ulong GasCeiling(TransactionIntent intent) => GasLimits.Ceiling(fees, GasKind.Basket);
}
