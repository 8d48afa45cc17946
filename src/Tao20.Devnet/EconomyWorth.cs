using System.Numerics;
using Tao20.Chain.Abi;
using Tao20.Chain.Contracts.Messages;
using Tao20.Domain.Units;

namespace Tao20.Devnet;

/// <summary>What accounts own, and what it is worth.</summary>
public sealed partial class Economy
{
    /// <summary>
    /// By how much less an account is worth than it was, in TAO wei by the latest prices: what prices have moved by is left out, and so are
    /// subnets that are gone.
    /// </summary>
    /// <param name="account">The account.</param>
    /// <param name="before">What it owned.</param>
    /// <param name="cancel">Cancels the operation.</param>
    public async Task<BigInteger> CostAsync(Address account, Owned before, CancellationToken cancel)
    {
        var after = await OwnedAsync(account, cancel).ConfigureAwait(false);
        var nav = (await NavAsync(cancel).ConfigureAwait(false)).Nav.Value;
        var prices = await PricesAsync(Chain.Client, Live, cancel).ConfigureAwait(false);
        var alpha = Live.Zip(prices, (netuid, price) => (before.Alpha[netuid - 1] - after.Alpha[netuid - 1]) * price / Rao)
            .Aggregate(BigInteger.Zero, BigInteger.Add);
        return before.Tao - after.Tao + (before.Tokens - after.Tokens) * nav / One + alpha;
    }

    /// <summary>What an account owns.</summary>
    public async Task<Owned> OwnedAsync(Address account, CancellationToken cancel)
    {
        var tao = await Chain.Client.SendAsync("eth_getBalance", $"[\"{account}\",\"latest\"]", cancel).ConfigureAwait(false);
        var tokens = await Chain.Client.CallAsync([(Index, new BalanceOfFunction(account).Encode())], cancel).ConfigureAwait(false);
        return new Owned(
            HexText.BigQuantity(tao.GetString()!),
            AbiWords.BigInteger(tokens[0], 0),
            await StakesAsync(account, cancel).ConfigureAwait(false)
        );
    }
}

/// <summary>What an account owns: TAO and tokens in wei, and alpha of each constituent in 1e-9, in the order of the composition.</summary>
public sealed record Owned(BigInteger Tao, BigInteger Tokens, IReadOnlyList<BigInteger> Alpha);
