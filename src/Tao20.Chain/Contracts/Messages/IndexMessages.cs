using System.Numerics;
using Nethereum.ABI.FunctionEncoding.Attributes;
using Nethereum.Contracts;
using Tao20.Domain.Units;

namespace Tao20.Chain.Contracts.Messages;

// The functions of the TAO20 index contract that are called (source: Contracts/Index/Index.sol).

[Function("coldkey")]
internal sealed class ColdkeyFunction : FunctionMessage;

[Function("totalSupply")]
internal sealed class TotalSupplyFunction : FunctionMessage;

[Function("getCurrentNAV")]
internal sealed class GetCurrentNavFunction : FunctionMessage;

[Function("getEpochInfo")]
internal sealed class GetEpochInfoFunction : FunctionMessage;

[Function("balanceOf")]
internal sealed class BalanceOfFunction(Address account) : FunctionMessage
{
    [Parameter("address", "account", 1)]
    public string Account => account.ToString();
}

[Function("allowance")]
internal sealed class AllowanceFunction(Address owner, Address spender) : FunctionMessage
{
    [Parameter("address", "owner", 1)]
    public string Owner => owner.ToString();

    [Parameter("address", "spender", 2)]
    public string Spender => spender.ToString();
}

[Function("approve")]
internal sealed class ApproveFunction(Address spender, BigInteger amount) : FunctionMessage
{
    [Parameter("address", "spender", 1)]
    public string Spender => spender.ToString();

    [Parameter("uint256", "amount", 2)]
    public BigInteger Amount => amount;
}

[Function("transfer")]
internal sealed class TransferTokensFunction(Address to, BigInteger amount) : FunctionMessage
{
    [Parameter("address", "to", 1)]
    public string To => to.ToString();

    [Parameter("uint256", "amount", 2)]
    public BigInteger Amount => amount;
}

[Function("mint")]
internal sealed class MintFunction(
    BigInteger revision,
    List<BigInteger> alpha,
    BigInteger gifts,
    BigInteger minTokens,
    BigInteger legGas,
    BigInteger deadline
) : FunctionMessage
{
    [Parameter("uint256", "revision", 1)]
    public BigInteger Revision => revision;

    [Parameter("uint256[]", "alpha", 2)]
    public List<BigInteger> Alpha => alpha;

    [Parameter("uint256", "gifts", 3)]
    public BigInteger Gifts => gifts;

    [Parameter("uint256", "minTokens", 4)]
    public BigInteger MinTokens => minTokens;

    [Parameter("uint256", "legGas", 5)]
    public BigInteger LegGas => legGas;

    [Parameter("uint256", "deadline", 6)]
    public BigInteger Deadline => deadline;
}

[Function("redeem")]
internal sealed class RedeemFunction(
    BigInteger revision,
    BigInteger tokens,
    List<BigInteger> minOut,
    BigInteger minTao,
    BigInteger sellMask,
    BigInteger leaveMask,
    BigInteger legGas,
    BigInteger deadline
) : FunctionMessage
{
    [Parameter("uint256", "revision", 1)]
    public BigInteger Revision => revision;

    [Parameter("uint256", "tokens", 2)]
    public BigInteger Tokens => tokens;

    [Parameter("uint256[]", "minOut", 3)]
    public List<BigInteger> MinOut => minOut;

    [Parameter("uint256", "minTao", 4)]
    public BigInteger MinTao => minTao;

    [Parameter("uint256", "sellMask", 5)]
    public BigInteger SellMask => sellMask;

    [Parameter("uint256", "leaveMask", 6)]
    public BigInteger LeaveMask => leaveMask;

    [Parameter("uint256", "legGas", 7)]
    public BigInteger LegGas => legGas;

    [Parameter("uint256", "deadline", 8)]
    public BigInteger Deadline => deadline;
}

[Function("getMinerStats")]
internal sealed class GetMinerStatsFunction(Address miner) : FunctionMessage
{
    [Parameter("address", "miner", 1)]
    public string Miner => miner.ToString();
}

[Function("getActiveMiners")]
internal sealed class GetActiveMinersFunction : FunctionMessage;

[Function("owner")]
internal sealed class OwnerFunction : FunctionMessage;

[Function("isRouter")]
internal sealed class IsRouterFunction(Address router) : FunctionMessage
{
    [Parameter("address", "router", 1)]
    public string Router => router.ToString();
}
