using System.Numerics;
using Tao20.Chain.Following;
using Tao20.Chain.Signing;
using Tao20.Domain.Transactions;

namespace Tao20.Chain.Accounts;

/// <summary>A transaction that is ready to be signed.</summary>
/// <param name="Intent">What it does.</param>
/// <param name="Nonce">Its nonce.</param>
/// <param name="Fees">What it pays.</param>
/// <param name="GasLimit">How much gas it may use.</param>
/// <param name="GasNeeded">How much it needs, by the simulation.</param>
public sealed record PreparedTransaction(TransactionIntent Intent, ulong Nonce, GasFees Fees, ulong GasLimit, ulong GasNeeded)
{
    /// <summary>The most it can cost, in wei; the account has to have that much.</summary>
    public BigInteger MostWei => GasLimit * Fees.MaxFee + (BigInteger)Intent.ValueWei;
}

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
    public async Task<PreparedTransaction> PrepareAsync(TransactionIntent intent, CancellationToken cancel)
    {
        var client = new AccountRpcClient(chain, key.Address, seesPending: false, cancel);
        var rules = chain.RulesOf(fees);
        var view = await client.ViewAsync([]).ConfigureAwait(false);
        var simulation = await client.SimulateAsync(intent, rules).ConfigureAwait(false);
        if (rules.Closed(intent) is { } why)
            throw new TransactionRefusedException(why);
        if (simulation.Refusal is { } refusal)
            throw new TransactionRefusedException($"the simulation was refused: {refusal}");
        var (limit, ceiling) = (rules.GasLimit(intent, simulation.Gas), rules.GasCeiling(intent));
        if (limit > ceiling)
            throw new TransactionRefusedException(new IntentFailure.GasAboveCeiling(limit, ceiling).Reason);
        return fees.First(view.BaseFee) is { } offered
            ? new PreparedTransaction(intent, view.NonceLatest, offered, limit, simulation.Gas)
            : throw new TransactionRefusedException(new OutboxWait.BaseFee(intent.Id, view.BaseFee, fees.MaxFeePerGas).Reason);
    }

    /// <summary>Signs and sends it, and waits until it is final.</summary>
    /// <returns>Its receipt.</returns>
    /// <exception cref="TransactionRefusedException">No node takes it, or it is not final after a hundred blocks.</exception>
    /// <exception cref="ChainException">No endpoint answers.</exception>
    public async Task<Receipt> SendAsync(PreparedTransaction prepared, CancellationToken cancel)
    {
        var (intent, client) = (prepared.Intent, new AccountRpcClient(chain, key.Address, seesPending: false, cancel));
        if (chain.RulesOf(fees).Closed(intent) is { } why)
            throw new TransactionRefusedException(why);
        var signed = new Eip1559Transaction(
            chainId,
            prepared.Nonce,
            prepared.Fees.Priority,
            prepared.Fees.MaxFee,
            prepared.GasLimit,
            intent.To,
            (BigInteger)intent.ValueWei,
            intent.Data
        ).Sign(key);
        var attempt = new Attempt(
            prepared.Nonce,
            signed.Hash,
            signed.Raw,
            prepared.Fees.MaxFee,
            prepared.Fees.Priority,
            prepared.GasLimit,
            Cancels: false
        );
        var (answer, text) = await client.BroadcastAsync(attempt).ConfigureAwait(false);
        if (answer != BroadcastAnswer.Taken)
            throw new TransactionRefusedException($"the node does not take it: {text}");
        chain.Head.Start();
        for (var blocks = 0; blocks < BlocksToWait; blocks++)
        {
            var moved = chain.Head.MovedAsync(cancel);
            var view = await client.ViewAsync([signed.Hash]).ConfigureAwait(false);
            if (view.Receipts.TryGetValue(signed.Hash, out var receipt) && receipt.Block <= view.Finalized)
                return receipt;
            await moved.ConfigureAwait(false);
        }

        throw new TransactionRefusedException(
            $"{signed.Hash} was sent and is not final after {BlocksToWait} blocks: look it up before again"
        );
    }
}

/// <summary>A transaction is not sent, or its end is not known: one line that says why.</summary>
public sealed class TransactionRefusedException(string message) : Exception(message);
