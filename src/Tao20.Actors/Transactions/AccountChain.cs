using System.Numerics;
using Tao20.Chain;
using Tao20.Chain.Abi;
using Tao20.Chain.Following;
using Tao20.Chain.JsonRpc;
using Tao20.Domain.Units;

namespace Tao20.Actors.Transactions;

/// <summary>What is asked of the chain for one account's transactions.</summary>
/// <param name="chain">The chain.</param>
/// <param name="account">The account.</param>
/// <param name="simulatedAt">Where intents are simulated: <c>latest</c>, or <c>pending</c> to see what waits to be mined.</param>
/// <param name="stop">Gives up.</param>
internal sealed class AccountChain(ChainConnection chain, Address account, string simulatedAt, CancellationToken stop)
{
    /// <summary>The account.</summary>
    public Address Account => account;

    /// <summary>Where the account and these transactions stand.</summary>
    /// <exception cref="ChainException">No endpoint answers.</exception>
    public async Task<AccountView> ViewAsync(IReadOnlyList<Hash256> hashes)
    {
        if (chain.Head.Finalized is null || chain.Head.Latest is null)
            await chain.Head.RefreshAsync(stop).ConfigureAwait(false);
        var (latest, finalized) = (chain.Head.Latest!, chain.Head.Finalized!);
        var receipts = new Dictionary<Hash256, Receipt>();
        ulong nonceLatest = 0, nonceFinal = 0;
        BigInteger baseFee = 0;
        List<RpcCall> calls =
        [
            AccountCalls.Nonce(account, "latest", nonce => nonceLatest = nonce),
            AccountCalls.Nonce(account, HexText.Quantity(finalized.Number), nonce => nonceFinal = nonce),
            AccountCalls.BaseFee(fee => baseFee = fee),
            .. hashes.Select(hash => AccountCalls.Receipt(hash, receipt =>
            {
                if (receipt is not null)
                    receipts[hash] = receipt;
            })),
        ];
        await chain.Pool.SendAsync(calls, stop).ConfigureAwait(false);
        return new AccountView(receipts, nonceLatest, nonceFinal, latest.Number, latest.Timestamp, finalized.Number, baseFee);
    }

    /// <summary>Simulates an intent; the gas it needs, or why it would be refused.</summary>
    /// <exception cref="ChainException">No endpoint answers.</exception>
    public async Task<(ulong Gas, RpcErrorException? Refused)> SimulateAsync(TransactionIntent wanted)
    {
        try
        {
            ulong gas = 0;
            await chain.Pool.SendAsync([AccountCalls.Simulate(account, wanted.To, (BigInteger)wanted.ValueWei, wanted.Data, simulatedAt)], stop, errorsAreAnswers: true).ConfigureAwait(false);
            if (wanted.Gas > 0)
                return (wanted.Gas, null);
            await chain.Pool.SendAsync([AccountCalls.EstimateGas(account, wanted.To, (BigInteger)wanted.ValueWei, wanted.Data, simulatedAt, estimate => gas = estimate)], stop, errorsAreAnswers: true).ConfigureAwait(false);
            return (gas, null);
        }
        catch (RpcErrorException refused)
        {
            return (0, refused);
        }
    }

    /// <summary>Hands signed bytes to a node; what it says.</summary>
    /// <exception cref="ChainException">No endpoint answers.</exception>
    public async Task<(BroadcastAnswer Answer, string Text)> BroadcastAsync(Attempt attempt)
    {
        try
        {
            await chain.Pool.SendAsync([AccountCalls.SendRaw(attempt.Raw)], stop, errorsAreAnswers: true).ConfigureAwait(false);
            return (BroadcastAnswer.Taken, "");
        }
        catch (RpcErrorException refused)
        {
            return (BroadcastAnswers.Of(refused), refused.Text);
        }
    }
}
