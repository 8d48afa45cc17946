using Tao20.Actors.Journal;
using Tao20.Chain.Signing;
using Tao20.Domain.Transactions;

namespace Tao20.Actors.Transactions;

/// <summary>What the sender of an account is configured with.</summary>
/// <param name="ChainId">The chain that is signed for.</param>
/// <param name="Key">The account's key.</param>
/// <param name="Fees">What may be paid.</param>
/// <param name="Rules">What the chain makes of its transactions.</param>
/// <param name="Journal">How events are kept, and what to say when they cannot be.</param>
/// <param name="SeesPending">Whether transactions are simulated on top of those that wait to be mined: who races others sees that
/// they were first.</param>
public sealed record SenderSettings(
    ulong ChainId,
    PrivateKey Key,
    FeePolicy Fees,
    ITransactionRules Rules,
    JournalFaultReporter Journal,
    bool SeesPending = false
);
