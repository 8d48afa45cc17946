using Tao20.Chain.Following;
using Tao20.Chain.Signing;
using Tao20.Domain.Transactions;

namespace Tao20.Chain.Accounts;

/// <summary>
/// Sends one transaction for a person at a command line, who waits for it: by the same rules as a node's, without its journal. While a
/// node signs for the same account, leave it to that one.
/// </summary>
/// <param name="chain">The chain, checked before.</param>
/// <param name="key">The account's key.</param>
/// <param name="chainId">The chain that is signed for.</param>
/// <param name="fees">What may be paid.</param>
public sealed class SingleTransaction(ChainConnection chain, PrivateKey key, ulong chainId, FeePolicy fees)
{
    private const int BlocksToWait = 100;

    /// <summary>Simulates an intent, and finds nonce, fees and gas.</summary>
    /// <exception cref="TransactionRefusedException">It would fail, needs more gas than it may, or must not be sent now.</exception>
    /// <exception cref="ChainException">No endpoint answers.</exception>
    public async Task<OutboxStep.Sign> PrepareAsync(TransactionIntent intent, CancellationToken cancel)
    {
        var client = new AccountRpcClient(chain, key.Address, seesPending: false, cancel);
        var rules = chain.RulesOf(fees);
        var view = await client.ViewAsync([]).ConfigureAwait(false);
        var simulation = await client.SimulateAsync(intent, rules).ConfigureAwait(false);
        if (rules.Closed(intent) is { } why)
            throw new TransactionRefusedException(why);
        return new OutboxDecider(key.Address, fees, rules).OnSimulated(OutboxState.Initial, view, intent, simulation) switch
        {
            OutboxStep.Sign sign => sign,
            OutboxStep.Record(OutboxEvent.IntentFailed failed) => throw new TransactionRefusedException(failed.Failure.Reason),
            OutboxStep.Idle { Wait: { } wait } => throw new TransactionRefusedException(wait.Reason),
            var step => throw new InvalidOperationException($"A {step.GetType().Name} does not follow a simulation."),
        };
    }

    /// <summary>Signs and sends it, and waits until it is final.</summary>
    /// <returns>Its receipt.</returns>
    /// <exception cref="TransactionRefusedException">No node takes it, or it is not final after a hundred blocks.</exception>
    /// <exception cref="ChainException">No endpoint answers.</exception>
    public async Task<Receipt> SendAsync(OutboxStep.Sign prepared, CancellationToken cancel)
    {
        var client = new AccountRpcClient(chain, key.Address, seesPending: false, cancel);
        if (chain.RulesOf(fees).Closed(prepared.Intent) is { } why)
            throw new TransactionRefusedException(why);
        var attempt = Eip1559Transaction.Sign(prepared, chainId, key);
        var (answer, text) = await client.BroadcastAsync(attempt).ConfigureAwait(false);
        if (answer != BroadcastAnswer.Taken)
            throw new TransactionRefusedException($"the node does not take it: {text}");
        chain.Head.Start();
        for (var blocks = 0; blocks < BlocksToWait; blocks++)
        {
            var moved = chain.Head.MovedAsync(cancel);
            var view = await client.ViewAsync([attempt.Hash]).ConfigureAwait(false);
            if (view.Receipts.TryGetValue(attempt.Hash, out var receipt) && receipt.Block <= view.Finalized)
                return receipt;
            await moved.ConfigureAwait(false);
        }

        throw new TransactionRefusedException(
            $"{attempt.Hash} was sent and is not final after {BlocksToWait} blocks: look it up before again"
        );
    }
}

/// <summary>A transaction is not sent, or its end is not known: one line that says why.</summary>
public sealed class TransactionRefusedException(string message) : Exception(message);
