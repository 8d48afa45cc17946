using System.Numerics;
using Nethereum.ABI.FunctionEncoding.Attributes;
using Nethereum.Contracts;

namespace Tao20.Chain.Contracts.Messages;

// The functions of the market pool and the router that are called (source: Tao20Pool.sol, Tao20Router.sol).

[Function("reserveTao")]
internal sealed class ReserveTaoFunction : FunctionMessage;

[Function("reserveToken")]
internal sealed class ReserveTokenFunction : FunctionMessage;

[Function("buy")]
internal sealed class BuyFunction(BigInteger minOut, BigInteger deadline) : FunctionMessage
{
    [Parameter("uint256", "minOut", 1)]
    public BigInteger MinOut => minOut;

    [Parameter("uint256", "deadline", 2)]
    public BigInteger Deadline => deadline;
}

[Function("sell")]
internal sealed class SellFunction(BigInteger tokens, BigInteger minOut, BigInteger deadline) : FunctionMessage
{
    [Parameter("uint256", "tokens", 1)]
    public BigInteger Tokens => tokens;

    [Parameter("uint256", "minOut", 2)]
    public BigInteger MinOut => minOut;

    [Parameter("uint256", "deadline", 3)]
    public BigInteger Deadline => deadline;
}

[Function("mintAndSell")]
internal sealed class MintAndSellFunction(BigInteger minProfit, BigInteger deadline) : FunctionMessage
{
    [Parameter("int256", "minProfit", 1)]
    public BigInteger MinProfit => minProfit;

    [Parameter("uint256", "deadline", 2)]
    public BigInteger Deadline => deadline;
}

[Function("buyAndRedeem")]
internal sealed class BuyAndRedeemFunction(BigInteger minProfit, BigInteger deadline) : FunctionMessage
{
    [Parameter("int256", "minProfit", 1)]
    public BigInteger MinProfit => minProfit;

    [Parameter("uint256", "deadline", 2)]
    public BigInteger Deadline => deadline;
}

[Function("redeem")]
internal sealed class RouterRedeemFunction(BigInteger tokens, BigInteger minTao, BigInteger deadline) : FunctionMessage
{
    [Parameter("uint256", "tokens", 1)]
    public BigInteger Tokens => tokens;

    [Parameter("uint256", "minTao", 2)]
    public BigInteger MinTao => minTao;

    [Parameter("uint256", "deadline", 3)]
    public BigInteger Deadline => deadline;
}

[Function("quoteMintAndSell")]
internal sealed class QuoteMintAndSellFunction : FunctionMessage;

[Function("quoteBuyAndRedeem")]
internal sealed class QuoteBuyAndRedeemFunction : FunctionMessage;

[Function("token")]
internal sealed class TokenFunction : FunctionMessage;

[Function("pool")]
internal sealed class PoolFunction : FunctionMessage;
