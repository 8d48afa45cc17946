using System.Numerics;
using Nethereum.ABI.FunctionEncoding.Attributes;

namespace Tao20.Chain.Contracts.Messages;

// The custom errors of the router and the pool that are told apart (source: Tao20Router.sol, Tao20Pool.sol). Nethereum fills them.

[Error("Quote")]
internal sealed class QuoteError : IErrorDTO
{
    [Parameter("uint256", "tokens", 1)]
    public BigInteger Tokens { get; set; }

    [Parameter("uint256", "got", 2)]
    public BigInteger Got { get; set; }

    [Parameter("uint256", "gasUsed", 3)]
    public BigInteger GasUsed { get; set; }
}

[Error("Unprofitable")]
internal sealed class UnprofitableError : IErrorDTO
{
    [Parameter("uint256", "got", 1)]
    public BigInteger Got { get; set; }

    [Parameter("int256", "wanted", 2)]
    public BigInteger Wanted { get; set; }
}

[Error("TooLittle")]
internal sealed class TooLittleError : IErrorDTO
{
    [Parameter("uint256", "got", 1)]
    public BigInteger Got { get; set; }

    [Parameter("uint256", "wanted", 2)]
    public BigInteger Wanted { get; set; }
}

[Error("Expired")]
internal sealed class ExpiredError : IErrorDTO
{
    [Parameter("uint256", "deadline", 1)]
    public BigInteger Deadline { get; set; }
}
