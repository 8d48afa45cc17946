using Tao20.Chain;
using Tao20.Chain.Accounts;
using Tao20.Chain.Checks;
using Tao20.Chain.Following;
using Tao20.Chain.Signing;
using Tao20.Domain.Checks;
using Tao20.Domain.Transactions;

namespace Tao20.Node.Commands;

/// <summary>A person's account on a chain that has been checked for it: what all commands have in common that send something.</summary>
/// <param name="Chain">The chain; what its check has switched off is not signed.</param>
/// <param name="Report">What the check has found.</param>
/// <param name="ChainId">The chain that is signed for.</param>
/// <param name="Sender">Sends its transactions.</param>
internal sealed record CheckedAccount(ChainConnection Chain, CheckReport Report, ulong ChainId, SingleTransaction Sender)
{
    /// <summary>Checks a chain for an account.</summary>
    /// <param name="chain">The chain.</param>
    /// <param name="key">The account's key.</param>
    /// <param name="subject">What it is checked for.</param>
    /// <param name="cancel">Cancels the operation.</param>
    /// <exception cref="ChainException">No endpoint answers.</exception>
    public static async Task<CheckedAccount> OpenAsync(
        ChainConnection chain,
        PrivateKey key,
        CheckSubject subject,
        CancellationToken cancel
    )
    {
        await chain.Runtime.RefreshAsync(cancel);
        await chain.Head.RefreshAsync(cancel);
        var report = await new ChainCheck(chain).RunAsync(subject, cancel);
        chain.Gate.Take(report);
        var id = await EndpointOptions.ChainIdAsync(chain, cancel);
        return new CheckedAccount(chain, report, id, new SingleTransaction(chain, key, id, subject.Fees));
    }

    /// <summary>Has one transaction made: prepared, and unless it is only to be looked at, sent and waited for until it is final.</summary>
    /// <param name="intent">The transaction.</param>
    /// <param name="isDryRun">Whether nothing is sent.</param>
    /// <param name="cancel">Cancels the operation.</param>
    /// <returns>What was prepared, and the receipt; null where nothing is sent.</returns>
    /// <exception cref="NodeException">It was reverted.</exception>
    /// <exception cref="TransactionRefusedException">It is not sent, or its end is not known.</exception>
    public async Task<(OutboxStep.Sign Prepared, Receipt? Receipt)> SendAsync(
        TransactionIntent intent,
        bool isDryRun,
        CancellationToken cancel
    )
    {
        var prepared = await Sender.PrepareAsync(intent, cancel);
        if (isDryRun)
            return (prepared, null);
        var receipt = await Sender.SendAsync(prepared, cancel);
        return receipt.Success
            ? (prepared, receipt)
            : throw new NodeException(ExitCodes.Failed, $"Transaction {receipt.Hash} was reverted in block {receipt.Block}.");
    }

    /// <summary>What a command ends with when nothing is sent: by the check's worst row where that has switched it off.</summary>
    /// <param name="action">What would have been done.</param>
    /// <param name="message">What is said.</param>
    /// <param name="e">Why.</param>
    public NodeException Refused(ChainAction action, string message, TransactionRefusedException e) =>
        new(Chain.Gate.Closed(action) is null ? ExitCodes.Failed : ExitCodes.Of(Report.Worst), message, e);
}
