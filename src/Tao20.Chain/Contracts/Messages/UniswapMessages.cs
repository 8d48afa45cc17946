using System.Numerics;
using Nethereum.ABI.FunctionEncoding.Attributes;
using Nethereum.Contracts;
using Tao20.Domain.Units;

namespace Tao20.Chain.Contracts.Messages;

// The functions of a pair and a router of Uniswap's second version that are called (source: v2-core IUniswapV2Pair.sol and
// IUniswapV2Factory.sol, v2-periphery IUniswapV2Router02.sol).

[Function("getReserves")]
internal sealed class GetReservesFunction : FunctionMessage;

[Function("token0")]
internal sealed class Token0Function : FunctionMessage;

[Function("token1")]
internal sealed class Token1Function : FunctionMessage;

[Function("factory")]
internal sealed class FactoryFunction : FunctionMessage;

[Function("WETH")]
internal sealed class WethFunction : FunctionMessage;

[Function("getPair")]
internal sealed class GetPairFunction(Address one, Address other) : FunctionMessage
{
    [Parameter("address", "tokenA", 1)]
    public string One => one.ToString();

    [Parameter("address", "tokenB", 2)]
    public string Other => other.ToString();
}

[Function("swapExactETHForTokens")]
internal sealed class SwapExactEthForTokensFunction(BigInteger least, IReadOnlyList<Address> path, Address to, BigInteger deadline)
    : FunctionMessage
{
    [Parameter("uint256", "amountOutMin", 1)]
    public BigInteger Least => least;

    [Parameter("address[]", "path", 2)]
    public List<string> Path => [.. path.Select(one => one.ToString())];

    [Parameter("address", "to", 3)]
    public string To => to.ToString();

    [Parameter("uint256", "deadline", 4)]
    public BigInteger Deadline => deadline;
}

[Function("swapExactTokensForETH")]
internal sealed class SwapExactTokensForEthFunction(
    BigInteger tokens,
    BigInteger least,
    IReadOnlyList<Address> path,
    Address to,
    BigInteger deadline
) : FunctionMessage
{
    [Parameter("uint256", "amountIn", 1)]
    public BigInteger Tokens => tokens;

    [Parameter("uint256", "amountOutMin", 2)]
    public BigInteger Least => least;

    [Parameter("address[]", "path", 3)]
    public List<string> Path => [.. path.Select(one => one.ToString())];

    [Parameter("address", "to", 4)]
    public string To => to.ToString();

    [Parameter("uint256", "deadline", 5)]
    public BigInteger Deadline => deadline;
}
