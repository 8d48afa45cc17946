using System.Numerics;
using Nethereum.ABI.FunctionEncoding.Attributes;
using Nethereum.Contracts;

namespace Tao20.Chain.Contracts.Messages;

// The functions of the market pool and the router that are called (source: Contracts/Index/Pool.sol, Router.sol, Lens.sol).

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

/// <summary>How a basket is bought: in the order of the index's legs, amounts in rao.</summary>
[Struct("Order")]
internal sealed class OrderStruct(
    BigInteger revision,
    List<BigInteger> tao,
    List<BigInteger> limit,
    BigInteger gifts,
    BigInteger back,
    BigInteger legGas
)
{
    [Parameter("uint256", "revision", 1)]
    public BigInteger Revision => revision;

    [Parameter("uint256[]", "tao", 2)]
    public List<BigInteger> Tao => tao;

    [Parameter("uint256[]", "limit", 3)]
    public List<BigInteger> Limit => limit;

    [Parameter("uint256", "gifts", 4)]
    public BigInteger Gifts => gifts;

    [Parameter("uint256", "back", 5)]
    public BigInteger Back => back;

    [Parameter("uint256", "legGas", 6)]
    public BigInteger LegGas => legGas;
}

[Function("mint")]
internal sealed class RouterMintFunction(OrderStruct order, BigInteger minTokens, BigInteger deadline) : FunctionMessage
{
    [Parameter("tuple", "order", 1)]
    public OrderStruct Order => order;

    [Parameter("uint256", "minTokens", 2)]
    public BigInteger MinTokens => minTokens;

    [Parameter("uint256", "deadline", 3)]
    public BigInteger Deadline => deadline;
}

[Function("mintAndSell")]
internal sealed class MintAndSellFunction(OrderStruct order, BigInteger minProfit, BigInteger deadline) : FunctionMessage
{
    [Parameter("tuple", "order", 1)]
    public OrderStruct Order => order;

    [Parameter("int256", "minProfit", 2)]
    public BigInteger MinProfit => minProfit;

    [Parameter("uint256", "deadline", 3)]
    public BigInteger Deadline => deadline;
}

[Function("buyAndRedeem")]
internal sealed class BuyAndRedeemFunction(
    BigInteger revision,
    BigInteger sellMask,
    BigInteger leaveMask,
    BigInteger minProfit,
    BigInteger legGas,
    BigInteger deadline
) : FunctionMessage
{
    [Parameter("uint256", "revision", 1)]
    public BigInteger Revision => revision;

    [Parameter("uint256", "sellMask", 2)]
    public BigInteger SellMask => sellMask;

    [Parameter("uint256", "leaveMask", 3)]
    public BigInteger LeaveMask => leaveMask;

    [Parameter("int256", "minProfit", 4)]
    public BigInteger MinProfit => minProfit;

    [Parameter("uint256", "legGas", 5)]
    public BigInteger LegGas => legGas;

    [Parameter("uint256", "deadline", 6)]
    public BigInteger Deadline => deadline;
}

[Function("quoteMintAndSell")]
internal sealed class QuoteMintAndSellFunction(OrderStruct order) : FunctionMessage
{
    [Parameter("tuple", "order", 1)]
    public OrderStruct Order => order;
}

[Function("quoteBuyAndRedeem")]
internal sealed class QuoteBuyAndRedeemFunction(BigInteger revision, BigInteger sellMask, BigInteger leaveMask, BigInteger legGas)
    : FunctionMessage
{
    [Parameter("uint256", "revision", 1)]
    public BigInteger Revision => revision;

    [Parameter("uint256", "sellMask", 2)]
    public BigInteger SellMask => sellMask;

    [Parameter("uint256", "leaveMask", 3)]
    public BigInteger LeaveMask => leaveMask;

    [Parameter("uint256", "legGas", 4)]
    public BigInteger LegGas => legGas;
}

[Function("quoteBasket")]
internal sealed class QuoteBasketFunction(BigInteger tokens) : FunctionMessage
{
    [Parameter("uint256", "tokens", 1)]
    public BigInteger Tokens => tokens;
}

[Function("lens")]
internal sealed class LensFunction : FunctionMessage;

[Function("token")]
internal sealed class TokenFunction : FunctionMessage;

[Function("pool")]
internal sealed class PoolFunction : FunctionMessage;
